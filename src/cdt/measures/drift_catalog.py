"""The measures of drift, as the catalog lists them."""

from cdt.measures.drift import EPSILON
from cdt.measures.measure import Measure

_NONCENTRAL = (
    "noncentrality of a chi-square statistic with one degree of freedom less than filled bins, scaled by the greater "
    "of 1/baseline rows + 1/current rows and the delta-method variance over 4 times the value, both over shares with "
    "half a row added to each filled bin; the smaller of value and smoothed value; the upper end never below the scale "
    "times the degrees"
)
_MISSING_BIN = {"missing": "a bin of its own", "direction": "current against baseline"}
_MISSING_OUT = {"missing": "left out", "direction": "current against baseline"}

DRIFT: tuple[Measure, ...] = (
    Measure(
        name="population_stability_index",
        title="Population stability index",
        meaning="How far the distribution of a feature has moved from its baseline, over bins of about a tenth of the "
        "baseline each.",
        family="drift",
        subject="feature",
        low=0.0,
        high=None,
        better_when="lower",
        formula="sum over bins of (current - baseline) * ln(current / baseline), shares of at least epsilon",
        interval=_NONCENTRAL,
        source="Siddiqi 2006, Credit Risk Scorecards, ch. 9; Pardo 2006, Statistical Inference Based on Divergence "
        "Measures, ch. 3",
        needs=("grid", "feature", "bins"),
        defaults={"epsilon": EPSILON, "confidence": 0.95, **_MISSING_BIN},
    ),
    Measure(
        name="jensen_shannon_distance",
        title="Jensen-Shannon distance",
        meaning="How far the distribution of a feature lies from its baseline, over the same bins; 1 is nothing in "
        "common.",
        family="drift",
        subject="feature",
        low=0.0,
        high=1.0,
        better_when="lower",
        formula="square root of the Jensen-Shannon divergence to the base 2",
        interval=_NONCENTRAL,
        source="Lin 1991, Divergence measures based on the Shannon entropy; Endres and Schindelin 2003, A new metric "
        "for probability distributions",
        needs=("grid", "feature", "bins"),
        defaults={"base": 2, "confidence": 0.95, **_MISSING_BIN},
    ),
    Measure(
        name="kolmogorov_smirnov",
        title="Kolmogorov-Smirnov distance",
        meaning="The greatest gap between the distribution functions of a number and of its baseline.",
        family="drift",
        subject="number feature",
        low=0.0,
        high=1.0,
        better_when="lower",
        formula="greatest absolute difference of the two empirical distribution functions: counted from rows, at every "
        "value; counted from profiles, at every border of cells",
        interval="band of Dvoretzky, Kiefer and Wolfowitz for two samples, and from profiles what cells can hide",
        source="Smirnov 1939, On the estimation of the discrepancy between empirical curves; Massart 1990, The tight "
        "constant in the Dvoretzky-Kiefer-Wolfowitz inequality",
        needs=("grid", "feature", "counted_from"),
        defaults={"confidence": 0.95, **_MISSING_OUT},
    ),
    Measure(
        name="wasserstein_distance",
        title="Wasserstein distance",
        meaning="How far values have to be carried, on average, to turn the baseline into what is there now; in the "
        "feature's unit.",
        family="drift",
        subject="number feature",
        low=0.0,
        high=None,
        better_when="lower",
        formula="area between the two empirical distribution functions, by the cells of the grid; the mean way outside "
        "for those beyond them",
        interval="none",
        source="Vallender 1974, Calculation of the Wasserstein distance between probability distributions on the line",
        needs=("grid", "feature"),
        defaults=_MISSING_OUT,
    ),
)
