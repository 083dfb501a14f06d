"""Rows of one signature: how a JSON row is typed, and the plain form that a few rows have until they are stored."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column, number_column
from cdt.predictions.arrow import pa, texts_of
from cdt.predictions.columns import EPOCH, Label, Predictions
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
NO_DECISION = -1
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Problem(NamedTuple):
    """What is wrong with a row: the column, or None for the row as a whole, and a sentence."""

    column: str | None
    reason: str


class PredictionRow(NamedTuple):
    """One prediction. `features` are in the signature's order, None is missing.

    decision: the code of its class; `NO_DECISION` in a version of numbers, whose prediction is the `score`.
    """

    id: str
    predicted_at: datetime
    decision: int
    score: float | None
    features: tuple[float | str | None, ...]


class TimedRow(PredictionRow):
    """One of which is known how long its call took. It is stored, and digested, as any other."""

    processing_ms: float


class LabelRow(NamedTuple):
    """One truth, and the time of its prediction if the sender knows it.

    reason: why it replaces another, if it does.
    """

    id: str
    label: Label
    predicted_at: datetime | None
    reason: str | None = None


def timed(row: PredictionRow, processing_ms: float | None) -> PredictionRow:
    """The row, with how long its call took where that is known."""
    if processing_ms is None:
        return row
    told = TimedRow(*row)
    told.processing_ms = processing_ms
    return told


def is_not_listed(value: str) -> str:
    """The sentence for a category that is none of those that the signature allows."""
    return f"is none of the categories that the version knows: {shown(value)}"


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
