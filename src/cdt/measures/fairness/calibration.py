"""Calibration parity: whether a score means the same for every group."""

import math
from typing import NamedTuple, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cdt.measures.estimates import Estimate
from cdt.measures.fairness.arrays import Grouped, grouped
from cdt.measures.fairness.contrasts import Levels, farthest, gaps_between, pairs_of
from cdt.measures.fairness.disparity import DRAWS, Against, Disparity, compared_groups, why_not_compared
from cdt.measures.fairness.parity import Attribute, Terms, against_of
from cdt.measures.fairness.shares import Shares
from cdt.measures.plain_arrays import is_positive, numbers

NO_SCORES = "no labelled rows with a score"
NO_PROBABILITIES = "scores below 0 or above 1 are no probabilities"
_NEXT_TO_NOTHING = 1e-290
"""A sum of scores that a number of rows divided by it may be too large for a number."""


def calibration_parity_difference(
    label: ArrayLike, score: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The greatest difference between groups of the share of positive labels less the mean score, in [0, 2].

    score: (rows,) the probability of the positive class that the model gave; NaN is missing.
    0 where all groups are called as often as they turn out, or all miss by as much. Source: Van Calster, McLernon, van
    Smeden, Wynants and Steyerberg 2019, Calibration: the Achilles heel of predictive analytics (mean calibration).

    >>> label, score = [1, 0, 1, 0], [0.5, 0.5, 0.25, 0.25]
    >>> calibration_parity_difference(label, score, ["a", "a", "b", "b"]).value
    0.25
    """
    return _of_arrays(label, score, group, terms).difference


def calibration_parity_ratio(label: ArrayLike, score: ArrayLike, group: Attribute, **terms: Unpack[Terms]) -> Estimate:
    """The least quotient of positive labels by the sum of scores of a group divided by the greatest, in [0, 1].

    >>> label, score = [1, 0, 1, 0], [0.5, 0.5, 0.25, 0.25]
    >>> calibration_parity_ratio(label, score, ["a", "a", "b", "b"]).value
    0.5
    """
    return _of_arrays(label, score, group, terms).ratio


class Called(NamedTuple):
    """What groups were called and what they turned out to be, each (groups,).

    rows, positives: labelled rows with a score, and those whose label is positive. score, squares, of_positives: sums
    of the scores, of their squares, of those of the positives.
    """

    rows: NDArray[np.int64]
    positives: NDArray[np.float64]
    score: NDArray[np.float64]
    squares: NDArray[np.float64]
    of_positives: NDArray[np.float64]

    @classmethod
    def of(cls, codes: NDArray[np.intp], groups: int, label: NDArray[np.bool_], score: NDArray[np.float64]) -> "Called":
        """Rows added up by group: codes, label, score (rows,); every score is a number."""

        def summed(weights: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.bincount(codes, weights=weights, minlength=groups).astype(np.float64, copy=False)

        return cls(
            np.bincount(codes, minlength=groups),
            summed(label.astype(np.float64)),
            summed(score),
            summed(score**2),
            summed(score * label),
        )


def calibration_parity(
    called: Called,
    is_group: NDArray[np.bool_],
    *,
    minimum_group_size: int,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
    against: Against = "groups",
) -> Disparity:
    """How differently groups are called and turn out.

    The interval is made of all pairs as that of other parities, from normal draws of each group's mean and chi-square
    draws of its variance, half a row each added of those who were surely called wrongly in either direction.
    """
    if against == "whole":
        raise ValueError("calibration parity holds groups against one another or a reference group, not the whole")
    shares = Shares(parts=called.rows, rows=called.rows, is_group=is_group, nothing=NO_SCORES)
    compared = compared_groups(shares, minimum_group_size)
    rows = called.rows[compared].astype(np.float64)
    smallest = int(rows.min()) if len(rows) else 0
    why_not = why_not_compared(shares, compared, minimum_group_size, against)
    if why_not is not None:
        missing = Estimate.missing(why_not, rows=smallest)
        return Disparity(difference=missing, ratio=missing)
    reference = None if against == "groups" else int(np.flatnonzero(compared == against)[0])
    one, other = pairs_of(len(compared), reference)
    positives, score, squares, both = (each[compared] for each in called[1:])
    missed = (positives - score) / rows
    chance = np.random.default_rng(seed)
    normal = chance.standard_normal((draws, len(rows)))
    spread = chance.chisquare(np.maximum(rows - 1, 1), (draws, len(rows))) / np.maximum(rows - 1, 1)
    apart = (positives - 2 * both + squares + 1) / (rows + 1) - ((positives - score) / (rows + 1)) ** 2
    near, far, _ = farthest([gaps_between(_levels(missed, apart / rows, normal, spread), one, other)], confidence)
    value = float(np.max(np.abs(missed[one] - missed[other])))
    difference = Estimate.of(value, near, min(2.0, far), rows=smallest)
    if not (score > _NEXT_TO_NOTHING).all():
        ratio = Estimate.missing("the scores of one of the groups are all 0", rows=smallest)
    elif not positives.any():
        ratio = Estimate.missing("no positive labels in any group", rows=smallest)
    else:
        outcome = positives / score
        smoothed = (positives + 0.5) / (score + 0.5)
        wrong = positives - 2 * smoothed * both + smoothed**2 * squares + 0.5
        variance = wrong / (score + 0.5) ** 2 / smoothed**2
        near, far, _ = farthest(
            [gaps_between(_levels(np.log(smoothed), variance, normal, spread), one, other)], confidence
        )
        low, high = np.minimum(outcome[one], outcome[other]), np.maximum(outcome[one], outcome[other])
        value = float(np.min(np.divide(low, high, out=np.ones_like(low), where=high > 0)))
        ratio = Estimate.of(value, math.exp(-far), math.exp(-near), rows=smallest)
    return Disparity(
        difference=difference,
        ratio=ratio,
        highest=int(compared[missed.argmax()]),
        lowest=int(compared[missed.argmin()]),
    )


def _levels(
    level: NDArray[np.float64],
    variance: NDArray[np.float64],
    normal: NDArray[np.float64],
    spread: NDArray[np.float64],
) -> Levels:
    return Levels(level, normal * np.sqrt(variance), variance, spread * variance)


def _of_arrays(label: ArrayLike, score: ArrayLike, group: Attribute, terms: Terms) -> Disparity:
    groups = grouped(group, bands=terms.get("bands"))
    labelled, has_label = is_positive(label, terms.get("positive", 1), what="label")
    scores = numbers(score, "score")
    if not len(labelled) == len(scores) == len(groups.codes):
        raise ValueError(
            f"{len(labelled)} labels, {len(scores)} scores, {len(groups.codes)} groups: not of one set of rows"
        )
    counted = has_label & ~np.isnan(scores)
    return calibration_of_rows(
        groups,
        counted,
        labelled,
        scores,
        minimum_group_size=terms.get("minimum_group_size", 1),
        confidence=terms.get("confidence", 0.95),
        draws=terms.get("draws", DRAWS),
        seed=terms.get("seed", 0),
        against=against_of(groups, terms),
    )


def calibration_of_rows(
    groups: Grouped,
    counted: NDArray[np.bool_],
    label: NDArray[np.bool_],
    score: NDArray[np.float64],
    *,
    minimum_group_size: int,
    confidence: float,
    draws: int,
    seed: int,
    against: Against = "groups",
) -> Disparity:
    """`calibration_parity` of the rows that are counted; without values where a score is no probability."""
    scores = score[counted]
    if scores.size and (scores.min() < 0 or scores.max() > 1):
        missing = Estimate.missing(NO_PROBABILITIES, rows=len(scores))
        return Disparity(difference=missing, ratio=missing)
    return calibration_parity(
        Called.of(groups.codes[counted], len(groups.names) + 1, label[counted], scores),
        groups.is_group,
        minimum_group_size=minimum_group_size,
        confidence=confidence,
        draws=draws,
        seed=seed,
        against=against,
    )
