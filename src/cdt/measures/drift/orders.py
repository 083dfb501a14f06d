"""How far the values of a column have moved along their order: of numbers, times and truths, at every value."""

from typing import TypeAlias

import numpy as np

from cdt.measures.cells import NumberCells
from cdt.measures.columns import NumberColumn
from cdt.measures.drift.sides import Values, sides_of
from cdt.measures.estimates import Estimate
from cdt.measures.kolmogorov_smirnov import kolmogorov_smirnov_of_rows
from cdt.measures.wasserstein import by_spread, wasserstein_of_rows

NO_ORDER = "categories have no order"
_CELLS = 65_536
_ROWS_LOOKED_AT = 5_000
_LARGEST = 1e300
_SQUARED = 1e140
"""Numbers up to it, and down to its inverse, have squares that are numbers."""

_Numbers: TypeAlias = tuple[NumberColumn, NumberColumn]


def kolmogorov_smirnov(reference: Values, current: Values, *, confidence: float = 0.95) -> Estimate:
    """The greatest gap between the distribution functions of two columns, exactly, with `p_value`.

    Returns a value in [0, 1]; 0 is the same distribution. Symmetric. Missing values don't count; categories have no
    order, and so no gap: `value` is None, and `reason` says why.
    Source: Smirnov 1939; Massart 1990 for the interval.

    >>> kolmogorov_smirnov([1, 2, 2], [2, 3]).value
    0.5
    """
    numbers = _numbers(reference, current)
    if isinstance(numbers, Estimate):
        return numbers
    return kolmogorov_smirnov_of_rows(_cells_over(numbers), *numbers, confidence=confidence)


def wasserstein_distance(reference: Values, current: Values, *, confidence: float = 0.95) -> Estimate:
    """How far values have to be carried, on average, to turn the reference into the current column, exactly.

    Returns a value in [0, inf), in the column's unit; of times in seconds, of truths in [0, 1]. Symmetric. Missing
    values don't count; without a value for categories and where values are infinite.
    Source: Vallender 1974, Calculation of the Wasserstein distance between probability distributions on the line.

    >>> wasserstein_distance([0, 0], [0, 2]).value
    1.0
    """
    numbers = _numbers(reference, current)
    return numbers if isinstance(numbers, Estimate) else wasserstein_of_rows(*numbers, confidence=confidence)


def normalized_wasserstein_distance(reference: Values, current: Values, *, confidence: float = 0.95) -> Estimate:
    """The Wasserstein distance in units of the reference's standard deviation (over all its rows with a value).

    Returns a value in [0, inf), whatever the unit; without a value where the reference's values are all the same.

    >>> normalized_wasserstein_distance([0, 2], [2, 4]).value
    2.0
    """
    numbers = _numbers(reference, current)
    if isinstance(numbers, Estimate):
        return numbers
    way = wasserstein_of_rows(*numbers, confidence=confidence)
    return way if way.value is None else by_spread(way, deviation_of(numbers[0]))


def deviation_of(values: NumberColumn) -> float:
    """The standard deviation of the values that are there, over their number."""
    known = values[~np.isnan(values)]
    scale = float(np.abs(known).max(initial=0.0))
    if scale == 0 or not np.isfinite(scale):
        return 0.0 if scale == 0 else float("inf")
    if known.min() == known.max():  # by rounding their mean may be another
        return 0.0
    if 1 / _SQUARED <= scale <= _SQUARED:
        return float(np.std(known))
    return float(np.std(known / scale)) * scale


def _numbers(reference: Values, current: Values) -> _Numbers | Estimate:
    sides = sides_of(reference, current)
    if sides.numbers is None:
        return Estimate.missing(NO_ORDER, rows=min(sides.reference.rows, sides.current.rows))
    return sides.numbers


def _cells_over(numbers: _Numbers) -> NumberCells:
    """Cells that tell which values need to be sorted; the gap is the same with any.

    They span what some of the values span but for a few far ones: the finer they are, the fewer need to be sorted.
    """
    some = np.concatenate([values[:: max(1, len(values) // _ROWS_LOOKED_AT)] for values in numbers])
    some = np.clip(some[np.isfinite(some)], -_LARGEST, _LARGEST)
    low, high = np.quantile(some, [0.001, 0.999]).tolist() if some.size else (0.0, 0.0)
    if not low < high or not np.isfinite(scale := _CELLS / (high - low)):
        low, high, scale = -1.0, 1.0, _CELLS / 2
    return NumberCells(spacing="linear", origin=low - 1 / scale, scale=scale, count=_CELLS, low=low, high=high)
