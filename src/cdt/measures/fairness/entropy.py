"""How unequally decisions benefit people, each for themselves: generalised entropy, with the Theil index as one of it.

The benefit of a row is 1 where the decision is right, 2 where it is positive and should not be, 0 where it should be
and is not. Source: Speicher, Heidari, Grgic-Hlaca, Gummadi, Singla, Weller and Zafar 2018, A unified approach to
quantifying algorithmic unfairness.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cdt.measures.estimates import Estimate
from cdt.measures.fairness.arrays import Grouped, table_of
from cdt.measures.quantiles import normal_quantile

NO_LABELS = "no labelled rows with a decision"
_BENEFITS = np.array([0.0, 1.0, 2.0])


def theil_index(label: ArrayLike, decision: ArrayLike, *, positive: object = 1, confidence: float = 0.95) -> Estimate:
    """How unequal the benefits of people are: the generalised entropy of alpha 1; 0 when all benefit alike.

    Returns a value in [0, inf).

    >>> round(theil_index([1, 0, 1, 0], [0, 1, 1, 0]).value, 4)
    0.3466
    """
    return generalized_entropy_index(label, decision, alpha=1.0, positive=positive, confidence=confidence)


def generalized_entropy_index(
    label: ArrayLike, decision: ArrayLike, *, alpha: float = 2.0, positive: object = 1, confidence: float = 0.95
) -> Estimate:
    """How unequal the benefits of people are; the greater alpha, the more do the greatest benefits count.

    alpha: above 0, for those without any benefit have no logarithm. 2 is half the squared coefficient of variation.
    Returns a value in [0, inf); 0 when all benefit alike.

    >>> generalized_entropy_index([1, 0, 1, 0], [0, 1, 1, 0]).value
    0.25
    """
    rows = len(np.asarray(label))
    everyone = Grouped(np.zeros(rows, dtype=np.intp), ("everyone",))
    return entropy(table_of(everyone, decision, label, positive)[0], alpha=alpha, confidence=confidence)


def entropy(table: NDArray[np.int64], *, alpha: float, confidence: float = 0.95) -> Estimate:
    """The generalised entropy of the benefits of (2, 2) rows by decision and label, positive ones second.

    The interval is the delta method's, of the logarithm; its high end with half a row of each benefit added, for what
    was never seen.
    """
    if not alpha > 0:
        raise ValueError("alpha is greater than 0")
    counts = np.array([table[0, 1], table[0, 0] + table[1, 1], table[1, 0]], dtype=np.float64)
    rows = int(counts.sum())
    if not rows:
        return Estimate.missing(NO_LABELS)
    if not counts[1:].any():
        return Estimate.missing("no row benefits at all", rows=rows)
    value = _index(counts, alpha)
    low = value / _reach(counts, value, alpha, confidence) if value > 0 else 0.0
    smoothed = counts + 0.5
    centre = _index(smoothed, alpha)
    high = centre * _reach(smoothed, centre, alpha, confidence)
    return Estimate.of(value, low, high, rows=rows)


def _reach(counts: NDArray[np.float64], index: float, alpha: float, confidence: float) -> float:
    """By how many times the index may be off."""
    total = float(counts.sum())
    error = math.sqrt(float(counts @ _influence(counts, alpha) ** 2)) / total
    return math.exp(normal_quantile(confidence) * error / index)


def _terms(counts: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """What each benefit adds, by its share of the mean."""
    relative = _BENEFITS / float(counts @ _BENEFITS / counts.sum())
    if alpha == 1:
        return relative * np.log(np.where(relative > 0, relative, 1.0))
    return (relative**alpha - 1) / (alpha * (alpha - 1))


def _index(counts: NDArray[np.float64], alpha: float) -> float:
    return max(0.0, float(counts @ _terms(counts, alpha) / counts.sum()))


def _influence(counts: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """How much one row more of each benefit moves the index, times the rows."""
    rows = float(counts.sum())
    mean = float(counts @ _BENEFITS) / rows
    terms = _terms(counts, alpha)
    index = float(counts @ terms) / rows
    slope = index + 1 if alpha == 1 else float(counts @ (_BENEFITS / mean) ** alpha) / rows / (alpha - 1)
    return terms - index - slope * (_BENEFITS / mean - 1)
