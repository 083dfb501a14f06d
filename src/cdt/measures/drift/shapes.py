"""How far a column has moved, over bins: of columns of every kind."""

from collections.abc import Sequence

from cdt.measures.bin_distances import chi_square_of_bins, l_infinity_of_bins, total_variation_of_bins
from cdt.measures.binning import BINS
from cdt.measures.divergences import (
    EPSILON,
    hellinger_of_bins,
    jensen_shannon_of_bins,
    kullback_leibler_of_bins,
    nothing_to_tell,
    stability_of_bins,
)
from cdt.measures.drift.binning import binned
from cdt.measures.drift.sides import Values
from cdt.measures.estimates import Estimate


def population_stability_index(
    reference: Values,
    current: Values,
    *,
    bins: int = BINS,
    edges: Sequence[float] | None = None,
    epsilon: float = EPSILON,
    confidence: float = 0.95,
) -> Estimate:
    """How far a column has moved; see `stability_of_bins` for formula, range and source, `binned` for the bins.

    >>> round(population_stability_index([0] * 50 + [1] * 50, [0] * 30 + [1] * 70).value, 4)
    0.1695
    """
    found = binned(reference, current, bins=bins, edges=edges)
    return nothing_to_tell(*found) or stability_of_bins(*found, epsilon=epsilon, confidence=confidence)


def jensen_shannon_distance(
    reference: Values,
    current: Values,
    *,
    bins: int = BINS,
    edges: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """How far apart two columns lie; see `jensen_shannon_of_bins`, and `binned` for the bins.

    >>> round(jensen_shannon_distance(["a", "b"] * 50, ["a"] * 30 + ["b"] * 70).value, 4)
    0.1741
    """
    found = binned(reference, current, bins=bins, edges=edges)
    return nothing_to_tell(*found) or jensen_shannon_of_bins(*found, confidence=confidence)


def kullback_leibler_divergence(
    reference: Values,
    current: Values,
    *,
    bins: int = BINS,
    edges: Sequence[float] | None = None,
    epsilon: float = EPSILON,
    confidence: float = 0.95,
) -> Estimate:
    """What is lost by taking the reference for the current column; see `kullback_leibler_of_bins`, and `binned`.

    >>> round(kullback_leibler_divergence(["a", "b"] * 50, ["a"] * 30 + ["b"] * 70).value, 4)
    0.0823
    """
    found = binned(reference, current, bins=bins, edges=edges)
    return nothing_to_tell(*found) or kullback_leibler_of_bins(*found, epsilon=epsilon, confidence=confidence)


def hellinger_distance(
    reference: Values,
    current: Values,
    *,
    bins: int = BINS,
    edges: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """How far apart two columns lie; see `hellinger_of_bins`, and `binned` for the bins.

    >>> round(hellinger_distance(["a", "b"] * 50, ["a"] * 30 + ["b"] * 70).value, 4)
    0.1452
    """
    found = binned(reference, current, bins=bins, edges=edges)
    return nothing_to_tell(*found) or hellinger_of_bins(*found, confidence=confidence)


def total_variation_distance(
    reference: Values,
    current: Values,
    *,
    bins: int = BINS,
    edges: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """The share of rows that has gone elsewhere; see `total_variation_of_bins`, and `binned` for the bins.

    >>> round(total_variation_distance([True, False] * 50, [True] * 30 + [False] * 70).value, 4)
    0.2
    """
    found = binned(reference, current, bins=bins, edges=edges)
    return nothing_to_tell(*found) or total_variation_of_bins(*found, confidence=confidence)


def l_infinity_distance(
    reference: Values,
    current: Values,
    *,
    bins: int = BINS,
    edges: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """The greatest change of a bin's share; see `l_infinity_of_bins`, and `binned` for the bins.

    >>> round(l_infinity_distance(["a", "b"] * 50, ["a"] * 30 + ["b"] * 70).value, 4)
    0.2
    """
    found = binned(reference, current, bins=bins, edges=edges)
    return nothing_to_tell(*found) or l_infinity_of_bins(*found, confidence=confidence)


def chi_square(
    reference: Values, current: Values, *, bins: int = BINS, edges: Sequence[float] | None = None
) -> Estimate:
    """Pearson's statistic of whether both columns are of one distribution, with `p_value`; see `chi_square_of_bins`.

    >>> round(chi_square(["a", "b"] * 50, ["a"] * 30 + ["b"] * 70).p_value, 4)
    0.0039
    """
    found = binned(reference, current, bins=bins, edges=edges)
    return nothing_to_tell(*found) or chi_square_of_bins(*found)
