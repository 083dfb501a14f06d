"""The interval of a mean of rows."""

import math

import numpy as np
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate, wilson_interval
from cdt.measures.quantiles import normal_quantile

Floats = NDArray[np.float64]

TOO_LARGE = "a distance is too large for a number"


def share_like(terms: Floats, *, confidence: float) -> Estimate:
    """The mean of terms in [0, 1], with Wilson's interval of the rows that would have its variance.

    Half a row of each extreme is added to the variance: rows that are all alike prove little.
    """
    value, rows = float(terms.mean()), len(terms)
    centre = (float(terms.sum()) + 0.5) / (rows + 1)
    variance = (float(terms @ terms) + 0.5) / (rows + 1) - centre**2
    rows_worth = rows * centre * (1 - centre) / variance
    return Estimate.of(value, *wilson_interval(value, rows_worth, confidence=confidence), rows=rows)


def positive_mean(terms: Floats, *, confidence: float) -> Estimate:
    """The mean of terms of 0 or more, with the delta method's interval of its logarithm.

    Its high end counts the greatest term once more: of a long tail few rows have shown the most. Of one row, or of rows
    that are all 0, how sure it is is not known.
    """
    rows = len(terms)
    with np.errstate(over="ignore"):
        if not math.isfinite(float(terms @ terms)):
            return Estimate.missing(TOO_LARGE, rows=rows)
    value = float(terms.mean())
    if rows < 2 or value == 0:
        return Estimate(value=value, rows=rows)
    low, _ = _ends(value, standard_error(terms), confidence)
    longer = np.append(terms, terms.max())
    _, high = _ends(float(longer.mean()), standard_error(longer), confidence)
    return Estimate.of(value, low, high, rows=rows)


def positive_mean_of(mean: float, variance: float, rows: int, *, greatest: float, confidence: float) -> Estimate:
    """The same from counts: the mean of the terms, their variance over rows less one, and the greatest of them."""
    if rows < 2 or mean <= 0:
        return Estimate(value=max(mean, 0.0), rows=rows)
    low, _ = _ends(mean, math.sqrt(max(variance, 0.0) / rows), confidence)
    above = greatest - mean
    longer = mean + above / (rows + 1)
    squares = (rows - 1) * variance + above * above * rows / (rows + 1)
    if not math.isfinite(squares):
        return Estimate.missing(TOO_LARGE, rows=rows)
    _, high = _ends(longer, math.sqrt(max(squares, 0.0) / rows / (rows + 1)), confidence)
    return Estimate.of(mean, low, high, rows=rows)


def _ends(mean: float, error: float, confidence: float) -> tuple[float, float]:
    # e**50 times the mean is as good as no end at all, and still a number
    reach = math.exp(min(50.0, normal_quantile(confidence) * error / mean))
    return mean / reach, mean * reach


def standard_error(terms: Floats) -> float:
    """Of the mean of two rows or more."""
    return float(terms.std(ddof=1)) / math.sqrt(len(terms))
