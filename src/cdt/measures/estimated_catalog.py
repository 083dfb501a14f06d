"""The measures of performance without labels and of concept drift, as the catalog lists them."""

from cdt.measures.fairness.disparity import DRAWS
from cdt.measures.measure import Measure
from cdt.measures.performance.direct_loss import FOLDS, MOST_LABELLED
from cdt.measures.performance.trees import BINS, DEPTH, TREES

_SOURCE = (
    "NannyML, Confidence-based Performance Estimation; Guillory, Shankar, Ebrahimi, Darrell and Schmidt 2021, "
    "Predicting with confidence on unseen distributions"
)


def _estimated(name: str, title: str, of: str) -> Measure:
    return Measure(
        name=f"estimated_{name}",
        title=f"Estimated {title}",
        meaning=f"The {title} that is expected of a window's rows before their labels are known, if scores go on to "
        "mean what they meant in the baseline. It sees other rows coming; it does not see the same rows turning out "
        "otherwise. Of two classes alone.",
        family="performance",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula=f"{of}, each row being positive with the chance of its score cell by isotonic regression on the "
        "baseline's labelled rows; counted from profiles, those with the highest scores are decided positively",
        interval="quantiles of draws of what labels may come: of each block of scores a chance from its beta "
        "distribution given the baseline's labels, and labels by that chance; the choice of blocks is not drawn",
        source=_SOURCE,
        needs=("grid", "positive_class", "counted_from"),
        defaults={"confidence": 0.95, "draws": DRAWS, "seed": 0, "missing": "left out"},
    )


ESTIMATED: tuple[Measure, ...] = (
    _estimated("accuracy", "accuracy", "expected right decisions / rows with a decision and a score"),
    _estimated("balanced_accuracy", "balanced accuracy", "mean of the expected recall of both classes"),
    _estimated("precision", "precision", "expected true positives / positive decisions"),
    _estimated("recall", "recall", "expected true positives / expected positive labels"),
    _estimated("f1", "F1", "2 * expected true positives / (positive decisions + expected positive labels)"),
    _estimated("roc_auc", "ROC AUC", "expected pairs ranked rightly / expected pairs, rows of one block as ties"),
)


def _direct(name: str, title: str, of: str, tells: str = "Of versions that predict numbers, from rows.") -> Measure:
    return Measure(
        name=f"estimated_{name}",
        title=f"Estimated {title}",
        meaning=f"The {title} that is expected of predicted numbers before their labels are known, if rows that are "
        "alike are predicted as badly as in the reference. It sees other rows coming; it does not see the same rows "
        f"turning out otherwise. {tells}",
        family="performance",
        subject="model",
        low=0.0,
        high=None,
        better_when="lower",
        formula=f"{of}, by the mean of {FOLDS} gradient boosted models of {TREES} trees of depth {DEPTH} over {BINS} "
        "bins of the prediction and of each feature, each fitted without every fifth of the reference's labelled rows, "
        "all together levelled by the errors of the rows left out",
        interval="normal, of the value's logarithm: of the errors of rows about what is expected of them, and of the "
        "models by the jackknife; what the trees can not learn is not in it",
        source="NannyML, Direct Loss Estimation; Friedman 2001, Greedy function approximation: a gradient boosting "
        "machine",
        needs=(),
        defaults={"confidence": 0.95, "missing": "left out", "most_labelled": MOST_LABELLED},
    )


DIRECT: tuple[Measure, ...] = (
    _direct("mean_absolute_error", "mean absolute error", "mean of the expected |label - prediction|"),
    _direct(
        "mean_squared_error", "mean squared error", "mean of the expected (label - prediction)**2", "Of plain arrays."
    ),
    _direct(
        "root_mean_squared_error",
        "root mean squared error",
        "square root of the mean of the expected (label - prediction)**2",
    ),
)

CONCEPT: tuple[Measure, ...] = (
    Measure(
        name="performance_drift",
        title="Performance drift",
        meaning="By how much the share of wrong decisions has risen since the baseline, both sides being samples.",
        family="performance",
        subject="model",
        low=-1.0,
        high=1.0,
        better_when="lower",
        formula="share of wrong decisions of the window - that of the baseline; p-value of two equal shares, two-sided",
        interval="Newcombe's of two shares",
        source="Newcombe 1998, Interval estimation for the difference between independent proportions (method 10)",
        needs=("classes",),
        defaults={"confidence": 0.95},
    ),
    Measure(
        name="calibration_drift",
        title="Calibration drift",
        meaning="How far the share of positive labels lies from what rows of the same scores had in the baseline: "
        "above 0 where a score has come to mean something else, whatever rows come. Of two classes alone.",
        family="performance",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="lower",
        formula="over ten bins of neighbouring score cells with about as many labelled rows: rows / all rows * "
        "|positive labels - labels expected by isotonic regression on the baseline| / rows; p-value of a chi-square "
        "test of all bins",
        interval="as of the expected calibration error, with the spread of the baseline's labels besides",
        source="Zadrozny and Elkan 2002, Transforming classifier scores into accurate multiclass probability "
        "estimates; Naeini, Cooper and Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian binning",
        needs=("grid", "positive_class"),
        defaults={"confidence": 0.95, "missing": "left out"},
    ),
)
