"""When an alert rings, and when it stops."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdt.domain.alerts import decisions
from cdt.domain.alerts.decisions import AlertIsAcknowledged, AlertIsResolved, Observation, RuleExists
from cdt.domain.alerts.events import Acknowledged, Raised, Reopened, Resolved, RuleAdded, RuleDisabled, RuleEnabled
from cdt.domain.alerts.state import Alert, Rule, alert_id_of, alerts, rules
from cdt.domain.errors import Invalid, NotFound
from cdt.domain.evaluations.results import RECORDED
from cdt.domain.kernel import Change, EvaluationId, Event, Position, RuleId
from tests.builders import an_id
from tests.domain.builders import A_MODEL, A_VERSION, ANOTHER_VERSION, state_of

A_RULE = RuleId(an_id(31))
TERMS: dict[str, Any] = {
    "model_id": A_MODEL,
    "name": "Trust is low",
    "subject": "trust",
    "operator": "below",
    "threshold": 0.7,
    "in_a_row": 1,
}


def a_rule(**terms: Any) -> Rule:
    return state_of(rules, RuleAdded(**{**TERMS, **terms}))


def add(rule: Rule = Rule(), **terms: Any) -> list[Event]:  # noqa: B008
    return decisions.add_rule(rule, measures=RECORDED, **{**TERMS, **terms})


def seen(*values: float | None, first: int = 1) -> list[Observation]:
    return [Observation(EvaluationId(an_id(n)), Position(n), value) for n, value in enumerate(values, first)]


def judge(alert: Alert, observations: list[Observation], **terms: Any) -> list[Event]:
    return decisions.judge(alert, a_rule(**terms), observations, rule_id=A_RULE, version_id=A_VERSION)


def after(alert: Alert, events: list[Event]) -> Alert:
    for event in events:
        alert = alerts.evolve(alert, event)
    return alert


RINGING = after(Alert(), judge(Alert(), seen(0.6)))
SILENT = after(RINGING, judge(RINGING, seen(0.6, 0.8)))


def test_a_rule_is_added_and_at_once_enabled() -> None:
    assert add(name=" Trust is low ") == [RuleAdded(**TERMS)]
    assert a_rule().is_enabled


def test_the_same_rule_again_changes_nothing_and_another_is_refused() -> None:
    assert add(a_rule()) == []
    with pytest.raises(RuleExists):
        add(a_rule(), threshold=0.8)


@pytest.mark.parametrize(
    "subject",
    [
        "trust",
        "accuracy",
        "kolmogorov_smirnov:age",
        "kolmogorov_smirnov:a:b",
        "missing_share:a@b",
        "recall@old: 60",
        "kolmogorov_smirnov@women",
        "demographic_parity_ratio@women",
    ],
)
def test_a_subject_is_the_trust_score_or_a_measure_of_all_of_one_feature_or_in_a_slice(subject: str) -> None:
    assert add(subject=subject) == [RuleAdded(**{**TERMS, "subject": subject})]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"subject": "happiness"}, "subject"),
        ({"subject": "trust:age"}, "subject"),
        ({"subject": "accuracy:"}, "subject"),
        ({"subject": "accuracy:age"}, "subject"),
        ({"subject": ""}, "subject"),
        ({"subject": "accuracy@"}, "subject"),
        ({"subject": "happiness@women"}, "subject"),
        ({"subject": "freshness@women"}, "subject"),
        ({"subject": "domain_classifier@women"}, "subject"),
        ({"threshold": 1.01, "subject": "accuracy@women"}, "threshold"),
        ({"threshold": math.nan}, "threshold"),
        ({"threshold": math.inf}, "threshold"),
        ({"threshold": -5.0}, "threshold"),
        ({"threshold": 7.0}, "threshold"),
        ({"threshold": -0.01, "subject": "roc_auc", "operator": "above"}, "threshold"),
        ({"threshold": 1.01, "subject": "kolmogorov_smirnov:age"}, "threshold"),
        ({"threshold": -0.01, "subject": "population_stability_index"}, "threshold"),
        ({"threshold": 0.0}, "threshold"),
        ({"threshold": 1.0, "operator": "above"}, "threshold"),
        ({"threshold": 0.0, "subject": "population_stability_index"}, "threshold"),
        ({"in_a_row": 0}, "inARow"),
        ({"in_a_row": 1_000_000}, "inARow"),
        ({"in_a_row": 101}, "inARow"),
        ({"name": " "}, "name"),
    ],
)
def test_a_rule_that_can_not_be_judged_or_never_rings_is_refused(terms: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add(**terms)

    assert refusal.value.field == field


@pytest.mark.parametrize(
    "terms",
    [
        {"threshold": 1.0},
        {"threshold": 0.0, "operator": "above"},
        {"threshold": 25.0, "operator": "above", "subject": "population_stability_index"},
    ],
)
def test_a_threshold_may_be_any_that_a_value_can_pass(terms: dict[str, Any]) -> None:
    assert add(**terms) == [RuleAdded(**{**TERMS, **terms})]


def test_a_refused_threshold_says_where_it_must_lie() -> None:
    def refusal(**terms: Any) -> str:
        with pytest.raises(Invalid) as refused:
            add(**terms)
        return str(refused.value)

    assert refusal(threshold=7.0) == "threshold: it lies in [0, 1]"
    assert refusal(threshold=-1.0, subject="population_stability_index") == "threshold: it is at least 0"
    assert refusal(threshold=0.0) == "threshold: no value is below 0, so it would never ring"


def test_a_rule_is_disabled_and_enabled_once() -> None:
    disabled = rules.evolve(a_rule(), RuleDisabled(is_enabled=Change(True, False)))

    assert decisions.disable_rule(a_rule()) == [RuleDisabled(is_enabled=Change(True, False))]
    assert decisions.disable_rule(disabled) == []
    assert decisions.enable_rule(disabled) == [RuleEnabled(is_enabled=Change(False, True))]
    assert decisions.enable_rule(a_rule()) == []
    with pytest.raises(NotFound):
        decisions.enable_rule(Rule())
    with pytest.raises(NotFound):
        decisions.disable_rule(Rule())


def test_a_disabled_rule_does_not_ring() -> None:
    disabled = rules.evolve(a_rule(), RuleDisabled(is_enabled=Change(True, False)))

    assert decisions.judge(Alert(), disabled, seen(0.1), rule_id=A_RULE, version_id=A_VERSION) == []


def test_a_value_on_the_wrong_side_raises_the_alert() -> None:
    assert judge(Alert(), seen(0.9, 0.6)) == [
        Raised(
            rule_id=A_RULE, model_id=A_MODEL, version_id=A_VERSION, evaluation_id=EvaluationId(an_id(2)), value=0.6,
            judged_through=Position(2), state=Change(None, "open"),
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("operator", "value", "rings"),
    [("below", 0.7, False), ("below", 0.699, True), ("above", 0.7, False), ("above", 0.701, True)],
)
def test_the_threshold_itself_is_on_the_right_side(operator: str, value: float, rings: bool) -> None:
    assert bool(judge(Alert(), seen(value), operator=operator)) is rings


def test_it_rings_only_after_so_many_results_in_a_row() -> None:
    assert judge(Alert(), seen(0.6, 0.6), in_a_row=3) == []
    assert judge(Alert(), seen(0.6, 0.9, 0.6, 0.6), in_a_row=3) == []
    assert len(judge(Alert(), seen(0.9, 0.6, 0.6, 0.6), in_a_row=3)) == 1


def test_told_twice_it_rings_once() -> None:
    assert judge(RINGING, seen(0.6)) == []


def test_told_again_after_it_was_resolved_by_a_person_it_stays_silent() -> None:
    resolved = after(RINGING, decisions.resolve(RINGING, note="mended", seen_at=Position(2)))

    assert judge(resolved, seen(0.6)) == []
    assert judge(resolved, seen(0.6, 0.6)) == []
    assert len(judge(resolved, seen(0.6, 0.6, 0.6))) == 1


def test_a_missing_value_neither_raises_nor_resolves_nor_interrupts_a_row() -> None:
    assert judge(Alert(), seen(None)) == []
    assert judge(Alert(), seen(0.6, None), in_a_row=1) == []
    assert judge(RINGING, seen(0.6, 0.9, None)) == []
    assert len(judge(Alert(), seen(0.6, None, 0.6), in_a_row=2)) == 1


def test_no_result_at_all_changes_nothing() -> None:
    assert judge(Alert(), []) == []


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(Invalid):
        judge(Alert(), seen(math.nan))


def test_it_stops_when_the_value_is_back_for_as_many_results() -> None:
    assert judge(RINGING, seen(0.6, 0.8), in_a_row=2) == []
    assert judge(RINGING, seen(0.6, 0.8, 0.75), in_a_row=2) == [
        Resolved(
            note="", evaluation_id=EvaluationId(an_id(3)), value=0.75, judged_through=Position(3),
            state=Change("open", "resolved"),
        )
    ]  # fmt: skip


def test_it_opens_again_when_the_value_is_wrong_once_more() -> None:
    assert judge(SILENT, seen(0.6, 0.8, 0.5)) == [
        Reopened(
            evaluation_id=EvaluationId(an_id(3)),
            value=0.5,
            judged_through=Position(3),
            state=Change("resolved", "open"),
        )
    ]


def test_an_acknowledged_alert_is_resolved_by_itself_too() -> None:
    acknowledged = after(RINGING, decisions.acknowledge(RINGING, note="on it"))

    assert after(acknowledged, judge(acknowledged, seen(0.6, 0.9))).state == "resolved"


def test_somebody_looks_after_it() -> None:
    assert decisions.acknowledge(RINGING, note=" on it ") == [
        Acknowledged(note="on it", state=Change("open", "acknowledged"))
    ]


def test_acknowledging_twice_changes_nothing_and_with_another_note_is_refused() -> None:
    acknowledged = after(RINGING, decisions.acknowledge(RINGING, note="on it"))

    assert decisions.acknowledge(acknowledged, note="on it") == []
    with pytest.raises(AlertIsAcknowledged):
        decisions.acknowledge(acknowledged, note="me too")


def test_what_is_over_is_neither_acknowledged_nor_resolved_otherwise() -> None:
    with pytest.raises(AlertIsResolved):
        decisions.acknowledge(SILENT, note="on it")
    with pytest.raises(AlertIsResolved):
        decisions.resolve(SILENT, note="mended", seen_at=Position(9))
    assert decisions.resolve(SILENT, note="", seen_at=Position(9)) == []


def test_an_alert_that_never_rang_is_not_there() -> None:
    with pytest.raises(NotFound):
        decisions.acknowledge(Alert(), note="")
    with pytest.raises(NotFound):
        decisions.resolve(Alert(), note="", seen_at=Position(1))


def test_a_person_resolves_it_with_all_they_have_seen() -> None:
    assert decisions.resolve(RINGING, note="mended", seen_at=Position(5)) == [
        Resolved(
            note="mended", evaluation_id=None, value=None, judged_through=Position(5), state=Change("open", "resolved")
        )
    ]


def test_a_rule_has_one_alert_for_each_version() -> None:
    assert alert_id_of(A_RULE, A_VERSION) != alert_id_of(A_RULE, ANOTHER_VERSION)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=30), st.integers(1, 3))
def test_judging_every_result_twice_is_judging_it_once(values: list[float | None], in_a_row: int) -> None:
    once, twice = Alert(), Alert()
    for count in range(1, len(values) + 1):
        observations = seen(*values[:count])
        once = after(once, judge(once, observations, in_a_row=in_a_row))
        for _ in range(2):
            twice = after(twice, judge(twice, observations, in_a_row=in_a_row))

    assert once == twice
