"""How well scores are probabilities: of rows whose score is the chance of the positive class that the model gave."""

import math

import numpy as np
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate
from cdt.measures.performance.means import positive_mean, share_like
from cdt.measures.quantiles import normal_quantile

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

NO_SCORES = "no labelled rows with a score"
NO_PROBABILITIES = "scores below 0 or above 1 are no probabilities"
BINS = 10
SURE = float(np.finfo(np.float64).eps)
"""How near 0 or 1 a score counts as lying, at the nearest, where its logarithm is taken."""


def log_loss_of(score: Floats, is_positive: Truths, *, confidence: float = 0.95) -> Estimate:
    """The mean of -ln of the chance that was given to what came, in [0, 36.05]; 0 is perfect.

    score, is_positive: (rows,); rows whose score is missing don't count. A score of 0 or 1 counts as 2**-52 from it.
    Source: Good 1952, Rational decisions.

    >>> round(log_loss_of(np.array([0.9, 0.2, 0.6]), np.array([True, False, True])).value, 4)
    0.2798
    """
    scores, positive, missing = _probabilities(score, is_positive)
    if missing:
        return missing
    given = np.clip(np.where(positive, scores, 1 - scores), SURE, 1 - SURE)
    return positive_mean(-np.log(given), confidence=confidence)


def brier_score_of(score: Floats, is_positive: Truths, *, confidence: float = 0.95) -> Estimate:
    """The mean squared distance of scores from what came, in [0, 1]; 0 is perfect.

    Source: Brier 1950, Verification of forecasts expressed in terms of probability.

    >>> round(brier_score_of(np.array([0.9, 0.2, 0.6]), np.array([True, False, True])).value, 4)
    0.07
    """
    scores, positive, missing = _probabilities(score, is_positive)
    return missing or share_like((scores - positive) ** 2, confidence=confidence)


def expected_calibration_error_of(
    score: Floats, is_positive: Truths, *, bins: int = BINS, confidence: float = 0.95
) -> Estimate:
    """How far the share of positive rows lies from the mean score, over bins of scores, in [0, 1]; 0 is calibrated.

    bins: of equal width in [0, 1]; a score on an edge belongs to the bin above.
    The error of few rows is above zero by chance alone. So the high end of the interval allows for the spread, and the
    low end besides for the most that chance can add: in each bin the mean of a normal error folded at zero, of a gap
    two standard errors narrower than the one that is seen.
    Source: Naeini, Cooper and Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian binning.

    >>> round(expected_calibration_error_of(np.array([0.9, 0.2, 0.6]), np.array([True, False, True])).value, 4)
    0.2333
    """
    if bins < 1:
        raise ValueError("at least one bin")
    scores, positive, missing = _probabilities(score, is_positive)
    if missing:
        return missing
    place = np.minimum((scores * bins).astype(np.intp), bins - 1)
    rows = np.bincount(place, minlength=bins)
    filled = rows > 0
    rows = rows[filled].astype(np.float64)
    came, called, squares, both = (
        np.bincount(place, weights=weights, minlength=bins)[filled]
        for weights in (positive.astype(np.float64), scores, scores**2, scores * positive)
    )
    gap = np.abs(came - called) / rows
    weight = rows / rows.sum()
    # half a row of each label that was surely called wrongly, so that a bin without errors isn't certain
    apart = (came - 2 * both + squares + 1) / (rows + 1) - ((came - called) / (rows + 1)) ** 2
    error = np.sqrt(np.minimum(apart, 0.25 + gap) / rows)
    value = float(weight @ gap)
    reach = normal_quantile(confidence) * math.sqrt(float(weight**2 @ error**2))
    surely = np.maximum(0.0, gap - 2 * error) / error
    by_chance = error * (math.sqrt(2 / math.pi) * np.exp(-(surely**2) / 2) - surely * _two_tails(surely))
    low = max(0.0, value - float(weight @ by_chance) - reach)
    return Estimate.of(value, low, min(1.0, value + reach), rows=len(scores))


def _two_tails(deviations: Floats) -> Floats:
    """The chance that a normal error is larger than that, either way."""
    return np.array([math.erfc(each / math.sqrt(2)) for each in deviations.tolist()])


def _probabilities(score: Floats, is_positive: Truths) -> tuple[Floats, Truths, Estimate | None]:
    has_score = ~np.isnan(score)
    scores, positive = score[has_score], is_positive[has_score]
    if not len(scores):
        return scores, positive, Estimate.missing(NO_SCORES)
    if scores.min() < 0 or scores.max() > 1:
        return scores, positive, Estimate.missing(NO_PROBABILITIES, rows=len(scores))
    return scores, positive, None
