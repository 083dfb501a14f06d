"""How much of a distribution has gone elsewhere, and whether chance explains it: from the rows of each side in bins."""

import math

import numpy as np

from cdt.measures.divergences import Counts, fewer_rows, nothing_to_compare
from cdt.measures.estimates import Estimate
from cdt.measures.quantiles import chi_square_quantile, chi_square_tail, normal_quantile

_HALF_A_ROW = 0.5


def total_variation_of_bins(baseline: Counts, current: Counts, *, confidence: float = 0.95) -> Estimate:
    """The share of the rows that would have to change their bin to turn one distribution into the other.

    Half the sum over bins of |current - baseline|.

    baseline, current: (bins,) rows over the same bins.
    Returns a value in [0, 1]; 0 is the same distribution, 1 is no bin in common. Symmetric.
    Interval: the errors of the shares, each squared over its own variance, add up to less than a chi-square quantile;
    by Cauchy and Schwarz their absolute values then add up to less than its root times that of 1/baseline rows +
    1/current rows. It holds at least as often as it says.
    Source: Levin, Peres and Wilmer 2009, Markov Chains and Mixing Times, ch. 4.

    >>> round(total_variation_of_bins(np.array([50, 50]), np.array([30, 70])).value, 4)
    0.2
    """
    missing = nothing_to_compare(baseline, current)
    if missing:
        return missing
    value = min(1.0, float(np.abs(current / current.sum() - baseline / baseline.sum()).sum()) / 2)
    degrees = int(np.count_nonzero((baseline > 0) | (current > 0))) - 1
    noise = 1 / int(baseline.sum()) + 1 / int(current.sum())
    reach = math.sqrt(chi_square_quantile(max(1, degrees), confidence) * noise) / 2
    return Estimate.of(value, max(0.0, value - reach), min(1.0, value + reach), rows=fewer_rows(baseline, current))


def l_infinity_of_bins(baseline: Counts, current: Counts, *, confidence: float = 0.95) -> Estimate:
    """By how much the share of the bin that has changed most has changed.

    The greatest over bins of |current - baseline|.

    baseline, current: (bins,) rows over the same bins.
    Returns a value in [0, 1]; 0 is the same distribution. Symmetric.
    Interval: that of all bins' differences at once, by Bonferroni, each with the normal error of a difference of shares
    with half a row added to each bin.
    Source: Dunn 1961, Multiple comparisons among means.

    >>> round(l_infinity_of_bins(np.array([50, 50]), np.array([30, 70])).value, 4)
    0.2
    """
    missing = nothing_to_compare(baseline, current)
    if missing:
        return missing
    gaps = np.abs(current / current.sum() - baseline / baseline.sum())
    is_filled = (baseline > 0) | (current > 0)
    bins = int(np.count_nonzero(is_filled))
    variance = np.zeros(bins)
    for counts in (baseline[is_filled], current[is_filled]):
        # where all rows are in one bin another may be there all the same
        shares = (counts + _HALF_A_ROW) / (counts.sum() + _HALF_A_ROW * max(2, bins))
        variance += shares * (1 - shares) / counts.sum()
    reach = normal_quantile(1 - (1 - confidence) / bins) * np.sqrt(variance)
    low, high = float((gaps[is_filled] - reach).max()), float((gaps[is_filled] + reach).max())
    return Estimate.of(float(gaps.max()), max(0.0, low), min(1.0, high), rows=fewer_rows(baseline, current))


def chi_square_of_bins(baseline: Counts, current: Counts) -> Estimate:
    """Pearson's statistic of whether two samples are of one distribution, with its p-value.

    The sum over both sides and all bins of (rows - expected) ** 2 / expected, where expected are the rows that the side
    would have if both had the same shares.

    baseline, current: (bins,) rows over the same bins; those without a row on either side don't count.
    Returns a value in [0, inf) without an interval. It grows with the rows, whatever the change. Symmetric.
    Source: Pearson 1900, On the criterion; Cramér 1946, Mathematical Methods of Statistics, ch. 30.

    >>> found = chi_square_of_bins(np.array([50, 50]), np.array([30, 70]))
    >>> round(found.value, 4), round(found.p_value, 4)
    (8.3333, 0.0039)
    """
    missing = nothing_to_compare(baseline, current)
    if missing:
        return missing
    is_filled = (baseline > 0) | (current > 0)
    table = np.stack((baseline[is_filled], current[is_filled])).astype(np.float64)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    p_value = chi_square_tail(statistic, table.shape[1] - 1)
    return Estimate(value=statistic, rows=fewer_rows(baseline, current), p_value=p_value)
