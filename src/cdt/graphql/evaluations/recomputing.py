"""Asking for an evaluation to be computed once more."""

from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.commands import recomputations as commands
from cdt.domain.evaluations.events import RecomputationRequested
from cdt.domain.evaluations.recomputations import EvaluationIsNotCompleted, recomputation_id_of
from cdt.domain.kernel import Digest, EvaluationId
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.evaluations.subjects import evaluation_of
from cdt.graphql.evaluations.types import Evaluation
from cdt.graphql.fields import mutation
from cdt.graphql.scalars import PositionText


@strawberry.input(description="An evaluation that is to be computed once more.")
class RecomputeEvaluationInput:
    """It must be completed."""

    evaluation_id: strawberry.ID
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The evaluation, with its recomputations; null when it can't be read yet.")
class RecomputeEvaluationPayload:
    """`lagging` says that the request is recorded but not readable yet."""

    evaluation: Evaluation | None
    position: PositionText | None
    lagging: bool


RecomputeEvaluationResult = Annotated[
    RecomputeEvaluationPayload | Failures, strawberry.union("RecomputeEvaluationResult")
]


@strawberry.type
class RecomputationMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.RECOMPUTE,
        "Compute a completed evaluation once more, from the rows that it names and by the specification that it names,"
        " and record whether it comes to what was recorded. While one is under way no other begins.",
    )
    async def recompute_evaluation(
        self,
        info: Info,
        input: RecomputeEvaluationInput,  # noqa: A002
    ) -> RecomputeEvaluationResult:
        """Follow it by `Evaluation.recomputations`."""
        row, tenant = await evaluation_of(info, input.evaluation_id, Permission.RECOMPUTE)
        if row.rows_digest is None or row.results_digest is None:
            raise EvaluationIsNotCompleted(state=row.state)
        by = await command_of(info, input, tenant)
        done = await info.context.do(
            commands.request_recomputation,
            RecomputationRequested(
                recomputation_id=recomputation_id_of(EvaluationId(row.id), by.id),
                evaluation_id=EvaluationId(row.id),
                version_id=row.version_id,
                model_id=row.model_id,
                specification=Digest(row.specification_digest),
                rows_digest=Digest(row.rows_digest),
                results_digest=Digest(row.results_digest),
            ),
            by=by,
        )
        evaluation = None
        if not done.lagging:
            found = await info.context.loaders.evaluations.evaluation.load((done.at, row.id))
            evaluation = None if found is None else Evaluation.of(found, done.at)
        return RecomputeEvaluationPayload(evaluation=evaluation, position=done.position_text, lagging=done.lagging)
