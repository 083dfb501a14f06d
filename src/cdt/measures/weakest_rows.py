"""The weakest segments of rows that are counted on a grid: by the bins in which drift is measured."""

import numpy as np
from numpy.typing import NDArray

from cdt.measures.definitions import ReadingRules
from cdt.measures.grid import MISSING, OTHER, CategoryFeature, Feature, Grid
from cdt.measures.likelihood import Bins
from cdt.measures.performance.weakest import search
from cdt.measures.performance.weakest_arrays import Condition, WeakestSegments, ranges, told
from cdt.measures.row_bins import sizes_of

MOST_ROWS = 1_000_000
MOST_CELLS = 25_000_000
"""Of columns times rows: what is searched of more labelled rows is every second, third, ... of them."""


def step_of(grid: Grid, rows: int) -> int:
    """Which of so many labelled rows are searched: each that many-th, from the first."""
    most = max(1, min(MOST_ROWS, MOST_CELLS // max(1, len(grid.features))))
    return max(1, -(-rows // most))


def weakest_of_bins(
    grid: Grid, bins: Bins, is_wrong: NDArray[np.bool_], rules: ReadingRules, *, labelled_rows: int
) -> WeakestSegments:
    """The weakest segments of labelled rows.

    bins: (features, rows) as of `row_bins`. is_wrong: (rows,). labelled_rows: how many the rows were chosen from.
    """
    sizes = sizes_of(grid)
    confidence = rules.confidence_of("performance")
    return told(
        search(bins, sizes, is_wrong, minimum_rows=rules.minimum_group_size, confidence=confidence),
        [_conditions(feature, size) for feature, size in zip(grid.features, sizes, strict=True)],
        rows=len(is_wrong),
        labelled_rows=labelled_rows,
        minimum_rows=rules.minimum_group_size,
        confidence=confidence,
    )


def _conditions(feature: Feature, size: int) -> list[Condition]:
    """What each bin of a feature stands for."""
    if not isinstance(feature, CategoryFeature):
        return [*ranges(feature.name, feature.edges), Condition(column=feature.name, label=MISSING)]
    return [Condition(column=feature.name, label=name) for name in (*feature.values[: size - 2], OTHER, MISSING)]
