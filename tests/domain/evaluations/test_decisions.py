"""What may happen to plans and evaluations."""

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from msgspec.structs import replace

from cdt.domain.errors import Invalid, NotFound
from cdt.domain.evaluations import decisions
from cdt.domain.evaluations.decisions import EvaluationDiffers, EvaluationIsOver, PlanExists
from cdt.domain.evaluations.events import Cancelled, Cause, Completed, Failed, PlanChanged, PlanMade, Requested
from cdt.domain.evaluations.plan import DEFAULT_POLICY, PlanPolicy
from cdt.domain.evaluations.state import (
    Evaluation,
    MonitoringPlan,
    evaluation_id_of,
    evaluations,
    plan_id_of,
    plans,
)
from cdt.domain.evaluations.verdicts import judge
from cdt.domain.kernel import Change, Digest, EvaluationId, Position
from cdt.domain.registry.signature import Column
from tests.builders import NOON, noon_plus
from tests.domain.builders import A_DIGEST, A_MODEL, A_VERSION, ANOTHER_DIGEST, a_measurement, state_of

A_PLAN = plan_id_of(A_VERSION)
ASKED: dict[str, Any] = {
    "plan_id": A_PLAN,
    "version_id": A_VERSION,
    "model_id": A_MODEL,
    "environment": "production",
    "cause": "asked",
    "window_start": NOON,
    "window_end": noon_plus(days=1),
    "through_sequence": 7,
    "specification": A_DIGEST,
}
RESULTS = judge(
    [
        a_measurement(subject="age"),
        a_measurement(subject="school", value=0.5, low=0.4, high=0.6),
        a_measurement(subject="sex", rows=3),
        a_measurement("accuracy", value=0.8, low=0.79, high=0.81, baseline=0.8),
    ],
    DEFAULT_POLICY,
)
DONE: dict[str, Any] = {
    "rows": 1_000,
    "labels": 200,
    "rows_digest": A_DIGEST,
    "results": RESULTS,
    "results_digest": ANOTHER_DIGEST,
    "libraries": {"scipy": "1.16", "numpy": "2.3"},
    "processor": "avx2",
}
REQUESTED = state_of(evaluations, Requested(**ASKED))
COMPLETED = state_of(evaluations, Requested(**ASKED), *decisions.complete(REQUESTED, **DONE))
FAILED = state_of(evaluations, Requested(**ASKED), Failed(attempts=3, reason="out of memory"))


def make_plan(plan: MonitoringPlan, policy: PlanPolicy = DEFAULT_POLICY) -> list:
    return decisions.make_plan(plan, version_id=A_VERSION, model_id=A_MODEL, policy=policy)


def test_a_version_is_watched_by_a_plan() -> None:
    assert make_plan(MonitoringPlan()) == [PlanMade(version_id=A_VERSION, model_id=A_MODEL, policy=DEFAULT_POLICY)]


def test_the_same_plan_again_changes_nothing_and_another_is_refused() -> None:
    made = state_of(plans, *make_plan(MonitoringPlan()))

    assert make_plan(made) == []
    with pytest.raises(PlanExists):
        make_plan(made, PlanPolicy(minimum_rows=10))


def test_a_plan_that_can_not_be_followed_is_not_made() -> None:
    with pytest.raises(Invalid):
        make_plan(MonitoringPlan(), PlanPolicy(minimum_rows=0))


def changed(plan: MonitoringPlan, **wanted: Any) -> list:
    return decisions.change_plan(
        plan, wanted, columns=[Column("age", "number"), Column("plan", "category")], reason="late labels"
    )


def test_what_is_named_of_a_plan_changes_and_the_rest_stays() -> None:
    made = state_of(plans, *make_plan(MonitoringPlan()))

    (event,) = changed(made, psi_limit=0.2, features=("age",), schedule="0 6 * * 1")

    after = replace(DEFAULT_POLICY, psi_limit=0.2, features=("age",), schedule="0 6 * * 1")
    assert event == PlanChanged(
        version_id=A_VERSION, model_id=A_MODEL, policy=Change(DEFAULT_POLICY, after), reason="late labels"
    )
    assert changed(state_of(plans, *make_plan(MonitoringPlan()), event), psi_limit=0.2) == []


def test_only_a_plan_that_is_there_changes() -> None:
    with pytest.raises(NotFound):
        changed(MonitoringPlan(), psi_limit=0.2)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"psi_limit": 0.0}, "psiLimit"),
        ({"window_seconds": 1}, "windowSeconds"),
        ({"features": ()}, "features"),
        ({"features": ("age", "age")}, "features"),
        ({"features": ("height",)}, "features"),
        ({"measures": ("luck",)}, "measures"),
        ({"measures": ("accuracy", "accuracy")}, "measures"),
        ({"least_label_share": 1.01}, "leastLabelShare"),
        ({"least_label_share": math.nan}, "leastLabelShare"),
        ({"triggers": ("data", "data")}, "triggers"),
        ({"schedule": ""}, "schedule"),
        ({"schedule": "*" * 101}, "schedule"),
    ],
)
def test_a_plan_that_can_not_be_followed_is_not_changed_to(wanted: dict[str, Any], field: str) -> None:
    made = state_of(plans, *make_plan(MonitoringPlan()))
    with pytest.raises(Invalid) as refused:
        changed(made, **wanted)
    assert refused.value.field == field


def test_a_reason_is_given_for_another_plan() -> None:
    made = state_of(plans, *make_plan(MonitoringPlan()))
    with pytest.raises(Invalid):
        decisions.change_plan(made, {"psi_limit": 0.2}, columns=[], reason=" ")


def test_an_evaluation_is_asked_for() -> None:
    assert decisions.request(Evaluation(), **ASKED) == [Requested(**ASKED)]


@pytest.mark.parametrize("evaluation", [REQUESTED, COMPLETED])
def test_asking_again_changes_nothing(evaluation: Evaluation) -> None:
    assert decisions.request(evaluation, **ASKED) == []


def test_the_same_rows_are_not_measured_to_another_specification() -> None:
    with pytest.raises(EvaluationDiffers):
        decisions.request(COMPLETED, **{**ASKED, "specification": ANOTHER_DIGEST})


def test_what_was_given_up_is_tried_again_only_when_somebody_asks() -> None:
    assert decisions.request(FAILED, **ASKED) == [Requested(**ASKED)]
    assert decisions.request(FAILED, **{**ASKED, "cause": "window_closed"}) == []


def test_what_is_tried_again_is_asked_for_by_the_specification_that_it_had() -> None:
    scheduled = Requested(**{**ASKED, "cause": "window_closed"})
    assert decisions.retry(FAILED, scheduled) == [scheduled]
    assert decisions.retry(REQUESTED, scheduled) == []
    with pytest.raises(EvaluationDiffers):
        decisions.retry(FAILED, Requested(**{**ASKED, "specification": ANOTHER_DIGEST}))
    with pytest.raises(EvaluationIsOver):
        decisions.retry(COMPLETED, scheduled)
    with pytest.raises(NotFound):
        decisions.retry(Evaluation(), scheduled)


@pytest.mark.parametrize(
    "changes",
    [
        {"window_end": NOON},
        {"window_end": noon_plus(days=-1)},
        {"window_start": NOON.replace(tzinfo=None)},
        {"through_sequence": -1},
    ],
)
def test_a_window_ends_after_it_starts(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        decisions.request(Evaluation(), **{**ASKED, **changes})


def test_what_was_computed_is_recorded_with_its_verdicts_counted() -> None:
    assert decisions.complete(REQUESTED, **DONE) == [
        Completed(
            rows=1_000, labels=200, rows_digest=A_DIGEST, results_digest=ANOTHER_DIGEST, passed=2, failed=1,
            inconclusive=1, libraries={"numpy": "2.3", "scipy": "1.16"}, processor="avx2",
        )
    ]  # fmt: skip


def test_a_second_worker_with_the_same_bits_changes_nothing() -> None:
    assert decisions.complete(COMPLETED, **DONE) == []


def test_a_second_worker_with_other_bits_is_refused() -> None:
    with pytest.raises(EvaluationIsOver):
        decisions.complete(COMPLETED, **{**DONE, "results_digest": A_DIGEST})


def test_what_was_given_up_is_not_completed_late() -> None:
    with pytest.raises(EvaluationIsOver):
        decisions.complete(FAILED, **DONE)


def test_only_what_was_asked_for_is_completed_or_given_up() -> None:
    with pytest.raises(NotFound):
        decisions.complete(Evaluation(), **DONE)
    with pytest.raises(NotFound):
        decisions.give_up(Evaluation(), attempts=1, reason="")


def test_giving_up_says_why_and_only_once() -> None:
    assert decisions.give_up(REQUESTED, attempts=3, reason="out of\x00 memory") == [
        Failed(attempts=3, reason="out of memory")
    ]
    assert decisions.give_up(FAILED, attempts=4, reason="again") == []


def test_what_is_complete_is_not_given_up() -> None:
    with pytest.raises(EvaluationIsOver):
        decisions.give_up(COMPLETED, attempts=3, reason="late")


NEXT_NOON = noon_plus(days=1)


def an_evaluation_id(
    cause: Cause,
    start: datetime = NOON,
    end: datetime = NEXT_NOON,
    sequence: int = 7,
    specification: Digest = A_DIGEST,
    fact: Position | None = None,
) -> EvaluationId:
    return evaluation_id_of(A_PLAN, cause, start, end, sequence, specification=specification, fact=fact)


def test_what_is_asked_for_is_another_evaluation_once_rows_have_gone_and_nothing_else_is() -> None:
    def of_revision(cause: Cause, revision: int) -> EvaluationId:
        return evaluation_id_of(A_PLAN, cause, NOON, NEXT_NOON, 7, specification=A_DIGEST, revision=revision)

    assert of_revision("asked", 0) == an_evaluation_id("asked")
    assert len({of_revision("asked", revision) for revision in (0, 1, 2)}) == 3
    assert of_revision("window_closed", 1) == an_evaluation_id("window_closed")


def test_the_same_window_is_the_same_evaluation_in_every_time_zone() -> None:
    east = timezone(timedelta(hours=5))

    here = an_evaluation_id("asked", NOON, noon_plus(days=1), 7)

    assert an_evaluation_id("asked", NOON.astimezone(east), noon_plus(days=1).astimezone(east), 7) == here
    assert an_evaluation_id("restatement", NOON, noon_plus(days=1), 7) != here
    assert an_evaluation_id("asked", NOON, noon_plus(days=1), 8) != here
    assert an_evaluation_id("asked", datetime(2026, 1, 1, tzinfo=UTC), noon_plus(days=1), 7) != here


def test_a_window_that_closes_is_one_evaluation_whatever_has_come_in() -> None:
    closes = an_evaluation_id("window_closed", NOON, noon_plus(days=1), 7)

    assert an_evaluation_id("window_closed", NOON, noon_plus(days=1), 8) == closes
    assert an_evaluation_id("window_closed", noon_plus(days=1), noon_plus(days=2), 7) != closes


def test_what_a_fact_calls_for_is_one_evaluation_for_each_fact() -> None:
    first = an_evaluation_id("promotion", NOON, noon_plus(days=1), 7, fact=Position(3))

    assert an_evaluation_id("promotion", NOON, noon_plus(days=2), 8, fact=Position(3)) == first
    assert an_evaluation_id("promotion", NOON, noon_plus(days=1), 7, fact=Position(4)) != first


def test_the_same_rows_are_another_evaluation_when_somebody_asks_for_them_by_another_specification() -> None:
    assert an_evaluation_id("asked", specification=ANOTHER_DIGEST) != an_evaluation_id("asked")
    for cause in ("restatement", "window_closed", "live_change"):
        assert an_evaluation_id(cause, specification=ANOTHER_DIGEST) == an_evaluation_id(cause)
    fact = Position(3)
    assert an_evaluation_id("asked", specification=ANOTHER_DIGEST, fact=fact) == an_evaluation_id("asked", fact=fact)


def test_what_is_not_over_can_be_cancelled_and_asked_for_again() -> None:
    assert decisions.cancel(REQUESTED) == [Cancelled()]
    cancelled = state_of(evaluations, Requested(**ASKED), Cancelled())

    assert decisions.cancel(cancelled) == []
    assert decisions.request(cancelled, **ASKED) == [Requested(**ASKED)]
    assert decisions.request(cancelled, **{**ASKED, "cause": "window_closed"}) == []
    with pytest.raises(EvaluationIsOver):
        decisions.complete(cancelled, **DONE)
    with pytest.raises(EvaluationIsOver):
        decisions.give_up(cancelled, attempts=1, reason="why")


@pytest.mark.parametrize("evaluation", [COMPLETED, FAILED])
def test_what_is_over_can_not_be_cancelled(evaluation: Evaluation) -> None:
    with pytest.raises(EvaluationIsOver):
        decisions.cancel(evaluation)


def test_only_what_was_asked_for_can_be_cancelled() -> None:
    with pytest.raises(NotFound):
        decisions.cancel(Evaluation())
