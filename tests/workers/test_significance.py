"""Which columns moved by more than chance, by the correction that a plan chooses."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.evaluations.plan import DEFAULT_POLICY, PlanPolicy, check
from cdt.measures.estimates import Estimate
from cdt.measures.readings import Measured
from cdt.workers.significance import Significance, significance_of

P_VALUES = {"age": 0.0004, "income": 0.0017, "height": 0.003, "(score)": 0.9}
POLICY = replace(DEFAULT_POLICY, minimum_rows=200)


def measured(measure: str, subject: str | None, p_value: float | None, *, rows: int = 500) -> Measured:
    estimate = Estimate(value=0.5, rows=rows, p_value=UNSET if p_value is None else p_value)
    return Measured(
        measure=measure, subject=subject, estimate=estimate, baseline=None, baseline_rows=None, definition={},
        definition_digest="a" * 64,
    )  # fmt: skip


def found(policy: PlanPolicy, *results: Measured) -> Significance:
    significance = significance_of(results, policy)
    assert significance is not None
    return significance


GAPS = [measured("kolmogorov_smirnov", name, p_value) for name, p_value in P_VALUES.items()]


def test_a_new_plan_corrects_by_benjamini_and_hochberg_at_its_confidence_of_drift() -> None:
    told = found(POLICY, *GAPS, measured("accuracy", None, None))

    assert (told.correction, told.level) == ("benjamini_hochberg", 0.005)
    assert [each.corrected for each in told.tests] == pytest.approx([0.0016, 0.0034, 0.004, 0.9])
    assert told.drifted == ("age", "income", "height")
    by = "by Benjamini and Hochberg's correction at 0.005."
    assert told.sentence(P_VALUES) == f"3 of 4 tested columns moved by more than chance, {by}"
    assert told.sentence([*P_VALUES, "sex"]).endswith(
        f"{by} 1 other is not tested: categories are by chi-square, where the plan measures that; what has too few rows"
        " is not."
    )
    assert " 2 others are not tested: " in told.sentence([*P_VALUES, "sex", "town"])


def test_bonferroni_finds_fewer() -> None:
    told = found(replace(POLICY, p_value_correction="bonferroni"), *GAPS)

    assert [each.corrected for each in told.tests] == pytest.approx([0.0016, 0.0068, 0.012, 1.0])
    assert told.drifted == ("age",)


def test_each_test_is_a_family_of_its_own_and_whole_rows_are_no_feature() -> None:
    told = found(POLICY, *GAPS, measured("domain_classifier", None, 0.004), measured("chi_square", "town", 0.004))

    assert [(each.corrected, each.has_drifted) for each in told.tests[-2:]] == [(0.004, True), (0.004, True)]
    assert told.drifted == ("age", "income", "height", "town")


def test_what_rests_on_too_few_rows_is_no_test() -> None:
    told = found(POLICY, measured("kolmogorov_smirnov", "age", 0.0, rows=199))

    assert told.tests == ()
    assert told.sentence(["age"]).startswith("No column has enough rows to be tested by Benjamini and Hochberg's")
    calm = found(POLICY, measured("kolmogorov_smirnov", "age", 0.005))
    assert calm.sentence(["age"]).startswith("None of 1 tested columns has moved by more than chance, ")


def test_a_plan_of_a_former_release_says_nothing_of_it_and_a_strange_one_is_refused() -> None:
    assert significance_of(GAPS, PlanPolicy()) is None
    with pytest.raises(Invalid, match="benjamini_hochberg or bonferroni"):
        check(replace(POLICY, p_value_correction="holm"))  # type: ignore[arg-type]
