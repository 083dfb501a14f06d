"""What decisions are worth, from a table of decisions by labels."""

import numpy as np
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate, wilson_interval
from cdt.measures.performance.confusion import NO_DECISIONS, Counts, decided_of


def business_value_of(confusion: Counts, values: NDArray[np.float64], *, confidence: float = 0.95) -> Estimate:
    """What a decision is worth on average; times the rows it is the whole value.

    confusion: (classes, classes) labelled rows by decision and label; a row more, of those without a decision, doesn't
        count. values: the same shape without that row; every pair that occurs must have a finite one.
    The interval is Wilson's, between the least and the greatest value, with the number of rows that would have the
    variance, half a row of each extreme added to it: rows that are all alike prove little.
    Source: Elkan 2001, The foundations of cost-sensitive learning.

    >>> business_value_of(np.array([[1, 1], [1, 1]]), np.array([[0.0, 0.0], [-10.0, 50.0]])).value
    10.0
    """
    decided = decided_of(confusion)
    rows = int(decided.sum())
    if not rows:
        return Estimate.missing(NO_DECISIONS)
    occurs = decided > 0
    counts, worth = decided[occurs].astype(np.float64), values[occurs]
    value = float(counts @ worth) / rows
    known = values[np.isfinite(values)]
    least, greatest = float(known.min()), float(known.max())
    span = greatest - least
    if span <= 0:
        return Estimate.of(value, value, value, rows=rows)
    shares = (worth - least) / span
    centre = (float(counts @ shares) + 0.5) / (rows + 1)
    variance = (float(counts @ shares**2) + 0.5) / (rows + 1) - centre**2
    low, high = wilson_interval(
        min(1.0, max(0.0, (value - least) / span)), rows * centre * (1 - centre) / variance, confidence=confidence
    )
    return Estimate.of(value, least + low * span, least + high * span, rows=rows)
