"""The measures of scores, as the catalog lists them."""

from cdt.measures.measure import Measure
from cdt.measures.performance.probability import BINS
from cdt.measures.performance.ranking import TOP_SHARE

_MEAN = (
    "delta method of the logarithm of the mean; the high end counts the greatest term once more, since of a long tail "
    "few rows have shown the most"
)


def _of_chances(
    name: str,
    title: str,
    meaning: str,
    formula: str,
    interval: str,
    source: str,
    *,
    high: float | None = 1.0,
    bins: int | None = None,
) -> Measure:
    return Measure(
        name=name,
        title=title,
        meaning=f"{meaning} From rows alone.",
        family="performance",
        subject="model",
        low=0.0,
        high=high,
        better_when="lower",
        formula=formula,
        interval=interval,
        source=source,
        needs=("positive_class",),
        defaults={"confidence": 0.95, "missing": "left out"} | ({} if bins is None else {"bins": bins}),
    )


SCORES: tuple[Measure, ...] = (
    Measure(
        name="average_precision",
        title="Average precision",
        meaning="The mean precision at the score of each positive row, also called PR AUC; without any skill it is the "
        "share of positive rows.",
        family="performance",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="mean over positive rows of the share of positive ones among the rows whose score is at least theirs; "
        "counted from profiles, scores of one cell are ties",
        interval="Wilson score with as many rows as are positive, or as would have the delta method's variance where "
        "those are fewer; from profiles widened by what the order within cells could change",
        source="Boyd, Eng and Page 2013, Area under the precision-recall curve: point estimates and confidence "
        "intervals",
        needs=("grid", "positive_class", "counted_from"),
        defaults={"confidence": 0.95, "missing": "left out"},
    ),
    Measure(
        name="lift",
        title="Lift",
        meaning="How many times as often the rows with the highest scores are positive as all rows are.",
        family="performance",
        subject="model",
        low=0.0,
        high=None,
        better_when="higher",
        formula="share of positive rows among the top share by score / among all; of equal scores at the edge as many "
        "as fit; counted from profiles, scores of one cell are equal",
        interval="delta method, of the logarithm, half a row of each label added to the top and to the rest; from "
        "profiles widened by what the order within the cell at the edge could change",
        source="Piatetsky-Shapiro and Steingold 2000, Measuring lift quality in database marketing",
        needs=("grid", "positive_class", "counted_from"),
        defaults={"share": TOP_SHARE, "confidence": 0.95, "missing": "left out"},
    ),
    _of_chances(
        "log_loss",
        "Log loss",
        "The mean surprise at what came: minus the logarithm of the chance that the score gave to it.",
        "mean of -ln(score) of positive rows and -ln(1 - score) of others, scores held 2**-52 off 0 and 1",
        _MEAN,
        "Good 1952, Rational decisions",
        high=None,
    ),
    _of_chances(
        "brier_score",
        "Brier score",
        "The mean squared distance of scores from what came, 1 for positive and 0 for other.",
        "mean of (score - label)**2",
        "Wilson score with the number of rows that would have the variance, half a row of each extreme added to it",
        "Brier 1950, Verification of forecasts expressed in terms of probability",
    ),
    _of_chances(
        "expected_calibration_error",
        "Expected calibration error",
        "How far the share of positive rows lies from the mean score, over bins of scores.",
        "sum over bins of equal width of rows / all rows * |share of positive rows - mean score|",
        "high end: normal, of the spread within bins; low end: besides less the most that chance adds to a bin whose "
        "gap is two standard errors narrower",
        "Naeini, Cooper and Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian binning",
        bins=BINS,
    ),
)
