"""What the facts about a plan, and about an evaluation, add up to."""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.evaluations.events import Cancelled, Cause, Completed, Failed, PlanChanged, PlanMade, Requested
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.kernel import Decider, Digest, EvaluationId, Event, PlanId, Position, derived_id

EvaluationState = Literal["requested", "completed", "failed", "cancelled"]


class MonitoringPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The rules by which one version is watched."""

    version_id: UUID | None = None
    model_id: UUID | None = None
    policy: PlanPolicy | None = None


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """One run: whether it was asked for, done or given up, and what it rests on."""

    state: EvaluationState | None = None
    specification: Digest | None = None
    rows_digest: Digest | None = None
    results_digest: Digest | None = None


def plan_id_of(version_id: UUID) -> PlanId:
    """A version has one plan."""
    return PlanId(derived_id("plan", version_id))


def evaluation_id_of(
    plan_id: PlanId,
    cause: Cause,
    window_start: datetime,
    window_end: datetime,
    through_sequence: int,
    *,
    specification: Digest,
    fact: Position | None = None,
    due: datetime | None = None,
    revision: int = 0,
    rules: Digest | None = None,
) -> EvaluationId:
    """The same rows for the same cause are the same evaluation, in whichever time zone the window is written.

    A window closes once, whatever has come in since. What a fact calls for is measured once for that fact: the same
    rows again after another promotion, since the environment is another. So is what a schedule calls for, for each time
    that is due. What somebody asks for is measured as it is specified: the same rows again once they are held against
    others, or by other rules, and once some of the version's rows have gone.

    revision: how often rows of the version had gone by then; while none had, the id is what it was before it was told.
    rules: by which, and against which, a window of history is measured; once by each.
    """
    if due is not None:
        return EvaluationId(derived_id("evaluation", plan_id, cause, due.astimezone(UTC).isoformat()))
    if fact is not None:
        return EvaluationId(derived_id("evaluation", plan_id, cause, fact))
    start, end = window_start.astimezone(UTC).isoformat(), window_end.astimezone(UTC).isoformat()
    if cause == "backfill":
        return EvaluationId(derived_id("evaluation", plan_id, cause, start, end, rules))
    if cause == "window_closed":
        return EvaluationId(derived_id("evaluation", plan_id, cause, start, end))
    if cause == "asked":
        asked = (start, end, through_sequence, specification, *((revision,) if revision else ()))
        return EvaluationId(derived_id("evaluation", plan_id, cause, *asked))
    return EvaluationId(derived_id("evaluation", plan_id, cause, start, end, through_sequence))


def evolve_plan(plan: MonitoringPlan, event: Event) -> MonitoringPlan:
    """The plan after one more fact."""
    match event:
        case PlanMade(version_id=version_id, model_id=model_id, policy=policy):
            return replace(plan, version_id=version_id, model_id=model_id, policy=policy)
        case PlanChanged(policy=policy):
            return replace(plan, policy=policy.new)
        case _:
            return plan


def evolve_evaluation(evaluation: Evaluation, event: Event) -> Evaluation:
    """The evaluation after one more fact."""
    match event:
        case Requested(specification=specification):
            return replace(evaluation, state="requested", specification=specification)
        case Completed(rows_digest=rows_digest, results_digest=results_digest):
            return replace(evaluation, state="completed", rows_digest=rows_digest, results_digest=results_digest)
        case Failed():
            return replace(evaluation, state="failed")
        case Cancelled():
            return replace(evaluation, state="cancelled")
        case _:
            return evaluation


plans = Decider(kind="plan", initial=MonitoringPlan(), evolve=evolve_plan)
evaluations = Decider(kind="evaluation", initial=Evaluation(), evolve=evolve_evaluation)
