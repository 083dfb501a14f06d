"""Concept drift, from labels: whether the same scores and decisions have come to turn out otherwise than before."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cdt.measures.estimates import Estimate, wilson_interval
from cdt.measures.performance.arrays import confusion_matrix
from cdt.measures.performance.chances import Chances, Places, learnt
from cdt.measures.performance.confusion import NO_DECISIONS
from cdt.measures.performance.ranking import ties_of
from cdt.measures.plain_arrays import is_positive, numbers, same_rows
from cdt.measures.quantiles import chi_square_tail, normal_quantile, normal_tail

Counts = NDArray[np.int64]

BINS = 10
NO_SCORES = "no labelled rows with a score"


def performance_drift(
    reference_label: ArrayLike,
    reference_decision: ArrayLike,
    label: ArrayLike,
    decision: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """By how much the share of wrong decisions has risen since the reference, in [-1, 1].

    >>> performance_drift([1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0]).value
    0.25
    """
    before, now = confusion_matrix(reference_label, reference_decision), confusion_matrix(label, decision)
    return performance_drift_of(before.counts, now.counts, confidence=confidence)


def performance_drift_of(before: Counts, now: Counts, *, confidence: float = 0.95) -> Estimate:
    """The same from labelled rows by decision, missing ones in rows beyond the classes, and label.

    Both sides are samples: the interval is Newcombe's of two shares, the p-value that of two equal shares, two-sided.
    Source: Newcombe 1998, Interval estimation for the difference between independent proportions (method 10).
    """
    (wrong_before, rows_before), (wrong_now, rows_now) = _errors(before), _errors(now)
    if not rows_now:
        return Estimate.missing(NO_DECISIONS)
    if not rows_before:
        return Estimate.missing(f"{NO_DECISIONS} in the baseline")
    old, new = wrong_before / rows_before, wrong_now / rows_now
    old_low, old_high = wilson_interval(old, rows_before, confidence=confidence)
    new_low, new_high = wilson_interval(new, rows_now, confidence=confidence)
    value = new - old
    together = (wrong_before + wrong_now) / (rows_before + rows_now)
    error = math.sqrt(together * (1 - together) * (1 / rows_before + 1 / rows_now))
    return Estimate.of(
        value,
        value - math.hypot(new - new_low, old_high - old),
        value + math.hypot(new_high - new, old - old_low),
        rows=min(rows_before, rows_now),
        p_value=2 * normal_tail(abs(value) / error) if error > 0 else 1.0,
    )


def calibration_drift(
    reference_label: ArrayLike,
    reference_score: ArrayLike,
    label: ArrayLike,
    score: ArrayLike,
    *,
    positive: object = 1,
    confidence: float = 0.95,
) -> Estimate:
    """How far the share of positive labels lies from what rows of the same scores had in the reference, in [0, 1].

    The scores need be no probabilities. 0 where they mean what they meant, however many rows there are of each.
    """
    (old_scores, old_labels), (new_scores, new_labels) = (
        _labelled(labels, scores, positive) for labels, scores in ((reference_label, reference_score), (label, score))
    )
    return calibration_drift_of(
        learnt(np.unique(old_scores), ties_of(old_scores, old_labels)),
        np.unique(new_scores),
        ties_of(new_scores, new_labels),
        confidence=confidence,
    )


def calibration_drift_of(
    chances: Chances | Estimate,
    places: Places,
    ranking: Counts,
    *,
    confidence: float = 0.95,
) -> Estimate:
    """The same of what was learnt from the reference, and of labelled rows by score or cell, others and positive ones.

    Over ten bins of neighbouring blocks of the reference, each of about a tenth of the window's rows: the mean distance
    of positive labels from expected ones. It is above zero by chance alone, so the low end of the interval lies lower
    by the most that chance can add, as that of the expected calibration error. The p-value is that of a chi-square test
    of all bins. Both allow for the chance in the reference's labels as well, not for the borders of blocks chosen by
    them.
    """
    rows = int(ranking.sum())
    if not rows:
        return Estimate.missing(NO_SCORES)
    if isinstance(chances, Estimate):
        return Estimate.missing(chances.reason or NO_SCORES, rows=rows)
    came = np.zeros((len(chances.rows), 2), dtype=np.int64)
    np.add.at(came, chances.block_of(places), ranking)
    of_block, positives = came.sum(axis=1).astype(np.float64), came[:, 1].astype(np.float64)
    middle = np.cumsum(of_block) - of_block / 2
    bins = np.minimum((middle / rows * BINS).astype(np.intp), BINS - 1)
    likely = (chances.positives + 0.5) / (chances.rows + 1)  # so that a block without errors isn't certain
    spread = likely * (1 - likely)

    def summed(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(bins, weights=weights, minlength=BINS).astype(np.float64, copy=False)

    total = summed(of_block)
    filled = total > 0
    gap = np.abs(summed(positives - of_block * chances.chance))[filled] / total[filled]
    error = np.sqrt(summed(of_block * spread + of_block**2 * spread / chances.rows))[filled] / total[filled]
    weight = total[filled] / rows
    value = float(weight @ gap)
    reach = normal_quantile(confidence) * math.sqrt(float(weight**2 @ error**2))
    by_chance = error * _folded(np.maximum(0.0, gap - 2 * error) / error)
    return Estimate.of(
        value,
        max(0.0, value - float(weight @ by_chance) - reach),
        min(1.0, value + reach),
        rows=rows,
        p_value=chi_square_tail(float(np.sum((gap / error) ** 2)), len(gap)),
    )


def _folded(surely: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how much the mean size of a normal number exceeds its mean, both in standard deviations."""
    two_tails = np.array([2 * normal_tail(each) for each in surely.tolist()])
    return math.sqrt(2 / math.pi) * np.exp(-(surely**2) / 2) - surely * two_tails


def _errors(confusion: Counts) -> tuple[int, int]:
    """Wrong decisions, and labelled rows with a decision."""
    classes = confusion.shape[1]
    rows = int(confusion[:classes].sum())
    return rows - int(np.trace(confusion[:classes])), rows


def _labelled(label: ArrayLike, score: ArrayLike, positive: object) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    truth, is_there = is_positive(label, positive, what="label")
    scores = numbers(score, "score")
    same_rows(labels=truth, scores=scores)
    counted = is_there & ~np.isnan(scores)
    return scores[counted], truth[counted]
