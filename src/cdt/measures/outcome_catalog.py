"""The measures of versions that predict numbers, as the catalog lists them."""

from typing import Literal

from cdt.measures.fairness_catalog import BOOTSTRAP
from cdt.measures.measure import Measure

_MEAN = (
    "delta method of the logarithm of the mean; the high end counts the greatest term once more, since of a long tail "
    "few rows have shown the most"
)
_FARTHEST = (
    "near end: the most that a pair of groups shows with the bootstrap critical value of all pairs, studentised; far "
    "end: the farthest end of a pair's own normal interval; draws: each group's mean from a normal distribution with "
    "its own variance, NumPy PCG64"
)
_TEXTBOOK = "Hyndman and Koehler 2006, Another look at measures of forecast accuracy"
_GROUPS = ("grid", "attribute", "column", "groups")


def _performance(
    name: str,
    title: str,
    meaning: str,
    formula: str,
    source: str,
    *,
    interval: str = _MEAN,
    low: float | None = 0.0,
    high: float | None = None,
    better_when: Literal["lower", "higher"] = "lower",
    needs: tuple[str, ...] = ("counted_from",),
) -> Measure:
    return Measure(
        name=name,
        title=title,
        meaning=f"{meaning} Of versions that predict numbers.",
        family="performance",
        subject="model",
        low=low,
        high=high,
        better_when=better_when,
        formula=formula,
        interval=interval,
        source=source,
        needs=needs,
        defaults={"confidence": 0.95, "missing": "left out"},
    )


OUTCOMES: tuple[Measure, ...] = (
    _performance(
        "mean_absolute_error",
        "Mean absolute error",
        "The mean distance of predicted numbers from labels, in their unit.",
        "mean of |label - prediction|",
        _TEXTBOOK,
    ),
    _performance(
        "root_mean_squared_error",
        "Root mean squared error",
        "The root of the mean squared distance of predicted numbers from labels, in their unit.",
        "square root of the mean of (label - prediction)**2",
        _TEXTBOOK,
        interval=f"root of that of the mean: {_MEAN}",
    ),
    _performance(
        "r_squared",
        "R squared",
        "The share of the labels' variance that predicted numbers explain.",
        "1 - sum of (label - prediction)**2 / sum of (label - mean label)**2",
        "Wright 1921, Correlation and causation",
        interval="delta method, of the logarithm of 1 - value; none from profiles",
        low=None,
        high=1.0,
        better_when="higher",
    ),
    _performance(
        "mean_absolute_percentage_error",
        "Mean absolute percentage error",
        "The mean distance of predicted numbers from labels as a share of the label; 0.1 is ten per cent.",
        "mean of |label - prediction| / |label|, labels of 0 left out",
        _TEXTBOOK,
    ),
    Measure(
        name="standardized_mean_difference",
        title="Standardised mean difference",
        meaning="How far apart the mean predictions of the groups lie, in standard deviations of all predictions. Of "
        "versions that predict numbers.",
        family="fairness",
        subject="attribute",
        low=0.0,
        high=None,
        better_when="lower",
        formula="greatest less smallest mean prediction among the groups of at least the minimum size / standard "
        "deviation of all predictions; each counted to within 1/65,536 of the reference's range",
        interval=f"{_FARTHEST}; the standard deviation of all is taken for known",
        source="Cohen 1988, Statistical power analysis for the behavioral sciences, section 2.2",
        needs=_GROUPS,
        defaults=BOOTSTRAP,
    ),
    Measure(
        name="error_parity_ratio",
        title="Error parity ratio",
        meaning="The least mean absolute error of any group as a share of the greatest. Of versions that predict "
        "numbers.",
        family="fairness",
        subject="attribute",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="smallest / greatest mean of |label - prediction| among the groups with the minimum of labelled rows; "
        "each counted to within 1/65,536 of the range of the reference's distances",
        interval=f"of the logarithms, {_FARTHEST}",
        source="Agarwal, Dudik and Wu 2019, Fair regression: quantitative definitions and reduction-based algorithms "
        "(bounded group loss)",
        needs=_GROUPS,
        defaults=BOOTSTRAP,
    ),
)
