"""How grave a change is: the bands of a measure of drift, from each of which on it is called worse.

The bands of the population stability index are those in use: 0.10 ("look") and 0.25 ("act") of Siddiqi 2006, Credit
Risk Scorecards, ch. 9, 0.15 between them and 0.05 before. Those of the other measures are what they show of the same
change: of a normal column that has moved by the root of the index, in standard deviations, which is when the index of
its density is the band's. The L-infinity distance is that of ten bins of a tenth each. The domain classifier's area is
Phi(shift / root of 2): the best direction through the rows is that of the shift, whatever columns lie beside it. The
drift score is what it would be if all columns had moved so far: it is the mean of their Jensen-Shannon distances.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from cdt.domain.errors import Invalid
from cdt.domain.evaluations.results import (
    DOMAIN_CLASSIFIER,
    DRIFT_SCORE,
    HELLINGER_DISTANCE,
    JENSEN_SHANNON_DISTANCE,
    KOLMOGOROV_SMIRNOV,
    KULLBACK_LEIBLER_DIVERGENCE,
    L_INFINITY_DISTANCE,
    NORMALIZED_WASSERSTEIN_DISTANCE,
    POPULATION_STABILITY_INDEX,
    TOTAL_VARIATION_DISTANCE,
)

Severity = Literal["none", "low", "medium", "high", "critical"]


class Bands(msgspec.Struct, frozen=True, kw_only=True):
    """From which value on a change of one measure is called low, medium, high and critical; ascending."""

    measure: str
    low: float
    medium: float
    high: float
    critical: float

    @property
    def ascending(self) -> tuple[tuple[Severity, float], ...]:
        """Each severity with where it begins."""
        return ("low", self.low), ("medium", self.medium), ("high", self.high), ("critical", self.critical)


BANDS: Mapping[str, Bands] = {
    bands.measure: bands
    for bands in (
        Bands(measure=POPULATION_STABILITY_INDEX, low=0.05, medium=0.10, high=0.15, critical=0.25),
        Bands(measure=JENSEN_SHANNON_DISTANCE, low=0.095, medium=0.134, high=0.163, critical=0.209),
        Bands(measure=KULLBACK_LEIBLER_DIVERGENCE, low=0.025, medium=0.05, high=0.075, critical=0.125),
        Bands(measure=HELLINGER_DISTANCE, low=0.079, medium=0.111, high=0.136, critical=0.175),
        Bands(measure=TOTAL_VARIATION_DISTANCE, low=0.089, medium=0.126, high=0.154, critical=0.197),
        Bands(measure=L_INFINITY_DISTANCE, low=0.045, medium=0.067, high=0.086, critical=0.117),
        Bands(measure=KOLMOGOROV_SMIRNOV, low=0.089, medium=0.126, high=0.154, critical=0.197),
        Bands(measure=NORMALIZED_WASSERSTEIN_DISTANCE, low=0.224, medium=0.316, high=0.387, critical=0.5),
        Bands(measure=DRIFT_SCORE, low=0.095, medium=0.134, high=0.163, critical=0.209),
        Bands(measure=DOMAIN_CLASSIFIER, low=0.563, medium=0.588, high=0.608, critical=0.638),
    )
}


def bands_of(measure: str, chosen: Iterable[Bands] = ()) -> Bands | None:
    """The bands of a measure: those chosen, or else the usual ones; None of what has none."""
    return next((bands for bands in chosen if bands.measure == measure), BANDS.get(measure))


def severity_of(measure: str, value: float | None, chosen: Iterable[Bands] = ()) -> Severity | None:
    """How grave a value is; None without a value or without bands.

    >>> severity_of("population_stability_index", 0.15), severity_of("population_stability_index", 0.01)
    ('high', 'none')
    """
    bands = bands_of(measure, chosen)
    if bands is None or value is None:
        return None
    reached: list[Severity] = ["none", *(name for name, start in bands.ascending if value >= start)]
    return reached[-1]


def check(chosen: tuple[Bands, ...]) -> None:
    """Raise Invalid for bands that can't be followed."""
    for bands in chosen:
        if bands.measure not in BANDS:
            raise Invalid("bands", f"there are no bands of {bands.measure[:100]!r}")
        starts = [start for _, start in bands.ascending]
        if not all(math.isfinite(start) and start > 0 for start in starts) or sorted(set(starts)) != starts:
            raise Invalid("bands", f"those of {bands.measure} are numbers above 0 that ascend from low to critical")
    if len({bands.measure for bands in chosen}) != len(chosen):
        raise Invalid("bands", "name each measure once")
