"""History that is measured by the present plan, as it goes on."""

from datetime import datetime

import strawberry

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
    """A window counts once: as completed, failed, cancelled, or as one that waits or is computed."""

    requested_at: datetime
    window_start: datetime = strawberry.field(description="Where the first window begins.")
    window_end: datetime = strawberry.field(description="Where the last one ends; between them may be gaps.")
    windows: int
    completed: int
    failed: int
    cancelled: int
    is_over: bool = strawberry.field(description="None of them waits or is computed any more.")
    position: PositionText
    row: strawberry.Private[backfills.Backfill]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: backfills.Backfill, at: At) -> "Backfill":
        """From a row."""
        return cls(
            requested_at=row.requested_at,
            window_start=row.window_start,
            window_end=row.window_end,
            windows=row.windows,
            completed=row.completed,
            failed=row.failed,
            cancelled=row.cancelled,
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
