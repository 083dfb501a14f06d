"""Commands about monitoring plans and evaluations."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cdt.commands import schedules
from cdt.database.deciding import Decides, Outcome
from cdt.domain.evaluations import decisions
from cdt.domain.evaluations.events import Cause, Environment, Requested
from cdt.domain.evaluations.plan import DEFAULT_POLICY, PlanPolicy
from cdt.domain.evaluations.proposing import Reason
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.evaluations.slices import ColumnShape
from cdt.domain.evaluations.state import evaluation_id_of, evaluations, plan_id_of, plans
from cdt.domain.kernel import Command, Digest, EvaluationId, Position
from cdt.domain.text import Text


def make_plan(
    log: Decides[Outcome],
    version_id: UUID,
    *,
    model_id: UUID,
    policy: PlanPolicy = DEFAULT_POLICY,
    because: tuple[Reason, ...] = (),
    by: Command,
) -> Outcome:
    """Watch a version by these rules. because: why they are what they are, where they were proposed."""
    return log.decide(
        plans,
        plan_id_of(version_id),
        lambda plan: decisions.make_plan(
            plan, version_id=version_id, model_id=model_id, policy=policy, because=because
        ),
        by=by,
    )


def change_plan(
    log: Decides[Outcome],
    version_id: UUID,
    *,
    wanted: Mapping[str, Any],
    columns: Collection[ColumnShape],
    attributes: Collection[str] = (),
    classes: Collection[str] = (),
    is_of_numbers: bool = False,
    reason: Text,
    by: Command,
) -> Outcome:
    """Watch a version by other rules. wanted: the new values, by the names of the policy's fields."""
    schedule = wanted.get("schedule")
    if schedule is not None:
        schedules.check(schedule)
    return log.decide(
        plans,
        plan_id_of(version_id),
        lambda plan: decisions.change_plan(
            plan,
            wanted,
            columns=columns,
            attributes=attributes,
            classes=classes,
            is_of_numbers=is_of_numbers,
            reason=reason,
        ),
        by=by,
    )


def request_evaluation(
    log: Decides[Outcome],
    version_id: UUID,
    *,
    model_id: UUID,
    environment: Environment,
    cause: Cause,
    window_start: datetime,
    window_end: datetime,
    through_sequence: int,
    specification: Digest,
    fact: Position | None = None,
    due: datetime | None = None,
    revision: int = 0,
    rules: Digest | None = None,
    by: Command,
) -> Outcome:
    """Ask for the measures of a window; the evaluation's id is `evaluation_id_of` the same values.

    fact, due: the one that calls for it, where it is to be measured once for each. revision: of the version's rows.
    rules: of a window of history.
    """
    plan_id = plan_id_of(version_id)
    return log.decide(
        evaluations,
        evaluation_id_of(
            plan_id,
            cause,
            window_start,
            window_end,
            through_sequence,
            specification=specification,
            fact=fact,
            due=due,
            revision=revision,
            rules=rules,
        ),
        lambda evaluation: decisions.request(
            evaluation,
            plan_id=plan_id,
            version_id=version_id,
            model_id=model_id,
            environment=environment,
            cause=cause,
            window_start=window_start,
            window_end=window_end,
            through_sequence=through_sequence,
            specification=specification,
        ),
        by=by,
    )


def complete_evaluation(
    log: Decides[Outcome],
    evaluation_id: EvaluationId,
    *,
    rows: int,
    labels: int,
    rows_digest: Digest,
    results: tuple[MeasureResult, ...],
    results_digest: Digest,
    libraries: Mapping[str, str],
    processor: str,
    by: Command,
) -> Outcome:
    """Record what was computed; the results are already kept under their digest."""
    return log.decide(
        evaluations,
        evaluation_id,
        lambda evaluation: decisions.complete(
            evaluation,
            rows=rows,
            labels=labels,
            rows_digest=rows_digest,
            results=results,
            results_digest=results_digest,
            libraries=libraries,
            processor=processor,
        ),
        by=by,
    )


def give_up_evaluation(
    log: Decides[Outcome], evaluation_id: EvaluationId, *, attempts: int, reason: str, by: Command
) -> Outcome:
    """Record that no attempt succeeded."""
    return log.decide(
        evaluations,
        evaluation_id,
        lambda evaluation: decisions.give_up(evaluation, attempts=attempts, reason=reason),
        by=by,
    )


def retry_evaluation(
    log: Decides[Outcome], evaluation_id: EvaluationId, *, requested: Requested, by: Command
) -> Outcome:
    """Try one again that was given up or cancelled. requested: as it was asked for."""
    return log.decide(evaluations, evaluation_id, lambda evaluation: decisions.retry(evaluation, requested), by=by)


def cancel_evaluation(log: Decides[Outcome], evaluation_id: EvaluationId, *, by: Command) -> Outcome:
    """Let an evaluation be that is not over yet."""
    return log.decide(evaluations, evaluation_id, decisions.cancel, by=by)
