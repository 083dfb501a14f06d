"""Asking for an evaluation."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import strawberry

from cdt.access.permissions import needs
from cdt.commands import evaluations as commands
from cdt.domain.errors import Conflict, Invalid
from cdt.domain.evaluations.state import evaluation_id_of, plan_id_of
from cdt.domain.evaluations.windows import Window, last_end
from cdt.domain.moments import check_window
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    UnauthenticatedError,
)
from cdt.graphql.evaluations.types import Evaluation
from cdt.graphql.fields import mutation
from cdt.graphql.registry.subjects import version_row_of
from cdt.graphql.scalars import PositionText
from cdt.predictions.versions import intake_states
from cdt.readmodels.registry import environment_of
from cdt.workers import specification


class NoBaseline(Conflict):
    """The version has no baseline to be measured against; set one first."""


class NoRows(Conflict):
    """No predictions have come in for this version yet."""


@strawberry.input(
    description="A window to be measured now. It ends at the latest with the newest prediction's hour or plan's window."
)
class RequestEvaluationInput:
    """Half-open in predicted_at."""

    version_id: strawberry.ID
    window_start: datetime
    window_end: datetime
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The evaluation, as far as it is; null when it can't be read yet.")
class RequestEvaluationPayload:
    """`lagging` says that the request is recorded but not readable yet."""

    evaluation: Evaluation | None
    position: PositionText | None
    lagging: bool


RequestEvaluationResult = Annotated[
    RequestEvaluationPayload
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("RequestEvaluationResult"),
]


@strawberry.type
class EvaluationsMutations:
    """Fields of Mutation."""

    @mutation(Permission.REQUEST_EVALUATION, "Measure a window of a version now, and record it.")
    async def request_evaluation(
        self,
        info: Info,
        input: RequestEvaluationInput,  # noqa: A002
    ) -> RequestEvaluationResult:
        """The same window, of whose rows none have gone, is the same evaluation while it is held against the same.

        One that ends beyond the rows is refused, not cut: its name would promise what nobody has seen.
        """
        version, tenant = await version_row_of(info, input.version_id, Permission.REQUEST_EVALUATION)
        services, at = info.context.services, await info.context.at()
        plan = await info.context.loaders.evaluations.plan_of_version.load((at, version.id))
        if plan is None or version.grid_digest is None or version.baseline_digest is None:
            raise NoBaseline
        check_window(input.window_start, input.window_end, fields=("windowStart", "windowEnd"))
        project = await info.context.loaders.tenancy.project.load((at, version.project_id))
        zone = ZoneInfo("UTC" if project is None else project.time_zone)
        async with services.writer.transaction([version.project_id]) as connection:
            state = (await intake_states(connection, [version.id])).get(version.id)
            if state is None or state.high_water is None:
                raise NoRows
            if input.window_end > last_end(plan.typed_policy, zone, high_water=state.high_water):
                newest = state.high_water.astimezone(UTC).isoformat()
                raise Invalid("windowEnd", f"it lies beyond the rows; the newest prediction is of {newest}")
            digest = await specification.keep(
                connection,
                version,
                window=Window(input.window_start, input.window_end),
                zone=zone,
                through_sequence=state.sequence,
                policy=plan.typed_policy,
            )
        deployments = await info.context.loaders.registry.deployments_of_model.load((at, version.model_id))
        done = await info.context.do(
            commands.request_evaluation,
            version.id,
            model_id=version.model_id,
            environment=environment_of(version.id, deployments),
            cause="asked",
            window_start=input.window_start,
            window_end=input.window_end,
            through_sequence=state.sequence,
            specification=digest,
            revision=state.revision,
            by=await command_of(info, input, tenant),
        )
        evaluation = None
        if not done.lagging:
            evaluation_id = evaluation_id_of(
                plan_id_of(version.id),
                "asked",
                input.window_start,
                input.window_end,
                state.sequence,
                specification=digest,
                revision=state.revision,
            )
            row = await info.context.loaders.evaluations.evaluation.load((done.at, evaluation_id))
            evaluation = None if row is None else Evaluation.of(row, done.at)
        return RequestEvaluationPayload(evaluation=evaluation, position=done.position_text, lagging=done.lagging)
