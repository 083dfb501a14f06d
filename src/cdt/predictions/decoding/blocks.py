"""Rows of JSON, a block at a time: the good ones as rows, or, in less time where all are good, as columns."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import msgspec
import numpy as np
from msgspec.structs import astuple
from numpy.typing import NDArray

from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.arrow import compute, is_printable_ascii, pa, texts_of
from cdt.predictions.columns import Predictions, microseconds
from cdt.predictions.decoding.reasons import problem_of
from cdt.predictions.rejections import Rejections
from cdt.predictions.row_forms import RowFormat
from cdt.predictions.rows import (
    MAXIMUM_AHEAD,
    NO_DECISION,
    Problem,
    columns_of,
    times_of,
)

_CONTROL = r"[\x00-\x1f\x7f\x{80}-\x{9f}]"


BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some programs write before UTF-8; it says nothing."""
BLOCK_BYTES = 1 << 20
"""What is decoded at once: a block's rows as Python objects take about ten times as much memory as its bytes."""

Row = TypeVar("Row")
Check: TypeAlias = Callable[[Any, datetime], Row | Problem]


def good_rows(sent: list[Any], check: "Check[Row]", first: int, now: datetime, rejections: Rejections) -> list[Row]:
    """Those of a block that are good; its first row is the body's `first`."""
    rows: list[Row] = []
    for place, each in enumerate(sent):
        row = each if type(each) is Problem else check(each, now)
        if isinstance(row, Problem):
            rejections.add(first + place, *row)
        else:
            rows.append(row)
    return rows


def one_row(decoder: "msgspec.json.Decoder[Any]", text: bytes | msgspec.Raw) -> Any:
    """A row by itself, or what is wrong with it."""
    try:
        return decoder.decode(text)
    except (ValueError, RecursionError) as error:
        return problem_of(error)


def columns_of_block(
    sent: list[Any], form: RowFormat, first: int, now: datetime, rejections: Rejections
) -> Predictions:
    """The same of predictions, as columns."""
    columns = None if Problem in set(map(type, sent)) else _columns(sent, form, now)
    if columns is not None:
        return columns
    return columns_of(good_rows(sent, form.prediction, first, now, rejections), form.signature)


def _columns(sent: list[Any], form: RowFormat, now: datetime) -> Predictions | None:
    """All rows as columns; None if there is none, or one of them may be bad."""
    if not sent:
        return None
    ids = texts_of([row.prediction_id for row in sent])
    if not is_printable_ascii(ids) and compute.any(compute.match_substring_regex(ids, _CONTROL)).as_py():
        return None
    outputs = _outputs(sent, form)
    if outputs is None:
        return None
    decision, score = outputs
    try:
        predicted_at = times_of([row.predicted_at for row in sent])
    except (pa.ArrowInvalid, OverflowError, ValueError):  # a time of which no UTC can be told
        return None
    if predicted_at.min() < 0 or predicted_at.max() > microseconds(now + MAXIMUM_AHEAD):
        return None
    features: dict[str, Column] = {}
    by_column = zip(*(astuple(row.features) for row in sent), strict=True)
    for column, values in zip(form.signature.columns, by_column, strict=True):
        if column.kind == "number":
            features[column.name] = np.array(values, dtype=np.float64)
        else:
            texts = CategoryColumn.from_texts(_as_texts(values))
            if any("\x00" in text for text in texts.values):
                return None
            if column.categories is not None and not set(texts.values) <= set(column.categories):
                return None
            features[column.name] = texts
    return Predictions(
        ids=ids,
        predicted_at=predicted_at,
        decision=CategoryColumn(decision, form.signature.classes),
        score=score,
        features=features,
        processing_ms=_processing_times(sent),
    )


def _outputs(sent: list[Any], form: RowFormat) -> tuple[NDArray[np.int32], NDArray[np.float64]] | None:
    """Decisions and scores, or no decisions and numbers; None if a decision is none of the classes."""
    if form.signature.is_of_numbers:
        numbers = np.array([row.prediction for row in sent], dtype=np.float64)
        return np.full(len(sent), NO_DECISION, dtype=np.int32), numbers
    decision = np.array([form.code_by_class.get(row.decision, -1) for row in sent], dtype=np.int32)
    if (decision < 0).any():
        return None
    return decision, np.array([row.score for row in sent], dtype=np.float64)


def _processing_times(sent: list[Any]) -> NDArray[np.float64] | None:
    times = [row.processing_ms for row in sent]
    return None if times.count(None) == len(times) else np.array(times, dtype=np.float64)


def _as_texts(values: Sequence[str | int | None]) -> Sequence[str | None]:
    """Categories that were sent as whole numbers are texts, too."""
    if int not in set(map(type, values)):
        return values  # type: ignore[return-value]
    return [str(value) if type(value) is int else value for value in values]  # type: ignore[misc]
