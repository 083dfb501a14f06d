"""What is counted of slices, by the bins of the measures and not by cells: some hundred counts for each slice.

The bins are those that the stability measures take of a profile, so that they answer of these counts what they answer
of the slice's whole profile, to the bit. What lies within a bin isn't known: neither the greatest gap between two
distributions, nor how far values have to be carried, nor a ranking.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cdt.measures.cells import cells_of
from cdt.measures.columns import Columns, categories_of, numbers_of
from cdt.measures.folding import GroupCodes, group_codes
from cdt.measures.grid import CategoryFeature, Feature, Grid, NumberFeature
from cdt.measures.layout import MISSING, Block
from cdt.measures.profile import Profile, no_extremes

ROWS_AT_ONCE = 8_192
"""Of a row some thirty places are looked at in each of its slices: a block of these stays within some megabytes."""


@dataclass(frozen=True)
class SliceBins:
    """Counts rows of a grid by slice, and makes profiles of the counts again."""

    grid: Grid

    @cached_property
    def _sizes(self) -> tuple[int, ...]:
        """How many counts each block has, in their order."""
        grid = self.grid
        sides, classes = len(grid.classes) + 1, len(grid.classes)
        groups = [len(attribute.labels) for attribute in grid.groups]
        return (
            *(_bins(feature) for feature in (*grid.features, grid.score)),
            sides,
            *(size * sides for size in groups),
            sides * classes,
            *(size * sides * classes for size in groups),
        )

    @cached_property
    def _blocks(self) -> tuple[Block, ...]:
        """The features, the score, the decision, the groups' decisions, the confusion, and the groups' ones."""
        ends = np.cumsum(self._sizes).tolist()
        return tuple(Block(end - size, end, (size,)) for end, size in zip(ends, self._sizes, strict=True))

    @cached_property
    def size(self) -> int:
        """Counts of one slice."""
        return sum(self._sizes)

    def none(self, slices: int) -> NDArray[np.int64]:
        """(slices, size) counts of no rows."""
        return np.zeros((slices, self.size), dtype=np.int64)

    def places_of_predictions(
        self, columns: Columns, decision: NDArray[np.int32], score: NDArray[np.float64] | None
    ) -> NDArray[np.int32]:
        """(blocks, rows) where each row counts within its slice; what is given is as for `profile_predictions`."""
        grid, rows = self.grid, len(decision)
        scores = np.full(rows, np.nan) if score is None else score
        sides = np.where(decision < 0, len(grid.classes), decision)
        groups = group_codes(grid, columns, rows)
        codes = [
            *(_bins_of_rows(feature, columns, rows) for feature in grid.features),
            _bins_of_numbers(grid.score, scores),
            sides,
            *(groups[attribute.name].astype(np.int32) * (len(grid.classes) + 1) + sides for attribute in grid.groups),
        ]
        return np.array([block.first + each for block, each in zip(self._blocks, codes, strict=False)], dtype=np.int32)

    def places_of_labels(
        self, decision: NDArray[np.int32], label: NDArray[np.int32], groups: Mapping[str, GroupCodes]
    ) -> NDArray[np.int32]:
        """(blocks, labelled rows) the same of labelled rows, each of which has a label that is a class of the grid."""
        grid = self.grid
        classes = len(grid.classes)
        pairs = np.where(decision < 0, classes, decision) * classes + label
        within = (classes + 1) * classes
        codes = [pairs, *(groups[attribute.name].astype(np.int32) * within + pairs for attribute in grid.groups)]
        blocks = self._blocks[-1 - len(grid.groups) :]
        return np.array([block.first + each for block, each in zip(blocks, codes, strict=True)], dtype=np.int32)

    def counted(self, places: NDArray[np.int32], members: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(slices, size) the counts of rows; members: (slices, rows) which rows belong to each slice."""
        slices, rows = members.shape
        found = np.zeros(slices * self.size, dtype=np.int64)
        for start in range(0, rows, ROWS_AT_ONCE):
            of_slice, row = np.nonzero(members[:, start : start + ROWS_AT_ONCE])
            if len(row):
                where = places[:, start + row] + of_slice * self.size
                found += np.bincount(where.ravel(), minlength=len(found))
        return found.reshape(slices, self.size)

    def profile(self, counts: NDArray[np.int64]) -> Profile:
        """A profile that tells of bins, decisions and groups what these (size,) counts of one slice tell.

        All rows of a bin lie in its first cell, and nothing is known of extremes, moments and rankings.
        """
        grid = self.grid
        layout = grid.layout
        whole = np.zeros(layout.size, dtype=np.int64)
        blocks = [block.of(counts) for block in self._blocks]
        for feature, found in zip(grid.features, blocks, strict=False):
            if isinstance(feature, NumberFeature):
                _spread_out(feature, found, layout.numbers[feature.name].of(whole))
            else:
                table = layout.categories[feature.name].of(whole)
                table[: len(found) - 1], table[-1] = found[:-1], found[-1]
        score, decision, *rest = blocks[len(grid.features) :]
        _spread_out(grid.score, score, layout.score.of(whole))
        layout.decision.of(whole)[:] = decision
        groups = len(grid.groups)
        for attribute, table in zip(grid.groups, rest[:groups], strict=True):
            block = layout.group_decisions[attribute.name]
            block.of(whole)[:] = table.reshape(block.shape)
        layout.confusion.of(whole)[:] = rest[groups].reshape(layout.confusion.shape)
        for attribute, table in zip(grid.groups, rest[groups + 1 :], strict=True):
            block = layout.group_confusions[attribute.name]
            block.of(whole)[:] = table.reshape(block.shape)
        return Profile(grid=grid, counts=whole, extremes=no_extremes(grid))


def _bins(feature: Feature) -> int:
    """How many bins a feature has, others and missing included."""
    return 2 + (feature.own_bins if isinstance(feature, CategoryFeature) else len(feature.borders))


def _bins_of_rows(feature: Feature, columns: Columns, rows: int) -> NDArray[np.int32]:
    last = _bins(feature) - 1
    if feature.name not in columns:
        return np.full(rows, last, dtype=np.int32)
    if isinstance(feature, NumberFeature):
        return _bins_of_numbers(feature, numbers_of(feature.name, columns[feature.name], rows))
    column = categories_of(feature.name, columns[feature.name], rows)
    known = feature.code_by_value
    codes = [min(known.get(value, feature.own_bins), feature.own_bins) for value in column.values]
    return np.array([*codes, last], dtype=np.int32)[column.codes]


def _bins_of_numbers(feature: NumberFeature, values: NDArray[np.float64]) -> NDArray[np.int32]:
    bins = np.searchsorted(feature.borders, np.arange(feature.cells.size), side="right").astype(np.int32)
    cells = cells_of(feature.cells, values)
    is_missing = np.isnan(values)
    cells[is_missing] = 0
    found = bins[cells]
    found[is_missing] = len(feature.borders) + 1
    return found


def _spread_out(feature: NumberFeature, bins: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
    counts[[0, *feature.borders]] = bins[:-1]
    counts[feature.cells.size + MISSING] = bins[-1]
