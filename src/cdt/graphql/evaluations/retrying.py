"""Trying an evaluation again that was given up or cancelled."""

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


@strawberry.input(description="An evaluation that was given up or cancelled, and is wanted after all.")
class RetryEvaluationInput:
    """It is not completed."""

    evaluation_id: strawberry.ID
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The evaluation as it is now; null when it can't be read yet.")
class RetryEvaluationPayload:
    """`lagging` says that it is recorded but not readable yet."""

    evaluation: Evaluation | None
    position: PositionText | None
    lagging: bool


RetryEvaluationResult = Annotated[RetryEvaluationPayload | Failures, strawberry.union("RetryEvaluationResult")]


@strawberry.type
class RetryingMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.REQUEST_EVALUATION,
        "Try an evaluation again that was given up or cancelled: the same window, up to the same row, by the same"
        " specification. One that is under way goes on.",
    )
    async def retry_evaluation(
        self,
        info: Info,
        input: RetryEvaluationInput,  # noqa: A002
    ) -> RetryEvaluationResult:
        """One that is completed keeps its record; ask for its window again instead."""
        row, tenant = await evaluation_of(info, input.evaluation_id, Permission.REQUEST_EVALUATION)
        by = await command_of(info, input, tenant)
        done = await info.context.do(commands.retry_evaluation, EvaluationId(row.id), requested=row.requested, by=by)
        evaluation = None
        if not done.lagging:
            found = await info.context.loaders.evaluations.evaluation.load((done.at, row.id))
            evaluation = None if found is None else Evaluation.of(found, done.at)
        return RetryEvaluationPayload(evaluation=evaluation, position=done.position_text, lagging=done.lagging)
