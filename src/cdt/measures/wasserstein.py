"""How far values have to be carried to turn one distribution into the other, in the column's own unit or its spread.

The interval: where the distribution functions of the rows stray from the true ones by at most a band of normal errors,
the way strays by at most the area of that band. Where all errors go the same way it holds as often as it says; where
they take turns, more often.
"""

import math

import numpy as np
from numpy.typing import NDArray

from cdt.measures.cells import NumberCells, about_at
from cdt.measures.estimates import Estimate
from cdt.measures.profile import NumberCounts
from cdt.measures.quantiles import normal_quantile

Values = NDArray[np.float64]

ENDLESS = "infinite values lie infinitely far"
NO_SPREAD = "the baseline's values don't spread"


def wasserstein_of_cells(
    cells: NumberCells, baseline: NumberCounts, current: NumberCounts, *, confidence: float = 0.95
) -> Estimate:
    """The mean way from one distribution to the other, from two profiles of a number column; missing rows don't count.

    Returns a value in [0, inf), in the column's unit; 0 is no change. Within the cells it is right to the width of one
    cell; beyond them the mean way outside stands for all who are there, a value at most 65,536 times the inner range
    far, and its error is that of exponential tails.
    Source: Vallender 1974, Calculation of the Wasserstein distance between probability distributions on the line.

    >>> whole = NumberCells(spacing="stepped", origin=-1.0, scale=1.0, count=3, low=0.0, high=3.0)
    >>> def counts(*cells):
    ...     return NumberCounts(cells=np.array(cells), special=0, missing=0, tail_below=0, tail_above=0)
    >>> wasserstein_of_cells(whole, counts(0, 2, 0, 0, 0), counts(0, 1, 0, 1, 0)).value
    1.0
    """
    rows = baseline.rows, current.rows
    missing = _no_rows(rows)
    if missing:
        return missing
    sides = tuple(np.cumsum(side.cells)[1:-1] / side.rows for side in (baseline, current))
    widths = np.diff(about_at(cells, np.arange(1, cells.size)))
    value = float(np.sum(np.abs(sides[0] - sides[1]) * widths))
    reach = _band(sides[0], sides[1], rows, widths)
    for old, new, place in (
        (baseline.tail_below, current.tail_below, 0),
        (baseline.tail_above, current.tail_above, -1),
    ):
        before, now = old / rows[0] * cells.quantum, new / rows[1] * cells.quantum
        value += abs(before - now)
        outside = [max(1, int(side.cells[place])) for side in (baseline, current)]
        reach += _error_outside(before, now, outside)
    return _within(value, reach * normal_quantile(confidence), rows)


def wasserstein_of_rows(baseline: Values, current: Values, *, confidence: float = 0.95) -> Estimate:
    """The mean way from one column to the other, exactly; missing values don't count.

    baseline, current: (rows,) in any order. Without a value where one is infinite: its way would never end.

    >>> wasserstein_of_rows(np.array([0.0, 0.0]), np.array([0.0, 2.0])).value
    1.0
    """
    sides = [np.sort(values[~np.isnan(values)]) for values in (baseline, current)]
    rows = len(sides[0]), len(sides[1])
    missing = _no_rows(rows)
    if missing:
        return missing
    if not all(np.isfinite(side[[0, -1]]).all() for side in sides):
        return Estimate.missing(ENDLESS, rows=min(rows))
    together = np.concatenate(sides)
    together.sort(kind="stable")
    old, new = (np.searchsorted(side, together[:-1], side="right") / len(side) for side in sides)
    gaps = np.abs(old - new)
    # without a gap no way: numbers of the greatest size may lie farther apart than a number tells
    with np.errstate(over="ignore", invalid="ignore"):
        widths = np.diff(together)
        value = float(np.sum(gaps * widths, where=gaps > 0))
    return _within(value, _band(old, new, rows, widths) * normal_quantile(confidence), rows)


def _error_outside(before: float, now: float, rows: list[int]) -> float:
    """One standard error of the difference of two mean ways outside, of exponential tails."""
    try:
        return math.sqrt(2 * before**2 / rows[0] + 2 * now**2 / rows[1])
    except OverflowError:  # their squares are no numbers
        return math.sqrt(2) * math.hypot(before / math.sqrt(rows[0]), now / math.sqrt(rows[1]))


def by_spread(way: Estimate, deviation: float | None) -> Estimate:
    """A way in units of the baseline's standard deviation.

    >>> by_spread(Estimate.of(3.0, 2.0, 4.0, rows=9), 2.0).value
    1.5
    """
    if way.value is None or way.low is None or way.high is None:
        return way
    # what a way can't be divided by, or only into something that no number tells
    if not deviation or not math.isfinite(deviation) or not math.isfinite(way.high / deviation):
        return Estimate.missing(NO_SPREAD, rows=way.rows)
    return Estimate.of(way.value / deviation, way.low / deviation, way.high / deviation, rows=way.rows)


def _no_rows(rows: tuple[int, int]) -> Estimate | None:
    if all(rows):
        return None
    return Estimate.missing("no baseline rows with a value" if not rows[0] else "no current rows with a value")


def _band(old: Values, new: Values, rows: tuple[int, int], widths: Values) -> float:
    """The area of one standard error around the gap between two distribution functions."""
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.sqrt(np.maximum(old * (1 - old), 0) / rows[0] + np.maximum(new * (1 - new), 0) / rows[1])
        return float(np.sum(error * widths, where=error > 0))


def _within(value: float, reach: float, rows: tuple[int, int]) -> Estimate:
    if not math.isfinite(value + reach):
        return Estimate.missing("the values lie too far apart for a number", rows=min(rows))
    return Estimate.of(value, max(0.0, value - reach), value + reach, rows=min(rows))
