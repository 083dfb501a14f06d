"""Where each count of a profile stands in its one flat vector."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cdt.measures.cells import NumberCells, Spacing

SPECIAL, MISSING, TAIL_BELOW, TAIL_ABOVE = range(4)
"""What follows the cells of a number: rows off the steps or on the atom, missing rows, and the two tail sums."""

MEASURED, OFFSETS, STEPS, SQUARES, BELOW_SQUARES, ABOVE_SQUARES = 0, 1, 2, 3, 4, 7
MOMENTS = 10
"""What a number's mean and variance are made of, see `moments`: rows with a value; of those in range the sums of fine
offsets, of coarse ones and of their squares; three sums of squares each of the distances below and above."""

LABEL, ERROR, ABSOLUTE_ERROR = "label", "error", "absolute error"
SQUARED_ERROR, RELATIVE_ERROR = "squared error", "relative error"
"""What is counted of labelled rows of a version that predicts numbers; by these names while it is folded, too."""
SUMMED, SUM_ABOVE, SUM_BELOW, SUM_OF_SQUARES = 0, 1, 2, 3
SUMS = 6
"""What a group's mean and variance are made of: rows, the distances above a point and below it, three sums of squares
as of the tails."""

AHEAD, SCORED, UNLIKELY = range(3)
QUALITIES = 3
"""What is counted of whole rows: predicted after they were received, scored by the likelihood, unlikely by it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A table of counts within the flat vector."""

    first: int
    end: int
    shape: tuple[int, ...]

    def of(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The table itself: a view, not a copy."""
        return counts[self.first : self.end].reshape(self.shape)


@dataclass(frozen=True, slots=True)
class NumberFamily:
    """The number columns that share one arithmetic, as (features, 1) arrays, so that few rows cost one call for all.

    number: which of the layout's numbers a column is. offset_scale: offsets a unit of the value, a power of two.
    first, after, moments: where a column's cells begin in the flat vector, the counts that follow them, its moments.
    """

    names: tuple[str, ...]
    is_logarithmic: bool
    number: NDArray[np.intp]
    offset_scale: NDArray[np.float64]
    origin: NDArray[np.float64]
    scale: NDArray[np.float64]
    top: NDArray[np.float64]
    first: NDArray[np.intp]
    after: NDArray[np.intp]
    moments: NDArray[np.intp]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    quantum: NDArray[np.float64]
    atom: NDArray[np.float64]
    steps_per_unit: NDArray[np.float64]
    is_stepped: NDArray[np.bool_]
    has_atoms: bool
    has_steps: bool

    @classmethod
    def of(
        cls, names: tuple[str, ...], cells: list[NumberCells], first: list[int], number: list[int], moments: Block
    ) -> Self:
        """Gather the cells of columns, all logarithmic or none."""

        def column(numbers: list[float]) -> NDArray[np.float64]:
            return np.array(numbers, dtype=np.float64).reshape(-1, 1)

        atoms = [np.nan if each.atom is None else each.atom for each in cells]
        is_stepped = np.array([each.spacing == "stepped" for each in cells]).reshape(-1, 1)
        return cls(
            names=names,
            is_logarithmic=bool(cells) and cells[0].spacing == "logarithmic",
            number=np.array(number, dtype=np.intp).reshape(-1, 1),
            offset_scale=column([1 / each.offset_unit for each in cells]),
            origin=column([each.origin for each in cells]),
            scale=column([each.scale for each in cells]),
            top=column([each.size - 1 for each in cells]),
            first=np.array(first, dtype=np.intp).reshape(-1, 1),
            after=np.array([at + each.size for at, each in zip(first, cells, strict=True)]).reshape(-1, 1),
            moments=np.array([moments.first + MOMENTS * each for each in number], dtype=np.intp).reshape(-1, 1),
            low=column([each.low for each in cells]),
            high=column([each.high for each in cells]),
            quantum=column([each.quantum for each in cells]),
            atom=column(atoms),
            steps_per_unit=column([each.steps_per_unit for each in cells]),
            is_stepped=is_stepped,
            has_atoms=any(each.atom is not None for each in cells),
            has_steps=bool(is_stepped.any()),
        )

    @property
    def has_atom_below(self) -> bool:
        """Whether its one column has an atom that lies below the range, as zero does below logarithms."""
        return bool(self.atom[0, 0] < self.low[0, 0])

    def panels(self, features: int) -> Iterator[Self]:
        """Itself in parts of at most that many features."""
        if len(self.names) <= features:
            yield self
            return
        for start in range(0, len(self.names), features):
            part = slice(start, start + features)
            is_stepped, atom = self.is_stepped[part], self.atom[part]
            yield replace(
                self,
                names=self.names[part],
                number=self.number[part],
                offset_scale=self.offset_scale[part],
                moments=self.moments[part],
                origin=self.origin[part],
                scale=self.scale[part],
                top=self.top[part],
                first=self.first[part],
                after=self.after[part],
                low=self.low[part],
                high=self.high[part],
                quantum=self.quantum[part],
                atom=atom,
                steps_per_unit=self.steps_per_unit[part],
                is_stepped=is_stepped,
                has_atoms=not np.isnan(atom).all(),
                has_steps=bool(is_stepped.any()),
            )


@dataclass(frozen=True, slots=True)
class Layout:
    """The blocks of a grid's profiles, in the order in which they lie.

    numbers: each number column's cells and four more counts (`SPECIAL` and the rest); `score` is kept beside them.
    categories: each category column's values, then other and missing.
    decision: (classes + 1,) predictions by decision, the last one missing.
    group_decisions: for each attribute (groups, classes + 1).
    confusion: (classes + 1, classes) labelled rows by decision, missing last, and label.
    group_confusions: for each attribute (groups, classes + 1, classes).
    ranking: (score cells + 1, 2) rows with a known label by score cell, missing last, and by whether the label is
        positive.
    moments: (numbers + 1, MOMENTS) of each number column in the order of `numbers`, the score last; in a version of
        numbers its outcomes after that.
    quality: (QUALITIES,) whole rows.
    outcomes: in a version of numbers, as `numbers`. Its classes are none, so that no row is in `confusion`.
    group_predictions, group_errors: in a version of numbers, for each attribute (groups, SUMS).
    """

    size: int
    numbers: dict[str, Block]
    score: Block
    categories: dict[str, Block]
    decision: Block
    group_decisions: dict[str, Block]
    confusion: Block
    group_confusions: dict[str, Block]
    ranking: Block
    moments: Block
    quality: Block
    families: tuple[NumberFamily, ...]
    outcomes: dict[str, Block]
    outcome_families: tuple[NumberFamily, ...]
    group_predictions: dict[str, Block]
    group_errors: dict[str, Block]

    @property
    def counted_numbers(self) -> int:
        """Features, the score and the outcomes: all of which there are moments and extremes."""
        return len(self.numbers) + 1 + len(self.outcomes)

    @property
    def score_number(self) -> int:
        """The place of the score among the numbers."""
        return len(self.numbers)

    @classmethod
    def of(
        cls,
        *,
        numbers: dict[str, NumberCells],
        score: NumberCells,
        categories: dict[str, int],
        groups: dict[str, int],
        classes: int,
        outcomes: dict[str, NumberCells],
    ) -> Self:
        """Lay the blocks one after another; the order is part of the grid's format."""
        end = 0

        def block(*shape: int) -> Block:
            nonlocal end
            first, end = end, end + math.prod(shape)
            return Block(first=first, end=end, shape=shape)

        sides = classes + 1
        number_blocks = {name: block(cells.size + 4) for name, cells in numbers.items()}
        score_block = block(score.size + 4)
        category_blocks = {name: block(size) for name, size in categories.items()}
        decision = block(sides)
        group_decisions = {name: block(size, sides) for name, size in groups.items()}
        confusion = block(sides, classes)
        group_confusions = {name: block(size, sides, classes) for name, size in groups.items()}
        ranking = block(score.size + 1, 2)
        # what comes from here on was not there in the first format
        moments = block(len(numbers) + 1 + len(outcomes), MOMENTS)
        quality = block(QUALITIES)
        outcome_blocks = {name: block(cells.size + 4) for name, cells in outcomes.items()}
        summed = groups if outcomes else dict[str, int]()
        group_predictions = {name: block(size, SUMS) for name, size in summed.items()}
        group_errors = {name: block(size, SUMS) for name, size in summed.items()}
        columns = {**numbers, SCORE_COLUMN: score}
        blocks = {**number_blocks, SCORE_COLUMN: score_block}
        return cls(
            size=end,
            numbers=number_blocks,
            score=score_block,
            categories=category_blocks,
            decision=decision,
            group_decisions=group_decisions,
            confusion=confusion,
            group_confusions=group_confusions,
            ranking=ranking,
            moments=moments,
            quality=quality,
            families=tuple(_families(columns, blocks, moments)),
            outcomes=outcome_blocks,
            outcome_families=tuple(_families(outcomes, outcome_blocks, moments, first=len(columns))),
            group_predictions=group_predictions,
            group_errors=group_errors,
        )


SCORE_COLUMN = "\0score"
"""The score's name among the columns while it is folded; no column of a user can have it."""


def _families(
    columns: dict[str, NumberCells], blocks: dict[str, Block], moments: Block, *, first: int = 0
) -> Iterator[NumberFamily]:
    """first: which of all numbers the first column is."""
    kinds: tuple[tuple[Spacing, ...], ...] = (("linear", "stepped"), ("logarithmic",))
    for kind in kinds:
        members = [
            (number, name, cells)
            for number, (name, cells) in enumerate(columns.items(), first)
            if cells.spacing in kind
        ]
        if members:
            yield NumberFamily.of(
                tuple(name for _, name, _ in members),
                [cells for _, _, cells in members],
                [blocks[name].first for _, name, _ in members],
                [number for number, _, _ in members],
                moments,
            )
