"""Counting rows into profiles: together, or by the hour of their predicted_at."""

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cdt.measures.columns import CategoryColumn
from cdt.measures.folding import class_codes, group_codes, profile_labels, profile_outcomes, profile_predictions
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile, merge, subtract
from cdt.predictions.columns import Labels, Predictions

MICROSECONDS_AN_HOUR = 3_600_000_000

Rows = TypeVar("Rows", Predictions, Labels)


def add_predictions(profile: Profile, rows: Predictions) -> Profile:
    """The profile with these predictions added."""
    grid = profile.grid
    decision = class_codes(grid, rows.decision)
    return merge(profile, profile_predictions(grid, rows.features, decision, rows.score, rows.is_ahead))


def add_labels(profile: Profile, rows: Labels) -> Profile:
    """The profile with these labels added, and without those that corrections take back.

    Raises ValueError if what is taken back was never counted: then segments were counted out of order.
    """
    taken_back = rows.sign < 0
    if not taken_back.any():
        return merge(profile, _labels(profile.grid, rows))
    added = merge(profile, _labels(profile.grid, rows.where(~taken_back)))
    return subtract(added, _labels(profile.grid, rows.where(taken_back)))


def by_hour(rows: Rows) -> Iterator[tuple[int, Rows]]:
    """The rows of each hour, hours ascending, with the hour's beginning in microseconds since 1970."""
    hours = hours_of(rows.predicted_at)
    for hour in np.unique(hours).tolist():
        yield hour * MICROSECONDS_AN_HOUR, rows.where(hours == hour)


def hours_of(predicted_at: NDArray[np.int64]) -> NDArray[np.int64]:
    """(rows,) hours since 1970 of times in microseconds."""
    return predicted_at // MICROSECONDS_AN_HOUR


def _labels(grid: Grid, rows: Labels) -> Profile:
    groups = group_codes(grid, rows.features, len(rows))
    if not isinstance(rows.label, CategoryColumn):
        return profile_outcomes(grid, rows.score, rows.label, groups)
    return profile_labels(grid, class_codes(grid, rows.decision), rows.score, class_codes(grid, rows.label), groups)
