"""Chooses the cells of a number column and the bins of its stability measures."""

import math

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from cdt.measures.cells import BLOCK, NumberCells, Spacing, count_cells, edges_of
from cdt.measures.grid import NumberFeature

BINS = 10
_ROWS_LOOKED_AT = 200_000
_ROWS_THAT_TELL = 1_000
"""Where a column is not one of steps, so many rows nearly always say it."""
_STEPS_PER_UNIT = (1, 2, 4, 5, 10, 20, 100, 1000)
_GREATEST_WHOLE = 2.0**53  # above it floats skip whole numbers; of steps there are no more either
_LARGEST = 1e300  # a range between larger numbers would overflow
_SMALLEST = 1e-300  # below a smaller one there would be no room for another cell
_LEAST_RANGE = 1e-290  # a smaller one would make the scale overflow
_LEAST_ATOM_SHARE = 0.01
_LEAST_ATOM_ROWS = 5
_LEAST_BIN = 0.4  # of a bin's fair share; a smaller one is joined to its neighbour
_LEAST_BIN_BESIDE_AN_ATOM = 0.1


def fit_number(
    name: str,
    values: NDArray[np.float64],
    *,
    cells: int = 4096,
    bins: int = BINS,
    within: tuple[float, float] | None = None,
) -> NumberFeature:
    """The cells and bins of a number column.

    values: (rows,) the reference; missing and infinite ones are not looked at, and there may be none at all.
    within: the range to span instead of the one found, if all values lie in it.

    Cells are steps where the column holds nothing else (whole numbers, halves, hundredths), logarithmic where its upper
    tail is much longer than its lower one and nothing is negative, linear otherwise. Bins hold a tenth of the reference
    each, as closely as cells allow; a cell that holds a tenth or more has a bin of its own.

    >>> feature = fit_number("age", np.array([20.0, 30.0, 30.0, 41.0, 52.0]), bins=2)
    >>> feature.cells.spacing, feature.edges
    ('stepped', (31.0,))
    """
    is_finite = np.isfinite(values)
    finite = values if is_finite.all() else values[is_finite]
    chosen = _choose_cells(finite, cells, within)
    counts = count_cells(chosen, finite)
    borders = choose_borders(counts, bins)
    edges = edges_of(chosen, np.array(borders, dtype=np.intp))
    return NumberFeature(name=name, cells=chosen, borders=borders, edges=tuple(edges.tolist()))


def choose_borders(counts: NDArray[np.intp], bins: int) -> tuple[int, ...]:
    """The cells at which the second bin and the following begin, so that each holds as equal a share as cells allow.

    >>> choose_borders(np.array([0, 5, 5, 5, 5, 0]), 2)
    (3,)
    >>> choose_borders(np.array([0, 50, 2, 2, 2, 2, 2, 0]), 2)
    (2,)
    >>> choose_borders(np.array([0, 0, 9, 0, 0]), 10)
    (2, 3)
    """
    rows = int(counts.sum())
    if rows == 0:
        return ()
    before = np.concatenate(([0], np.cumsum(counts)))
    if np.count_nonzero(counts) == 1:  # all in one cell: what is below and above it would be news
        only = int(np.flatnonzero(counts)[0])
        return tuple(border for border in (only, only + 1) if 0 < border < len(counts))
    heavy = np.flatnonzero(counts >= rows / bins)
    nearest = [int(np.abs(before - rows * step / bins).argmin()) for step in range(1, bins)]
    borders = sorted({*nearest, *heavy.tolist(), *(heavy + 1).tolist()} - {0, len(counts)})
    return tuple(_without_slivers(borders, before, set(heavy.tolist()), rows / bins))


def _without_slivers(borders: list[int], before: NDArray[np.intp], heavy: set[int], fair: float) -> list[int]:
    """Join each bin that is too small to its smaller neighbour, and to a heavy cell only if there is no other."""
    while borders:
        starts, ends = [0, *borders], [*borders, len(before) - 1]
        rows = [int(before[end] - before[start]) for start, end in zip(starts, ends, strict=True)]
        is_heavy = [any(start <= cell < end for cell in heavy) for start, end in zip(starts, ends, strict=True)]
        join: tuple[int, int] | None = None  # rows of the sliver, the border to drop
        for number, share in enumerate(rows):
            neighbours = [other for other in (number - 1, number + 1) if 0 <= other < len(rows)]
            free = [other for other in neighbours if not is_heavy[other]]
            least = _LEAST_BIN if free else _LEAST_BIN_BESIDE_AN_ATOM
            if not is_heavy[number] and share < least * fair and (join is None or share < join[0]):
                into = min(free or neighbours, key=lambda other: rows[other])
                join = (share, max(number, into) - 1)
        if join is None:
            return borders
        del borders[join[1]]
    return borders


def _choose_cells(finite: NDArray[np.float64], count: int, within: tuple[float, float] | None) -> NumberCells:
    least, greatest = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    sample = np.sort(finite[:: _step(finite)])
    if within and (finite.size == 0 or (least >= within[0] and greatest <= within[1])):
        return _equal_cells("linear", *within, count, _atom_of(sample))
    if finite.size == 0:
        return _equal_cells("linear", 0.0, 1.0, count, None)
    low, high = _span(sample)
    steps_per_unit = _steps_per_unit(finite, max(-least, greatest))
    if steps_per_unit:
        first, last = (round(edge * steps_per_unit) for edge in (least, greatest))
        if last - first >= count:
            first, last = math.floor(low * steps_per_unit), math.ceil(high * steps_per_unit)
        if last - first < count:
            return _stepped_cells(first, last, count, steps_per_unit)
    if least >= 0:
        positive = sample[sample > 0]
        if _has_long_upper_tail(positive):
            return _logarithmic_cells(positive, count, 0.0 if (sample == 0).any() else _atom_of(sample))
    return _equal_cells("linear", low, high, count, _atom_of(sample))


def _step(values: NDArray[np.float64]) -> int:
    return max(1, len(values) // _ROWS_LOOKED_AT)


def _span(sample: NDArray[np.float64]) -> tuple[float, float]:
    """All values of an ascending sample, unless a few far ones would more than double the width of the cells."""
    sample = np.clip(sample, -_LARGEST, _LARGEST)
    least, greatest = float(sample.min()), float(sample.max())
    low, high = (float(edge) for edge in quantiles_of(sample, [0.001, 0.999]))
    return (least, greatest) if greatest - least <= 2 * (high - low) else (low, high)


def quantiles_of(ordered: NDArray[np.float64], shares: list[float]) -> NDArray[np.float64]:
    """The quantiles of ascending values, to the bits of `np.quantile`, which would order them once more.

    >>> quantiles_of(np.array([1.0, 2.0, 4.0]), [0.25, 0.75]).tolist()
    [1.5, 3.0]
    """
    places = (len(ordered) - 1) * np.array(shares)
    lower = np.floor(places).astype(np.intp)
    before, after, part = ordered[lower], ordered[np.minimum(lower + 1, len(ordered) - 1)], places - lower
    step = after - before
    return np.where(part >= 0.5, after - step * (1 - part), before + step * part)


def _has_long_upper_tail(positive: NDArray[np.float64]) -> bool:
    if positive.size == 0:
        return False
    low, middle, high = quantiles_of(np.clip(positive, _SMALLEST, _LARGEST), [0.001, 0.5, 0.999])
    return bool(high - middle > 6 * (middle - low) and high > 2 * low)


def _atom_of(sample: NDArray[np.float64]) -> float | None:
    """The most frequent value of a sorted sample, if enough rows share it."""
    enough = max(_LEAST_ATOM_ROWS, math.ceil(_LEAST_ATOM_SHARE * len(sample)))
    if len(sample) < enough or not (sample[enough - 1 :] == sample[: len(sample) - enough + 1]).any():
        return None
    starts = np.flatnonzero(np.append(True, sample[1:] != sample[:-1]))
    rows = np.diff(np.append(starts, len(sample)))
    return float(sample[starts[rows.argmax()]])


def _steps_per_unit(finite: NDArray[np.float64], farthest: float) -> int | None:
    """How many steps a unit has, if all values are whole multiples of a step; farthest: from zero."""
    first, others = finite[:_ROWS_THAT_TELL], finite[_ROWS_THAT_TELL:]
    possible = (steps for steps in _STEPS_PER_UNIT if farthest * steps <= _GREATEST_WHOLE)
    return next((steps for steps in possible if _is_of(first, steps) and _is_of(others, steps)), None)


def _is_of(values: NDArray[np.float64], steps: int) -> bool:
    parts = (values[start : start + BLOCK] for start in range(0, len(values), BLOCK))
    return all((part == np.rint(part * steps) / steps).all() for part in parts)


def _stepped_cells(first: int, last: int, count: int, steps_per_unit: int) -> NumberCells:
    """A cell for each step, and room on both sides for those that the reference didn't have."""
    found = last - first + 1
    room = min(max(8, found // 4), (count - found) // 2)
    low, size = first - room, found + 2 * room
    if steps_per_unit == 1:
        return NumberCells(
            spacing="stepped", origin=float(low - 1), scale=1.0, count=size, low=float(low), high=float(low + size)
        )
    # A step in the middle of its cell, so that rounding can't put it into the next one.
    origin = (low - 1.5) / steps_per_unit
    return _exact("stepped", origin, float(steps_per_unit), size, steps_per_unit=steps_per_unit)


def _equal_cells(spacing: Spacing, low: float, high: float, count: int, atom: float | None) -> NumberCells:
    magnitude = max(abs(low), abs(high))
    if high <= low:
        low, high = low - max(magnitude / 2, 0.5), high + max(magnitude / 2, 0.5)
    least_range = max(_LEAST_RANGE, 4 * count * float(np.spacing(magnitude)))  # a cell must hold more than one float
    if high - low < least_range:
        low, high = low - least_range / 2, high + least_range / 2
    scale = count / (high - low)
    if atom is not None and low < atom < high:  # let a cell begin at the atom, so that below and above it don't mix
        low = atom - math.ceil((atom - low) * scale) / scale
    return _exact(spacing, low - 1 / scale, scale, count, atom)


def _logarithmic_cells(positive: NDArray[np.float64], count: int, atom: float | None) -> NumberCells:
    bits = np.clip(positive, _SMALLEST, _LARGEST).view(np.int64)
    low, high = _span(bits.astype(np.float64))
    scale = count / (high - low)
    origin = np.array([round(low - 1 / scale)], dtype=np.int64).view(np.float64)[0]
    return _exact("logarithmic", float(origin), scale, count, atom)


def _exact(
    spacing: Spacing, origin: float, scale: float, count: int, atom: float | None = None, *, steps_per_unit: int = 1
) -> NumberCells:
    """The cells with `low` and `high` exactly where the arithmetic puts them."""
    draft = NumberCells(
        spacing=spacing,
        origin=origin,
        scale=scale,
        count=count,
        low=0.0,
        high=1.0,
        steps_per_unit=steps_per_unit,
        atom=atom,
    )
    low, high = edges_of(draft, np.array([1, count + 1])).tolist()
    return replace(draft, low=low, high=high)
