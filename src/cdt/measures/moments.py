"""Means, variances and extremes of number columns, from sums of whole numbers: the same bits in any order and any cut.

A value in range adds its offset from `low` to the mean in units of a power of two, at most 2**-31 of the range, and to
the variance in steps of 65,536 of these: whole numbers are exact in both. A value outside adds its distance in quanta,
1/65,536 of the range, as the tails do. Sums are put together in whole numbers of one unit, where nothing cancels.
"""

from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cdt.measures.cells import NumberCells
from cdt.measures.grid import Grid, NumberFeature
from cdt.measures.layout import (
    ABOVE_SQUARES,
    BELOW_SQUARES,
    MEASURED,
    OFFSETS,
    SQUARES,
    STEPS,
    NumberFamily,
)
from cdt.measures.profile import NumberCounts, Profile

HALF = 65_536.0
NOWHERE = np.empty(0, dtype=np.intp)


class Outside(NamedTuple):
    """Where, of a block of (features, rows), the values lie that are not in range, counted row after row."""

    below: NDArray[np.intp]
    above: NDArray[np.intp]
    missing: NDArray[np.intp]


class Spread(Struct, frozen=True, kw_only=True):
    """What a number column's values are like.

    rows: those with a value. least, greatest: exact. mean: of a value beyond the range as far as the tails reach,
        65,536 ranges. variance: over rows less one; None of a single row. All None without values, and of profiles
        that were counted before there were moments.
    """

    rows: int
    missing: int
    least: float | None = None
    greatest: float | None = None
    mean: float | None = None
    variance: float | None = None


class Spreads(Struct, frozen=True):
    """A number column's spread in the baseline and in the window."""

    baseline: Spread
    current: Spread


def spread(grid: Grid, profile: Profile, feature: NumberFeature) -> Spread:
    """The spread of one number column."""
    number = list(grid.layout.numbers).index(feature.name)
    return _spread(feature.cells, profile, number, profile.number(feature.name))


def spread_of_score(grid: Grid, profile: Profile) -> Spread:
    """The spread of the scores."""
    return _spread(grid.score.cells, profile, grid.layout.score_number, profile.score)


def spread_of_outcome(grid: Grid, profile: Profile, name: str) -> Spread:
    """The spread of what came, in a version that predicts numbers."""
    assert grid.outcomes
    number = grid.layout.score_number + 1 + list(grid.layout.outcomes).index(name)
    return _spread(grid.outcomes.cells[name], profile, number, profile.outcome(name))


def _spread(cells: NumberCells, profile: Profile, number: int, counts: NumberCounts) -> Spread:
    moments = [int(each) for each in profile.grid.layout.moments.of(profile.counts)[number]]
    if moments[MEASURED] != counts.rows or not counts.rows:
        return Spread(rows=counts.rows, missing=counts.missing)
    rows, above = counts.rows, int(counts.cells[-1])
    whole, (unit, quantum, low, high) = _as_whole(cells.offset_unit, cells.quantum, cells.low, cells.high)
    step, reach = unit * int(HALF), high - low
    below_sum, above_sum = quantum * counts.tail_below, quantum * counts.tail_above
    outside = reach * above + above_sum - below_sum
    steps = step * moments[STEPS] + outside
    squares = (
        step**2 * moments[SQUARES]
        + quantum**2 * _square(moments[BELOW_SQUARES:ABOVE_SQUARES])
        + reach**2 * above
        + 2 * reach * above_sum
        + quantum**2 * _square(moments[ABOVE_SQUARES:])
    )
    least, greatest = profile.extremes[number].tolist()
    return Spread(
        rows=rows,
        missing=counts.missing,
        least=_finite(least),
        greatest=_finite(greatest),
        mean=_quotient(low * rows + unit * moments[OFFSETS] + outside, rows * whole),
        variance=_quotient(squares * rows - steps**2, rows * (rows - 1) * whole**2) if rows > 1 else None,
    )


def _square(halves: list[int]) -> int:
    """The sum of squares of whole numbers, of the sums of high * high, high * low and low * low of their halves."""
    return (halves[0] << 32) + (halves[1] << 17) + halves[2]


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _as_whole(*values: float) -> tuple[int, list[int]]:
    """A power of two by which all the values are whole numbers, and these."""
    ratios = [value.as_integer_ratio() for value in values]
    whole = max(below for _, below in ratios)
    return whole, [above * (whole // below) for above, below in ratios]


def _quotient(above: int, below: int) -> float | None:
    try:
        return above / below  # the nearest float, as always of whole numbers
    except OverflowError:
        return None


def fold_extremes(panel: NumberFamily, values: NDArray[np.float64], extremes: NDArray[np.float64]) -> bool:
    """Let the extremes span the values, (features, rows); whether some are missing."""
    place = panel.number[:, 0]
    least, greatest = values.min(axis=1), values.max(axis=1)
    has_missing = bool(np.isnan(least).any())
    if has_missing:
        least = np.fmin.reduce(values, axis=1, initial=np.inf)
        greatest = np.fmax.reduce(values, axis=1, initial=-np.inf)
    extremes[place, 0] = np.fmin(extremes[place, 0], least)
    extremes[place, 1] = np.fmax(extremes[place, 1], greatest)
    return has_missing


def fold_offsets(
    panel: NumberFamily,
    values: NDArray[np.float64],
    counts: NDArray[np.int64],
    *,
    offsets: NDArray[np.float64],
    steps: NDArray[np.float64],
    outside: Outside,
) -> None:
    """Add the values in range to the moments, and the rows with a value; offsets, steps: buffers like the values."""
    np.subtract(values, panel.low, out=offsets)
    np.multiply(offsets, panel.offset_scale, out=offsets)
    rows = values.shape[1]
    for places in outside:  # few of many: looking for them once more would take longer than all else
        offsets.reshape(-1)[places] = 0.0
    measured = rows - np.bincount(outside.missing // rows, minlength=len(values))
    np.rint(offsets, out=offsets)
    np.multiply(offsets, 1 / HALF, out=steps)
    np.rint(steps, out=steps)
    at = panel.moments[:, 0]
    counts[at + MEASURED] += measured
    counts[at + OFFSETS] += _sums(offsets)
    counts[at + STEPS] += _sums(steps)
    counts[at + SQUARES] += _sums_of_squares(steps)


def add_squares(
    panel: NumberFamily,
    feature: NDArray[np.intp],
    quanta: NDArray[np.float64],
    counts: NDArray[np.int64],
    *,
    is_below: bool,
) -> None:
    """Add the squares of distances outside: feature, quanta: (found,) whose column lies how many quanta away."""
    high = np.floor(quanta / HALF)
    low = quanta - high * HALF
    first = panel.moments[:, 0] + (BELOW_SQUARES if is_below else ABOVE_SQUARES)
    for place, products in enumerate((high * high, high * low, low * low)):
        sums = np.bincount(feature, weights=products, minlength=len(panel.names))
        counts[first + place] += sums.astype(np.int64)


def _sums(values: NDArray[np.float64]) -> NDArray[np.int64]:
    # Of a block, whole and below 2**53: floats are exact, in whatever order they are added.
    return values.sum(axis=1).astype(np.int64)


def _sums_of_squares(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.einsum("ij,ij->i", values, values).astype(np.int64)
