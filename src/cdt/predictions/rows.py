"""Rows of one signature: how a JSON row is typed, and the plain form that a few rows have until they are stored."""

import math
import re
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

import msgspec
import numpy as np
from msgspec import Meta, defstruct, field
from msgspec.structs import astuple
from numpy.typing import NDArray

from cdt.domain.registry.signature import Column as SignatureColumn
from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column, number_column
from cdt.predictions.arrow import pa, texts_of
from cdt.predictions.columns import EPOCH, Predictions
from cdt.predictions.durations import MOST_MS

MAXIMUM_ID_LENGTH = 200
MAXIMUM_CATEGORY_LENGTH = 1_000
MAXIMUM_REASON_LENGTH = 500
MOST_LISTED = 5
MAXIMUM_AHEAD = timedelta(days=1)

PredictionId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=MAXIMUM_ID_LENGTH)]
PresentCategory: TypeAlias = Annotated[str, Meta(max_length=MAXIMUM_CATEGORY_LENGTH)] | int
Category: TypeAlias = PresentCategory | None
Score: TypeAlias = Annotated[float, Meta(ge=0, le=1)] | None
Reason: TypeAlias = Annotated[str, Meta(max_length=MAXIMUM_REASON_LENGTH)] | None
Milliseconds: TypeAlias = Annotated[float, Meta(ge=0, le=MOST_MS)] | None
Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]

HAS_NUL = "has a NUL character"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Problem(NamedTuple):
    """What is wrong with a row: the column, or None for the row as a whole, and a sentence."""

    column: str | None
    reason: str


class PredictionRow(NamedTuple):
    """One prediction. `decision` is the code of its class; `features` are in the signature's order, None is missing."""

    id: str
    predicted_at: datetime
    decision: int
    score: float | None
    features: tuple[float | str | None, ...]


class TimedRow(PredictionRow):
    """One of which is known how long its call took. It is stored, and digested, as any other."""

    processing_ms: float


class LabelRow(NamedTuple):
    """One truth: the code of its class, and the time of its prediction if the sender knows it.

    reason: why it replaces another, if it does.
    """

    id: str
    label: int
    predicted_at: datetime | None
    reason: str | None = None


class SentLabel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A label as JSON."""

    prediction_id: PredictionId
    label: str | int
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
        self.sent: type[Any] = defstruct(
            "Prediction",
            [
                ("prediction_id", PredictionId),
                ("predicted_at", Moment),
                ("decision", str | int),
                ("features", features),
                ("score", Score, None),
                ("processing_ms", Milliseconds, None),
            ],
            forbid_unknown_fields=True,
            gc=False,
        )
        self.decoder = msgspec.json.Decoder(self.sent)
        self.list_decoder = msgspec.json.Decoder(list[self.sent])
        self.label_decoder = msgspec.json.Decoder(SentLabel)
        self.label_list_decoder = msgspec.json.Decoder(list[SentLabel])
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
        decision = self.code_by_class.get(sent.decision)
        if decision is None:
            return self.class_problem("decision", sent.decision)
        values = self.values(sent.features)
        if isinstance(values, Problem):
            return values
        row = PredictionRow(sent.prediction_id, in_utc(sent.predicted_at), decision, sent.score, values)
        return row if sent.processing_ms is None else timed(row, sent.processing_ms)

    def values(self, features: Any) -> tuple[Any, ...] | Problem:
        """The values of a row in the order of the signature, or what is wrong with one although its type is right."""
        values: tuple[Any, ...] = astuple(features)
        if int in map(type, values):  # of a category: whole numbers of number columns are floats by now
            values = tuple(str(value) if type(value) is int else value for value in values)
        for column, value in zip(self.signature.columns, values, strict=True):
            if type(value) is str and "\x00" in value:  # jsonb can't hold one: no reading could be shown
                return Problem(column.name, HAS_NUL)
        for place, listed in self.listed.items():
            if values[place] is not None and values[place] not in listed:
                return Problem(self.signature.columns[place].name, is_not_listed(values[place]))
        return values

    def label(self, sent: SentLabel, now: datetime) -> LabelRow | Problem:
        """The label, or what is wrong with it although its types are right."""
        problem = id_problem(sent.prediction_id)
        if problem is None and sent.predicted_at is not None:
            problem = time_problem(sent.predicted_at, now=now)
        if problem is None and sent.reason is not None and "\x00" in sent.reason:
            problem = Problem("reason", HAS_NUL)
        if problem is not None:
            return problem
        label = self.code_by_class.get(sent.label)
        if label is None:
            return self.class_problem("label", sent.label)
        predicted_at = None if sent.predicted_at is None else in_utc(sent.predicted_at)
        return LabelRow(sent.prediction_id, label, predicted_at, sent.reason)

    def class_problem(self, column: str, value: object) -> Problem:
        """The sentence for a text that is none of the classes."""
        return Problem(column, f"must be one of {listed(self.signature.classes)}, not {shown(value)}")


def timed(row: PredictionRow, processing_ms: float | None) -> PredictionRow:
    """The row, with how long its call took where that is known."""
    if processing_ms is None:
        return row
    told = TimedRow(*row)
    told.processing_ms = processing_ms
    return told


def type_of(column: SignatureColumn) -> Any:
    """The type of a column's cells, as far as a type can say it."""
    if column.kind == "category":
        return PresentCategory if column.is_required else Category
    number: Any = float
    if column.minimum is not None or column.maximum is not None:
        number = Annotated[float, Meta(ge=column.minimum, le=column.maximum)]
    return number if column.is_required else number | None


def feature_problem(column: SignatureColumn, value: Any) -> tuple[Literal["type", "category"], str] | None:
    """What is wrong with a cell whose type is right: of which kind that is, and a sentence."""
    if isinstance(value, float) and not math.isfinite(value):
        return "type", "must be finite"
    if isinstance(value, str) and "\x00" in value:
        return "type", HAS_NUL
    if column.categories is not None and value is not None and str(value) not in column.categories:
        return "category", is_not_listed(str(value))
    return None


def is_not_listed(value: str) -> str:
    """The sentence for a category that is none of those that the signature allows."""
    return f"is none of the categories that the version knows: {shown(value)}"


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


def columns_of(rows: list[PredictionRow], signature: Signature) -> Predictions:
    """Rows as columns."""
    features: dict[str, Column] = {}
    by_place = zip(*(row.features for row in rows), strict=True) if rows else [()] * len(signature.columns)
    for column, values in zip(signature.columns, by_place, strict=True):
        if column.kind == "number":
            features[column.name] = np.array(values, dtype=np.float64)
        else:
            features[column.name] = CategoryColumn.from_texts(values)  # type: ignore[arg-type]
    return Predictions(
        ids=texts_of([row.id for row in rows]),
        predicted_at=times_of([row.predicted_at for row in rows]),
        decision=CategoryColumn(np.array([row.decision for row in rows], dtype=np.int32), signature.classes),
        score=number_column(row.score for row in rows),
        features=features,
        processing_ms=processing_times(rows),
    )


def processing_times(rows: Sequence[PredictionRow]) -> NDArray[np.float64] | None:
    """(rows,) how long each call took, NaN where that is not known; None where it is of none."""
    if TimedRow not in set(map(type, rows)):
        return None
    return np.array([row.processing_ms if isinstance(row, TimedRow) else np.nan for row in rows], dtype=np.float64)


def times_of(moments: list[datetime]) -> Any:
    """Times as microseconds since 1970."""
    return pa.array(moments, type=pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy(zero_copy_only=False)


def id_problem(prediction_id: str) -> Problem | None:
    """What is wrong with an id of the right length."""
    if prediction_id.isprintable() or not _CONTROL.search(prediction_id):
        return None
    return Problem("prediction_id", "has control characters")


def time_problem(moment: datetime, *, now: datetime) -> Problem | None:
    """What is wrong with a time that has a zone."""
    try:
        if EPOCH <= moment <= now + MAXIMUM_AHEAD:
            return None
    except OverflowError:
        pass
    return Problem("predicted_at", "lies before 1970 or more than a day ahead of now")


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC."""
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def is_whole_number(value: object) -> bool:
    """Whether a text is how a whole number is written."""
    return (
        isinstance(value, str)
        and value.removeprefix("-").isascii()
        and value.removeprefix("-").isdigit()
        and str(int(value)) == value
    )


def shown(value: object) -> str:
    """A value within a sentence, cut to a readable length."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def listed(names: Sequence[str]) -> str:
    """The first of at least two names within a sentence, and how many more there are."""
    first, last = names[:MOST_LISTED], names[MOST_LISTED:]
    *before, end = [*map(shown, first), *([f"{len(last)} more"] if last else [])]
    return f"{', '.join(before)} and {end}"


Kind: TypeAlias = Literal["predictions", "labels"]
