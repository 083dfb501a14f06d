"""The measures of fairness, as the catalog lists them."""

from cdt.measures.fairness.disparity import DRAWS
from cdt.measures.measure import WILSON, WILSON_SOURCE, Measure

PAIRS = (
    "near end: the most that a pair of groups shows with the bootstrap critical value of all pairs, studentised; far "
    "end: the farthest end of a pair's own normal interval; draws: binomial within each group, half a decision of each "
    "kind added, NumPy PCG64"
)
GROUPS = ("grid", "attribute", "column", "groups", "positive_class")
BOOTSTRAP = {"minimum_group_size": 30, "draws": DRAWS, "seed": 0, "confidence": 0.95, "left_out": ["(missing)"]}
EQUAL_OPPORTUNITY = "Hardt, Price and Srebro 2016, Equality of opportunity in supervised learning"
_DEMOGRAPHIC_PARITY = "Calders and Verwer 2010, Three naive Bayes approaches for discrimination-free classification"

FAIRNESS: tuple[Measure, ...] = (
    Measure(
        name="selection_rate",
        title="Selection rate",
        meaning="The share of a group's predictions that were decided positively.",
        family="fairness",
        subject="group",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="positive decisions / decisions of the group",
        interval=WILSON,
        source=WILSON_SOURCE,
        needs=GROUPS,
        defaults={"confidence": 0.95},
    ),
    Measure(
        name="true_positive_rate",
        title="True positive rate",
        meaning="The share of a group's positive labels that were decided positively.",
        family="fairness",
        subject="group",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="positive decisions with a positive label / decisions with a positive label of the group",
        interval=WILSON,
        source=WILSON_SOURCE,
        needs=GROUPS,
        defaults={"confidence": 0.95},
    ),
    Measure(
        name="demographic_parity_difference",
        title="Demographic parity difference",
        meaning="How far apart the selection rates of the most and the least often selected group lie.",
        family="fairness",
        subject="attribute",
        low=0.0,
        high=1.0,
        better_when="lower",
        formula="greatest less smallest selection rate among the groups of at least the minimum size",
        interval=PAIRS,
        source=_DEMOGRAPHIC_PARITY,
        needs=GROUPS,
        defaults=BOOTSTRAP,
    ),
    Measure(
        name="demographic_parity_ratio",
        title="Demographic parity ratio",
        meaning="The selection rate of the least often selected group as a share of that of the most often selected "
        "one; four fifths is a usual limit.",
        family="fairness",
        subject="attribute",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="smallest / greatest selection rate among the groups of at least the minimum size",
        interval=f"of the logarithms, {PAIRS}",
        source=f"{_DEMOGRAPHIC_PARITY}; EEOC 1978, Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4",
        needs=GROUPS,
        defaults=BOOTSTRAP,
    ),
    Measure(
        name="equal_opportunity_difference",
        title="Equal opportunity difference",
        meaning="How far apart the true positive rates of the groups with the highest and the lowest one lie.",
        family="fairness",
        subject="attribute",
        low=0.0,
        high=1.0,
        better_when="lower",
        formula="greatest less smallest true positive rate among the groups with the minimum of positive labels",
        interval=PAIRS,
        source=EQUAL_OPPORTUNITY,
        needs=GROUPS,
        defaults=BOOTSTRAP,
    ),
    Measure(
        name="equal_opportunity_ratio",
        title="Equal opportunity ratio",
        meaning="The true positive rate of the group with the lowest one as a share of the highest.",
        family="fairness",
        subject="attribute",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="smallest / greatest true positive rate among the groups with the minimum of positive labels",
        interval=f"of the logarithms, {PAIRS}",
        source=EQUAL_OPPORTUNITY,
        needs=GROUPS,
        defaults=BOOTSTRAP,
    ),
)
