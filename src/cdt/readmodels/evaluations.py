"""Monitoring plans and evaluations, as known at a position."""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.domain.evaluations.events import Cause, Environment, Requested
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.proposing import WHOLE_PLAN, Reason
from cdt.domain.kernel import Digest, PlanId
from cdt.readmodels.belonging import belongs, to_project

END = 2**63 - 1
"""Before this position lies everything: where a list, newest first, begins."""


@belongs(to_project)
class Plan(msgspec.Struct, frozen=True):
    """The rules by which a version is watched."""

    id: UUID
    project_id: UUID
    model_id: UUID
    version_id: UUID
    policy: dict[str, Any]
    because: list[dict[str, str]] | None
    made_at: datetime
    made_by_kind: str
    made_by_id: str
    changed_at: datetime | None
    changed_by_kind: str | None
    changed_by_id: str | None
    reason: str | None

    @property
    def typed_policy(self) -> PlanPolicy:
        """The policy, as the domain has it."""
        return msgspec.convert(self.policy, PlanPolicy)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why its rules are what they are, of those that nobody has changed since."""
        return msgspec.convert(self.because or (), tuple[Reason, ...])

    @property
    def is_somebodys(self) -> bool:
        """Whether somebody has changed it, or the plan of a former version that it was taken from."""
        return self.changed_at is not None or any(reason.field == WHOLE_PLAN for reason in self.reasons)


@belongs(to_project)
class Evaluation(msgspec.Struct, frozen=True):
    """A run of measures over one window; `state` is requested, completed or failed.

    `requested_position` is its place in lists. The results are the kept document named `results_digest`.
    """

    id: UUID
    project_id: UUID
    model_id: UUID
    version_id: UUID
    plan_id: UUID
    environment: str
    cause: str
    state: str
    window_start: datetime
    window_end: datetime
    through_sequence: int
    specification_digest: str
    requested_at: datetime
    requested_by_kind: str
    requested_by_id: str
    requested_position: int
    finished_at: datetime | None
    finished_position: int | None
    rows: int | None
    labels: int | None
    rows_digest: str | None
    results_digest: str | None
    passed: int | None
    failed: int | None
    inconclusive: int | None
    libraries: dict[str, str] | None
    processor: str | None
    attempts: int | None
    failure: str | None

    @property
    def typed_environment(self) -> Environment:
        """The environment, as the domain has it."""
        return msgspec.convert(self.environment, Environment)

    @property
    def requested(self) -> Requested:
        """As it was asked for."""
        return Requested(
            plan_id=PlanId(self.plan_id),
            version_id=self.version_id,
            model_id=self.model_id,
            environment=self.typed_environment,
            cause=msgspec.convert(self.cause, Cause),
            window_start=self.window_start,
            window_end=self.window_end,
            through_sequence=self.through_sequence,
            specification=Digest(self.specification_digest),
        )


_PLANS: LiteralString = (
    "SELECT id, project_id, model_id, version_id, policy, because, made_at, made_by_kind, made_by_id,"
    " changed_at, changed_by_kind, changed_by_id, reason FROM evaluations_plans_at(%(position)s::bigint)"
)
_EVALUATIONS: LiteralString = (
    "SELECT id, project_id, model_id, version_id, plan_id, environment, cause, state, window_start, window_end,"
    " through_sequence, specification_digest, requested_at, requested_by_kind, requested_by_id, requested_position,"
    " finished_at, finished_position, rows, labels, rows_digest, results_digest, passed, failed, inconclusive,"
    " libraries, processor, attempts, failure FROM evaluations_evaluations_at(%(position)s::bigint)"
)


async def plans(view: View, ids: list[UUID]) -> list[Plan]:
    """The plans with these ids."""
    return await view.rows(Plan, _PLANS + " WHERE id = ANY(%(ids)s) AND NOT closed", ids=ids)


async def plans_of_versions(view: View, version_ids: list[UUID]) -> list[Plan]:
    """The plans of these versions."""
    return await view.rows(
        Plan, _PLANS + " WHERE version_id = ANY(%(version_ids)s) AND NOT closed", version_ids=version_ids
    )


async def every_plan(view: View) -> list[Plan]:
    """Every plan of the scope, oldest first."""
    return await view.rows(Plan, _PLANS + " WHERE NOT closed ORDER BY made_at, id")


async def scheduled_plans(view: View) -> list[Plan]:
    """Every plan of the scope that has a schedule, oldest first."""
    return await view.rows(
        Plan, _PLANS + " WHERE policy ->> 'schedule' IS NOT NULL AND NOT closed ORDER BY made_at, id"
    )


async def evaluations(view: View, ids: list[UUID]) -> list[Evaluation]:
    """The evaluations with these ids."""
    return await view.rows(Evaluation, _EVALUATIONS + " WHERE id = ANY(%(ids)s) AND NOT closed", ids=ids)


async def evaluations_of_model(view: View, model_id: UUID, *, before: int = END, limit: int) -> list[Evaluation]:
    """A model's evaluations that were asked for before a position, newest first."""
    return await view.rows(
        Evaluation,
        _EVALUATIONS + " WHERE model_id = %(model_id)s AND requested_position < %(before)s::bigint AND NOT closed"
        " ORDER BY requested_position DESC LIMIT %(limit)s",
        model_id=model_id,
        before=before,
        limit=limit,
    )


async def evaluations_of_version(view: View, version_id: UUID, *, before: int = END, limit: int) -> list[Evaluation]:
    """A version's evaluations that were asked for before a position, newest first."""
    return await view.rows(
        Evaluation,
        _EVALUATIONS + " WHERE version_id = %(version_id)s AND requested_position < %(before)s::bigint AND NOT closed"
        " ORDER BY requested_position DESC LIMIT %(limit)s",
        version_id=version_id,
        before=before,
        limit=limit,
    )


async def count_of_model(view: View, model_id: UUID) -> int:
    """How many evaluations a model has."""
    count = await view.value(
        int,
        "SELECT count(*) FROM evaluations_evaluations_at(%(position)s::bigint)"
        " WHERE model_id = %(model_id)s AND NOT closed",
        model_id=model_id,
    )
    return count or 0


async def latest_of_models(view: View, model_ids: list[UUID], *, environment: str = "production") -> list[Evaluation]:
    """The completed evaluation of each of these models that says how it is now, as its trust does.

    It is that of the newest window of the environment's champion, or of any version where the champion has none. What
    somebody asked for never is, nor a window of history, and an older window that was measured again neither.
    """
    return await view.rows(
        Evaluation,
        _EVALUATIONS + " WHERE id = ANY(ARRAY(SELECT"  # noqa: S608  a constant of this file
        " (SELECT newest.id FROM evaluations_evaluations_at(%(position)s::bigint) AS newest"
        " LEFT JOIN registry_deployments_at(%(position)s::bigint) AS deployment"
        " ON deployment.model_id = newest.model_id AND deployment.version_id = newest.version_id"
        " AND deployment.environment = newest.environment AND deployment.environment = %(environment)s"
        " AND deployment.role = 'champion' AND NOT deployment.closed"
        " WHERE newest.model_id = wanted.model_id AND newest.state = 'completed'"
        " AND newest.cause NOT IN ('asked', 'backfill')"
        " AND NOT newest.closed"
        " ORDER BY deployment.version_id IS NOT NULL DESC, newest.window_end DESC, newest.finished_position DESC"
        " LIMIT 1)"
        " FROM unnest(%(model_ids)s::uuid[]) AS wanted (model_id)))",
        model_ids=model_ids,
        environment=environment,
    )


async def in_flight(view: View, plan_ids: list[UUID]) -> list[Evaluation]:
    """What was asked for by these plans, but history, and is neither done nor given up, oldest first."""
    return await view.rows(
        Evaluation,
        _EVALUATIONS + " WHERE plan_id = ANY(%(plan_ids)s) AND state = 'requested' AND cause <> 'backfill'"
        " AND NOT closed ORDER BY requested_position",
        plan_ids=plan_ids,
    )


async def newest_of_windows(
    view: View, plan_id: UUID, *, ending_after: datetime, is_completed: bool = False
) -> list[Evaluation]:
    """The newest recorded evaluation of each closed window of a plan that ends after a time, oldest window first.

    is_completed: the newest of those that are.
    """
    return await view.rows(
        Evaluation,
        _EVALUATIONS  # noqa: S608  a constant of this file
        + " WHERE id IN (SELECT DISTINCT ON (newest.window_end, newest.window_start) newest.id"
        " FROM evaluations_evaluations_at(%(position)s::bigint) AS newest"
        " WHERE newest.plan_id = %(plan_id)s AND newest.window_end > %(ending_after)s"
        " AND newest.cause IN ('window_closed', 'restatement', 'backfill') AND NOT newest.closed"
        " AND (newest.state = 'completed' OR NOT %(is_completed)s)"
        " ORDER BY newest.window_end, newest.window_start, newest.requested_position DESC)"
        " ORDER BY window_end, window_start",
        plan_id=plan_id,
        ending_after=ending_after,
        is_completed=is_completed,
    )


async def recorded_windows(view: View, version_id: UUID, *, limit: int) -> list[Evaluation]:
    """The newest so many of a version's closed windows, newest first, each as it was recorded last."""
    return await view.rows(
        Evaluation,
        _EVALUATIONS  # noqa: S608  a constant of this file
        + " WHERE id IN (SELECT DISTINCT ON (newest.window_end, newest.window_start) newest.id"
        " FROM evaluations_evaluations_at(%(position)s::bigint) AS newest"
        " WHERE newest.version_id = %(version_id)s AND newest.state = 'completed' AND NOT newest.closed"
        " AND newest.cause IN ('window_closed', 'restatement', 'backfill')"
        " ORDER BY newest.window_end DESC, newest.window_start DESC, newest.requested_position DESC LIMIT %(limit)s)"
        " ORDER BY window_end DESC, window_start DESC",
        version_id=version_id,
        limit=limit,
    )


async def completed_of_window(
    view: View, plan_id: UUID, *, window_start: datetime, window_end: datetime, limit: int
) -> list[Evaluation]:
    """What was recorded of one window of a plan, the newest first: as was known then, and as is known now."""
    return await view.rows(
        Evaluation,
        _EVALUATIONS + " WHERE plan_id = %(plan_id)s AND window_end = %(window_end)s"
        " AND window_start = %(window_start)s AND state = 'completed' AND NOT closed"
        " ORDER BY requested_position DESC LIMIT %(limit)s",
        plan_id=plan_id,
        window_start=window_start,
        window_end=window_end,
        limit=limit,
    )


async def newest_by_cause(view: View, plan_id: UUID, cause: str) -> Evaluation | None:
    """The evaluation that a plan asked for last, for this cause."""
    return await view.row(
        Evaluation,
        _EVALUATIONS + " WHERE plan_id = %(plan_id)s AND cause = %(cause)s AND NOT closed"
        " ORDER BY requested_position DESC LIMIT 1",
        plan_id=plan_id,
        cause=cause,
    )
