"""Counts what came of a version that predicts numbers: labels, errors, and both by group."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cdt.measures.cells import BLOCK
from cdt.measures.column_folding import FARTHEST
from cdt.measures.grid import Grid
from cdt.measures.layout import ABSOLUTE_ERROR, SUM_ABOVE, SUM_BELOW, SUM_OF_SQUARES, SUMMED, Block
from cdt.measures.moments import HALF
from cdt.measures.numbers_folding import fold_numbers
from cdt.measures.outcome_fitting import errors_of

GroupCodes = NDArray[np.uint8]
Numbers = NDArray[np.float64]


def fold_outcomes(
    grid: Grid,
    predicted: Numbers,
    label: Numbers,
    groups: Mapping[str, GroupCodes],
    counts: NDArray[np.int64],
    extremes: Numbers,
) -> None:
    """Add labelled rows: predicted, label: (rows,), NaN is missing, and a row without a label is not counted."""
    assert grid.outcomes
    is_labelled = ~np.isnan(label)
    label, predicted = label[is_labelled], predicted[is_labelled]
    found = errors_of(label, predicted)
    for family in grid.layout.outcome_families:
        fold_numbers(family, found, len(label), counts, extremes)
    unit = grid.outcomes.absolute_error.quantum
    for name, codes in groups.items():
        fold_sums(grid.layout.group_errors[name], codes[is_labelled], found[ABSOLUTE_ERROR], 0.0, unit, counts)


def fold_sums(
    block: Block, codes: GroupCodes, values: Numbers, point: float, unit: float, counts: NDArray[np.int64]
) -> None:
    """Add to each group's sums how far the values lie from a point, in whole units; missing ones are left out.

    codes, values: (rows,). Sums of whole numbers are the same in every order, and of a block floats hold them exactly.
    """
    table = block.of(counts)
    for start in range(0, len(values), BLOCK):
        part, code = values[start : start + BLOCK], codes[start : start + BLOCK]
        is_known = ~np.isnan(part)
        part, code = part[is_known], code[is_known]
        with np.errstate(over="ignore"):
            units = np.rint(np.clip((part - point) / unit, -FARTHEST, FARTHEST))
        high = np.floor(np.abs(units) / HALF)
        low = np.abs(units) - high * HALF
        table[:, SUMMED] += np.bincount(code, minlength=len(table))
        sums = (np.maximum(units, 0.0), np.maximum(-units, 0.0), high * high, high * low, low * low)
        for place, weights in enumerate(sums, SUM_ABOVE):
            table[:, place] += np.bincount(code, weights=weights, minlength=len(table)).astype(np.int64)


def mean_and_variance(sums: NDArray[np.int64], point: float, unit: float) -> tuple[Numbers, Numbers]:
    """Of each group's (groups, SUMS) the mean, and the variance over rows less one; NaN of too few rows."""
    mean, variance = np.full(len(sums), np.nan), np.full(len(sums), np.nan)
    for group, each in enumerate(sums.tolist()):
        rows, total = each[SUMMED], each[SUM_ABOVE] - each[SUM_BELOW]
        high, mixed, low = each[SUM_OF_SQUARES:]
        squares = (high << 32) + (mixed << 17) + low
        if rows:
            mean[group] = point + unit * (total / rows)
        if rows > 1:
            variance[group] = unit * unit * ((rows * squares - total**2) / (rows * (rows - 1)))
    return mean, variance
