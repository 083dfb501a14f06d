"""A profile: the summary of rows on a grid. Merging adds and compares: any order and any cut give the same bits."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cdt.measures.grid import Grid
from cdt.measures.layout import AHEAD, LABEL, MISSING, SCORED, SPECIAL, TAIL_ABOVE, TAIL_BELOW, UNLIKELY, Block


@dataclass(frozen=True, slots=True)
class NumberCounts:
    """What a profile knows of one number column.

    cells: (count + 2,) rows by cell, what is below first, what is above last.
    special: rows on the atom; of stepped cells, rows off the steps.
    missing: rows without a value.
    tail_below, tail_above: how far the values outside lie from `low` and `high`, added up, in quanta of the cells.
    """

    cells: NDArray[np.int64]
    special: int
    missing: int
    tail_below: int
    tail_above: int

    @property
    def rows(self) -> int:
        """Rows with a value."""
        return int(self.cells.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Counts of rows on a grid; `grid.layout` says which count stands where.

    counts: (layout.size,) int64, never changed once it is in a profile.
    extremes: (numbers + 1, 2) the least and the greatest value of each number column, the score last, then outcomes;
        infinity and minus infinity of one without values.
    """

    grid: Grid
    counts: NDArray[np.int64]
    extremes: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.extremes.dtype != np.float64 or self.extremes.shape != (self.grid.layout.counted_numbers, 2):
            raise ValueError("a profile holds two extremes of type float64 for each number that is counted")
        self.extremes.flags.writeable = False
        if self.counts.dtype != np.int64 or self.counts.shape != (self.grid.layout.size,):
            raise ValueError(f"a profile on this grid holds {self.grid.layout.size} counts of type int64")
        self.counts.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Profile):
            return NotImplemented
        return (
            self.grid.digest == other.grid.digest
            and np.array_equal(self.counts, other.counts)
            and np.array_equal(self.extremes, other.extremes)
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def rows(self) -> int:
        """Predictions counted."""
        return int(self.decisions.sum())

    @property
    def labelled(self) -> int:
        """Labelled rows counted."""
        if self.grid.is_of_numbers:
            return self.outcome(LABEL).rows
        return int(self.confusion.sum())

    @property
    def decisions(self) -> NDArray[np.int64]:
        """(classes + 1,) predictions by decision, missing last."""
        return self._table(self.grid.layout.decision)

    @property
    def confusion(self) -> NDArray[np.int64]:
        """(classes + 1, classes) labelled rows by decision, missing last, and label."""
        return self._table(self.grid.layout.confusion)

    @property
    def ranking(self) -> NDArray[np.int64]:
        """(score cells, 2) labelled rows with a score, by score cell and by whether the label is positive."""
        return self._table(self.grid.layout.ranking)[:-1]

    @property
    def score(self) -> NumberCounts:
        """The predictions' scores."""
        return self._number(self.grid.layout.score)

    @property
    def score_extremes(self) -> tuple[float, float]:
        """The least and the greatest score; infinity and minus infinity without scores."""
        least, greatest = self.extremes[self.grid.layout.score_number].tolist()
        return least, greatest

    @property
    def ahead(self) -> int:
        """Predictions made, by their own clock, after they were received."""
        return int(self._table(self.grid.layout.quality)[AHEAD])

    @property
    def scored(self) -> int:
        """Predictions that the grid's likelihood was asked about."""
        return int(self._table(self.grid.layout.quality)[SCORED])

    @property
    def unlikely(self) -> int:
        """Those of them that are less likely than nearly all rows of the reference."""
        return int(self._table(self.grid.layout.quality)[UNLIKELY])

    def outcome(self, name: str) -> NumberCounts:
        """What is known of what came, in a version of numbers."""
        return self._number(self.grid.layout.outcomes[name])

    def outcome_extremes(self, name: str) -> tuple[float, float]:
        """As of the score."""
        layout = self.grid.layout
        least, greatest = self.extremes[layout.score_number + 1 + list(layout.outcomes).index(name)].tolist()
        return least, greatest

    def group_predictions(self, attribute: str) -> NDArray[np.int64]:
        """(groups, SUMS) of what was predicted, in a version of numbers."""
        return self._table(self.grid.layout.group_predictions[attribute])

    def group_errors(self, attribute: str) -> NDArray[np.int64]:
        """(groups, SUMS) of how far predictions lay from labels, in a version of numbers."""
        return self._table(self.grid.layout.group_errors[attribute])

    def number(self, feature: str) -> NumberCounts:
        """A number column."""
        return self._number(self.grid.layout.numbers[feature])

    def categories(self, feature: str) -> NDArray[np.int64]:
        """(values + 2,) rows by value of a category column, then others and missing."""
        return self._table(self.grid.layout.categories[feature])

    def extremes_of(self, feature: str) -> tuple[float, float]:
        """The least and the greatest value of a number column; infinity and minus infinity without values."""
        least, greatest = self.extremes[list(self.grid.layout.numbers).index(feature)].tolist()
        return least, greatest

    def group_decisions(self, attribute: str) -> NDArray[np.int64]:
        """(groups, classes + 1) predictions by group and decision."""
        return self._table(self.grid.layout.group_decisions[attribute])

    def group_confusions(self, attribute: str) -> NDArray[np.int64]:
        """(groups, classes + 1, classes) labelled rows by group, decision and label."""
        return self._table(self.grid.layout.group_confusions[attribute])

    def _table(self, block: Block) -> NDArray[np.int64]:
        return block.of(self.counts)

    def _number(self, block: Block) -> NumberCounts:
        counts = block.of(self.counts)
        rest = counts[-4:]
        return NumberCounts(
            cells=counts[:-4],
            special=int(rest[SPECIAL]),
            missing=int(rest[MISSING]),
            tail_below=int(rest[TAIL_BELOW]),
            tail_above=int(rest[TAIL_ABOVE]),
        )


def empty(grid: Grid) -> Profile:
    """The profile of no rows."""
    return Profile(grid=grid, counts=np.zeros(grid.layout.size, dtype=np.int64), extremes=no_extremes(grid))


def no_extremes(grid: Grid) -> NDArray[np.float64]:
    """The extremes of no rows."""
    return np.tile([np.inf, -np.inf], (grid.layout.counted_numbers, 1))


def widen(extremes: NDArray[np.float64], others: NDArray[np.float64]) -> None:
    """Let the extremes span others too: (numbers + 1, 2) of them, or (profiles, numbers + 1, 2)."""
    others = others.reshape(-1, *extremes.shape)
    np.minimum(extremes[:, 0], others[:, :, 0].min(axis=0, initial=np.inf), out=extremes[:, 0])
    np.maximum(extremes[:, 1], others[:, :, 1].max(axis=0, initial=-np.inf), out=extremes[:, 1])


def merge(first: Profile, *others: Profile) -> Profile:
    """The profile of all their rows together; all must be on the same grid."""
    if not others:
        return first
    counts, extremes = first.counts.copy(), first.extremes.copy()
    for other in others:
        _same_grid(first, other)
        counts += other.counts
        widen(extremes, other.extremes)
    return Profile(grid=first.grid, counts=counts, extremes=extremes)


def merge_all(grid: Grid, profiles: Iterable[Profile]) -> Profile:
    """The profile of all rows of any number of profiles, none included."""
    return merge(empty(grid), *profiles)


def subtract(whole: Profile, part: Profile) -> Profile:
    """The profile of the rows that stay when `part` goes: for corrections of labels.

    The extremes stay those of the whole: which are left without a part's predictions, its counts don't tell.
    Raises ValueError if a count would fall below zero: then the part was never in the whole.
    """
    _same_grid(whole, part)
    counts = whole.counts - part.counts
    if counts.min() < 0:
        raise ValueError("rows can't be taken out of a profile that doesn't hold them")
    return Profile(grid=whole.grid, counts=counts, extremes=whole.extremes)


def _same_grid(one: Profile, other: Profile) -> None:
    if one.grid is not other.grid and one.grid.digest != other.grid.digest:
        raise ValueError("profiles on different grids can't be put together")
