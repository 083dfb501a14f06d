"""How far an evaluation is that is not over."""

import enum
from datetime import datetime
from uuid import UUID

import strawberry

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Info
from cdt.readmodels import evaluations
from cdt.workers.progress import UnderWay


@strawberry.enum(description="What an evaluation that is not over does at the moment.")
class EvaluationStep(enum.Enum):
    """It waits for its turn or its next attempt, reads rows, or measures them."""

    WAITING = "waiting"
    READING = "reading"
    MEASURING = "measuring"


@needs(Permission.READ)
@strawberry.type(description="How far an evaluation is that is not over; of now, also under `asOf`.")
class EvaluationProgress:
    """It begins anew with each attempt, and never goes back within one."""

    step: EvaluationStep
    share: float = strawberry.field(
        description="How much of it is done, in [0, 1): reading is the first half, measuring the second, of which"
        " nothing is told before its end."
    )
    rows_read: int | None = strawberry.field(description="Predictions and labels; null while it waits.")
    rows_to_read: int | None
    attempt: int
    failures: int = strawberry.field(description="How many attempts failed; the fourth is the last.")
    began_at: datetime | None = strawberry.field(description="When the newest attempt began.")
    next_attempt_at: datetime | None = strawberry.field(
        description="When the next attempt begins at the earliest, while none goes on."
    )
    last_error: str | None

    @classmethod
    def of(cls, found: UnderWay) -> "EvaluationProgress":
        """From what is noted beside the lease."""
        step = EvaluationStep(found.step or "reading") if found.is_running else EvaluationStep.WAITING
        return cls(
            step=step,
            share=found.share,
            rows_read=found.rows_read if found.is_running else None,
            rows_to_read=found.rows_to_read if found.is_running else None,
            attempt=found.attempt,
            failures=found.failures,
            began_at=found.began_at,
            next_attempt_at=None if found.is_running else found.due_at,
            last_error=found.last_error,
        )


@strawberry.type
class ProgressOfEvaluation:
    """Fields of Evaluation."""

    row: strawberry.Private[evaluations.Evaluation]

    @strawberry.field(description="How far it is; null once it is over, and in the moment before it is due.")
    async def progress(self, info: Info) -> EvaluationProgress | None:
        """Kept beside the work, and not in the record."""
        if self.row.state != "requested":
            return None
        key: tuple[UUID, UUID] = (self.row.project_id, self.row.id)
        found = await info.context.loaders.evaluations.progress.load(key)
        return None if found is None else EvaluationProgress.of(found)
