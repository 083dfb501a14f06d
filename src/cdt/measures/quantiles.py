"""Quantiles of the distributions behind the intervals, and the chance of what lies above.

The only file that talks to scipy.special.
"""

import math
from collections.abc import Callable
from functools import cache, lru_cache
from statistics import NormalDist
from typing import Any, NamedTuple

from numpy.typing import NDArray

# Above this statistic the square root of a noncentral chi-square is normal to 3 digits, and the inversion gets slow.
_LARGE_STATISTIC = 1_000.0


class _Special(NamedTuple):
    noncentrality_of: Callable[[float, float, float], float]
    below: Callable[[float, float], float]
    above: Callable[[float, float], float]
    kolmogorov: Callable[[float], float]
    quantile: Callable[[float, float], float]
    beta: Callable[[Any, Any, float], Any]


@cache
def _special() -> _Special:
    """Loaded where an interval is computed: it takes 0.2 s, and most processes only know the measures' names."""
    from scipy import special  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

    return _Special(
        special.chndtrinc, special.chdtr, special.chdtrc, special.kolmogorov, special.chdtri, special.betaincinv
    )


@lru_cache(maxsize=64)
def normal_quantile(confidence: float) -> float:
    """How many standard errors a two-sided interval of that confidence reaches.

    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def normal_tail(errors: float) -> float:
    """The chance of a normal error of more than that many standard errors, to one side.

    >>> round(normal_tail(1.96), 4)
    0.025
    """
    return math.erfc(errors / math.sqrt(2)) / 2


def kolmogorov_quantile(confidence: float) -> float:
    """The width of a two-sided band around an empirical distribution, in units of 1 / sqrt(rows).

    Source: Massart 1990, The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality.

    >>> round(kolmogorov_quantile(0.95), 4)
    1.3581
    """
    return math.sqrt(math.log(2 / (1 - confidence)) / 2)


def kolmogorov_tail(gap: float, rows: tuple[int, int]) -> float:
    """The chance of at least that gap between the distribution functions of two samples of one distribution.

    That of the limit for many rows: for few it is somewhat too large, so that nothing seems surer than it is. 1 where
    the gap is 0.
    Source: Smirnov 1939, On the estimation of the discrepancy between empirical curves.

    >>> round(kolmogorov_tail(0.1358, (200, 200)), 3)
    0.05
    """
    return float(_special().kolmogorov(gap * math.sqrt(rows[0] * rows[1] / (rows[0] + rows[1]))))


def chi_square_tail(statistic: float, degrees: int) -> float:
    """The chance of at least that statistic by chance alone; 1 without a degree of freedom.

    >>> round(chi_square_tail(3.8415, 1), 4)
    0.05
    """
    return float(_special().above(degrees, statistic)) if degrees else 1.0


def chi_square_quantile(degrees: int, confidence: float) -> float:
    """The statistic that chance alone stays under with that confidence; 0 without a degree of freedom.

    >>> round(chi_square_quantile(9, 0.95), 3)
    16.919
    """
    return float(_special().quantile(degrees, 1 - confidence)) if degrees else 0.0


def beta_quantile(first: NDArray[Any], second: NDArray[Any], probability: float) -> NDArray[Any]:
    """The quantiles of beta distributions, each of two parameters above 0: the ends of exact intervals of shares.

    >>> import numpy as np
    >>> beta_quantile(np.array([1, 3]), np.array([1, 98]), 0.025).round(5).tolist()
    [0.025, 0.00623]
    """
    return _special().beta(first, second, probability)


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
    if _special().below(degrees, statistic) <= probability:
        return 0.0
    return float(_special().noncentrality_of(statistic, degrees, probability))
