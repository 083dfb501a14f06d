"""The parities that a plan takes by name, and the measures of inequality, as the catalog lists them."""

from collections.abc import Iterator
from typing import NamedTuple

from cdt.measures.fairness_catalog import BOOTSTRAP, EQUAL_OPPORTUNITY, GROUPS, PAIRS
from cdt.measures.measure import Measure

_CHOULDECHOVA = "Chouldechova 2017, Fair prediction with disparate impact"
_BERK = "Berk, Heidari, Jabbari, Kearns and Roth 2018, Fairness in criminal justice risk assessments"
_CALIBRATION = (
    "Van Calster, McLernon, van Smeden, Wynants and Steyerberg 2019, Calibration: the Achilles heel of predictive "
    "analytics (mean calibration)"
)
_ENTROPY = (
    "Speicher, Heidari, Grgic-Hlaca, Gummadi, Singla, Weller and Zafar 2018, A unified approach to quantifying "
    "algorithmic unfairness"
)
_DELTA = "delta method, of the logarithm; its high end with half a row of each benefit added"


class _Parity(NamedTuple):
    """How the two measures of a parity are told of: what groups differ in, and what makes a group large enough."""

    name: str
    title: str
    rate: str
    plainly: str
    enough: str
    source: str
    pairs: str = PAIRS

    def measures(self) -> Iterator[Measure]:
        """The difference and the ratio."""
        groups = f"among the groups with the minimum of {self.enough}"
        yield Measure(
            name=f"{self.name}_difference",
            title=f"{self.title} difference",
            meaning=f"How far apart the groups lie in {self.plainly}.",
            family="fairness",
            subject="attribute",
            low=0.0,
            high=1.0,
            better_when="lower",
            formula=f"greatest less smallest {self.rate} {groups}",
            interval=self.pairs,
            source=self.source,
            needs=GROUPS,
            defaults=BOOTSTRAP,
        )
        yield Measure(
            name=f"{self.name}_ratio",
            title=f"{self.title} ratio",
            meaning=f"The least of any group as a share of the greatest, in {self.plainly}.",
            family="fairness",
            subject="attribute",
            low=0.0,
            high=1.0,
            better_when="higher",
            formula=f"smallest / greatest {self.rate} {groups}",
            interval=f"of the logarithms, {self.pairs}",
            source=self.source,
            needs=GROUPS,
            defaults=BOOTSTRAP,
        )


_PARITIES = (
    _Parity(
        "equalized_odds",
        "Equalised odds",
        "true positive rate, and false positive rate, whichever is farther from parity,",
        "the true or in the false positive rate, whichever is worse",
        "positive labels, and of other labels,",
        EQUAL_OPPORTUNITY,
        PAIRS.replace("of all pairs", "of all pairs in both rates"),
    ),
    _Parity(
        "predictive_parity",
        "Predictive parity",
        "precision",
        "the share of positive decisions that were right",
        "labelled positive decisions",
        _CHOULDECHOVA,
    ),
    _Parity(
        "false_positive_rate",
        "False positive rate",
        "false positive rate",
        "the share of those without a positive label that were decided positively",
        "other labels",
        _CHOULDECHOVA,
    ),
    _Parity(
        "false_negative_rate",
        "False negative rate",
        "false negative rate",
        "the share of those with a positive label that were not decided positively",
        "positive labels",
        _CHOULDECHOVA,
    ),
    _Parity(
        "false_discovery_rate",
        "False discovery rate",
        "false discovery rate",
        "the share of positive decisions that were wrong",
        "labelled positive decisions",
        _CHOULDECHOVA,
    ),
    _Parity(
        "accuracy_parity",
        "Accuracy parity",
        "accuracy",
        "the share of decisions that were right",
        "labelled rows with a decision",
        f"{_BERK} (overall accuracy equality)",
    ),
)

PARITY: tuple[Measure, ...] = (
    *(measure for parity in _PARITIES for measure in parity.measures()),
    Measure(
        name="treatment_equality_difference",
        title="Treatment equality difference",
        meaning="How far apart the groups lie in how many are missed for each that is wrongly chosen.",
        family="fairness",
        subject="attribute",
        low=0.0,
        high=None,
        better_when="lower",
        formula="greatest less smallest false negatives / false positives among the groups with the minimum of wrong "
        "decisions",
        interval="from the ends of each group's own interval of the logarithm (Zou and Donner 2008); near end with the "
        "bootstrap critical value of all pairs, far end with the normal one; draws: binomial false negatives of the "
        "wrong decisions of each group, half of each kind added, NumPy PCG64",
        source=_BERK,
        needs=GROUPS,
        defaults=BOOTSTRAP,
    ),
    Measure(
        name="treatment_equality_ratio",
        title="Treatment equality ratio",
        meaning="How many are missed for each that is wrongly chosen, in the group with the least as a share of the "
        "one with the most.",
        family="fairness",
        subject="attribute",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="smallest / greatest false negatives / false positives among the groups with the minimum of wrong "
        "decisions",
        interval=f"of the logarithms, {PAIRS}",
        source=_BERK,
        needs=GROUPS,
        defaults=BOOTSTRAP,
    ),
    Measure(
        name="calibration_parity_difference",
        title="Calibration parity difference",
        meaning="How far apart the groups lie in how much oftener their labels are positive than their scores say; "
        "from rows alone.",
        family="fairness",
        subject="attribute",
        low=0.0,
        high=2.0,
        better_when="lower",
        formula="greatest less smallest (positive labels - sum of scores) / labelled rows with a score, among the "
        "groups with the minimum of those",
        interval="as of the other parities; draws: normal means and chi-square variances, half a row each added that "
        "was surely called wrongly either way, NumPy PCG64",
        source=_CALIBRATION,
        needs=GROUPS,
        defaults=BOOTSTRAP,
    ),
    Measure(
        name="calibration_parity_ratio",
        title="Calibration parity ratio",
        meaning="Positive labels for each that the scores promised, in the group with the fewest as a share of the one "
        "with the most; from rows alone.",
        family="fairness",
        subject="attribute",
        low=0.0,
        high=1.0,
        better_when="higher",
        formula="smallest / greatest positive labels / sum of scores among the groups with the minimum of labelled "
        "rows with a score",
        interval="of the logarithms, as of the other parities; draws: normal means and chi-square variances, half a "
        "positive label and half a promised one added, NumPy PCG64",
        source=_CALIBRATION,
        needs=GROUPS,
        defaults=BOOTSTRAP,
    ),
    Measure(
        name="theil_index",
        title="Theil index",
        meaning="How unequally decisions benefit people, each for themselves: 0 when all are decided as they should "
        "be; wrong decisions either way add to it.",
        family="fairness",
        subject="model",
        low=0.0,
        high=None,
        better_when="lower",
        formula="mean of b / m * ln(b / m), with the benefit b = 1 of a right decision, 2 of a false positive, 0 of a "
        "false negative, and their mean m",
        interval=_DELTA,
        source=_ENTROPY,
        needs=("positive_class",),
        defaults={"confidence": 0.95},
    ),
    Measure(
        name="generalized_entropy_index",
        title="Generalised entropy index",
        meaning="How unequally decisions benefit people, as half the squared coefficient of variation of the benefits.",
        family="fairness",
        subject="model",
        low=0.0,
        high=None,
        better_when="lower",
        formula="mean of ((b / m)**alpha - 1) / (alpha * (alpha - 1)), benefits as of the Theil index",
        interval=_DELTA,
        source=_ENTROPY,
        needs=("positive_class",),
        defaults={"alpha": 2.0, "confidence": 0.95},
    ),
)
