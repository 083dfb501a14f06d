"""The profile of a slice's rows: what its drift and its fairness are told from."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from cdt.measures.columns import CategoryColumn
from cdt.measures.folding import profile_predictions
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile, empty, merge
from cdt.measures.samples import PredictionRows

ROWS_AT_ONCE = 131_072
"""Rows of a slice are copied so many at a time: half of ten million rows a second time would be a gigabyte."""


def members_counted(grid: Grid, rows: PredictionRows, is_member: NDArray[np.bool_]) -> Profile:
    """The profile of those of the predictions that are members; is_member: (rows,)."""
    found = empty(grid)
    for start in range(0, len(is_member), ROWS_AT_ONCE):
        block = slice(start, start + ROWS_AT_ONCE)
        places = start + np.flatnonzero(is_member[block])
        if not len(places):
            continue
        columns = {
            name: CategoryColumn(column.codes[places], column.values)
            if isinstance(column, CategoryColumn)
            else column[places]
            for name, column in rows.columns.items()
        }
        score = None if rows.score is None else rows.score[places]
        is_ahead = None if rows.is_ahead is None else rows.is_ahead[places]
        found = merge(found, profile_predictions(grid, columns, rows.decision[places], score, is_ahead))
    return found


def attributes_of(grid: Grid, columns: Collection[str]) -> frozenset[str]:
    """The group attributes that are read from one of these columns."""
    return frozenset(name for name, attribute in grid.attributes.items() if attribute.column in columns)
