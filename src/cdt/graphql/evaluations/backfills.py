"""History that is measured by the present plan, as it goes on."""

from datetime import datetime

import strawberry
from strawberry.relay import to_base64

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.scalars import PositionText
from cdt.graphql.texts import shown_text
from cdt.readmodels import backfills

MOST = 20


@needs(Permission.READ)
@strawberry.type(description="Windows of history that are measured by a plan, and how far that is.")
class Backfill:
    """A window counts once: as completed, failed, cancelled, waiting, or as one that nothing was asked of yet."""

    id: strawberry.ID
    requested_at: datetime
    window_start: datetime = strawberry.field(description="Where the first window begins.")
    window_end: datetime = strawberry.field(description="Where the last one ends; between them may be gaps.")
    windows: int
    completed: int
    failed: int
    cancelled: int
    waiting: int = strawberry.field(description="Those that wait or are computed.")
    not_asked_for: int = strawberry.field(
        description="Those of which no evaluation was asked for yet. That takes a moment; where it lasts, the plan or"
        " the version can't be read: cancel the backfill and ask for the windows again."
    )
    cancelled_at: datetime | None
    is_over: bool = strawberry.field(description="None of them waits or is computed any more.")
    position: PositionText
    row: strawberry.Private[backfills.Backfill]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: backfills.Backfill, at: At) -> "Backfill":
        """From a row."""
        return cls(
            id=strawberry.ID(to_base64("Backfill", row.id)),
            requested_at=row.requested_at,
            window_start=row.window_start,
            window_end=row.window_end,
            windows=row.windows,
            completed=row.completed,
            failed=row.failed,
            cancelled=row.cancelled,
            waiting=row.waiting,
            not_asked_for=row.not_asked_for,
            cancelled_at=row.cancelled_at,
            is_over=row.completed + row.failed + row.cancelled == row.windows,
            position=PositionText(str(row.requested_position)),
            row=row,
            at=at,
        )

    @strawberry.field(description="Who asked for it.")
    def requested_by(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.requested_by_kind, self.row.requested_by_id, self.at)

    @strawberry.field(description="Why it was asked for; '[redacted]' once that is.")
    async def reason(self, info: Info) -> str:
        """Opened on reading."""
        return await shown_text(info, self.row.reason)

    @strawberry.field(description="Who cancelled it as a whole.")
    def cancelled_by(self) -> Actor | None:
        """Null unless somebody did."""
        kind, actor = self.row.cancelled_by_kind, self.row.cancelled_by_id
        return None if kind is None or actor is None else Actor.of(kind, actor, self.at)

    @strawberry.field(description="Why it was cancelled; '[redacted]' once that is.")
    async def cancelled_because(self, info: Info) -> str | None:
        """Opened on reading."""
        return None if self.row.cancelled_because is None else await shown_text(info, self.row.cancelled_because)
