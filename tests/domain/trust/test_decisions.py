"""What may happen to policies and scores."""

import math
from typing import Any

import pytest
from msgspec.structs import replace

from cdt.domain.errors import Invalid
from cdt.domain.kernel import Change, EvaluationId
from cdt.domain.trust import decisions
from cdt.domain.trust.events import DefaultPolicySet, PolicySet, Scored
from cdt.domain.trust.policy import DEFAULT_POLICY, Weights
from cdt.domain.trust.score import Trend
from cdt.domain.trust.state import (
    EvaluationScore,
    Policy,
    default_policies,
    policies,
    policy_id_of,
    score_id_of,
    scores,
)
from tests.builders import NOON, an_id, noon_plus
from tests.domain.builders import A_MODEL, A_VERSION, a_policy, a_ratio, a_score, an_accuracy, an_index, state_of

AN_EVALUATION = EvaluationId(an_id(21))


def change(model: Policy = Policy(), reason: str = "the board wants it", **wanted: Any) -> list:  # noqa: B008
    return decisions.change_policy(model, decisions.Wanted(**wanted), model_id=A_MODEL, reason=reason)


def record(recorded: EvaluationScore = EvaluationScore(), **changes: Any) -> list:  # noqa: B008
    given: dict[str, Any] = {
        "model_id": A_MODEL, "version_id": A_VERSION, "environment": "production", "evaluation_id": AN_EVALUATION,
        "score": a_score(), "previous": None, "previous_window_end": None, "window_end": noon_plus(days=1), **changes,
    }  # fmt: skip
    return decisions.record_score(recorded, **given)


def test_a_model_begins_with_the_default_policy() -> None:
    assert Policy().present == DEFAULT_POLICY
    assert DEFAULT_POLICY.weights.shares() == {
        "stability": 1 / 3,
        "fairness": 1 / 3,
        "performance": 1 / 3,
        "quality": 0,
    }


def test_a_policy_is_changed_with_what_it_was_and_why() -> None:
    assert change(threshold=0.8) == [
        PolicySet(
            model_id=A_MODEL, policy=Change(None, a_policy(version=2, threshold=0.8)), reason="the board wants it"
        )
    ]


def test_what_is_not_named_stays() -> None:
    first = state_of(policies, *change(threshold=0.8))

    (event,) = change(first, weights={"stability": 2, "fairness": 1, "performance": 1})

    assert event.policy.old == a_policy(version=2, threshold=0.8)
    assert event.policy.new == a_policy(
        version=3, threshold=0.8, weights=Weights(stability=2, fairness=1, performance=1)
    )


def test_the_weight_of_a_component_that_is_not_named_stays() -> None:
    first = state_of(policies, *change(weights={"fairness": 2}))

    (event,) = change(first, weights={"stability": 3})

    assert event.policy.new.weights == Weights(stability=3, fairness=2, performance=1 / 3)
    assert change(first, weights={}) == change(first, weights={"fairness": 2}) == []


def test_the_same_policy_again_changes_nothing() -> None:
    assert change(threshold=0.7) == []
    assert change(state_of(policies, *change(threshold=0.8)), threshold=0.8) == []


def test_a_new_model_begins_with_its_projects_policy_and_changes_it_from_there() -> None:
    strict = decisions.Wanted(threshold=0.9)
    (default,) = decisions.change_default_policy(Policy(), strict, reason="the board wants it")
    project = state_of(default_policies, default)

    (first,) = decisions.begin_policy(project, model_id=A_MODEL)

    assert default == DefaultPolicySet(
        policy=Change(None, a_policy(version=2, threshold=0.9)), reason="the board wants it"
    )
    assert first == PolicySet(
        model_id=A_MODEL, policy=Change(None, a_policy(threshold=0.9)), reason="The project's default for new models."
    )
    (changed,) = change(state_of(policies, first), minimum_coverage=0.6)
    assert changed.policy.new == a_policy(version=2, threshold=0.9, minimum_coverage=0.6)


def test_a_project_whose_policy_is_the_default_again_gives_its_models_none() -> None:
    (strict,) = decisions.change_default_policy(Policy(), decisions.Wanted(threshold=0.9), reason="stricter")
    project = state_of(default_policies, strict)
    (usual,) = decisions.change_default_policy(project, decisions.Wanted(threshold=0.7), reason="as before")

    assert decisions.begin_policy(state_of(default_policies, strict, usual), model_id=A_MODEL) == []
    assert decisions.begin_policy(Policy(), model_id=A_MODEL) == []
    assert decisions.change_default_policy(project, decisions.Wanted(threshold=0.9), reason="again") == []
    with pytest.raises(Invalid):
        decisions.change_default_policy(project, decisions.Wanted(threshold=math.nan), reason="why not")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"threshold": 1.1}, "threshold"),
        ({"threshold": math.nan}, "threshold"),
        ({"minimum_coverage": 0.0}, "minimumCoverage"),
        ({"minimum_coverage": math.inf}, "minimumCoverage"),
        ({"weights": {"stability": 0, "fairness": 0, "performance": 0}}, "weights"),
        ({"weights": {"stability": -1}}, "weights"),
        ({"weights": {"stability": math.nan}}, "weights"),
        ({"threshold": 0.8, "reason": " "}, "reason"),
    ],
)
def test_a_policy_that_can_not_be_reckoned_with_is_refused(wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        change(**wanted)

    assert refusal.value.field == field


def test_the_first_score_has_nothing_before_it() -> None:
    (event,) = record()

    assert (event.value, event.standing) == (Change(None, 1.0), Change(None, "trusted"))
    assert event.sentence == "Trusted at 1.00, its first score."
    assert (event.threshold, event.policy_version, event.formula) == (0.7, 1, 1)


def test_a_score_is_recorded_beside_the_one_before() -> None:
    previous = a_score()
    score = a_score(an_index("age", 1.0), a_ratio("sex", 0.8), an_accuracy(0.8), previous=previous)

    (event,) = record(score=score, previous=previous, previous_window_end=NOON)

    assert event == Scored(
        model_id=A_MODEL,
        version_id=A_VERSION,
        environment="production",
        evaluation_id=AN_EVALUATION,
        value=Change(1.0, 2 / 3),
        low=2 / 3,
        high=2 / 3,
        coverage=1.0,
        standing=Change("trusted", "below_threshold"),
        reason=None,
        threshold=0.7,
        components=score.components,
        trend=Trend("down", round(-1 / 3, 12)),
        policy_version=1,
        formula=1,
        window_end=noon_plus(days=1),
        sentence="Below its threshold of 0.70, at 0.67, down 0.33 since 2026-03-02, because age drifted.",
    )


def test_an_evaluation_is_scored_once() -> None:
    assert record(state_of(scores, *record())) == []


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(Invalid):
        record(score=replace(a_score(), value=math.nan))


def test_streams_are_found_by_what_they_are_about() -> None:
    assert policy_id_of(A_MODEL) == policy_id_of(A_MODEL)
    assert score_id_of(AN_EVALUATION, "production") != score_id_of(AN_EVALUATION, "staging")
