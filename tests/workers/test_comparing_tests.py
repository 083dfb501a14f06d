"""A recomputation compares what each p-value was, and what it was corrected to."""

from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from cdt.workers import comparing, significance
from cdt.workers.comparing_tests import differing_tests
from cdt.workers.readings import JudgedReading
from cdt.workers.significance import Significance

AGE = significance.Tested(measure="kolmogorov_smirnov", subject="age", p_value=0.001, corrected=0.002, has_drifted=True)
SEX = significance.Tested(measure="chi_square", subject="sex", p_value=0.4, corrected=0.4, has_drifted=False)


def of(*tests: significance.Tested, level: float = 0.005, correction: Any = "benjamini_hochberg") -> JudgedReading:
    return JudgedReading(
        rows=1, labelled=1, baseline_rows=1, results=(), groups={}, distributions={}, definitions={},
        significance=Significance(correction=correction, level=level, tests=tests),
    )  # fmt: skip


def test_the_same_tests_do_not_differ_and_of_former_releases_there_are_none() -> None:
    without = replace(of(), significance=UNSET)

    assert differing_tests(of(AGE, SEX), of(AGE, SEX)) == []
    assert differing_tests(without, without) == []


@pytest.mark.parametrize(
    ("changes", "is_close", "outcome"),
    [
        ({"corrected": 0.002 * (1 + 1e-13)}, True, "within_tolerance"),
        ({"corrected": 0.004}, False, "different"),
        ({"p_value": 0.0011}, False, "different"),
        ({"has_drifted": False}, False, "different"),
    ],
)
def test_what_was_corrected_to_something_else_is_named(changes: dict[str, Any], is_close: bool, outcome: str) -> None:
    (found,) = differing_tests(of(AGE, SEX), of(replace(AGE, **changes), SEX))

    assert (found.measure, found.subject, found.recorded, found.is_close) == (AGE.measure, "age", AGE, is_close)
    assert comparing.outcome_of([found], are_rows_the_same=True) == outcome


def test_a_test_that_is_gone_or_new_differs() -> None:
    (gone,) = differing_tests(of(AGE, SEX), of(SEX))
    (new,) = differing_tests(replace(of(), significance=UNSET), of(SEX))

    assert (gone.recorded, gone.now, gone.is_close) == (AGE, None, False)
    assert (new.recorded, new.now, new.is_close) == (None, SEX, False)


@pytest.mark.parametrize("rule", [{"level": 0.05}, {"correction": "bonferroni"}])
def test_by_another_rule_every_test_differs(rule: dict[str, Any]) -> None:
    found = differing_tests(of(AGE, SEX), of(AGE, SEX, **rule))

    assert [(each.subject, each.is_close) for each in found] == [("age", False), ("sex", False)]
