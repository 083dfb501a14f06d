"""The bin of each value of a row, for what looks at whole rows: the bins of the stability measures, and few of them."""

import numpy as np

from cdt.measures.cells import cells_of
from cdt.measures.columns import Columns, categories_of, numbers_of
from cdt.measures.grid import CategoryFeature, Grid
from cdt.measures.likelihood import Bins

MOST_CATEGORIES = 14
"""Categories with a bin of their own; the rarer ones share one."""


def sizes_of(grid: Grid) -> tuple[int, ...]:
    """How many bins each feature has, others and missing included."""
    return tuple(
        2 + (_own_bins(feature) if isinstance(feature, CategoryFeature) else len(feature.borders))
        for feature in grid.features
    )


def row_bins(grid: Grid, columns: Columns, rows: int) -> Bins:
    """(features, rows) the bins; the last one of a feature holds the missing, as of a column that isn't there."""
    bins = np.empty((len(grid.features), rows), dtype=np.uint8)
    for place, (feature, size) in enumerate(zip(grid.features, sizes_of(grid), strict=True)):
        if feature.name not in columns:
            bins[place] = size - 1
        elif isinstance(feature, CategoryFeature):
            column = categories_of(feature.name, columns[feature.name], rows)
            own, known = _own_bins(feature), feature.code_by_value
            codes = [min(known.get(value, own), own) for value in column.values]
            bins[place] = np.array([*codes, size - 1], dtype=np.uint8)[column.codes]
        else:
            values = numbers_of(feature.name, columns[feature.name], rows)
            bins[place] = grid.bin_by_cell[place][cells_of(feature.cells, values)]
            is_missing = np.isnan(values)
            if is_missing.any():
                bins[place, is_missing] = size - 1
    return bins


def _own_bins(feature: CategoryFeature) -> int:
    return min(feature.own_bins, MOST_CATEGORIES)
