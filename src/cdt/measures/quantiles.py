"""Quantiles of the distributions behind the intervals. The only file that talks to scipy.special."""

import math
from collections.abc import Callable
from functools import cache, lru_cache
from statistics import NormalDist
from typing import NamedTuple

# Above this statistic the square root of a noncentral chi-square is normal to 3 digits, and the inversion gets slow.
_LARGE_STATISTIC = 1_000.0


class _ChiSquare(NamedTuple):
    noncentrality_of: Callable[[float, float, float], float]
    below: Callable[[float, float], float]


@cache
def _chi_square() -> _ChiSquare:
    """Loaded where an interval is computed: it takes 0.2 s, and most processes only know the measures' names."""
    from scipy import special  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

    return _ChiSquare(special.chndtrinc, special.chdtr)


@lru_cache(maxsize=64)
def normal_quantile(confidence: float) -> float:
    """How many standard errors a two-sided interval of that confidence reaches.

    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def kolmogorov_quantile(confidence: float) -> float:
    """The width of a two-sided band around an empirical distribution, in units of 1 / sqrt(rows).

    Source: Massart 1990, The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality.

    >>> round(kolmogorov_quantile(0.95), 4)
    1.3581
    """
    return math.sqrt(math.log(2 / (1 - confidence)) / 2)


def noncentrality_interval(statistic: float, degrees: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of the noncentrality of a chi-square statistic with that many degrees of freedom.

    Source: Pardo 2006, Statistical Inference Based on Divergence Measures, ch. 3: a divergence of two samples is such a
    statistic, its noncentrality is the divergence of what they were drawn from.

    >>> noncentrality_interval(9.0, 9)[0]
    0.0
    >>> [round(bound, 2) for bound in noncentrality_interval(40.0, 9)]
    [12.45, 59.45]
    """
    tail = (1 - confidence) / 2
    return _noncentrality(statistic, degrees, 1 - tail), _noncentrality(statistic, degrees, tail)


def _noncentrality(statistic: float, degrees: int, probability: float) -> float:
    """The noncentrality at which the statistic is that quantile; 0 when even none puts it lower."""
    if statistic > _LARGE_STATISTIC:
        z = NormalDist().inv_cdf(probability)
        return max(0.0, (math.sqrt(statistic) - z) ** 2 - (degrees - 1))
    if _chi_square().below(degrees, statistic) <= probability:
        return 0.0
    return float(_chi_square().noncentrality_of(statistic, degrees, probability))
