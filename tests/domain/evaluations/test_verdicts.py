"""Pass, fail or inconclusive."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdt.domain.errors import Invalid
from cdt.domain.evaluations.plan import DEFAULT_POLICY, PlanPolicy
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.evaluations.verdicts import corrected_confidence, judge
from tests.domain.builders import a_measurement


def judged(measure: str = "population_stability_index", **changes: Any) -> MeasureResult:
    (result,) = judge([a_measurement(measure, **changes)], DEFAULT_POLICY)
    return result


@pytest.mark.parametrize(
    ("measure", "low", "high", "verdict"),
    [
        ("population_stability_index", 0.10, 0.149, "pass"),
        ("population_stability_index", 0.10, 0.15, "inconclusive"),
        ("population_stability_index", 0.149, 0.20, "inconclusive"),
        ("population_stability_index", 0.15, 0.20, "fail"),
        ("jensen_shannon_distance", 0.02, 0.049, "pass"),
        ("jensen_shannon_distance", 0.02, 0.05, "inconclusive"),
        ("kolmogorov_smirnov", 0.1, 0.2, "fail"),
        ("demographic_parity_difference", 0.0, 0.05, "pass"),
        ("equal_opportunity_difference", 0.2, 0.3, "fail"),
        ("demographic_parity_ratio", 0.8, 0.9, "pass"),
        ("demographic_parity_ratio", 0.79, 0.9, "inconclusive"),
        ("demographic_parity_ratio", 0.5, 0.8, "inconclusive"),
        ("demographic_parity_ratio", 0.5, 0.79, "fail"),
        ("equal_opportunity_ratio", 0.85, 0.9, "pass"),
        ("equalized_odds_difference", 0.1, 0.3, "fail"),
        ("false_positive_rate_ratio", 0.5, 0.79, "fail"),
        ("calibration_parity_difference", 0.0, 0.09, "pass"),
        ("treatment_equality_ratio", 0.8, 0.9, "pass"),
        ("treatment_equality_difference", 0.0, 0.01, "inconclusive"),
        ("theil_index", 0.0, 0.01, "inconclusive"),
        ("freshness", 0.24, 0.24, "pass"),
        ("freshness", 0.25, 0.25, "fail"),
        ("clock_skew", 0.0, 0.049, "pass"),
        ("duplicate_share", 0.0, 0.049, "pass"),
        ("duplicate_share", 0.05, 0.06, "fail"),
        ("violation_share", 0.04, 0.06, "inconclusive"),
        ("clock_skew", 0.05, 0.06, "fail"),
        ("constant", 0.0, 0.0, "pass"),
        ("constant", 0.0, 1.0, "inconclusive"),
        ("constant", 1.0, 1.0, "fail"),
    ],
)
def test_a_verdict_needs_the_whole_interval_on_one_side(measure: str, low: float, high: float, verdict: str) -> None:
    assert judged(measure, value=(low + high) / 2, low=low, high=high).verdict == verdict


@pytest.mark.parametrize(
    ("measure", "baseline", "value", "limit", "verdict"),
    [
        ("log_loss", 0.4, 0.41, 0.42, "pass"),
        ("log_loss", 0.4, 0.43, 0.42, "fail"),
        ("brier_score", 0.2, 0.22, 0.21, "fail"),
        ("expected_calibration_error", 0.0, 0.01, None, "inconclusive"),
        ("f1", 0.8, 0.77, 0.76, "pass"),
        ("estimated_accuracy", 0.8, 0.77, 0.76, "pass"),
        ("estimated_f1", 0.8, 0.7, 0.76, "fail"),
        ("lift", 4.0, 3.7, 3.8, "fail"),
        ("matthews_correlation", 0.4, 0.39, 0.38, "pass"),
        ("matthews_correlation", -0.4, -0.41, -0.42, "pass"),
        ("matthews_correlation", -0.4, -0.43, -0.42, "fail"),
    ],
)
def test_performance_may_lose_a_share_of_the_baselines(
    measure: str, baseline: float, value: float, limit: float | None, verdict: str
) -> None:
    result = judged(measure, value=value, low=value, high=value, baseline=baseline, baseline_rows=1_000)

    assert result.verdict == verdict
    assert result.limit == (None if limit is None else pytest.approx(limit))


@pytest.mark.parametrize(
    ("measure", "value", "verdict"),
    [
        ("calibration_drift", 0.06, "fail"),
        ("calibration_drift", 0.04, "pass"),
        ("performance_drift", 0.05, "fail"),
        ("performance_drift", -0.01, "pass"),
    ],
)
def test_concepts_may_move_by_what_may_be_lost_of_performance(measure: str, value: float, verdict: str) -> None:
    assert judged(measure, value=value, low=value, high=value).verdict == verdict


def test_what_is_expected_before_labels_are_known_does_not_wait_for_them() -> None:
    policy = PlanPolicy(least_label_share=0.5)
    measurements = [
        a_measurement(name, value=0.8, low=0.79, high=0.81, baseline=0.8, baseline_rows=1_000)
        for name in ("estimated_accuracy", "accuracy", "performance_drift")
    ]
    assert [each.verdict for each in judge(measurements, policy, label_share=0.0)] == [
        "pass",
        "inconclusive",
        "inconclusive",
    ]


def test_a_pass_needs_no_reason_and_a_failure_says_where_its_interval_lies() -> None:
    assert judged(value=0.1, low=0.08, high=0.12).reason is None
    assert (
        judged(value=0.3, low=0.21, high=0.4).reason
        == "All of its interval, 0.21 to 0.4, has reached the limit of 0.15."
    )
    assert judged("demographic_parity_ratio", value=0.6, low=0.5, high=0.7).reason == (
        "All of its interval, 0.5 to 0.7, is below the limit of 0.8."
    )


def test_an_interval_that_holds_the_limit_is_inconclusive() -> None:
    result = judged(value=0.16, low=0.12, high=0.19)

    assert (result.verdict, result.limit) == ("inconclusive", 0.15)
    assert result.reason == "Its interval, 0.12 to 0.19, holds the limit of 0.15."
    assert result.has_enough_rows


def test_too_few_rows_are_inconclusive_however_clear_the_number() -> None:
    result = judged(value=2.0, low=1.9, high=2.1, rows=199)

    assert (result.verdict, result.value, result.has_enough_rows) == ("inconclusive", 2.0, False)
    assert result.reason == "Only 199 rows; the plan asks for 200."


def test_no_value_is_inconclusive_with_the_measures_own_reason() -> None:
    result = judged(value=None, low=None, high=None, reason="No group has 30 rows.")

    assert (result.verdict, result.value, result.reason) == ("inconclusive", None, "No group has 30 rows.")


def test_a_number_without_an_interval_is_not_judged() -> None:
    assert judged(value=9.0, low=None, high=None).verdict == "inconclusive"


def test_performance_may_lose_a_twentieth_of_its_baseline() -> None:
    assert judged("accuracy", value=0.8, low=0.77, high=0.82, baseline=0.8).verdict == "pass"
    assert judged("accuracy", value=0.7, low=0.68, high=0.72, baseline=0.8).verdict == "fail"
    assert judged("recall", value=0.8, low=0.75, high=0.85, baseline=0.8).verdict == "inconclusive"
    assert judged("precision", value=0.8, low=0.77, high=0.85, baseline=0.8).verdict == "pass"
    assert judged("roc_auc", value=0.8, low=0.75, high=0.85, baseline=0.8).limit == pytest.approx(0.76)


def test_performance_without_a_baseline_is_inconclusive() -> None:
    result = judged("accuracy", value=0.9, low=0.89, high=0.91)

    assert (result.verdict, result.limit) == ("inconclusive", None)
    assert result.reason == "The baseline has no such number to hold it against."


def test_performance_is_not_held_against_a_baseline_of_few_rows() -> None:
    thin = judged("accuracy", value=0.9, low=0.89, high=0.91, baseline=1.0, baseline_rows=199)
    enough = judged("accuracy", value=0.9, low=0.89, high=0.91, baseline=1.0, baseline_rows=200)

    assert (thin.verdict, thin.baseline, thin.limit) == ("inconclusive", None, None)
    assert thin.reason == "The baseline's number rests on only 199 labelled rows; the plan asks for 200."
    assert (enough.verdict, enough.baseline, enough.limit) == ("fail", 1.0, 0.95)


def test_a_ranking_is_not_held_against_a_baseline_of_nearly_one_class() -> None:
    about: dict[str, Any] = {"value": 0.9, "low": 0.89, "high": 0.91, "baseline": 1.0, "baseline_rows": 10_000}
    thin = judged("roc_auc", **about, baseline_rarer_rows=99)
    enough = judged("roc_auc", **about, baseline_rarer_rows=100)

    assert (thin.verdict, thin.baseline, thin.limit) == ("inconclusive", None, None)
    assert thin.reason == (
        "The baseline's number rests on only 99 labelled rows of the rarer class; the plan asks for 100."
    )
    assert (enough.verdict, enough.baseline) == ("fail", 1.0)


def test_a_baseline_without_the_number_says_why() -> None:
    result = judged("roc_auc", value=0.9, baseline_rows=500, baseline_reason="no labelled rows of the positive class")

    assert (result.verdict, result.baseline) == ("inconclusive", None)
    assert result.reason == (
        "The baseline has no such number to hold it against: no labelled rows of the positive class."
    )


def test_what_is_not_held_against_its_baseline_shows_it_whatever_it_rests_on() -> None:
    result = judged("demographic_parity_ratio", value=0.9, low=0.85, high=0.95, baseline=0.7, baseline_rows=3)

    assert (result.verdict, result.baseline) == ("pass", 0.7)


@pytest.mark.parametrize(
    ("measure", "value", "verdict", "limit"),
    [
        ("missing_share", 0.249, "pass", 0.25),
        ("missing_share", 0.25, "fail", 0.25),
        ("out_of_range_share", 0.249, "pass", 0.25),
        ("out_of_range_share", 0.25, "fail", 0.25),
        ("new_category_share", 0.26, "fail", 0.25),
        ("unlikely_share", 0.23, "pass", 0.24),
        ("unlikely_share", 0.25, "fail", 0.24),
    ],
)
def test_a_share_may_be_a_little_more_than_the_baselines(
    measure: str, value: float, verdict: str, limit: float
) -> None:
    result = judged(measure, value=value, low=value, high=value, baseline=0.2)

    assert (result.verdict, result.limit) == (verdict, pytest.approx(limit))
    assert judged(measure, value=value, low=value, high=value).verdict == "inconclusive"


def test_how_many_rows_there_are_is_judged_however_few_they_are() -> None:
    few, enough = (judged("volume", value=rows, low=rows, high=rows, rows=rows) for rows in (199, 200))

    assert (few.verdict, few.has_enough_rows, few.reason) == ("fail", True, "It is below the limit of 200.")
    assert (enough.verdict, enough.limit) == ("pass", 200)


def test_a_measure_that_the_plan_does_not_know_is_inconclusive() -> None:
    assert judged("novelty").reason == "The plan sets no limit for it."


def test_the_plan_decides_the_limits() -> None:
    (result,) = judge([a_measurement(value=0.2, low=0.18, high=0.22)], PlanPolicy(psi_limit=0.25))

    assert (result.verdict, result.limit) == ("pass", 0.25)


@pytest.mark.parametrize(
    "changes",
    [
        {"value": math.nan},
        {"low": math.inf},
        {"high": -math.inf},
        {"baseline": math.nan},
        {"low": 0.2, "high": 0.1},
        {"low": None},
        {"rows": -1},
    ],
)
def test_numbers_that_can_not_be_recorded_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        judged(**changes)


def test_a_family_of_ten_tests_asks_each_for_more_confidence() -> None:
    assert corrected_confidence(0.95, tests=10) == pytest.approx(0.995)
    assert corrected_confidence(0.95, tests=1) == 0.95
    with pytest.raises(Invalid):
        corrected_confidence(0.95, tests=0)


@given(st.floats(0.5, 0.9999), st.integers(1, 1_000))
def test_all_intervals_of_a_family_hold_together_at_the_plans_confidence(confidence: float, tests: int) -> None:
    each = corrected_confidence(confidence, tests=tests)

    assert tests * (1 - each) == pytest.approx(1 - confidence, abs=1e-9)


@given(st.floats(0, 1), st.floats(0, 0.5), st.sampled_from(["population_stability_index", "demographic_parity_ratio"]))
def test_more_certainty_never_turns_a_pass_into_a_failure(value: float, width: float, measure: str) -> None:
    wide = judged(measure, value=value, low=value - width, high=value + width).verdict
    narrow = judged(measure, value=value, low=value - width / 2, high=value + width / 2).verdict

    assert (wide, narrow) in {
        ("pass", "pass"), ("fail", "fail"),
        ("inconclusive", "pass"), ("inconclusive", "fail"), ("inconclusive", "inconclusive"),
    }  # fmt: skip


def test_beside_a_baseline_of_too_few_predictions_nothing_is_told() -> None:
    drift = a_measurement(value=0.3, low=0.21, high=0.4)
    volume = a_measurement("volume", value=500, low=500, high=500)
    missing = a_measurement("missing_share", value=0.9, low=0.8, high=0.95, baseline=0.1)
    few, enough = (judge([drift, volume, missing], DEFAULT_POLICY, baseline_rows=rows) for rows in (29, 30))

    assert [each.verdict for each in enough] == ["fail", "pass", "fail"]
    assert [each.verdict for each in few] == ["inconclusive", "pass", "inconclusive"]
    assert few[0].reason == few[2].reason == "Its baseline holds only 29 predictions; 30 are needed."
    assert [(each.has_enough_rows, each.limit, each.baseline) for each in few[::2]] == [(False, None, None)] * 2
    assert few[1] == enough[1]


@pytest.mark.parametrize(
    "measure",
    [
        "accuracy",
        "roc_auc",
        "equal_opportunity_ratio",
        "equal_opportunity_difference",
        "equalized_odds_ratio",
        "log_loss",
    ],
)
def test_what_rests_on_labels_waits_for_those_that_the_plan_asks_for(measure: str) -> None:
    policy = PlanPolicy(least_label_share=0.5, minimum_rows=10, minimum_group_size=10)
    number = a_measurement(measure, value=0.9, low=0.9, high=0.9, baseline=0.5, rows=100)

    (early,) = judge([number], policy, label_share=0.499)
    (enough,) = judge([number], policy, label_share=0.5)

    assert (early.verdict, early.has_enough_rows, early.value) == ("inconclusive", False, 0.9)
    assert early.reason == "Labels of 49.9% of the rows are known; the plan waits for 50.0%."
    assert enough.verdict != "inconclusive"


def test_what_rests_on_no_label_waits_for_none() -> None:
    policy = PlanPolicy(least_label_share=1.0)
    (result,) = judge([a_measurement(low=0.0, high=0.01)], policy, label_share=0.0)
    assert result.verdict == "pass"


@pytest.mark.parametrize(("baseline", "limit"), [(0.8270656779661016, 0.7857123940677965), (-0.5, -0.525)])
def test_what_may_be_lost_of_performance_is_the_same_to_the_bit_in_every_release(baseline: float, limit: float) -> None:
    measure = "accuracy" if baseline > 0 else "matthews_correlation"
    assert judged(measure, baseline=baseline, value=0.5, low=0.4, high=0.6).limit == limit
