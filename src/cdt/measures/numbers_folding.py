"""Counts numbers into cells. Few rows of many columns are counted in one go, many rows column by column."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cdt.measures.cells import BLOCK, NumberCells, cells_of, linear_cells, logarithmic_cells
from cdt.measures.column_folding import FARTHEST, fold_column
from cdt.measures.columns import NumberColumn
from cdt.measures.layout import MISSING, SPECIAL, TAIL_ABOVE, TAIL_BELOW, NumberFamily
from cdt.measures.moments import NOWHERE, Outside, add_squares, fold_extremes, fold_offsets
from cdt.measures.row_bins import NumberBins


def fold_numbers(
    family: NumberFamily,
    columns: Mapping[str, NumberColumn],
    rows: int,
    counts: NDArray[np.int64],
    extremes: NDArray[np.float64],
    bins: NumberBins | None = None,
) -> None:
    """Add the rows of a family of columns to the counts and extremes of a profile, and tell their bins if asked.

    A column that isn't there is missing.
    """
    if rows == 0:
        return
    for panel in family.panels(max(1, BLOCK // rows)):
        if len(panel.names) == 1:
            fold_column(panel, columns.get(panel.names[0]), rows, counts, extremes, bins)
            continue
        values = _stack(panel, columns, rows)
        positions, cells = np.empty(values.shape), np.empty(values.shape, dtype=np.intp)
        with np.errstate(over="ignore", invalid="ignore"):
            has_missing = fold_extremes(panel, values, extremes)
            outside = _fold(panel, values, positions, cells, counts, has_missing=has_missing)
            if bins is not None:
                _tell_bins(panel, cells, bins, outside.missing)
            fold_offsets(panel, values, counts, offsets=positions, steps=cells.view(np.float64), outside=outside)


def score_cells(cells: NumberCells, score: NumberColumn | None, rows: int) -> NDArray[np.intp]:
    """(rows,) the cell of each score, and one more than the last cell for a missing one."""
    if score is None:
        return np.full(rows, cells.size, dtype=np.intp)
    return np.where(np.isnan(score), cells.size, cells_of(cells, score))


def _stack(panel: NumberFamily, columns: Mapping[str, NumberColumn], rows: int) -> NDArray[np.float64]:
    """(features, rows) the columns of a panel."""
    values = np.empty((len(panel.names), rows))
    for number, name in enumerate(panel.names):
        values[number] = columns.get(name, np.nan)
    return values


def _fold(
    panel: NumberFamily,
    values: NDArray[np.float64],
    positions: NDArray[np.float64],
    cells: NDArray[np.intp],
    counts: NDArray[np.int64],
    *,
    has_missing: bool,
) -> Outside:
    """Count the cells and what lies outside; which values do, or are missing."""
    origin, scale, top = panel.origin, panel.scale, panel.top
    if panel.is_logarithmic:
        logarithmic_cells(values, origin, scale, top, positions=positions, cells=cells)
    else:
        linear_cells(values, origin, scale, top, positions=positions, cells=cells, has_missing=has_missing)
    if panel.has_steps:
        np.multiply(values, panel.steps_per_unit, out=positions)
        np.rint(positions, out=positions)
        np.divide(
            positions, panel.steps_per_unit, out=positions
        )  # hundredths come out as the floats that their texts mean
        is_off = (values < positions) | (values > positions)
        counts[panel.after + SPECIAL] += np.where(panel.is_stepped, _hits(is_off), 0)
    if panel.has_atoms:
        counts[panel.after + SPECIAL] += _hits(values == panel.atom)
    np.add.at(counts, (cells + panel.first).reshape(-1), 1)
    missing = _move_missing(panel, values, cells, counts) if has_missing else NOWHERE
    below = _add_tails(panel, values, values < panel.low, counts, is_below=True)
    above = _add_tails(panel, values, values >= panel.high, counts, is_below=False)
    return Outside(below, above, missing)


def _tell_bins(panel: NumberFamily, cells: NDArray[np.intp], bins: NumberBins, missing: NDArray[np.intp]) -> None:
    rows = cells.shape[1]
    for row, number in enumerate(panel.number[:, 0].tolist()):
        own = missing[missing // rows == row] - row * rows
        bins.fill(number, 0, cells[row], own)


def _hits(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(features, 1) how many of each row of the mask are true."""
    return np.count_nonzero(mask, axis=1, keepdims=True)


def _move_missing(
    panel: NumberFamily, values: NDArray[np.float64], cells: NDArray[np.intp], counts: NDArray[np.int64]
) -> NDArray[np.intp]:
    """Take missing values out of the cell that the arithmetic put them in: the first, or of logarithms the last.

    Answers their places.
    """
    is_missing = np.isnan(values)
    missing = _hits(is_missing)
    if not missing.any():
        return NOWHERE
    in_last = _hits(is_missing & (cells > 0)) if panel.is_logarithmic else np.zeros_like(missing)
    counts[panel.first] -= missing - in_last
    counts[panel.after - 1] -= in_last
    counts[panel.after + MISSING] += missing
    return np.flatnonzero(is_missing)


def _add_tails(
    panel: NumberFamily,
    values: NDArray[np.float64],
    is_outside: NDArray[np.bool_],
    counts: NDArray[np.int64],
    *,
    is_below: bool,
) -> NDArray[np.intp]:
    """Add up how far values lie outside: in whole quanta, since sums of whole numbers are the same in every order.

    Answers their places.
    """
    found = np.flatnonzero(is_outside)
    if not len(found):
        return found
    feature, row = np.divmod(found, values.shape[1])
    outside = values[feature, row]
    distance = panel.low[feature, 0] - outside if is_below else outside - panel.high[feature, 0]
    quanta = np.rint(np.minimum(distance / panel.quantum[feature, 0], FARTHEST))
    # In a block the sums stay below 2**53, where floats are exact.
    sums = np.bincount(feature, weights=quanta, minlength=len(values)).astype(np.int64)
    counts[panel.after + (TAIL_BELOW if is_below else TAIL_ABOVE)] += sums.reshape(-1, 1)
    add_squares(panel, feature, quanta, counts, is_below=is_below)
    return found
