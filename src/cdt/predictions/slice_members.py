"""Which rows are of a slice."""

import numpy as np
from numpy.typing import NDArray

from cdt.domain.evaluations.slices import Condition, Slice
from cdt.measures.columns import CategoryColumn, Columns
from cdt.measures.members import among, between


def members_of(declared: Slice, columns: Columns, rows: int) -> NDArray[np.bool_]:
    """(rows,) which of them belong to a slice; none where a column isn't there, as one that has no values."""
    chosen = np.ones(rows, dtype=np.bool_)
    for condition in declared.conditions:
        chosen &= _meeting(condition, columns, rows)
    return chosen


def _meeting(condition: Condition, columns: Columns, rows: int) -> NDArray[np.bool_]:
    column = columns.get(condition.column)
    if isinstance(column, CategoryColumn):
        return among(column, condition.values or ())
    if column is None or condition.values is not None:
        return np.zeros(rows, dtype=np.bool_)
    return between(column, condition.low, condition.high)
