"""The bin of each value of a row, for what looks at whole rows: the bins of the stability measures, and few of them."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cdt.measures.cells import cells_of
from cdt.measures.columns import Columns, categories_of, numbers_of
from cdt.measures.grid import CategoryFeature, Grid, NumberFeature
from cdt.measures.likelihood import Bins

MOST_CATEGORIES = 14
"""Categories with a bin of their own; the rarer ones share one."""


@dataclass(frozen=True, slots=True)
class NumberBins:
    """Where the bins of number columns go while their cells are at hand.

    bins: (features, rows). places: for each number of the layout its feature. by_cell: for each (cells,) the bin of a
        cell. missing: for each the bin of the missing.
    """

    bins: Bins
    places: tuple[int, ...]
    by_cell: tuple[NDArray[np.uint8], ...]
    missing: tuple[int, ...]

    @classmethod
    def of(cls, grid: Grid, bins: Bins) -> Self:
        """Of all number features; the score has no bins here."""
        places = [place for place, feature in enumerate(grid.features) if isinstance(feature, NumberFeature)]
        sizes = sizes_of(grid)
        return cls(
            bins=bins,
            places=tuple(places),
            by_cell=tuple(grid.bin_by_cell[place] for place in places),
            missing=tuple(sizes[place] - 1 for place in places),
        )

    def fill(self, number: int, start: int, cells: NDArray[np.intp], missing: NDArray[np.intp]) -> None:
        """The bins of a number from one row on: (rows,) cells, and where values are missing."""
        if number == len(self.places):
            return
        bins = self.bins[self.places[number], start : start + len(cells)]
        np.take(self.by_cell[number], cells, out=bins, mode="wrap")  # none is outside, and this is the fastest
        bins[missing] = self.missing[number]

    def fill_missing(self, number: int) -> None:
        """The bins of a number that isn't there."""
        if number < len(self.places):
            self.bins[self.places[number]] = self.missing[number]


def sizes_of(grid: Grid) -> tuple[int, ...]:
    """How many bins each feature has, others and missing included."""
    return tuple(
        2 + (_own_bins(feature) if isinstance(feature, CategoryFeature) else len(feature.borders))
        for feature in grid.features
    )


def row_bins(grid: Grid, columns: Columns, rows: int) -> Bins:
    """(features, rows) the bins; the last one of a feature holds the missing, as of a column that isn't there."""
    bins = np.empty((len(grid.features), rows), dtype=np.uint8)
    numbers = NumberBins.of(grid, bins)
    for number, place in enumerate(numbers.places):
        feature = grid.features[place]
        assert isinstance(feature, NumberFeature)
        values = numbers_of(feature.name, columns.get(feature.name, np.full(rows, np.nan)), rows)
        numbers.fill(number, 0, cells_of(feature.cells, values), np.flatnonzero(np.isnan(values)))
    fill_categories(grid, columns, rows, bins)
    return bins


def fill_categories(grid: Grid, columns: Columns, rows: int, bins: Bins) -> None:
    """Write the bins of the category features."""
    for place, (feature, size) in enumerate(zip(grid.features, sizes_of(grid), strict=True)):
        if not isinstance(feature, CategoryFeature):
            continue
        if feature.name not in columns:
            bins[place] = size - 1
            continue
        column = categories_of(feature.name, columns[feature.name], rows)
        own, known = _own_bins(feature), feature.code_by_value
        codes = [min(known.get(value, own), own) for value in column.values]
        bins[place] = np.array([*codes, size - 1], dtype=np.uint8)[column.codes]


def _own_bins(feature: CategoryFeature) -> int:
    return min(feature.own_bins, MOST_CATEGORIES)
