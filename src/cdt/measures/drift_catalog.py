"""The measures of drift, as the catalog lists them."""

from msgspec.structs import replace

from cdt.measures.divergences import EPSILON
from cdt.measures.measure import Measure

_NONCENTRAL = (
    "noncentrality of a chi-square statistic with one degree of freedom less than filled bins, scaled by the greater "
    "of 1/baseline rows + 1/current rows and the delta-method variance over 4 times the value, both over shares with "
    "half a row added to each filled bin; the smaller of value and smoothed value; the upper end never below the scale "
    "times the degrees"
)
_MISSING_BIN = {"missing": "a bin of its own", "direction": "current against baseline"}
_MISSING_OUT = {"missing": "left out", "direction": "current against baseline"}
_BAND = (
    "the area of a band of normal errors around the gap between the two distribution functions, and beyond the cells "
    "the normal error of exponential tails, to both sides"
)

FIRST: tuple[Measure, ...] = (
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
        name="kullback_leibler_divergence",
        title="Kullback-Leibler divergence",
        meaning="What is lost, in nats a row, by taking the baseline's distribution for the present one.",
        family="drift",
        subject="feature",
        low=0.0,
        high=None,
        better_when="lower",
        formula="sum over bins of current * ln(current / baseline), shares of at least epsilon; not below 0",
        interval=_NONCENTRAL + "; of twice the value",
        source="Kullback and Leibler 1951, On information and sufficiency",
        needs=("grid", "feature", "bins"),
        defaults={"epsilon": EPSILON, "confidence": 0.95, **_MISSING_BIN},
    ),
    Measure(
        name="hellinger_distance",
        title="Hellinger distance",
        meaning="How far the square roots of a feature's shares lie from its baseline's; 1 is nothing in common.",
        family="drift",
        subject="feature",
        low=0.0,
        high=1.0,
        better_when="lower",
        formula="square root of half the sum over bins of (sqrt(current) - sqrt(baseline)) squared",
        interval=_NONCENTRAL + "; of eight times the square of the value",
        source="Hellinger 1909, Neue Begründung der Theorie quadratischer Formen; Le Cam and Yang 2000, Asymptotics in "
        "Statistics, ch. 3",
        needs=("grid", "feature", "bins"),
        defaults={"confidence": 0.95, **_MISSING_BIN},
    ),
    Measure(
        name="total_variation_distance",
        title="Total variation distance",
        meaning="The share of rows that would have to change their bin to turn the baseline into what is there now.",
        family="drift",
        subject="feature",
        low=0.0,
        high=1.0,
        better_when="lower",
        formula="half the sum over bins of |current - baseline|",
        interval="half the root of a chi-square quantile with one degree of freedom less than filled bins, times "
        "1/baseline rows + 1/current rows, to both sides",
        source="Levin, Peres and Wilmer 2009, Markov Chains and Mixing Times, ch. 4",
        needs=("grid", "feature", "bins"),
        defaults={"confidence": 0.95, **_MISSING_BIN},
    ),
    Measure(
        name="l_infinity_distance",
        title="L-infinity distance",
        meaning="By how much the share of that bin of a feature has changed which has changed most.",
        family="drift",
        subject="feature",
        low=0.0,
        high=1.0,
        better_when="lower",
        formula="greatest over bins of |current - baseline|",
        interval="the greatest ends of all filled bins' differences at Bonferroni's confidence, each with the normal "
        "error of a difference of shares with half a row added to each filled bin",
        source="Dunn 1961, Multiple comparisons among means",
        needs=("grid", "feature", "bins"),
        defaults={"confidence": 0.95, **_MISSING_BIN},
    ),
    Measure(
        name="chi_square",
        title="Chi-square statistic",
        meaning="Whether chance explains that a feature's rows lie in other bins than its baseline's; it grows with "
        "the rows, and is not judged by its size.",
        family="drift",
        subject="feature",
        low=0.0,
        high=None,
        better_when="lower",
        formula="sum over both sides and all filled bins of (rows - expected) squared / expected, where expected are "
        "the rows of the side if both had the same shares",
        interval="none",
        source="Pearson 1900, On the criterion; Cramér 1946, Mathematical Methods of Statistics, ch. 30",
        needs=("grid", "feature", "bins"),
        defaults=_MISSING_BIN,
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
        interval=_BAND,
        source="Vallender 1974, Calculation of the Wasserstein distance between probability distributions on the line",
        needs=("grid", "feature"),
        defaults={"confidence": 0.95, **_MISSING_OUT},
    ),
    Measure(
        name="normalized_wasserstein_distance",
        title="Wasserstein distance by the baseline's spread",
        meaning="How far values have to be carried, on average, to turn the baseline into what is there now; in "
        "standard deviations of the baseline.",
        family="drift",
        subject="number feature",
        low=0.0,
        high=None,
        better_when="lower",
        formula="Wasserstein distance / standard deviation of the baseline over all its rows with a value",
        interval=_BAND + "; the spread as if it were exact",
        source="Vallender 1974, Calculation of the Wasserstein distance between probability distributions on the line",
        needs=("grid", "feature"),
        defaults={"confidence": 0.95, **_MISSING_OUT},
    ),
)
"""As they were first defined: what was recorded by them is computed by them once more."""


def _second(measure: Measure) -> Measure:
    """As it is defined now: two columns without a value are not alike, and what is infinite has no way."""
    if "bins" in measure.needs:
        return replace(measure, version=2, formula=f"{measure.formula}; none where no row of either side has a value")
    if measure.name.endswith("wasserstein_distance"):
        return replace(measure, version=2, formula=f"{measure.formula}; none where a value is infinite")
    return measure


DRIFT: tuple[Measure, ...] = tuple(map(_second, FIRST))
