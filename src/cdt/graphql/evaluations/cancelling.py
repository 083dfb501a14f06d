"""Letting an evaluation be that is not over yet."""

from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.commands import evaluations as commands
from cdt.domain.kernel import EvaluationId
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.evaluations.subjects import evaluation_of
from cdt.graphql.evaluations.types import Evaluation
from cdt.graphql.fields import mutation
from cdt.graphql.scalars import PositionText


@strawberry.input(description="An evaluation that is not wanted any more.")
class CancelEvaluationInput:
    """It is not over yet."""

    evaluation_id: strawberry.ID
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The evaluation as it is now; null when it can't be read yet.")
class CancelEvaluationPayload:
    """`lagging` says that it is recorded but not readable yet."""

    evaluation: Evaluation | None
    position: PositionText | None
    lagging: bool


CancelEvaluationResult = Annotated[CancelEvaluationPayload | Failures, strawberry.union("CancelEvaluationResult")]


@strawberry.type
class CancellingMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.REQUEST_EVALUATION,
        "Let an evaluation be that is not over yet: its computing stops within seconds. It may be asked for again.",
    )
    async def cancel_evaluation(
        self,
        info: Info,
        input: CancelEvaluationInput,  # noqa: A002
    ) -> CancelEvaluationResult:
        """One that is over keeps its record."""
        row, tenant = await evaluation_of(info, input.evaluation_id, Permission.REQUEST_EVALUATION)
        by = await command_of(info, input, tenant)
        done = await info.context.do(commands.cancel_evaluation, EvaluationId(row.id), by=by)
        evaluation = None
        if not done.lagging:
            found = await info.context.loaders.evaluations.evaluation.load((done.at, row.id))
            evaluation = None if found is None else Evaluation.of(found, done.at)
        return CancelEvaluationPayload(evaluation=evaluation, position=done.position_text, lagging=done.lagging)
