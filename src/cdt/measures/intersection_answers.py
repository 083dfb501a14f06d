"""Fairness over the intersections of all protected attributes: those who are alike in every one of them."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from cdt.measures.answers import Answer
from cdt.measures.definitions import ReadingRules
from cdt.measures.estimates import Estimate
from cdt.measures.fairness.arrays import Grouped, together
from cdt.measures.fairness.disparity import Disparity, DisparityValues, disparity, disparity_values
from cdt.measures.fairness.kinds import PARITIES, SELECTION
from cdt.measures.fairness.shares import Shares
from cdt.measures.folding import GroupCodes, group_codes
from cdt.measures.grid import Grid
from cdt.measures.samples import Sample

INTERSECTED = ("demographic_parity", "equal_opportunity", "equalized_odds")
ROWS_ALONE = "only an evaluation of rows can tell; a live reading has counts"
ONE_ATTRIBUTE = "fewer than two attributes"


def intersections(
    grid: Grid, rules: ReadingRules, *, baseline_rows: Sample | None = None, current_rows: Sample | None = None
) -> Iterator[Answer]:
    """How far the intersections of all attributes lie apart, of rows, beside those of the baseline if it has rows."""
    for parity in INTERSECTED:
        if not is_asked_for(parity, rules):
            continue
        now, before = _disparity(grid, rules, current_rows, parity), DisparityValues(None, None)
        if baseline_rows is not None and len(grid.groups) > 1:
            before = disparity_values(
                *_shares(grid, baseline_rows, parity), minimum_group_size=rules.minimum_group_size
            )
        yield Answer(f"intersectional_{parity}_difference", None, now.difference, before.difference)
        yield Answer(f"intersectional_{parity}_ratio", None, now.ratio, before.ratio)


def is_asked_for(parity: str, rules: ReadingRules) -> bool:
    """Whether the rules name a measure of how far intersections lie apart in it."""
    return rules.wants(f"intersectional_{parity}_difference") or rules.wants(f"intersectional_{parity}_ratio")


def _disparity(grid: Grid, rules: ReadingRules, rows: Sample | None, parity: str) -> Disparity:
    reason = ONE_ATTRIBUTE if len(grid.groups) < 2 else ROWS_ALONE if rows is None else None
    if reason is not None or rows is None:
        missing = Estimate.missing(reason or ROWS_ALONE)
        return Disparity(difference=missing, ratio=missing)
    return disparity(
        *_shares(grid, rows, parity),
        minimum_group_size=rules.minimum_group_size,
        confidence=rules.confidence_of("fairness"),
        draws=rules.draws,
        seed=rules.seed,
    )


def _shares(grid: Grid, rows: Sample, parity: str) -> list[Shares]:
    if parity == "demographic_parity":
        decision = rows.predictions.decision
        groups = _groups(grid, group_codes(grid, rows.predictions.columns, len(decision)))
        return [SELECTION.of(_table(grid, groups, decision, np.zeros_like(decision)), groups.is_group)]
    labels = rows.labels
    if labels is None:
        nobody = np.zeros(0, dtype=np.int32)
        groups = Grouped(np.zeros(0, dtype=np.intp), ())
        table = _table(grid, groups, nobody, nobody)
    else:
        groups = _groups(grid, labels.groups)
        table = _table(grid, groups, labels.decision, labels.label)
    return [kind.of(table, groups.is_group) for kind in PARITIES[parity]]


def _groups(grid: Grid, codes: Mapping[str, GroupCodes]) -> Grouped:
    return together(
        [Grouped(codes[attribute.name].astype(np.intp), attribute.labels[:-1]) for attribute in grid.groups]
    )


def _table(grid: Grid, groups: Grouped, decision: NDArray[np.int32], label: NDArray[np.int32]) -> NDArray[np.int64]:
    """(groups + 1, 2, 2) rows by group, decision and label, positive ones second; what is -1 doesn't count."""
    counted = (decision >= 0) & (label >= 0)
    cells = (groups.codes * 2 + (decision == grid.positive_code)) * 2 + (label == grid.positive_code)
    size = (len(groups.names) + 1) * 4
    return np.bincount(cells[counted], minlength=size).reshape(-1, 2, 2)
