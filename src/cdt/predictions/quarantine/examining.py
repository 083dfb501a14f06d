"""All that is wrong with a row, cell by cell; and the row without its wrong features, where nothing else is wrong."""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, cast

import msgspec
from msgspec import UNSET

from cdt.domain.registry.signature import Column, PredictedNumber
from cdt.predictions.decoding.cells import IS_REQUIRED
from cdt.predictions.decoding.columnar import OWN_LABEL_COLUMNS, PROCESSING_TIME
from cdt.predictions.decoding.reasons import problem_of
from cdt.predictions.own_columns import PREDICTION, prediction_columns
from cdt.predictions.quarantine.held import MOST_REASONS, Reason, RejectionKind, Sent
from cdt.predictions.row_forms import RowFormat, feature_problem, number_problem, type_of
from cdt.predictions.rows import (
    HAS_NUL,
    NO_DECISION,
    Kind,
    Milliseconds,
    Moment,
    PredictionId,
    PredictionRow,
    Score,
    id_problem,
    in_utc,
    shown,
    time_problem,
    timed,
)
from cdt.predictions.rows import Reason as LabelReason

_NO_ROW = "is no row of the version's columns"
_UNKNOWN = "is not among the version's columns"
_ABSENT = object()


class Examined(NamedTuple):
    """What is known of a row.

    prediction_id, predicted_at: None where they can't be read. marked: the row without what is wrong, if that are
    features alone.
    """

    reasons: list[Reason]
    prediction_id: str | None = None
    predicted_at: datetime | None = None
    marked: PredictionRow | None = None


def examine(sent: Sent, kind: Kind, form: RowFormat, *, now: datetime) -> Examined:
    """Look at every cell of a row, as it was sent."""
    if isinstance(sent, str):
        return Examined([Reason.of(None, "form", _NO_ROW)])
    signature = form.signature
    own = OWN_LABEL_COLUMNS if kind == "labels" else (*prediction_columns(signature), PROCESSING_TIME, "features")
    unknown = (Reason.of(name, "column", _UNKNOWN) for name in sent if name not in own)
    reasons = list(islice(unknown, MOST_REASONS))
    prediction_id = _id(sent, reasons)
    predicted_at = _time(sent, reasons, now=now, is_required=kind == "predictions")
    if kind == "labels":
        if signature.number is UNSET:
            _class(sent, "label", form, reasons)
        else:
            _outcome(sent, "label", signature.number, reasons)
        _reason(sent, reasons)
        return Examined(reasons, prediction_id, predicted_at)
    decision: int | None = NO_DECISION
    if signature.number is UNSET:
        decision, score = _class(sent, "decision", form, reasons), _score(sent, reasons)
    else:
        score = _outcome(sent, PREDICTION, signature.number, reasons)
    processing_ms = _processing_time(sent, reasons)
    of_features, values = _features(sent, form, reasons)
    marked = None
    if of_features and not reasons and prediction_id is not None and predicted_at is not None and decision is not None:
        marked = timed(PredictionRow(prediction_id, predicted_at, decision, score, tuple(values)), processing_ms)
    return Examined([*reasons, *of_features], prediction_id, predicted_at, marked)


def _id(sent: Mapping[str, Any], reasons: list[Reason]) -> str | None:
    value = sent.get("prediction_id")
    if value is None:
        reasons.append(Reason.of("prediction_id", "missing", "is required"))
        return None
    try:
        found = msgspec.convert(value, PredictionId)
    except msgspec.ValidationError as error:
        reasons.append(_of("prediction_id", error))
        return None
    if (problem := id_problem(found)) is not None:
        reasons.append(Reason.of("prediction_id", "type", problem.reason))
        return None
    return found


def _time(sent: Mapping[str, Any], reasons: list[Reason], *, now: datetime, is_required: bool) -> datetime | None:
    value = sent.get("predicted_at")
    if value is None:
        if is_required:
            reasons.append(Reason.of("predicted_at", "missing", "is required"))
        return None
    try:
        found = msgspec.convert(value, Moment)
        problem = time_problem(found, now=now)
    except msgspec.ValidationError as error:
        problem, found = problem_of(error), now
    if problem is not None:
        reasons.append(Reason.of("predicted_at", "time", problem.reason))
        return None
    return in_utc(found)


def _class(sent: Mapping[str, Any], name: str, form: RowFormat, reasons: list[Reason]) -> int | None:
    value = sent.get(name)
    if value is None:
        reasons.append(Reason.of(name, "missing", "is required"))
    elif isinstance(value, bool) or not isinstance(value, str | int):
        reasons.append(Reason.of(name, "type", f"must be text, not {shown(value)}"))
    elif (code := form.code_by_class.get(value)) is not None:
        return code
    else:
        reasons.append(Reason.of(name, "category", form.class_problem(name, value).reason))
    return None


def _outcome(sent: Mapping[str, Any], name: str, number: PredictedNumber, reasons: list[Reason]) -> float | None:
    """A number that was predicted, or that came."""
    value = sent.get(name)
    if value is None:
        reasons.append(Reason.of(name, "missing", IS_REQUIRED))
    elif isinstance(value, bool) or not isinstance(value, float | int):
        reasons.append(Reason.of(name, "type", f"must be a number, not {shown(value)}"))
    elif (problem := number_problem(number, value)) is not None:
        reasons.append(Reason.of(name, "range" if math.isfinite(value) else "type", problem))
    else:
        return float(value)
    return None


def _reason(sent: Mapping[str, Any], reasons: list[Reason]) -> None:
    value = sent.get("reason")
    try:
        msgspec.convert(value, LabelReason)
    except msgspec.ValidationError as error:
        reasons.append(_of("reason", error))
        return
    if isinstance(value, str) and "\x00" in value:
        reasons.append(Reason.of("reason", "type", HAS_NUL))


def _score(sent: Mapping[str, Any], reasons: list[Reason]) -> float | None:
    try:
        score = msgspec.convert(sent.get("score"), Score)
    except msgspec.ValidationError as error:
        reasons.append(_of("score", error))
        return None
    if score is not None and not math.isfinite(score):
        reasons.append(Reason.of("score", "type", "must be finite"))
    return score


def _processing_time(sent: Mapping[str, Any], reasons: list[Reason]) -> float | None:
    try:
        return msgspec.convert(sent.get("processing_ms"), Milliseconds)
    except msgspec.ValidationError as error:
        reasons.append(_of("processing_ms", error))
        return None


def _features(
    sent: Mapping[str, Any], form: RowFormat, reasons: list[Reason]
) -> tuple[list[Reason], list[float | str | None]]:
    """What is wrong with features, apart from what else is; and their values without it."""
    features = sent.get("features")
    if not isinstance(features, dict):
        reasons.append(Reason.of("features", "missing" if features is None else "type", "must be an object"))
        return [], []
    given = cast("dict[Any, Any]", features)
    names = {column.name for column in form.signature.columns}
    reasons += islice((Reason.of(str(name), "column", _UNKNOWN) for name in given if name not in names), MOST_REASONS)
    wrong: list[Reason] = []
    values: list[float | str | None] = []
    for column in form.signature.columns:
        value = given.get(column.name, _ABSENT)
        found = list(_wrong(column, value))
        wrong += found
        values.append(None if found else _plain(column, value))
    return wrong, values


def _wrong(column: Column, value: Any) -> Iterator[Reason]:
    """What is wrong with a feature; nothing if that is right."""
    if value is _ABSENT:
        yield Reason.of(column.name, "missing", "is required; write null where a row has none")
        return
    if value is None and column.is_required:
        yield Reason.of(column.name, "missing", IS_REQUIRED)
        return
    if column.kind == "number" and isinstance(value, str):
        yield Reason.of(column.name, "type", f"must be a number, not {shown(value)}")
        return
    try:
        msgspec.convert(value, type_of(column))
    except msgspec.ValidationError as error:
        yield _of(column.name, error)
        return
    if (problem := feature_problem(column, value)) is not None:
        yield Reason.of(column.name, *problem)


def _plain(column: Column, value: Any) -> float | str | None:
    if value is None:
        return None
    return float(value) if column.kind == "number" else str(value)


def _of(column: str, error: msgspec.ValidationError) -> Reason:
    reason = problem_of(error).reason
    kind: RejectionKind = "range" if "characters" in reason or " at " in reason or "is empty" in reason else "type"
    return Reason.of(column, kind, reason)
