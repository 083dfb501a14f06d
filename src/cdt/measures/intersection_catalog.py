"""The parities of intersections, as the catalog lists them."""

from typing import Literal

from cdt.measures.fairness_catalog import BOOTSTRAP, EQUAL_OPPORTUNITY, PAIRS
from cdt.measures.measure import Measure

_SUBGROUPS = "Kearns, Neel, Roth and Wu 2018, Preventing fairness gerrymandering"


def _pair(name: str, title: str, rate: str, enough: str, source: str) -> tuple[Measure, Measure]:
    def measure(kind: Literal["difference", "ratio"]) -> Measure:
        is_ratio = kind == "ratio"
        return Measure(
            name=f"intersectional_{name}_{kind}",
            title=f"Intersectional {title} {kind}",
            meaning=f"The {title} {kind} among those who are alike in every protected attribute, as women of one race "
            "and one age are; from rows alone.",
            family="fairness",
            subject="model",
            low=0.0,
            high=1.0,
            better_when="higher" if is_ratio else "lower",
            formula=f"{'smallest / greatest' if is_ratio else 'greatest less smallest'} {rate} among the intersections "
            f"of all attributes with the minimum of {enough}",
            interval=f"of the logarithms, {PAIRS}" if is_ratio else PAIRS,
            source=f"{source}; {_SUBGROUPS}",
            needs=("grid", "attributes", "positive_class"),
            defaults=BOOTSTRAP,
        )

    return measure("difference"), measure("ratio")


INTERSECTIONS: tuple[Measure, ...] = (
    *_pair(
        "demographic_parity",
        "demographic parity",
        "selection rate",
        "predictions",
        "Calders and Verwer 2010, Three naive Bayes approaches for discrimination-free classification",
    ),
    *_pair("equal_opportunity", "equal opportunity", "true positive rate", "positive labels", EQUAL_OPPORTUNITY),
    *_pair(
        "equalized_odds",
        "equalised odds",
        "true positive rate, and false positive rate, whichever is farther from parity,",
        "positive labels, and of other labels,",
        EQUAL_OPPORTUNITY,
    ),
)
