"""How far a distribution has moved from its baseline, from the rows of each side in the same bins.

All measures are divergences of two samples, and for small changes multiples of one another. Even when nothing has moved
they are above zero, in the unit of the stability index by about (bins - 1) * (1 / baseline rows + 1 / current rows):
scaled by that noise they are noncentral chi-square statistics, and the interval is that of their noncentrality (see
`quantiles`). It needs no chance and no seed. Its coverage was simulated for 3 and 10 bins, 50 to 10,000 rows and true
values from 0 to 1: a bound of a 95 % interval missed in 0 to 5 % of 600 samples.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate
from cdt.measures.quantiles import noncentrality_interval

Counts = NDArray[np.int64]
Shares = NDArray[np.float64]

EPSILON = 1e-6
NO_VALUES = "no row of either side has a value"
_HALF_A_ROW = 0.5


def stability_of_bins(
    baseline: Counts, current: Counts, *, epsilon: float = EPSILON, confidence: float = 0.95
) -> Estimate:
    """How far a binned distribution has moved from its baseline.

    The sum over bins of (current - baseline) ln(current / baseline).

    baseline, current: (bins,) rows over the same bins.
    epsilon: the share that a bin without rows counts as.
    Returns a value in [0, inf); 0 is no change. Symmetric in its two sides.
    Source: Siddiqi 2006, Credit Risk Scorecards, ch. 9. Interval: Pardo 2006, Statistical Inference Based on Divergence
    Measures, ch. 3; the variance by the delta method over shares with half a row added to each bin.

    >>> round(stability_of_bins(np.array([50, 50]), np.array([30, 70])).value, 4)
    0.1695
    >>> stability_of_bins(np.array([50, 50]), np.array([0, 0])).reason
    'no current rows'
    """
    missing = nothing_to_compare(baseline, current)
    if missing:
        return missing
    old, new = (np.maximum(counts / counts.sum(), epsilon) for counts in (baseline, current))
    value = float(np.sum((new - old) * np.log(new / old)))
    low, high = _divergence_interval(value, baseline, current, _stability, confidence)
    return Estimate.of(value, low, high, rows=fewer_rows(baseline, current))


def jensen_shannon_of_bins(baseline: Counts, current: Counts, *, confidence: float = 0.95) -> Estimate:
    """How far two binned distributions lie apart: the square root of their Jensen-Shannon divergence to the base 2.

    baseline, current: (bins,) rows over the same bins.
    Returns a value in [0, 1]; 0 is the same distribution, 1 is no bin in common. Symmetric.
    Source: Lin 1991, Divergence measures based on the Shannon entropy; Endres and Schindelin 2003 for the square root.

    >>> round(jensen_shannon_of_bins(np.array([50, 50]), np.array([30, 70])).value, 4)
    0.1741
    >>> jensen_shannon_of_bins(np.array([5, 0]), np.array([0, 5])).value
    1.0
    """
    missing = nothing_to_compare(baseline, current)
    if missing:
        return missing
    eightfold, _, _ = _jensen_shannon(baseline / baseline.sum(), current / current.sum())
    bounds = _divergence_interval(eightfold, baseline, current, _jensen_shannon, confidence)
    value, low, high = (min(1.0, math.sqrt(each / 8 / math.log(2))) for each in (eightfold, *bounds))
    return Estimate.of(value, low, high, rows=fewer_rows(baseline, current))


def kullback_leibler_of_bins(
    baseline: Counts, current: Counts, *, epsilon: float = EPSILON, confidence: float = 0.95
) -> Estimate:
    """What is lost, in nats a row, by taking the baseline's distribution for the current one.

    The sum over bins of current * ln(current / baseline).

    baseline, current: (bins,) rows over the same bins.
    epsilon: the share that a bin without rows counts as.
    Returns a value in [0, inf); 0 is no change. Not symmetric.
    Source: Kullback and Leibler 1951, On information and sufficiency.

    >>> round(kullback_leibler_of_bins(np.array([50, 50]), np.array([30, 70])).value, 4)
    0.0823
    """
    missing = nothing_to_compare(baseline, current)
    if missing:
        return missing
    old, new = (np.maximum(counts / counts.sum(), epsilon) for counts in (baseline, current))
    value = max(0.0, float(np.sum(new * np.log(new / old))))  # a hair below zero where epsilon adds up to more than 1
    low, high = _divergence_interval(2 * value, baseline, current, _kullback_leibler, confidence)
    return Estimate.of(value, low / 2, high / 2, rows=fewer_rows(baseline, current))


def hellinger_of_bins(baseline: Counts, current: Counts, *, confidence: float = 0.95) -> Estimate:
    """How far the square roots of two binned distributions lie apart.

    The square root of half the sum over bins of (sqrt(current) - sqrt(baseline)) ** 2.

    baseline, current: (bins,) rows over the same bins.
    Returns a value in [0, 1]; 0 is the same distribution, 1 is no bin in common. Symmetric.
    Source: Hellinger 1909, Neue Begründung der Theorie quadratischer Formen; Le Cam and Yang 2000, Asymptotics in
    Statistics, ch. 3.

    >>> round(hellinger_of_bins(np.array([50, 50]), np.array([30, 70])).value, 4)
    0.1452
    >>> hellinger_of_bins(np.array([5, 0]), np.array([0, 5])).value
    1.0
    """
    missing = nothing_to_compare(baseline, current)
    if missing:
        return missing
    old, new = baseline / baseline.sum(), current / current.sum()
    eightfold = 4 * float(np.sum((np.sqrt(new) - np.sqrt(old)) ** 2))
    bounds = _divergence_interval(eightfold, baseline, current, _hellinger, confidence)
    value, low, high = (min(1.0, math.sqrt(each / 8)) for each in (eightfold, *bounds))
    return Estimate.of(value, low, high, rows=fewer_rows(baseline, current))


def nothing_to_compare(baseline: Counts, current: Counts) -> Estimate | None:
    """Why two binned distributions can't be compared; ValueError where their bins can't be the same."""
    if baseline.shape != current.shape:
        raise ValueError("two distributions are compared over the same bins")
    if not baseline.sum():
        return Estimate.missing("no baseline rows")
    if not current.sum():
        return Estimate.missing("no current rows")
    return None


def nothing_to_tell(baseline: Counts, current: Counts) -> Estimate | None:
    """Why two sides with rows and no value can't be compared; (bins + 1,) rows of each, the missing ones last.

    Their missing rows are as many as before, and say nothing of where the values lie.

    >>> nothing_to_tell(np.array([0, 0, 5]), np.array([0, 0, 7])).reason
    'no row of either side has a value'
    """
    if baseline[:-1].any() or current[:-1].any() or not (baseline.sum() and current.sum()):
        return None
    return Estimate.missing(NO_VALUES, rows=fewer_rows(baseline, current))


def fewer_rows(baseline: Counts, current: Counts) -> int:
    """The rows of the smaller side."""
    return int(min(baseline.sum(), current.sum()))


def _stability(old: Shares, new: Shares) -> tuple[float, Shares, Shares]:
    """The index of positive shares, and its derivatives by the old and by the new ones."""
    ratio = np.log(new / old)
    return float(np.sum((new - old) * ratio)), 1 - new / old - ratio, ratio + 1 - old / new


def _jensen_shannon(old: Shares, new: Shares) -> tuple[float, Shares, Shares]:
    """Eight times the divergence in nats, which for small changes is the stability index, and its derivatives."""
    middle = (old + new) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        by_old, by_new = (np.where(side > 0, np.log(side / middle), 0.0) for side in (old, new))
    divergence = float(np.sum(old * by_old) + np.sum(new * by_new))
    return 4 * max(0.0, divergence), 4 * by_old, 4 * by_new  # by rounding a hair below zero


def _kullback_leibler(old: Shares, new: Shares) -> tuple[float, Shares, Shares]:
    """Twice the divergence of positive shares, which for small changes is the stability index, and its derivatives."""
    ratio = np.log(new / old)
    return 2 * max(0.0, float(np.sum(new * ratio))), -2 * new / old, 2 * (ratio + 1)


def _hellinger(old: Shares, new: Shares) -> tuple[float, Shares, Shares]:
    """Eight times the squared distance of positive shares, likewise."""
    by_old, by_new = np.sqrt(old), np.sqrt(new)
    return 4 * float(np.sum((by_new - by_old) ** 2)), 4 * (1 - by_new / by_old), 4 * (1 - by_old / by_new)


def _divergence_interval(
    value: float,
    baseline: Counts,
    current: Counts,
    divergence: Callable[[Shares, Shares], tuple[float, Shares, Shares]],
    confidence: float,
) -> tuple[float, float]:
    """The interval of a divergence that equals the stability index for small changes.

    The value with half a row added to each bin stands in where it is smaller, so that an empty bin, which counts as
    `epsilon`, makes the interval wide but not certain.
    """
    is_filled = (baseline > 0) | (current > 0)
    rows_before, rows_now = int(baseline.sum()), int(current.sum())
    old, new = (_smoothed(counts[is_filled]) for counts in (baseline, current))
    smooth, by_old, by_new = divergence(old, new)
    noise = 1 / rows_before + 1 / rows_now
    if smooth > 0:
        variance = _variance(old, by_old) / rows_before + _variance(new, by_new) / rows_now
        noise = max(noise, variance / (4 * smooth))
    degrees = max(1, int(np.count_nonzero(is_filled)) - 1)
    low, high = noncentrality_interval(min(value, smooth) / noise, degrees, confidence=confidence)
    return low * noise, max(high, degrees) * noise  # never surer than the noise itself


def _smoothed(counts: Counts) -> Shares:
    return (counts + _HALF_A_ROW) / (counts.sum() + _HALF_A_ROW * len(counts))


def _variance(shares: Shares, values: Shares) -> float:
    """The variance of values that appear with these shares."""
    mean = float(np.sum(shares * values))
    return float(np.sum(shares * (values - mean) ** 2))
