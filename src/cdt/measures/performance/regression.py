"""How far predicted numbers lie from those that came, of plain arrays; rows that lack either don't count."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cdt.measures.estimates import Estimate
from cdt.measures.performance.means import TOO_LARGE, positive_mean, standard_error
from cdt.measures.plain_arrays import numbers, same_rows
from cdt.measures.quantiles import normal_quantile

Floats = NDArray[np.float64]

NO_LABELS = "no rows with a label and a prediction"
ALL_ZERO = "all labels are 0"
ONE_NUMBER = "all labels are one number"
_MOST_LEFT = 1e100
"""Times the labels' own variance: beyond it the ends of an interval would be no numbers."""
NOT_FINITE = "a label or a prediction is infinite"


def mean_absolute_error(label: ArrayLike, predicted: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """The mean distance of predictions from labels, in the label's unit, in [0, inf); 0 is perfect.

    >>> mean_absolute_error([3.0, 5.0, 8.0], [2.0, 5.0, 10.0]).value
    1.0
    """
    truth, guess, missing = _pairs(label, predicted)
    return missing or positive_mean(np.abs(truth - guess), confidence=confidence)


def root_mean_squared_error(label: ArrayLike, predicted: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """The root of the mean squared distance, in the label's unit, in [0, inf); 0 is perfect.

    >>> round(root_mean_squared_error([3.0, 5.0, 8.0], [2.0, 5.0, 10.0]).value, 4)
    1.291
    """
    truth, guess, missing = _pairs(label, predicted)
    if missing:
        return missing
    with np.errstate(over="ignore"):
        found = positive_mean((truth - guess) ** 2, confidence=confidence)
    return root_of(found)


def root_of(squared: Estimate) -> Estimate:
    """The root of a mean of squares, and of its interval."""
    if squared.value is None:
        return squared
    if squared.low is None or squared.high is None:
        return Estimate(value=math.sqrt(squared.value), rows=squared.rows)
    return Estimate.of(math.sqrt(squared.value), math.sqrt(squared.low), math.sqrt(squared.high), rows=squared.rows)


def r_squared(label: ArrayLike, predicted: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """The share of the labels' variance that predictions explain, in (-inf, 1]; 0 is as good as their mean.

    None when all labels are one number. The interval is the delta method's, of the logarithm of the part that stays.

    >>> round(r_squared([3.0, 5.0, 8.0], [2.0, 5.0, 10.0]).value, 4)
    0.6053
    """
    truth, guess, missing = _pairs(label, predicted)
    if missing:
        return missing
    with np.errstate(over="ignore", invalid="ignore"):
        squares, apart = (truth - guess) ** 2, (truth - truth.mean()) ** 2
        sums = float(squares @ squares), float(apart @ apart)
    if not all(math.isfinite(each) for each in sums):
        return Estimate.missing(TOO_LARGE, rows=len(truth))
    if truth.min() == truth.max() or not apart.sum() > 0:  # by rounding their mean may be another number
        return Estimate.missing(ONE_NUMBER, rows=len(truth))
    left = float(squares.sum()) / float(apart.sum())
    if left > _MOST_LEFT:
        return Estimate.missing(TOO_LARGE, rows=len(truth))
    if len(truth) < 3 or left == 0:
        return Estimate(value=1 - left, rows=len(truth))
    influence = squares / squares.mean() - apart / apart.mean()
    reach = math.exp(min(50.0, normal_quantile(confidence) * standard_error(influence)))
    return Estimate.of(1 - left, 1 - left * reach, 1 - left / reach, rows=len(truth))


def mean_absolute_percentage_error(label: ArrayLike, predicted: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """The mean distance of predictions from labels as a share of the label, in [0, inf); labels of 0 are left out.

    A share, in spite of its name: 0.1 is ten per cent.

    >>> round(mean_absolute_percentage_error([2.0, 5.0, 0.0], [3.0, 4.0, 7.0]).value, 4)
    0.35
    """
    truth, guess, missing = _pairs(label, predicted)
    if missing:
        return missing
    some = truth != 0
    if not some.any():
        return Estimate.missing(ALL_ZERO, rows=len(truth))
    with np.errstate(over="ignore"):
        return positive_mean(np.abs((truth[some] - guess[some]) / truth[some]), confidence=confidence)


def _pairs(label: ArrayLike, predicted: ArrayLike) -> tuple[Floats, Floats, Estimate | None]:
    truth, guess = numbers(label, "label"), numbers(predicted, "prediction")
    same_rows(labels=truth, predictions=guess)
    both = ~np.isnan(truth) & ~np.isnan(guess)
    truth, guess = truth[both], guess[both]
    if not len(truth):
        return truth, guess, Estimate.missing(NO_LABELS)
    if not (np.isfinite(truth).all() and np.isfinite(guess).all()):
        return truth, guess, Estimate.missing(NOT_FINITE, rows=len(truth))
    return truth, guess, None
