"""From results to a score."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.trust.formula import score, trend_of
from cdt.domain.trust.policy import DEFAULT_POLICY, Weights
from cdt.domain.trust.score import Component, Part, Score, Trend
from tests.domain.builders import (
    ALL_WELL,
    a_policy,
    a_ratio,
    a_result,
    a_score,
    an_accuracy,
    an_auc,
    an_index,
)


def component(score: Score, kind: str) -> Component:
    return next(each for each in score.components if each.kind == kind)


def test_a_version_that_does_well_in_all_has_a_score_of_one() -> None:
    score = a_score(*ALL_WELL)

    assert (score.value, score.low, score.high, score.coverage) == (1.0, 1.0, 1.0, 1.0)
    assert (score.standing, score.reason, score.formula, score.policy_version) == ("trusted", None, 1, 1)


def test_stability_is_the_share_of_features_that_have_not_drifted() -> None:
    results = [an_index("a", 0.0), an_index("b", 0.149), an_index("c", 0.15), an_index("d", 3.0)]

    stability = component(a_score(*results), "stability")

    assert stability.value == 0.5
    assert stability.parts == (Part("c", 0.0), Part("d", 0.0))


def test_stability_weighs_features_by_their_importance() -> None:
    results = [an_index("age", 0.5), an_index("school", 0.0)]

    assert component(score(results, DEFAULT_POLICY, importance={"age": 3.0, "school": 1.0}), "stability").value == 0.25
    assert component(score(results, DEFAULT_POLICY, importance={"age": 3.0}), "stability").value == 0.0
    assert component(score(results, DEFAULT_POLICY, importance={}), "stability").value == 0.5


@pytest.mark.parametrize("importance", [-1.0, math.nan, math.inf])
def test_an_importance_is_finite_and_not_negative(importance: float) -> None:
    with pytest.raises(Invalid):
        score([an_index("age", 0.5)], DEFAULT_POLICY, importance={"age": importance})


def test_the_quality_of_the_data_counts_where_a_policy_gives_it_a_weight() -> None:
    checks = [
        a_result("volume", 500, limit=200),
        a_result("freshness", 0.4, limit=0.25),
        a_result("missing_share", 0.04, subject="age", limit=0.05, within=0.02),
        a_result("constant", 1.0, subject="sex", limit=1.0),
        a_result("unlikely_share", None),
    ]
    by_it = replace(DEFAULT_POLICY, weights=Weights(stability=1, fairness=0, performance=0, quality=1))

    ours = score([an_index("a", 0.0), *checks], by_it)
    quality = component(ours, "quality")

    assert (quality.value, quality.low, quality.high) == (0.5, 0.25, 0.5)
    assert quality.parts == (Part("freshness", 0.0), Part("sex, constant", 0.0))
    assert (quality.weight, quality.evidence, quality.reason) == (0.5, 0.8, "unlikely share: no rows.")
    assert ours.value == 0.75
    assert [each.kind for each in a_score(*checks).components] == ["stability", "fairness", "performance"]
    assert component(score([an_index("a", 0.0)], by_it), "quality").reason == "Nothing about quality was measured."


@pytest.mark.parametrize(("rows", "value"), [(199, 0.0), (200, 1.0)])
def test_of_volume_more_is_better(rows: int, value: float) -> None:
    by_it = replace(DEFAULT_POLICY, weights=Weights(stability=0, fairness=0, performance=0, quality=1))

    assert score([a_result("volume", rows, limit=200)], by_it).value == value


def test_fairness_is_the_mean_of_the_ratios_relative_to_four_fifths() -> None:
    fairness = component(a_score(a_ratio("sex", 0.4), a_ratio("race", 0.9)), "fairness")

    assert fairness.value == 0.75
    assert fairness.parts == (Part("sex", 0.5), Part("race", 1.0))


def test_performance_is_relative_to_the_baseline_and_clipped() -> None:
    performance = component(a_score(an_accuracy(0.6, baseline=0.8), an_auc(0.95, baseline=0.9)), "performance")

    assert performance.value == pytest.approx((0.75 + 1.0) / 2)
    assert performance.parts == (Part("accuracy", pytest.approx(0.75)), Part("roc_auc", 1.0))


def test_the_score_is_the_weighted_mean_and_its_contributions_sum_to_it() -> None:
    policy = a_policy(weights=Weights(stability=1, fairness=1, performance=2))

    score = a_score(an_index("age", 0.5), a_ratio("sex", 0.4), an_accuracy(0.8), policy=policy)

    assert score.value == 0.625
    assert [each.weight for each in score.components] == [0.25, 0.25, 0.5]
    assert [each.contribution for each in score.components] == [0.0, 0.125, 0.5]


def test_a_missing_component_leaves_the_mean_and_lowers_the_coverage() -> None:
    score = a_score(an_index("age", 0.0), a_ratio("sex", 0.4), an_accuracy(None, reason="no labels yet"))

    assert score.value == 0.75
    assert score.coverage == pytest.approx(2 / 3)
    assert component(score, "performance") == Component(
        kind="performance", value=None, weight=1 / 3, evidence=0.0, reason="accuracy: no labels yet."
    )


def test_a_missing_number_takes_its_share_out_of_the_coverage() -> None:
    score = a_score(
        an_index("age", 0.0), an_index("school", 0.0), an_accuracy(0.8),
        a_ratio("sex", 0.8), a_ratio("race", None, reason="Too few rows."),
    )  # fmt: skip

    assert score.value == 1.0
    assert score.coverage == pytest.approx((1 + 0.5 + 1) / 3)
    assert component(score, "fairness").reason == "race: Too few rows."


def test_a_number_over_too_few_rows_is_missing_however_good() -> None:
    score = a_score(
        an_index("age", 0.0, rows=5, has_enough_rows=False, verdict="inconclusive", reason="Only 5 rows."),
        a_ratio("sex", 0.8), an_accuracy(0.8),
    )  # fmt: skip

    assert component(score, "stability").value is None
    assert component(score, "stability").reason == "age: Only 5 rows."


def test_a_number_over_enough_rows_counts_though_its_verdict_is_inconclusive() -> None:
    straddling = an_index("age", 0.14, within=0.03, verdict="inconclusive", reason="Its interval holds the limit.")

    stability = component(a_score(straddling), "stability")

    assert (stability.value, stability.low, stability.high, stability.evidence) == (1.0, 0.0, 1.0, 1.0)


def test_performance_without_a_baseline_is_missing() -> None:
    performance = component(a_score(an_accuracy(0.8, baseline=None)), "performance")

    assert (performance.value, performance.reason) == (None, "accuracy: There is no baseline for it.")


def test_what_was_not_measured_at_all_is_missing() -> None:
    assert component(a_score(an_index("age", 0.0)), "fairness").reason == "Nothing about fairness was measured."


def test_under_the_least_coverage_there_is_no_score() -> None:
    score = a_score(an_index("age", 0.0))

    assert (score.value, score.low, score.high, score.standing) == (None, None, None, "not_enough_evidence")
    assert score.coverage == pytest.approx(1 / 3)
    assert score.reason == (
        "Only 0.33 of the weight has evidence; the policy asks for 0.50. Missing: fairness, performance."
    )
    assert all(each.contribution is None for each in score.components)


def test_just_enough_coverage_is_enough() -> None:
    policy = a_policy(minimum_coverage=1.0)

    assert a_score(*ALL_WELL, policy=policy).standing == "trusted"


def test_a_component_without_weight_neither_counts_nor_is_missed() -> None:
    policy = a_policy(weights=Weights(stability=0, fairness=1, performance=0))

    score = a_score(an_index("age", 9.0), a_ratio("sex", 0.4), policy=policy)

    assert (score.value, score.coverage) == (0.5, 1.0)
    assert component(score, "stability").contribution == 0.0


def test_a_score_at_its_threshold_is_trusted() -> None:
    results = (an_index("age", 0.0), a_ratio("sex", 0.4), an_accuracy(0.8))
    weights = Weights(stability=1, fairness=1, performance=2)

    assert a_score(*results, policy=a_policy(weights=weights, threshold=0.875)).standing == "trusted"
    assert a_score(*results, policy=a_policy(weights=weights, threshold=0.876)).standing == "below_threshold"


def test_the_interval_is_the_formula_at_the_ends_of_every_interval() -> None:
    score = a_score(an_index("age", 0.1, within=0.1), a_ratio("sex", 0.6, within=0.1), an_accuracy(0.7, within=0.05))

    assert score.low == pytest.approx((0 + 0.5 / 0.8 + 0.65 / 0.8) / 3)
    assert score.high == pytest.approx((1 + 0.7 / 0.8 + 0.75 / 0.8) / 3)


def test_a_number_without_an_interval_leaves_the_score_without_one() -> None:
    score = a_score(an_index("age", 0.0, within=None), a_ratio("sex", 0.8), an_accuracy(0.8))

    assert (score.value, score.low, score.high) == (1.0, None, None)


def test_a_component_keeps_its_twenty_worst_parts_so_that_an_event_stays_small() -> None:
    drifted = [an_index(f"feature {number:04}", 1.0) for number in range(1_000)]

    assert len(component(a_score(*drifted), "stability").parts) == 20


@pytest.mark.parametrize(
    ("value", "previous", "trend"),
    [
        (0.77, 0.80, Trend("down", -0.0375)),
        (0.84, 0.80, Trend("up", 0.05)),
        (0.804, 0.80, Trend("steady", 0.005)),
        (0.8041, 0.80, Trend("up", 0.005125)),
        (0.80, 0.80, Trend("steady", 0.0)),
        (0.80, None, Trend("unknown")),
        (None, 0.80, Trend("unknown")),
        (0.1, 0.0, Trend("up")),
        (0.0, 0.0, Trend("steady", 0.0)),
    ],
)
def test_a_trend_is_relative_to_the_score_before(value: float | None, previous: float | None, trend: Trend) -> None:
    assert trend_of(value, previous) == trend


numbers = st.one_of(st.none(), st.floats(0, 2))
indexes = st.lists(numbers, max_size=5).map(
    lambda values: [an_index(str(n), v, within=0.05) for n, v in enumerate(values)]
)
ratios = st.lists(numbers, max_size=3).map(
    lambda values: [a_ratio(str(n), v, within=0.05) for n, v in enumerate(values)]
)
performances = st.tuples(numbers, numbers).map(lambda pair: [an_accuracy(pair[0]), an_auc(pair[1])])
weights = st.builds(Weights, stability=st.floats(0.01, 9), fairness=st.floats(0, 9), performance=st.floats(0, 9))


@given(indexes, ratios, performances, weights, st.floats(0.01, 1))
def test_a_score_lies_within_its_interval_and_is_the_sum_of_its_contributions(
    stability: list[Any], fairness: list[Any], performance: list[Any], weights: Weights, minimum: float
) -> None:
    policy = a_policy(weights=weights, minimum_coverage=minimum)

    found = score([*stability, *fairness, *performance], policy)

    assert 0 <= found.coverage <= 1
    assert (found.value is None) == (found.standing == "not_enough_evidence") == (found.reason is not None)
    if found.value is not None:
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= found.value + 1e-12
        assert found.value <= found.high + 1e-12 <= 1 + 1e-12
        assert math.fsum(each.contribution or 0 for each in found.components) == pytest.approx(found.value)


@given(indexes, ratios, performances)
def test_losing_evidence_never_raises_the_coverage(
    stability: list[Any], fairness: list[Any], performance: list[Any]
) -> None:
    first, *others = [*performance, *stability, *fairness]

    lost = score([replace(first, value=None), *others], DEFAULT_POLICY)

    assert lost.coverage <= score([first, *others], DEFAULT_POLICY).coverage + 1e-12


def test_a_feature_has_drifted_and_an_attribute_is_fair_from_the_limits_of_the_plan_on() -> None:
    drifted = a_score(replace(an_index("a", 0.2), limit=0.25), replace(an_index("b", 0.2), limit=0.2))
    assert component(drifted, "stability").parts == (Part("b", 0.0),)

    fair = a_score(replace(a_ratio("sex", 0.6), limit=0.6), replace(a_ratio("race", 0.6), limit=0.8))
    assert component(fair, "fairness").value == 0.875


def test_by_the_worst_component_a_score_is_that_one() -> None:
    policy = replace(a_policy(), aggregation="worst")
    results = [*ALL_WELL, an_index("drifted", 9.0)]

    mean, worst = score(results, a_policy()), score(results, policy)

    least = min(each.value for each in worst.components if each.value is not None)
    assert worst.value == least < (mean.value or 0.0)
    assert worst.low == min(each.low for each in worst.components if each.low is not None)
    assert [each.contribution for each in worst.components if each.contribution] == [least]
    assert worst.coverage == mean.coverage


def test_a_component_without_weight_or_evidence_is_not_the_worst() -> None:
    policy = replace(a_policy(), aggregation="worst", weights=Weights(stability=0, fairness=1, performance=1))
    assert score([*ALL_WELL, an_index("drifted", 9.0)], policy).value == 1.0
    assert score([an_index("fine", 0.0)], replace(a_policy(), aggregation="worst")).value is None


@pytest.mark.parametrize(
    ("error", "before", "value"),
    [(20.0, 10.0, 0.5), (10.0, 10.0, 1.0), (5.0, 10.0, 1.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (None, 1.0, None)],
)
def test_an_error_of_predicted_numbers_counts_by_how_much_of_the_baselines_closeness_is_left(
    error: float | None, before: float, value: float | None
) -> None:
    performance = component(
        a_score(a_result("mean_absolute_error", error, baseline=before), an_index("a", 0.0)), "performance"
    )

    assert performance.value == value


def test_error_parity_counts_as_fairness_of_predicted_numbers() -> None:
    fairness = component(a_score(a_result("error_parity_ratio", 0.4, subject="sex", limit=0.8)), "fairness")

    assert (fairness.value, fairness.parts) == (0.5, (Part("sex", 0.5),))
