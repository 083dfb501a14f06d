"""Letting a backfill be that is not over yet."""

from functools import partial
from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.commands import backfills as commands
from cdt.domain.evaluations.events import BackfillCancelled
from cdt.domain.kernel import BackfillId, PlanId
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.acting import acted_on
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.evaluations.backfills import Backfill
from cdt.graphql.fields import mutation
from cdt.graphql.ids import id_of
from cdt.graphql.scalars import PositionText
from cdt.graphql.texts import CONFIRM, sealed_text
from cdt.readmodels import backfills


@strawberry.input(description="A backfill that is not wanted any more; the reason becomes part of the record.")
class CancelBackfillInput:
    """It may be over already."""

    backfill_id: strawberry.ID
    reason: str
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(
    description="The backfill as it is now; null when it can't be read yet. No position: it was so before."
)
class CancelBackfillPayload:
    """`lagging` says that it is recorded but not readable yet."""

    backfill: Backfill | None
    position: PositionText | None
    lagging: bool


CancelBackfillResult = Annotated[CancelBackfillPayload | Failures, strawberry.union("CancelBackfillResult")]


@strawberry.type
class CancellingBackfillMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.REQUEST_EVALUATION,
        "Let be what of a backfill is not measured yet. What is measured stays; the rest may be asked for again.",
    )
    async def cancel_backfill(
        self,
        info: Info,
        input: CancelBackfillInput,  # noqa: A002
    ) -> CancelBackfillResult:
        """Twice is as good as once."""
        row = await acted_on(
            info.context,
            Permission.REQUEST_EVALUATION,
            partial(backfills.backfills, ids=[id_of(input.backfill_id, "Backfill")]),
            "project",
            lambda row: row.project_id,
            kind="backfill",
        )
        by = await command_of(info, input, (await info.context.grants()).tenant(row.project_id))
        done = await info.context.do(
            commands.cancel_backfill,
            BackfillCancelled(
                backfill_id=BackfillId(row.id),
                plan_id=PlanId(row.plan_id),
                version_id=row.version_id,
                model_id=row.model_id,
                reason=await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal),
            ),
            by=by,
        )
        if done.lagging:
            return CancelBackfillPayload(backfill=None, position=done.position_text, lagging=True)
        async with info.context.view(done.at) as view:
            found = await backfills.backfills(view, [row.id])
        now = next((Backfill.of(each, done.at) for each in found), None)
        return CancelBackfillPayload(backfill=now, position=done.position_text, lagging=False)
