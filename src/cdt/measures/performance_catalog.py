"""The measures of performance, as the catalog lists them."""

from msgspec.structs import replace

from cdt.measures.measure import WILSON, WILSON_SOURCE, Measure

FIRST: tuple[Measure, ...] = (
    Measure(
        name="accuracy",
        title="Accuracy",
        meaning="The share of labelled rows whose decision was right.",
        family="performance",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="rows whose decision is their label / labelled rows with a decision",
        interval=WILSON,
        source=WILSON_SOURCE,
        needs=("classes",),
        defaults={"confidence": 0.95},
    ),
    Measure(
        name="precision",
        title="Precision",
        meaning="The share of positive decisions that were right.",
        family="performance",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="rows decided and labelled positively / labelled rows decided positively",
        interval=WILSON,
        source=WILSON_SOURCE,
        needs=("classes", "positive_class"),
        defaults={"confidence": 0.95},
    ),
    Measure(
        name="recall",
        title="Recall",
        meaning="The share of positive labels that were decided positively.",
        family="performance",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="rows decided and labelled positively / rows labelled positively, with a decision",
        interval=WILSON,
        source=WILSON_SOURCE,
        needs=("classes", "positive_class"),
        defaults={"confidence": 0.95},
    ),
    Measure(
        name="roc_auc",
        title="ROC AUC",
        meaning="The chance that a row with a positive label has a higher score than one without; 0.5 is guessing.",
        family="performance",
        subject="model",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="share of pairs of a positive and another row that the score ranks rightly, ties half: counted from "
        "rows, equal scores are ties; counted from profiles, scores of one cell",
        interval="Wilson score with the number of rows that would have DeLong's variance; from profiles widened by "
        "half the share of pairs within one cell",
        source="Hanley and McNeil 1982; DeLong, DeLong and Clarke-Pearson 1988, Comparing the areas under two or more "
        "correlated receiver operating characteristic curves",
        needs=("grid", "positive_class", "counted_from"),
        defaults={"confidence": 0.95, "missing": "left out"},
    ),
)
"""As they were first defined: what was recorded by them is computed by them once more."""


def _second(measure: Measure) -> Measure:
    """As it is defined now: where every label is positive, precision is 1 whatever is decided."""
    if measure.name != "precision":
        return measure
    return replace(measure, version=2, formula=f"{measure.formula}; none where every label is positive")


PERFORMANCE: tuple[Measure, ...] = tuple(map(_second, FIRST))
