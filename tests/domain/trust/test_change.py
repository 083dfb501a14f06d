"""Why a score changed: contributions that sum to the change."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.trust.change import Move, TrustChange, change_between
from cdt.domain.trust.change_sentences import change_sentence
from cdt.domain.trust.policy import DEFAULT_POLICY, TrustPolicy, Weights
from tests.builders import NOON
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

EXACT = 1e-12
FEW = {"rows": 3, "has_enough_rows": False}
share = st.floats(0, 1, allow_nan=False)
missing_or = st.one_of(st.none(), share)


def changed(
    before: list[MeasureResult],
    after: list[MeasureResult],
    policy: TrustPolicy = DEFAULT_POLICY,
    policy_after: TrustPolicy | None = None,
) -> TrustChange:
    return change_between(
        a_score(*before, policy=policy),
        a_score(*after, policy=policy_after or policy),
        results_before=before,
        results_after=after,
    )


def amounts(change: TrustChange) -> dict[str, float]:
    return {move.kind or move.cause: round(move.amount, 12) for move in change.moves}


def parts(move: Move) -> list[tuple[str, str, float]]:
    return [(part.name, part.cause, round(part.amount, 12)) for part in move.parts]


def test_what_moved_contributes_and_what_stayed_does_not() -> None:
    change = changed(
        [an_index("age", 0.0), an_index("school", 0.0), a_ratio("sex", 0.8), an_accuracy(0.8)],
        [an_index("age", 9.0), an_index("school", 0.0), a_ratio("sex", 0.8), an_accuracy(0.6)],
    )

    assert (change.before, change.after) == pytest.approx((1.0, 0.75))
    assert amounts(change) == {"stability": round(-1 / 6, 12), "performance": round(-1 / 12, 12)}
    assert parts(change.moves[0]) == [("age", "value", round(-1 / 6, 12))]


def test_parts_that_make_good_for_one_another_are_told_although_nothing_moved_in_all() -> None:
    rest = [a_ratio("sex", 0.8), an_accuracy(0.8)]
    change = changed(
        [an_index("age", 0.0), an_index("school", 9.0), *rest], [an_index("age", 9.0), an_index("school", 0.0), *rest]
    )

    assert change.amount == 0.0
    assert amounts(change) == {"stability": 0.0}
    assert parts(change.moves[0]) == [("age", "value", round(-1 / 6, 12)), ("school", "value", round(1 / 6, 12))]


def test_a_component_that_went_missing_takes_the_whole_of_what_that_did() -> None:
    before = [an_index("age", 0.0), a_ratio("sex", 0.4), an_accuracy(0.72)]
    change = changed(before, [*before[:2], an_accuracy(0.72, **FEW)])

    assert amounts(change) == {"performance": -0.05}
    assert change.moves[0].cause == "went"
    assert (change.moves[0].before, change.moves[0].after, change.moves[0].parts) == (pytest.approx(0.9), None, ())


def test_a_feature_that_came_or_went_is_told_against_those_that_stayed() -> None:
    rest = [a_ratio("sex", 0.8), an_accuracy(0.8)]
    change = changed([an_index("age", 0.0), an_index("gone", 9.0), *rest], [an_index("age", 0.0), *rest])

    assert parts(change.moves[0]) == [("gone", "went", round(1 / 6, 12))]
    assert change.moves[0].parts[0].before == 0.0


def test_another_limit_is_told_apart_from_another_value() -> None:
    rest = [an_index("age", 0.0), an_accuracy(0.8)]
    change = changed([a_ratio("sex", 0.8, limit=0.8), *rest], [a_ratio("sex", 0.72, limit=0.9), *rest])

    (fairness,) = change.moves
    by_value, by_limit = sorted(fairness.parts, key=lambda part: part.cause, reverse=True)
    assert (by_value.cause, by_limit.cause) == ("value", "limit")
    assert by_value.amount == pytest.approx((-0.1 + 0.8 - 0.8 / 0.9) / 2 / 3)
    assert by_limit.amount == pytest.approx((-0.1 + 0.8 / 0.9 - 1) / 2 / 3)
    assert change_sentence(change) == "Down 0.07: fairness -0.07 (sex with its limit)."


def test_another_baseline_is_another_limit() -> None:
    rest = [an_index("age", 0.0), a_ratio("sex", 0.8)]
    change = changed([an_accuracy(0.6, baseline=0.8), *rest], [an_accuracy(0.6, baseline=0.6), *rest])
    assert parts(change.moves[0]) == [("accuracy", "limit", round(1 / 12, 12))]


def test_other_weights_and_another_aggregation_are_told_apart_from_what_was_measured() -> None:
    results = [an_index("age", 0.0), a_ratio("sex", 0.4), an_accuracy(0.8)]
    weighted = a_policy(weights=Weights(stability=1, fairness=2, performance=1))

    assert amounts(changed(results, results, policy_after=weighted)) == {"weights": round(0.75 - 2.5 / 3, 12)}
    assert amounts(changed(results, results, policy_after=a_policy(aggregation="worst"))) == {
        "aggregation": round(0.5 - 2.5 / 3, 12)
    }


def test_of_the_worst_component_only_what_made_it_the_worst_counts() -> None:
    worst = a_policy(aggregation="worst")
    change = changed(
        [an_index("age", 0.0), a_ratio("sex", 0.72), an_accuracy(0.6)],
        [an_index("age", 0.0), a_ratio("sex", 0.4), an_accuracy(0.68)],
        worst,
    )

    assert amounts(change) == {"fairness": -0.3, "performance": 0.05}
    assert parts(change.moves[0]) == [("sex", "value", -0.3)]


def test_what_has_no_score_at_one_end_says_so_and_is_not_taken_apart() -> None:
    nothing = [an_index("age", None)]
    change = changed(nothing, [*ALL_WELL])

    assert (change.amount, change.moves) == (None, ())
    assert change_sentence(change) == "The first score has no value: there was not enough evidence."
    assert changed([*ALL_WELL], nothing).reason == "The last score has no value: there was not enough evidence."
    assert changed(nothing, nothing).reason == "Both scores have no value: there was not enough evidence."


def test_a_quality_that_begins_to_count_is_a_matter_of_the_weights() -> None:
    checks = [a_result("freshness", 0.9, limit=0.5)]
    watched = a_policy(weights=Weights(quality=1 / 3))
    change = changed([*ALL_WELL], [*ALL_WELL, *checks], policy_after=watched)

    assert amounts(change) == {"weights": -0.25}


def test_scores_whose_results_are_gone_are_taken_apart_by_component() -> None:
    before, after = a_score(*ALL_WELL), a_score(an_index("age", 9.0), a_ratio("sex", 0.9), an_accuracy(0.8))
    (move,) = change_between(before, after).moves
    assert (move.kind, move.parts) == ("stability", ())
    assert move.amount == pytest.approx(-1 / 3, abs=EXACT)


def test_the_sentence_names_what_did_it() -> None:
    rest = [a_ratio("sex", 0.8)]
    names = ("age", "education", "job", "state")
    change = changed(
        [*(an_index(name, 0.0) for name in names), *rest, an_accuracy(0.8), an_auc(0.9)],
        [*(an_index(name, 9.0) for name in names[:3]), an_index("state", 0.0), *rest, an_accuracy(0.8), an_auc(0.81)],
    )

    assert change_sentence(change, since=NOON) == (
        "Down 0.27 since 2026-03-02: stability -0.25 (age, education and 1 more), performance -0.02 (ROC AUC)."
    )
    assert change_sentence(changed([*ALL_WELL], [*ALL_WELL]), since=NOON) == "Unchanged since 2026-03-02."
    assert change_sentence(changed([*ALL_WELL], [*ALL_WELL[:1], an_accuracy(0.8), a_ratio("sex", 0.796)])) == (
        "Changed by less than 0.01."
    )


@st.composite
def measured(draw: st.DrawFn) -> list[MeasureResult]:
    results: list[MeasureResult] = []
    for feature in draw(st.sets(st.sampled_from(("age", "school", "job", "state")))):
        limit = draw(st.sampled_from((None, 0.1, 0.3)))
        results.append(an_index(feature, draw(missing_or), limit=limit))
    held = st.sampled_from((None, 0.7, 0.9))
    attributes = draw(st.sets(st.sampled_from(("sex", "race", "region"))))
    results += [a_ratio(attribute, draw(missing_or), limit=draw(held)) for attribute in attributes]
    results += [make(draw(missing_or), baseline=draw(held)) for make in (an_accuracy, an_auc)]
    results.append(a_result("freshness", draw(missing_or), limit=0.5))
    return results


@st.composite
def policies(draw: st.DrawFn) -> TrustPolicy:
    weight = st.sampled_from((0.0, 0.5, 1.0, 7.0))
    weights: dict[str, Any] = {kind: draw(weight) for kind in ("stability", "fairness", "performance", "quality")}
    if not any(weights.values()):
        weights["fairness"] = 1.0
    aggregation = draw(st.sampled_from(("weighted_mean", "worst")))
    return a_policy(weights=Weights(**weights), aggregation=aggregation, minimum_coverage=0.05)


@settings(max_examples=60)
@given(measured(), measured(), policies(), policies())
def test_the_contributions_sum_to_the_change_and_the_way_back_is_the_same(
    before: list[MeasureResult], after: list[MeasureResult], policy: TrustPolicy, policy_after: TrustPolicy
) -> None:
    change, back = changed(before, after, policy, policy_after), changed(after, before, policy_after, policy)

    if change.amount is None:
        assert (change.moves, back.amount) == ((), None)
        return
    assert math.fsum(move.amount for move in change.moves) == pytest.approx(change.amount, abs=EXACT)
    for move in change.moves:
        if move.parts:
            assert math.fsum(part.amount for part in move.parts) == pytest.approx(move.amount, abs=EXACT)
    there = {move.kind or move.cause: move.amount for move in change.moves}
    assert {move.kind or move.cause: -move.amount for move in back.moves} == pytest.approx(there, abs=EXACT)
