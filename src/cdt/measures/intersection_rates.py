"""Who is selected, and who of those that should be, in each intersection of all protected attributes."""

from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cdt.measures.definitions import ReadingRules
from cdt.measures.estimates import Estimate, share_estimate
from cdt.measures.fairness.arrays import Grouped, together
from cdt.measures.folding import GroupCodes, group_codes
from cdt.measures.grid import Grid
from cdt.measures.samples import Sample

MOST_CELLS = 200
Counts = NDArray[np.int64]
Values = tuple[str, ...]


class Cell(Struct, frozen=True, kw_only=True):
    """Those who are alike in every attribute.

    values: one of each attribute. rows: with a decision. positives: labelled rows of the positive class with one.
    is_large_enough, has_enough_positives: whether they reach the minimum group size, without which a cell takes no part
        in a comparison.
    """

    values: Values
    rows: int
    positives: int
    selection: Estimate
    true_positive: Estimate
    is_large_enough: bool
    has_enough_positives: bool


class Intersections(Struct, frozen=True, kw_only=True):
    """The largest cells, at most 200, the largest first; cells_in_all: how many have a row with a decision."""

    attributes: tuple[str, ...]
    cells: tuple[Cell, ...]
    cells_in_all: int


def intersection_rates(grid: Grid, rows: Sample, rules: ReadingRules) -> Intersections | None:
    """The rates of every intersection; None of fewer than two attributes.

    A row of which one attribute is missing is in none of them. Of a cell that is not shown nothing is told.
    """
    if len(grid.groups) < 2:
        return None
    decision = rows.predictions.decision
    codes = group_codes(grid, rows.predictions.columns, len(decision))
    selected = _counted(grid, codes, decision >= 0, decision == grid.positive_code)
    found: dict[Values, tuple[int, int]] = {}
    if (labels := rows.labels) is not None:
        is_positive = (labels.label == grid.positive_code) & (labels.decision >= 0)
        found = _counted(grid, labels.groups, is_positive, labels.decision == grid.positive_code)
    ordered = sorted(selected.items(), key=lambda each: (-each[1][1], each[0]))
    return Intersections(
        attributes=tuple(attribute.name for attribute in grid.groups),
        cells=tuple(_cell(values, share, found.get(values, (0, 0)), rules) for values, share in ordered[:MOST_CELLS]),
        cells_in_all=len(selected),
    )


def _cell(values: Values, selected: tuple[int, int], found: tuple[int, int], rules: ReadingRules) -> Cell:
    confidence = rules.confidence_of("fairness")
    return Cell(
        values=values,
        rows=selected[1],
        positives=found[1],
        selection=share_estimate(*selected, confidence=confidence, reason="no predictions with a decision"),
        true_positive=share_estimate(*found, confidence=confidence, reason="no labelled rows of the positive class"),
        is_large_enough=selected[1] >= rules.minimum_group_size,
        has_enough_positives=found[1] >= rules.minimum_group_size,
    )


def _counted(
    grid: Grid, codes: Mapping[str, GroupCodes], counts: NDArray[np.bool_], chosen: NDArray[np.bool_]
) -> dict[Values, tuple[int, int]]:
    """How many of the rows that count were chosen, of how many, by the values of the attributes."""
    by_attribute = [codes[attribute.name].astype(np.intp) for attribute in grid.groups]
    groups = together(
        [Grouped(of, attribute.labels[:-1]) for of, attribute in zip(by_attribute, grid.groups, strict=True)]
    )
    size = len(groups.names) + 1
    total: Counts = np.bincount(groups.codes[counts], minlength=size)
    part: Counts = np.bincount(groups.codes[counts & chosen], minlength=size)
    example: Counts = np.zeros(size, dtype=np.int64)
    example[groups.codes] = np.arange(len(groups.codes))
    return {
        tuple(
            attribute.labels[int(of[example[place]])] for of, attribute in zip(by_attribute, grid.groups, strict=True)
        ): (int(part[place]), int(total[place]))
        for place in range(len(groups.names))
        if total[place]
    }
