"""Asking for the history of a version to be measured by the present plan."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import strawberry

from cdt.access.permissions import needs
from cdt.commands import backfills as commands
from cdt.domain.errors import Conflict, Invalid
from cdt.domain.evaluations.backfills import MOST_WINDOWS, backfill_id_of
from cdt.domain.evaluations.events import BackfillRequested
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import Digest, PlanId
from cdt.domain.moments import FIRST, LAST, check_window
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.evaluations.backfills import Backfill
from cdt.graphql.evaluations.mutations import NoBaseline, NoRows
from cdt.graphql.evaluations.plans import MonitoringPlan
from cdt.graphql.fields import mutation
from cdt.graphql.registry.subjects import version_row_of
from cdt.graphql.scalars import PositionText
from cdt.graphql.texts import CONFIRM, sealed_text
from cdt.predictions import folded
from cdt.predictions.closed_windows import closed_windows
from cdt.predictions.columns import EPOCH
from cdt.predictions.versions import find_version, intake_states
from cdt.readmodels import backfills, evaluations, registry
from cdt.readmodels.registry import environment_of
from cdt.workers import specification

_PASSED_OVER = 2
"""Windows that may begin before the time that is asked for, or before what is left of the rows."""


class RowsAreNotCounted(Conflict):
    """The version's rows are being counted on its grid; try again in a minute."""


@strawberry.input(description="The part of a version's history that is to be measured; the reason becomes part of it.")
class BackfillEvaluationsInput:
    """Half-open in predicted_at; all of it where nothing is said. Windows that lie in it whole are measured."""

    version_id: strawberry.ID
    reason: str
    predicted_from: datetime | None = None
    predicted_to: datetime | None = None
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The plan and its newest backfill; null when they can't be read yet.")
class BackfillEvaluationsPayload:
    """`lagging` says that the request is recorded but not readable yet. No position: it was asked for before."""

    plan: MonitoringPlan | None
    backfill: Backfill | None
    position: PositionText | None
    lagging: bool


BackfillEvaluationsResult = Annotated[
    BackfillEvaluationsPayload | Failures, strawberry.union("BackfillEvaluationsResult")
]


@strawberry.type
class BackfillMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.REQUEST_EVALUATION,
        "Measure each window of a version's history that has closed, holds rows and is not measured by the present plan"
        f" and against the present baseline; at most {MOST_WINDOWS} at once. They are computed when nothing else is"
        " due, raise no alert, and none of their scores becomes the present one.",
    )
    async def backfill_evaluations(
        self,
        info: Info,
        input: BackfillEvaluationsInput,  # noqa: A002
    ) -> BackfillEvaluationsResult:
        """Windows that a backfill has asked for are not asked for again; one that failed can be retried."""
        version, tenant = await version_row_of(info, input.version_id, Permission.REQUEST_EVALUATION)
        services, at = info.context.services, await info.context.at()
        plan = await info.context.loaders.evaluations.plan_of_version.load((at, version.id))
        if plan is None or version.grid_digest is None or version.baseline_digest is None:
            raise NoBaseline
        check_window(input.predicted_from or FIRST, input.predicted_to or LAST, fields=("predictedFrom", "predictedTo"))
        project = await info.context.loaders.tenancy.project.load((at, version.project_id))
        zone = ZoneInfo("UTC" if project is None else project.time_zone)
        async with services.writer.transaction([version.project_id]) as connection:
            state = (await intake_states(connection, [version.id])).get(version.id)
            numbered = await find_version(connection, version.id)
            if state is None or numbered is None or state.high_water is None:
                raise NoRows
            if await folded.stored(connection, numbered.number, version.grid_digest) is None:
                raise RowsAreNotCounted
            begins = max(filter(None, (input.predicted_from, numbered.kept_from)), default=EPOCH)
            found = await closed_windows(
                connection,
                numbered.number,
                version.grid_digest,
                after=begins,
                until=input.predicted_to,
                policy=plan.typed_policy,
                zone=zone,
                most=MOST_WINDOWS + _PASSED_OVER,
            )
            rules = await specification.rules_digest(connection, version, plan.typed_policy)
        windows = [window for window in found if window.start >= begins]
        if len(windows) > MOST_WINDOWS:
            raise Invalid("predictedFrom", f"at most {MOST_WINDOWS} windows at once; name a shorter time")
        left = await _not_measured(info, version, plan, windows, zone)
        by = await command_of(info, input, tenant)
        deployments = await info.context.loaders.registry.deployments_of_model.load((at, version.model_id))
        done = await info.context.do(
            commands.request_backfill,
            BackfillRequested(
                backfill_id=backfill_id_of(PlanId(plan.id), by.id),
                plan_id=PlanId(plan.id),
                version_id=version.id,
                model_id=version.model_id,
                environment=environment_of(version.id, deployments),
                windows=tuple(left),
                through_sequence=state.sequence,
                rules=rules,
                reason=await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal),
            ),
            by=by,
        )
        if done.lagging:
            return BackfillEvaluationsPayload(plan=None, backfill=None, position=done.position_text, lagging=True)
        async with info.context.view(done.at) as view:
            newest = await backfills.of_plan(view, plan.id, limit=1)
        return BackfillEvaluationsPayload(
            plan=MonitoringPlan.of(plan, done.at),
            backfill=next((Backfill.of(each, done.at) for each in newest), None),
            position=done.position_text,
            lagging=False,
        )


async def _not_measured(
    info: Info, version: registry.Version, plan: evaluations.Plan, windows: list[Window], zone: ZoneInfo
) -> list[Window]:
    """The windows of which nothing was recorded, when they closed, by what would be asked for now."""
    async with info.context.view(await info.context.at()) as view:
        measured = await backfills.measured(view, plan.id, windows)
    load = info.context.loaders.evaluations.specification.load_many
    keys: list[tuple[UUID, str]] = [(version.project_id, Digest(each.specification_digest)) for each in measured]
    specifications = await load(keys)
    covered = {
        Window(each.window_start, each.window_end)
        for each, known in zip(measured, specifications, strict=True)
        if specification.is_of(known, version, plan.typed_policy, zone)
    }
    return [window for window in windows if window not in covered]
