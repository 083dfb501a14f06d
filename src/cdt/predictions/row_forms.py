"""How a row of a signature is typed as JSON, and the checks that types can't make."""

import math
from collections import OrderedDict
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, defstruct, field
from msgspec.structs import astuple

from cdt.domain.registry.signature import Column as SignatureColumn
from cdt.domain.registry.signature import PredictedNumber, Signature
from cdt.predictions.columns import Label
from cdt.predictions.rows import (
    HAS_NUL,
    NO_DECISION,
    Category,
    LabelRow,
    Milliseconds,
    Moment,
    PredictionId,
    PredictionRow,
    PresentCategory,
    Problem,
    Reason,
    Score,
    id_problem,
    in_utc,
    is_not_listed,
    is_whole_number,
    listed,
    shown,
    time_problem,
    timed,
)


class SentLabel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A label as JSON."""

    prediction_id: PredictionId
    label: str | int
    predicted_at: Moment | None = None
    reason: Reason = None


class SentNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A label of a version of numbers as JSON."""

    prediction_id: PredictionId
    label: float
    predicted_at: Moment | None = None
    reason: Reason = None


class RowFormat:
    """The types of a signature's rows, and the checks that types can't make."""

    def __init__(self, signature: Signature) -> None:
        self.signature = signature
        features = defstruct(
            "Features",
            [(f"f{place}", type_of(column), field(name=column.name)) for place, column in enumerate(signature.columns)],
            forbid_unknown_fields=True,
            gc=False,
        )
        self.features: type[Any] = features
        outputs: list[Any] = [("decision", str | int), ("features", features), ("score", Score, None)]
        if signature.is_of_numbers:
            outputs = [("prediction", number_type(signature)), ("features", features)]
        self.sent: type[Any] = defstruct(
            "Prediction",
            [
                ("prediction_id", PredictionId),
                ("predicted_at", Moment),
                *outputs,
                ("processing_ms", Milliseconds, None),
            ],
            forbid_unknown_fields=True,
            gc=False,
        )
        self.decoder = msgspec.json.Decoder(self.sent)
        self.list_decoder = msgspec.json.Decoder(list[self.sent])
        self.sent_label: type[Any] = SentNumber if signature.is_of_numbers else SentLabel
        self.label_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(self.sent_label)
        self.label_list_decoder: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[self.sent_label])
        self.listed = {
            place: frozenset(column.categories)
            for place, column in enumerate(signature.columns)
            if column.categories is not None
        }
        """By a column's place, its categories, where only some are allowed."""
        self.code_by_class: dict[str | int, int] = {name: code for code, name in enumerate(signature.classes)}
        self.code_by_class |= {int(name): code for name, code in self.code_by_class.items() if is_whole_number(name)}

    def prediction(self, sent: Any, now: datetime) -> PredictionRow | Problem:
        """The row, or what is wrong with it although its types are right."""
        problem = id_problem(sent.prediction_id) or time_problem(sent.predicted_at, now=now)
        if problem is not None:
            return problem
        output = self.output(sent)
        if isinstance(output, Problem):
            return output
        values = self.values(sent.features)
        if isinstance(values, Problem):
            return values
        row = PredictionRow(sent.prediction_id, in_utc(sent.predicted_at), *output, values)
        return row if sent.processing_ms is None else timed(row, sent.processing_ms)

    def output(self, sent: Any) -> tuple[int, float | None] | Problem:
        """The decision and the score, or no decision and the number; or what is wrong although types are right."""
        if self.signature.is_of_numbers:
            return NO_DECISION, sent.prediction
        decision = self.code_by_class.get(sent.decision)
        return self.class_problem("decision", sent.decision) if decision is None else (decision, sent.score)

    def values(self, features: Any) -> tuple[Any, ...] | Problem:
        """The values of a row in the order of the signature, or what is wrong with one although its type is right."""
        values: tuple[Any, ...] = astuple(features)
        if int in map(type, values):  # of a category: whole numbers of number columns are floats by now
            values = tuple(str(value) if type(value) is int else value for value in values)
        for column, value in zip(self.signature.columns, values, strict=True):
            if type(value) is str and "\x00" in value:  # jsonb can't hold one: no reading could be shown
                return Problem(column.name, HAS_NUL)
        for place, known in self.listed.items():
            if values[place] is not None and values[place] not in known:
                return Problem(self.signature.columns[place].name, is_not_listed(values[place]))
        return values

    def label(self, sent: Any, now: datetime) -> LabelRow | Problem:
        """The label, or what is wrong with it although its types are right."""
        problem = id_problem(sent.prediction_id)
        if problem is None and sent.predicted_at is not None:
            problem = time_problem(sent.predicted_at, now=now)
        if problem is None and sent.reason is not None and "\x00" in sent.reason:
            problem = Problem("reason", HAS_NUL)
        if problem is not None:
            return problem
        label = self.truth(sent.label)
        if isinstance(label, Problem):
            return label
        predicted_at = None if sent.predicted_at is None else in_utc(sent.predicted_at)
        return LabelRow(sent.prediction_id, label, predicted_at, sent.reason)

    def truth(self, sent: Any) -> Label | Problem:
        """A label as it is kept, or what is wrong with it although its type is right."""
        number = self.signature.number
        if number is UNSET:
            code = self.code_by_class.get(sent)
            return self.class_problem("label", sent) if code is None else code
        reason = number_problem(number, sent)
        return sent if reason is None else Problem("label", reason)

    def class_problem(self, column: str, value: object) -> Problem:
        """The sentence for a text that is none of the classes."""
        return Problem(column, f"must be one of {listed(self.signature.classes)}, not {shown(value)}")


def type_of(column: SignatureColumn) -> Any:
    """The type of a column's cells, as far as a type can say it."""
    if column.kind == "category":
        return PresentCategory if column.is_required else Category
    number: Any = float
    if column.minimum is not None or column.maximum is not None:
        number = Annotated[float, Meta(ge=column.minimum, le=column.maximum)]
    return number if column.is_required else number | None


def number_type(signature: Signature) -> Any:
    """The type of what a version of numbers predicts."""
    number = signature.number
    if number is UNSET or (number.minimum is None and number.maximum is None):
        return float
    return Annotated[float, Meta(ge=number.minimum, le=number.maximum)]


def number_problem(number: PredictedNumber, value: float) -> str | None:
    """What is wrong with a label of a version of numbers: a sentence."""
    if not math.isfinite(value):
        return "must be finite"
    if number.minimum is not None and value < number.minimum:
        return f"must be at least {number.minimum:g}"
    if number.maximum is not None and value > number.maximum:
        return f"must be at most {number.maximum:g}"
    return None


def feature_problem(column: SignatureColumn, value: Any) -> tuple[Literal["type", "category"], str] | None:
    """What is wrong with a cell whose type is right: of which kind that is, and a sentence."""
    if isinstance(value, float) and not math.isfinite(value):
        return "type", "must be finite"
    if isinstance(value, str) and "\x00" in value:
        return "type", HAS_NUL
    if column.categories is not None and value is not None and str(value) not in column.categories:
        return "category", is_not_listed(str(value))
    return None


_MOST_FORMATS = 1_000
_formats: OrderedDict[int, RowFormat] = OrderedDict()


def format_of(signature: Signature) -> RowFormat:
    """The row format of a signature; kept, since making one costs a millisecond."""
    form = _formats.get(id(signature))  # the format keeps the signature, so that nothing else gets its id
    if form is None:
        form = _formats[id(signature)] = RowFormat(signature)
        if len(_formats) > _MOST_FORMATS:
            _formats.popitem(last=False)
    return form
