"""The greatest gap between two distribution functions: bounded from profiles, exact from rows.

A profile knows the distribution functions at the borders of the cells; between two borders they can part further, by no
more than the cell holds. Rows settle it, and only those in cells that could hold the greatest gap need to be looked at.
"""

import math

import numpy as np
from numpy.typing import NDArray

from cdt.measures.cells import BLOCK, NumberCells, cells_of
from cdt.measures.estimates import Estimate
from cdt.measures.profile import NumberCounts
from cdt.measures.quantiles import kolmogorov_quantile, kolmogorov_tail

_NO_ROWS = ("no baseline rows with a value", "no current rows with a value")


def kolmogorov_smirnov_of_cells(
    cells: NumberCells, baseline: NumberCounts, current: NumberCounts, *, confidence: float = 0.95
) -> Estimate:
    """The greatest gap between the distribution functions of two profiles of a number column; missing rows don't count.

    Returns the greatest gap at the borders of the cells, in [0, 1]: never more than the gap between the rows
    themselves, and less by at most what `gap_bounds` states. The interval allows for both, and for chance by the band
    of Dvoretzky, Kiefer and Wolfowitz; the p-value is that of the gap at the borders.
    Exact for columns of steps (whole numbers, hundredths) in range.
    Source: Smirnov 1939; Massart 1990 for the band.
    """
    rows = baseline.rows, current.rows
    if not all(rows):
        return Estimate.missing(_NO_ROWS[0] if not rows[0] else _NO_ROWS[1])
    least, most = gap_bounds(cells, baseline, current)
    return _estimate(least, most, rows, confidence)


def gap_bounds(cells: NumberCells, baseline: NumberCounts, current: NumberCounts) -> tuple[float, float]:
    """The least and the greatest that the gap between the rows behind two profiles can be."""
    old, new = baseline.cells / baseline.rows, current.cells / current.rows
    gaps = np.concatenate(([0.0], np.cumsum(baseline.cells) / baseline.rows - np.cumsum(current.cells) / current.rows))
    least = float(np.abs(gaps).max())
    before = gaps[:-1]
    is_open = (baseline.cells > 0) & (current.cells > 0)
    if cells.spacing == "stepped" and not baseline.special and not current.special:
        is_open[1:-1] = False  # one value a cell: nothing lies between its borders
    reach = np.where(is_open, np.maximum(np.abs(before + old), np.abs(before - new)), 0.0)
    if cells.atom is not None:
        place = int(cells_of(cells, np.array([cells.atom]))[0])
        reach[place] = _reach_with_atom(
            float(before[place]),
            (float(old[place]), baseline.special / baseline.rows),
            (float(new[place]), current.special / current.rows),
        )
    return least, min(1.0, max(least, float(reach.max())))


def _reach_with_atom(before: float, old: tuple[float, float], new: tuple[float, float]) -> float:
    """How far the gap can reach in the cell of the atom: each side holds a cell's share, and the atom's share of it."""
    rest_old, rest_new = old[0] - old[1], new[0] - new[1]
    gaps = before, before + old[1] - new[1]
    return max(max(abs(gap + rest_old), abs(gap - rest_new)) for gap in gaps)


def kolmogorov_smirnov_of_rows(
    cells: NumberCells, baseline: NDArray[np.float64], current: NDArray[np.float64], *, confidence: float = 0.95
) -> Estimate:
    """The greatest gap between the distribution functions of two columns, exactly; missing values don't count.

    baseline, current: (rows,) in any order. The cells only tell which values need to be sorted; the result is the same
        with any cells.

    >>> whole = NumberCells(spacing="stepped", origin=-1.0, scale=1.0, count=9, low=0.0, high=9.0)
    >>> round(kolmogorov_smirnov_of_rows(whole, np.array([1.0, 2.0, 2.0]), np.array([2.0, 3.0])).value, 4)
    0.5
    """
    sides = [
        values if values.size and not np.isnan(values.min()) else values[~np.isnan(values)]
        for values in (baseline, current)
    ]
    rows = len(sides[0]), len(sides[1])
    if not all(rows):
        return Estimate.missing(_NO_ROWS[0] if not rows[0] else _NO_ROWS[1])
    gap = _gap_of_rows(cells, sides[0], sides[1])
    return _estimate(gap, gap, rows, confidence)


def _estimate(least: float, most: float, rows: tuple[int, int], confidence: float) -> Estimate:
    band = kolmogorov_quantile(confidence) * math.sqrt(1 / rows[0] + 1 / rows[1])
    low, high = max(0.0, least - band), min(1.0, most + band)
    return Estimate.of(least, low, high, rows=min(rows), p_value=kolmogorov_tail(least, rows))


def _gap_of_rows(cells: NumberCells, old: NDArray[np.float64], new: NDArray[np.float64]) -> float:
    places = _places(cells, old), _places(cells, new)
    counts = [np.bincount(place, minlength=cells.size) for place in places]
    before = [np.concatenate(([0], np.cumsum(count))) for count in counts]
    gaps = before[0] / len(old) - before[1] / len(new)
    gap = float(np.abs(gaps).max())
    reach = np.maximum(np.abs(gaps[:-1] + counts[0] / len(old)), np.abs(gaps[:-1] - counts[1] / len(new)))
    is_candidate = (reach > gap) & (counts[0] > 0) & (counts[1] > 0)
    if not is_candidate.any():
        return gap
    # The values of the candidate cells, sorted, and what their ranks lack of the cells left out before them.
    chosen = [np.sort(_within(is_candidate, place, side)) for side, place in zip((old, new), places, strict=True)]
    # Within a cell, the gap before a value is the gap after the one before it, and before the first that of the border.
    looked_at = np.unique(np.concatenate(chosen))
    cell = cells_of(cells, looked_at)
    up_to: list[NDArray[np.float64]] = []
    for values, count, start, rows in zip(chosen, counts, before, (len(old), len(new)), strict=True):
        taken = np.concatenate(([0], np.cumsum(np.where(is_candidate, count, 0))))
        up_to.append((np.searchsorted(values, looked_at, side="right") + (start - taken)[cell]) / rows)
    return max(gap, float(np.abs(up_to[0] - up_to[1]).max()))


def _places(cells: NumberCells, values: NDArray[np.float64]) -> NDArray[np.int32]:
    """(rows,) the cell of each value; by blocks that stay in the cache."""
    places = np.empty(len(values), dtype=np.int32)
    for start in range(0, len(values), BLOCK):
        places[start : start + BLOCK] = cells_of(cells, values[start : start + BLOCK])
    return places


def _within(
    is_candidate: NDArray[np.bool_], place: NDArray[np.int32], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The values in candidate cells; those between the first and the last of them are looked at one by one."""
    first, last = np.flatnonzero(is_candidate)[[0, -1]]
    near = np.flatnonzero((place >= first) & (place <= last))
    return values[near[is_candidate[place[near]]]]
