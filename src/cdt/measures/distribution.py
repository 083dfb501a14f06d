"""What a screen shows of a feature: its distribution beside its baseline's, in a few bins with round edges."""

import itertools
import math

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cdt.measures.cells import NumberCells, about_at, cells_of
from cdt.measures.grid import MISSING, OTHER, CategoryFeature, Feature, NumberFeature
from cdt.measures.profile import NumberCounts, Profile

MOST_BINS = 20
_ENDS_AND_MISSING = 3
_SHOWN = (0.005, 0.995)  # of the baseline lies between the first and the last edge


class Distribution(Struct, frozen=True, kw_only=True):
    """Shares by bin; each side adds up to 1, or is all 0 when it has no rows."""

    labels: tuple[str, ...]
    baseline: tuple[float, ...]
    current: tuple[float, ...]


def distribution(feature: Feature, baseline: Profile, current: Profile, *, most_bins: int = MOST_BINS) -> Distribution:
    """The distribution of a feature in at most that many bins: for a look, not for a measure.

    A number's bins have round edges; a category's are the most frequent values of the baseline. Other and missing rows
    have bins of their own if there are any.
    """
    if isinstance(feature, CategoryFeature):
        return _of_categories(feature, baseline, current, most_bins)
    return distribution_of_number(feature, baseline.number(feature.name), current.number(feature.name), most_bins)


def distribution_of_number(
    feature: NumberFeature, old: NumberCounts, new: NumberCounts, most_bins: int = MOST_BINS
) -> Distribution:
    """The same of the counts of a number, also of one that is no feature."""
    shown = old.cells if old.rows else new.cells
    edges = _round_edges(feature.cells, shown, most_bins - _ENDS_AND_MISSING)
    borders = np.unique(cells_of(feature.cells, np.array(edges)))
    borders = borders[borders > 0]
    edges = [edge for edge, place in zip(edges, cells_of(feature.cells, np.array(edges)), strict=True) if place > 0]
    sides = [np.append(np.add.reduceat(side.cells, [0, *borders.tolist()]), side.missing) for side in (old, new)]
    labels = [*_labels(feature.cells, edges[: len(borders)]), MISSING]
    ends = {0, len(labels) - 2} if len(labels) > 3 else set[int]()
    return _shares(labels, sides[0], sides[1], optional={*ends, len(labels) - 1})


def _of_categories(feature: CategoryFeature, baseline: Profile, current: Profile, most_bins: int) -> Distribution:
    shown = min(len(feature.values), most_bins - 2)
    sides: list[NDArray[np.int64]] = []
    for profile in (baseline, current):
        rows = profile.categories(feature.name)
        sides.append(np.array([*rows[:shown], rows[shown:-1].sum(), rows[-1]], dtype=np.int64))
    return _shares([*feature.values[:shown], OTHER, MISSING], sides[0], sides[1], optional={shown, shown + 1})


def _shares(labels: list[str], old: NDArray[np.int64], new: NDArray[np.int64], *, optional: set[int]) -> Distribution:
    """Shares of both sides, without those of the optional bins that are empty on both."""
    kept = [place for place in range(len(labels)) if place not in optional or old[place] or new[place]]
    before, now = (side[kept] / max(1, int(side.sum())) for side in (old, new))
    return Distribution(
        labels=tuple(labels[place] for place in kept), baseline=tuple(before.tolist()), current=tuple(now.tolist())
    )


def _round_edges(cells: NumberCells, rows: NDArray[np.int64], most: int) -> list[float]:
    """Ascending round numbers over the range in which nearly all rows lie."""
    total = int(rows.sum())
    places = np.searchsorted(np.cumsum(rows), np.array(_SHOWN) * total, side="left") if total else [1, cells.count]
    first, last = (min(max(int(place), 1), cells.count) for place in places)
    low, high = about_at(cells, np.array([first, last + 1])).tolist()
    if cells.spacing == "logarithmic" and high > 10 * low:
        return _logarithmic_edges(low, high, most)
    step = _round_step(low, high, most)
    if cells.is_whole:
        step = max(float(math.ceil(step)), 1.0)
    elif cells.spacing == "stepped":
        step = max(step, 1 / cells.steps_per_unit)
        low, high = low + 0.5 / cells.steps_per_unit, high + 0.5 / cells.steps_per_unit  # from the middle of cells
        low, high = low + step * 1e-9, high + step * 1e-9
    if not step:
        return []
    start = math.floor(low / step)
    return [number * step for number in range(start, start + most + 1) if low - step < number * step <= high]


def _round_step(low: float, high: float, most: int) -> float:
    """The distance of edges; 0 where no number lies between the ends, as beyond 2^53."""
    width = (high - low) / most
    if not math.isfinite(width):
        width = high / most - low / most
    return _round_up(width) if width > 0 else 0.0


def _round_up(number: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten.

    >>> _round_up(0.03), _round_up(21)
    (0.05, 25.0)
    """
    power = 10.0 ** math.floor(math.log10(number))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= number * (1 - 1e-9))


def _logarithmic_edges(low: float, high: float, most: int) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        edges = [factor * 10.0**power for power in powers for factor in factors if low < factor * 10.0**power < high]
        if len(edges) <= most:
            return edges
    return edges[:: math.ceil(len(edges) / most)]


def _labels(cells: NumberCells, edges: list[float]) -> list[str]:
    if not edges:
        return ["any"]
    names = [_name(edge) for edge in edges]
    if cells.is_whole:
        between = [
            _name(low) if high - low == 1 else f"{_name(low)}{'-' if low >= 0 else ' to '}{_name(high - 1)}"
            for low, high in itertools.pairwise(edges)
        ]
        return [f"under {names[0]}", *between, f"{names[-1]}+"]
    between = [f"{low} to {high}" for low, high in itertools.pairwise(names)]
    return [f"under {names[0]}", *between, f"{names[-1]} and more"]


def _name(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 2**53 else f"{number:.10g}"
