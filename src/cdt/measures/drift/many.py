"""Many columns at once: p-values corrected for their number, and one score of all."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cdt.measures.estimates import Estimate

NO_WEIGHT = "the weights of what is known add up to nothing"


def bonferroni(p_values: ArrayLike) -> NDArray[np.float64]:
    """The p-values of several tests, so corrected that those below a level hold together at that level.

    p_values: (tests,) in [0, 1]; a missing one, NaN, stays missing and doesn't count.
    Returns them times the number of tests, at most 1.
    Source: Dunn 1961, Multiple comparisons among means.

    >>> bonferroni([0.01, 0.5, float("nan")]).tolist()
    [0.02, 1.0, nan]
    """
    values = _checked(p_values)
    return np.minimum(values * np.count_nonzero(~np.isnan(values)), 1.0)


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """The p-values of several tests, so corrected that of those below a level at most that share is by chance.

    p_values: (tests,) in [0, 1], of tests that are independent or hang together positively; a missing one, NaN, stays
        missing and doesn't count.
    Source: Benjamini and Hochberg 1995, Controlling the false discovery rate.

    >>> benjamini_hochberg([0.01, 0.04, 0.03, float("nan")]).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    values = _checked(p_values)
    known = np.flatnonzero(~np.isnan(values))
    ascending = known[np.argsort(values[known], kind="stable")]
    raised = values[ascending] * len(known) / np.arange(1, len(known) + 1)
    corrected = values.copy()
    corrected[ascending] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return corrected


def drift_score(distances: Mapping[str, Estimate], importance: Mapping[str, float] | None = None) -> Estimate:
    """How far all columns together have moved: the mean of their distances, weighted by importance where it is known.

    distances: by column, of one measure that lies in [0, 1]: Jensen-Shannon, say. One without a value doesn't count.
    importance: by column, 0 or more; without it all count the same, and a column that it doesn't name counts as the
        mean of those that it names.
    Returns a value in [0, 1]; 0 is no change. Its interval takes all columns at their ends at once, and so holds at
    least as often as theirs hold together. Without a value where no column has one.

    >>> near, far = (Estimate.of(value, value, value, rows=9) for value in (0.1, 0.5))
    >>> round(drift_score({"age": near, "sex": far}, {"age": 3.0, "sex": 1.0}).value, 12)
    0.2
    """
    broken = [name for name, weight in (importance or {}).items() if not (math.isfinite(weight) and weight >= 0)]
    if broken:
        raise ValueError(f"the importance of {broken[0]!r} is not a number of 0 or more")
    named = [weight for name, weight in (importance or {}).items() if name in distances]
    usual = sum(named) / len(named) if named else 1.0
    known = {name: each for name, each in distances.items() if each.value is not None}
    if not known:
        return Estimate.missing("no column has a distance")
    weights = {name: (importance or {}).get(name, usual) for name in known}
    total = sum(weights.values())
    if not 0 < total < math.inf:
        return Estimate.missing(NO_WEIGHT)
    value = low = high = 0.0
    for name, each in known.items():
        assert each.value is not None
        if not 0 <= each.value <= 1:
            raise ValueError(f"the distance of {name!r} does not lie in [0, 1]")
        share = weights[name] / total
        value += share * each.value
        low += share * (each.value if each.low is None else each.low)
        high += share * (each.value if each.high is None else min(1.0, each.high))
    return Estimate.of(min(1.0, value), low, min(1.0, high), rows=min(each.rows for each in known.values()))


def _checked(p_values: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(p_values, dtype=np.float64)
    if values.ndim != 1 or not (((values >= 0) & (values <= 1)) | np.isnan(values)).all():
        raise ValueError("p-values are a flat array of numbers in [0, 1]")
    return values
