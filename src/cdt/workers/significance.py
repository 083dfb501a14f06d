"""Which columns have drifted by more than chance, though many were tested."""

from collections.abc import Collection, Iterable

import msgspec
import numpy as np
from msgspec import UNSET

from cdt.domain.evaluations.plan import Correction, PlanPolicy
from cdt.measures.drift.many import benjamini_hochberg, bonferroni
from cdt.measures.readings import Measured

_NAMED: dict[Correction, str] = {"benjamini_hochberg": "Benjamini and Hochberg", "bonferroni": "Bonferroni"}
_CORRECTED_BY = {"benjamini_hochberg": benjamini_hochberg, "bonferroni": bonferroni}


class Tested(msgspec.Struct, frozen=True, kw_only=True):
    """One measure of one column, or of whole rows, that has a p-value.

    corrected: the p-value for the number of columns that the measure was taken of.
    """

    measure: str
    subject: str | None
    p_value: float
    corrected: float
    has_drifted: bool


class Significance(msgspec.Struct, frozen=True, kw_only=True):
    """All tests of drift of a reading, in its order.

    level: below which a corrected p-value is no chance. By Benjamini and Hochberg at most that share of what is called
        drifted has not; by Bonferroni that is the chance of calling anything drifted where nothing has.
    """

    correction: Correction
    level: float
    tests: tuple[Tested, ...]

    @property
    def drifted(self) -> tuple[str, ...]:
        """The columns that a test calls drifted, each once."""
        found = (each.subject for each in self.tests if each.has_drifted)
        return tuple(dict.fromkeys(subject for subject in found if subject is not None))

    def sentence(self, watched: Collection[str]) -> str:
        """What the tests of columns come to; watched: those whose drift is measured, tested or not."""
        subjects = {each.subject for each in self.tests if each.subject is not None}
        untested = len(set(watched) - subjects)
        if subjects and untested:
            others = "1 other is not tested" if untested == 1 else f"{untested} others are not tested"
            why = "categories are by chi-square, where the plan measures that; what has too few rows is not"
            return f"{self._told(len(subjects))} {others}: {why}."
        return self._told(len(subjects))

    def _told(self, tested: int) -> str:
        by = f"by {_NAMED[self.correction]}'s correction at {self.level:.3g}"
        if not tested:
            return f"No column has enough rows to be tested {by}."
        if not self.drifted:
            return f"None of {tested} tested columns has moved by more than chance, {by}."
        return f"{len(self.drifted)} of {tested} tested columns moved by more than chance, {by}."


def significance_of(measured: Iterable[Measured], policy: PlanPolicy) -> Significance | None:
    """None where the plan doesn't say how to correct. What rests on fewer rows than the plan asks for is no test."""
    if policy.p_value_correction is UNSET:
        return None
    level = round(1 - policy.confidence_of_drift, 12)
    by_measure: dict[str, list[tuple[str | None, float]]] = {}
    for each in measured:
        p_value = each.estimate.p_value
        if p_value is not UNSET and each.estimate.rows >= policy.minimum_rows:
            by_measure.setdefault(each.measure, []).append((each.subject, p_value))
    tests: list[Tested] = []
    for measure, found in by_measure.items():
        p_values = np.array([p_value for _, p_value in found])
        corrected: list[float] = _CORRECTED_BY[policy.p_value_correction](p_values).tolist()
        tests += [
            Tested(measure=measure, subject=subject, p_value=p_value, corrected=now, has_drifted=now < level)
            for (subject, p_value), now in zip(found, corrected, strict=True)
        ]
    return Significance(correction=policy.p_value_correction, level=level, tests=tuple(tests))
