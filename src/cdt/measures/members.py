"""Which rows meet a condition on one column: what a slice is made of. A row without a value never does."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from cdt.measures.columns import CategoryColumn, NumberColumn


def among(column: CategoryColumn, values: Collection[str]) -> NDArray[np.bool_]:
    """(rows,) whether the category is one of these.

    >>> among(CategoryColumn.from_texts(["b", "a", None, "c"]), {"a", "b", "d"}).tolist()
    [True, True, False, False]
    """
    chosen = frozenset(values)
    return np.array([*(value in chosen for value in column.values), False], dtype=np.bool_)[column.codes]


def between(column: NumberColumn, low: float | None, high: float | None) -> NDArray[np.bool_]:
    """(rows,) whether the number is at least `low` and below `high`; None for no such end.

    >>> between(np.array([1.0, 2.0, 3.0, np.nan, np.inf]), 2, None).tolist()
    [False, True, True, False, True]
    >>> between(np.array([1.0, 2.0, 3.0, np.nan, -np.inf]), None, 2).tolist()
    [True, False, False, False, True]
    """
    chosen = ~np.isnan(column)
    if low is not None:
        chosen &= column >= low
    if high is not None:
        chosen &= column < high
    return chosen
