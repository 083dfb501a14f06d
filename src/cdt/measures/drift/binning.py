"""Rows of plain arrays in the bins that a grid fitted to the reference would have."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cdt.measures.binning import BINS, fit_number
from cdt.measures.cells import cells_of
from cdt.measures.columns import CategoryColumn, NumberColumn
from cdt.measures.drift.sides import Sides, Values, sides_of
from cdt.measures.fitting import fit_category
from cdt.measures.grid import CategoryFeature, NumberFeature

Counts = NDArray[np.int64]
_BLOCK = 32_768


class Binned(NamedTuple):
    """(bins + 1,) rows of each side by bin, missing last."""

    reference: Counts
    current: Counts


def binned(reference: Values, current: Values, *, bins: int = BINS, edges: Sequence[float] | None = None) -> Binned:
    """Both sides in the bins of the stability measures, fitted to the reference, as a version's grid is.

    bins: of numbers and times, about so many, with as equal a share of the reference each as its values allow.
    edges: of numbers, ascending, instead: a value belongs to the bin after an edge exactly if it is at least the edge.
    Categories and truths have a bin each, unless they are less than 0.5 % of the reference: those share one, with those
    that the reference hasn't got.

    >>> binned([1.0, 2.0, 3.0, 4.0], [3.0, None], edges=[2.5])
    Binned(reference=array([2, 2, 0]), current=array([0, 1, 1]))
    """
    if bins < 2:
        raise ValueError(f"a distribution is compared over 2 bins or more, not over {bins}")
    sides = sides_of(reference, current)
    if edges is not None:
        return _between(sides, np.asarray(edges, dtype=np.float64))
    categories = sides.categories
    if categories is not None:
        category = fit_category("", categories[0])
        return Binned(*(_of_categories(category, side) for side in categories))
    numbers = sides.numbers
    assert numbers is not None
    number = fit_number("", numbers[0], bins=bins)
    return Binned(*(_of_numbers(number, side) for side in numbers))


def cell_counts(feature: NumberFeature, values: NumberColumn) -> tuple[Counts, int]:
    """(cells,) rows by cell of the feature, and how many are missing."""
    counts = np.zeros(feature.cells.size, dtype=np.int64)
    missing = 0
    for start in range(0, len(values), _BLOCK):
        part = values[start : start + _BLOCK]
        is_missing = np.isnan(part)
        gone = int(np.count_nonzero(is_missing))
        counts += np.bincount(cells_of(feature.cells, part[~is_missing] if gone else part), minlength=len(counts))
        missing += gone
    return counts, missing


def _of_numbers(feature: NumberFeature, values: NumberColumn) -> Counts:
    counts, missing = cell_counts(feature, values)
    return np.append(np.add.reduceat(counts, [0, *feature.borders]), missing)


def _of_categories(feature: CategoryFeature, column: CategoryColumn) -> Counts:
    others, own = feature.own_bins, feature.code_by_value
    places = [min(own.get(value, others), others) for value in column.values]
    bins = np.array([*places, others + 1], dtype=np.intp)[column.codes]
    return np.bincount(bins, minlength=others + 2)


def _between(sides: Sides, edges: NDArray[np.float64]) -> Binned:
    numbers = sides.numbers
    if numbers is None:
        raise TypeError("edges are of numbers; categories have none")
    if edges.ndim != 1 or np.isnan(edges).any() or (np.diff(edges) <= 0).any():
        raise ValueError("edges are ascending numbers")
    found: list[Counts] = []
    for values in numbers:
        known = values[~np.isnan(values)]
        counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
        found.append(np.append(counts, len(values) - len(known)))
    return Binned(*found)
