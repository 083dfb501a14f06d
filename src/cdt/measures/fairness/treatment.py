"""Treatment equality: whether groups are wronged in the same way, missed as often for each that is wrongly chosen."""

import math
from typing import Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cdt.measures.estimates import Estimate
from cdt.measures.fairness.arrays import grouped, table_of
from cdt.measures.fairness.contrasts import Levels, farthest, gaps_between, pairs_of
from cdt.measures.fairness.disparity import DRAWS, Against, Disparity, compared_groups, why_not_compared
from cdt.measures.fairness.kinds import FALSE_NEGATIVE_OF_ERRORS
from cdt.measures.fairness.parity import Attribute, Terms, against_of
from cdt.measures.fairness.shares import Shares
from cdt.measures.quantiles import normal_quantile

NO_FALSE_POSITIVES = "no false positives in one of the groups"


def treatment_equality_difference(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The greatest difference between groups of false negatives by false positives, in [0, inf); 0 is parity.

    A group is as large as its wrong decisions are many. None when a group that is compared has no false positives.
    Source: Berk, Heidari, Jabbari, Kearns and Roth 2018, Fairness in criminal justice risk assessments.

    >>> label, decision = [1, 1, 0, 1, 0, 0], [0, 0, 1, 0, 1, 1]
    >>> treatment_equality_difference(label, decision, ["a", "a", "a", "b", "b", "b"]).value
    1.5
    """
    return _of_arrays(label, decision, group, terms).difference


def treatment_equality_ratio(
    label: ArrayLike, decision: ArrayLike, group: Attribute, **terms: Unpack[Terms]
) -> Estimate:
    """The least quotient of false negatives by false positives of a group divided by the greatest, in [0, 1].

    >>> label, decision = [1, 1, 0, 1, 0, 0], [0, 0, 1, 0, 1, 1]
    >>> treatment_equality_ratio(label, decision, ["a", "a", "a", "b", "b", "b"]).value
    0.25
    """
    return _of_arrays(label, decision, group, terms).ratio


def treatment_equality(
    errors: Shares,
    *,
    minimum_group_size: int,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
    against: Against = "groups",
) -> Disparity:
    """How far groups lie apart in false negatives by false positives.

    errors: the false negatives of each group, of its wrong decisions.
    The quotient is the odds of that share. The interval of the ratio is made of the logarithms of odds as that of other
    ratios is of logarithms of shares; that of the difference of the ends of each group's own interval (Zou and Donner
    2008, Construction of confidence limits about effect measures), at the same critical value of all pairs.
    """
    if against == "whole":
        raise ValueError("treatment equality holds groups against one another or a reference group, not the whole")
    compared = compared_groups(errors, minimum_group_size)
    rows = errors.rows[compared]
    smallest = int(rows.min()) if len(rows) else 0
    why_not = why_not_compared(errors, compared, minimum_group_size, against)
    missed = errors.parts[compared]
    if why_not is None and (missed == rows).any():
        why_not = NO_FALSE_POSITIVES
    if why_not is not None:
        missing = Estimate.missing(why_not, rows=smallest)
        return Disparity(difference=missing, ratio=missing)
    odds = missed / (rows - missed)
    smoothed = (missed + 0.5) / (rows + 1)
    drawn = (np.random.default_rng(seed).binomial(rows, smoothed, size=(draws, len(rows))) + 0.5) / (rows + 1)
    level = _log_odds(smoothed)
    variance, drawn_variance = 1 / (rows * smoothed * (1 - smoothed)), 1 / (rows * drawn * (1 - drawn))
    levels = Levels(level, _log_odds(drawn) - level, variance, drawn_variance)
    reference = None if against == "groups" else int(np.flatnonzero(compared == against)[0])
    one, other = pairs_of(len(rows), reference)
    near, far, critical = farthest([gaps_between(levels, one, other)], confidence)
    high = np.where(odds[one] >= odds[other], one, other)
    low = one + other - high
    error = np.sqrt(variance)
    difference = Estimate.of(
        float(np.max(odds[high] - odds[low])),
        max(0.0, float(np.max(_reach(odds, level, critical * error, high, low, -1)))),
        float(np.max(_reach(odds, level, normal_quantile(confidence) * error, high, low, 1))),
        rows=smallest,
    )
    if not odds.any():
        ratio = Estimate.missing(errors.none, rows=smallest)
    else:
        quotient = np.divide(odds[low], odds[high], out=np.ones(len(low)), where=odds[high] > 0)
        ratio = Estimate.of(float(quotient.min()), math.exp(-far), math.exp(-near), rows=smallest)
    return Disparity(
        difference=difference,
        ratio=ratio,
        highest=int(compared[odds.argmax()]),
        lowest=int(compared[odds.argmin()]),
    )


def _reach(
    odds: NDArray[np.float64],
    level: NDArray[np.float64],
    half: NDArray[np.float64],
    high: NDArray[np.intp],
    low: NDArray[np.intp],
    side: int,
) -> NDArray[np.float64]:
    """How far each difference reaches, upwards (1) or downwards (-1), by the ends of both groups' own intervals."""
    outer, inner = np.exp(level + side * half) - odds, odds - np.exp(level - side * half)
    return odds[high] - odds[low] + side * np.hypot(outer[high], inner[low])


def _log_odds(share: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(share) - np.log1p(-share)


def _of_arrays(label: ArrayLike, decision: ArrayLike, group: Attribute, terms: Terms) -> Disparity:
    groups = grouped(group, bands=terms.get("bands"))
    table = table_of(groups, decision, label, terms.get("positive", 1))
    return treatment_equality(
        FALSE_NEGATIVE_OF_ERRORS.of(table, groups.is_group),
        minimum_group_size=terms.get("minimum_group_size", 1),
        confidence=terms.get("confidence", 0.95),
        draws=terms.get("draws", DRAWS),
        seed=terms.get("seed", 0),
        against=against_of(groups, terms),
    )
