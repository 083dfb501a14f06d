"""How differently groups fare in a mean: of the numbers that are predicted for them, or of how far those are off."""

import math

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from cdt.measures.estimates import Estimate
from cdt.measures.fairness.arrays import Grouped, grouped
from cdt.measures.fairness.contrasts import Levels, farthest, gaps_between, pairs_of
from cdt.measures.fairness.disparity import DRAWS, MOST_COMPARED
from cdt.measures.performance.means import TOO_LARGE
from cdt.measures.plain_arrays import numbers, same_rows

Floats = NDArray[np.float64]

NOTHING_PREDICTED = "no rows with a prediction"
NOTHING_LABELLED = "no labelled rows with a prediction"
ALL_ALIKE = "all predictions are one number"
NO_ERRORS = "a group has no errors at all, of which none is a multiple"


class Means(Struct, frozen=True, kw_only=True):
    """A mean for each group.

    mean, variance: (groups,) of the group's rows, the variance over rows less one. rows: (groups,) those with a value.
    is_group: (groups,) whether it takes part. nothing: why nothing can be told where no row has a value.
    """

    mean: Floats
    variance: Floats
    rows: NDArray[np.int64]
    is_group: NDArray[np.bool_]
    nothing: str


def difference_of_means(
    means: Means,
    scale: float,
    *,
    minimum_group_size: int,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
    reference: int | None = None,
) -> Estimate:
    """The greatest gap between two groups' means, or between a group's and the reference's, in units of `scale`.

    The interval is that of the farthest of many gaps, see `contrasts`; `scale` is taken for known.
    """
    compared, missing = _compared(means, minimum_group_size, reference)
    if missing is not None:
        return missing
    if not scale > 0:
        return Estimate.missing(ALL_ALIKE, rows=int(means.rows[compared].min()))
    level = means.mean[compared] / scale
    variance = means.variance[compared] / means.rows[compared] / scale / scale
    return _farthest(means, compared, level, variance, confidence, draws, seed, reference)


def ratio_of_means(
    means: Means,
    *,
    minimum_group_size: int,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
    reference: int | None = None,
) -> Estimate:
    """The smallest quotient of two groups' means, the lesser by the greater, in [0, 1]; of means of 0 or more."""
    compared, missing = _compared(means, minimum_group_size, reference)
    if missing is not None:
        return missing
    rows, mean = means.rows[compared], means.mean[compared]
    if not (mean > 0).all():
        return Estimate.missing(NO_ERRORS, rows=int(rows.min()))
    variance = means.variance[compared] / rows / mean**2
    found = _farthest(means, compared, np.log(mean), variance, confidence, draws, seed, reference)
    assert found.value is not None
    if found.low is None or found.high is None:
        return Estimate(value=math.exp(-found.value), rows=found.rows)
    return Estimate.of(math.exp(-found.value), math.exp(-found.high), math.exp(-found.low), rows=found.rows)


def standardized_mean_difference(
    predicted: ArrayLike,
    group: ArrayLike,
    *,
    minimum_group_size: int = 30,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate:
    """The greatest gap between two groups' mean predictions, in standard deviations of all; in [0, inf), 0 is parity.

    Source: Cohen 1988, Statistical power analysis for the behavioral sciences, section 2.2.

    >>> found = standardized_mean_difference([1.0, 3.0, 5.0, 7.0], ["a", "a", "b", "b"], minimum_group_size=2)
    >>> round(found.value, 4)
    1.5492
    """
    values, groups = numbers(predicted, "prediction"), grouped(group)
    known = values[~np.isnan(values)]
    scale = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    return difference_of_means(
        means_of(values, groups, NOTHING_PREDICTED),
        scale,
        minimum_group_size=minimum_group_size,
        confidence=confidence,
        draws=draws,
        seed=seed,
    )


def error_parity_ratio(
    label: ArrayLike,
    predicted: ArrayLike,
    group: ArrayLike,
    *,
    minimum_group_size: int = 30,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate:
    """The smallest quotient of two groups' mean absolute errors, in [0, 1]; 1 is parity.

    Source: Agarwal, Dudik and Wu 2019, Fair regression: quantitative definitions and reduction-based algorithms
    (bounded group loss).

    >>> found = error_parity_ratio([1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 5.0, 6.0], ["a", "a", "b", "b"],
    ...                            minimum_group_size=2)
    >>> found.value
    0.5
    """
    truth, guess = numbers(label, "label"), numbers(predicted, "prediction")
    same_rows(labels=truth, predictions=guess)
    with np.errstate(over="ignore", invalid="ignore"):
        errors = np.abs(truth - guess)
    return ratio_of_means(
        means_of(errors, grouped(group), NOTHING_LABELLED),
        minimum_group_size=minimum_group_size,
        confidence=confidence,
        draws=draws,
        seed=seed,
    )


def means_of(values: Floats, groups: Grouped, nothing: str) -> Means:
    """The means of (rows,) values by group; missing values and groups are left out."""
    if len(values) != len(groups.codes):
        raise ValueError(f"{len(values)} values and {len(groups.codes)} groups are not of the same rows")
    size = len(groups.names)
    mean, variance, rows = np.full(size, np.nan), np.full(size, np.nan), np.zeros(size, dtype=np.int64)
    is_known = ~np.isnan(values)
    for place in range(size):
        own = values[is_known & (groups.codes == place)]
        rows[place] = len(own)
        if len(own):
            mean[place] = own.mean()
        if len(own) > 1:
            variance[place] = own.var(ddof=1)
    return Means(mean=mean, variance=variance, rows=rows, is_group=np.ones(size, dtype=np.bool_), nothing=nothing)


def _compared(means: Means, minimum_group_size: int, reference: int | None) -> tuple[NDArray[np.intp], Estimate | None]:
    compared = np.flatnonzero(means.is_group & (means.rows >= max(2, minimum_group_size)))
    rows = int(means.rows[compared].min()) if len(compared) else 0
    why: str | None = None
    if len(compared) < 2:
        why = f"fewer than two groups of at least {minimum_group_size} rows"
        if np.count_nonzero(means.rows[means.is_group]) < 2:
            why = "fewer than two groups"
        if not means.rows.sum():
            why = means.nothing
    elif not (np.isfinite(means.mean[compared]).all() and np.isfinite(means.variance[compared]).all()):
        why = TOO_LARGE
    elif reference is not None and reference not in compared:
        why = f"fewer than {minimum_group_size} rows of the reference group"
    return compared, None if why is None else Estimate.missing(why, rows=rows)


def _farthest(
    means: Means,
    compared: NDArray[np.intp],
    level: Floats,
    variance: Floats,
    confidence: float,
    draws: int,
    seed: int,
    reference: int | None,
) -> Estimate:
    """Each group's mean is drawn from a normal distribution, with its own variance by that many rows."""
    rows = int(means.rows[compared].min())
    place = None if reference is None else int(np.flatnonzero(compared == reference)[0])
    one, other = pairs_of(len(level), place)
    value = float(np.abs(level[one] - level[other]).max())
    if len(compared) > MOST_COMPARED:
        return Estimate(value=value, rows=rows)
    chance = np.random.default_rng(seed)
    freedom = means.rows[compared] - 1
    moved = chance.standard_normal((draws, len(level))) * np.sqrt(variance)
    drawn = variance * chance.chisquare(freedom, (draws, len(level))) / freedom
    levels = Levels(level, moved, variance, drawn)
    if not (variance > 0).any():
        return Estimate.of(value, value, value, rows=rows)
    drawn[:] = np.maximum(drawn, np.finfo(np.float64).tiny)
    near, far, _ = farthest([gaps_between(levels, one, other)], confidence)
    return Estimate.of(value, near, far, rows=rows)
