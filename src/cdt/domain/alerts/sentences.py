"""An alert in one sentence."""

from cdt.domain.alerts.events import Operator
from cdt.domain.alerts.subjects import subject_of


def sentence(*, subject: str, operator: Operator, threshold: float, in_a_row: int, value: float) -> str:
    """What rings, and why.

    >>> sentence(subject="trust", operator="below", threshold=0.7, in_a_row=2, value=0.64)
    'Trust is 0.64, below 0.7, for 2 results in a row.'
    >>> sentence(subject="population_stability_index:age", operator="above", threshold=0.15, in_a_row=1, value=0.2)
    'Population stability index of age is 0.2, above 0.15.'
    >>> sentence(subject="accuracy@women over 60", operator="below", threshold=0.75, in_a_row=1, value=0.7)
    'Accuracy in the slice women over 60 is 0.7, below 0.75.'
    """
    named = subject_of(subject)
    words = named.measure.replace("_", " ")
    where = f" of {named.part}" if named.part else f" in the slice {named.slice_name}" if named.slice_name else ""
    what = words[:1].upper() + words[1:] + where
    row = f", for {in_a_row} results in a row" if in_a_row > 1 else ""
    return f"{what} is {value:.3g}, {operator} {threshold:.3g}{row}."
