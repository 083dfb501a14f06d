"""Which rows somebody looks for."""

from datetime import datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.arrow import compute
from cdt.predictions.columns import Predictions, microseconds


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What a column of a row must be; everything given must hold. Of a missing value only `is_missing` can hold."""

    column: str
    is_missing: bool | None = None
    one_of: frozenset[str] | None = None
    at_least: float | None = None
    at_most: float | None = None


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows are wanted; everything given must hold. The window is half-open in `predicted_at`."""

    predicted_from: datetime | None = None
    predicted_to: datetime | None = None
    prediction_id: str | None = None
    decision: str | None = None
    score_at_least: float | None = None
    score_at_most: float | None = None
    conditions: tuple[Condition, ...] = ()


def chosen(rows: Predictions, sought: Sought) -> NDArray[np.bool_]:
    """(rows,) which of them are sought."""
    wanted: NDArray[np.bool_] = np.ones(len(rows), dtype=np.bool_)
    if sought.predicted_from is not None:
        wanted &= rows.predicted_at >= microseconds(sought.predicted_from)
    if sought.predicted_to is not None:
        wanted &= rows.predicted_at < microseconds(sought.predicted_to)
    if sought.prediction_id is not None:
        wanted &= compute.equal(rows.ids, sought.prediction_id).to_numpy(zero_copy_only=False)
    if sought.decision is not None:
        wanted &= _is_one_of(rows.decision, frozenset({sought.decision}))
    wanted &= _is_between(rows.score, sought.score_at_least, sought.score_at_most)
    for condition in sought.conditions:
        wanted &= _holds(rows.features[condition.column], condition)
    return wanted


def _holds(column: Column, condition: Condition) -> NDArray[np.bool_]:
    missing: NDArray[np.bool_] = column.codes < 0 if isinstance(column, CategoryColumn) else np.isnan(column)
    holds = np.ones(len(missing), dtype=np.bool_)
    if condition.is_missing is not None:
        holds &= missing == condition.is_missing
    if isinstance(column, CategoryColumn):
        return holds if condition.one_of is None else holds & _is_one_of(column, condition.one_of)
    return holds & _is_between(column, condition.at_least, condition.at_most)


def _is_between(values: NDArray[np.float64], low: float | None, high: float | None) -> NDArray[np.bool_]:
    holds: NDArray[np.bool_] = np.ones(len(values), dtype=np.bool_)
    if low is not None:
        holds &= values >= low
    if high is not None:
        holds &= values <= high
    return holds


def _is_one_of(column: CategoryColumn, texts: frozenset[str]) -> NDArray[np.bool_]:
    return np.array([*(value in texts for value in column.values), False])[column.codes]
