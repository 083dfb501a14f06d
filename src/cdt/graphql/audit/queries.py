"""The audit trail, newest first."""

from datetime import datetime

import strawberry

from cdt.access.permissions import needs
from cdt.domain.moments import check_zone
from cdt.domain.tenancy.roles import Permission
from cdt.domain.text import described
from cdt.graphql.audit.types import AuditEntry
from cdt.graphql.context import Info
from cdt.graphql.fields import query
from cdt.graphql.ids import read_id, sought
from cdt.graphql.paging import Connection, page, page_size
from cdt.graphql.scalars import AsOf, Cursor, PositionText, cursor_of, places_of
from cdt.readmodels import audit

AFTER_ALL = 2**63 - 1


@strawberry.input(description="Which entries are wanted; everything given must hold.")
class AuditFilter:
    """By actor, thing, action, recorded time and project."""

    actor_id: strawberry.ID | None = None
    subject_id: strawberry.ID | None = None
    action: str | None = strawberry.field(default=None, description="Such as registry.Promoted.")
    from_: datetime | None = strawberry.field(default=None, name="from", description="Recorded then or later.")
    to: datetime | None = strawberry.field(default=None, description="Recorded before then.")
    project_id: strawberry.ID | None = None

    def to_filter(self) -> audit.Filter:
        """As the read model takes it."""
        for moment, field in ((self.from_, "filter.from"), (self.to, "filter.to")):
            if moment is not None:
                check_zone(moment, field)
        return audit.Filter(
            actor_id=None if self.actor_id is None else described("filter.actorId", read_id(self.actor_id).key),
            subject_id=None if self.subject_id is None else read_id(self.subject_id).uuid,
            action=None if self.action is None else described("filter.action", self.action),
            recorded_from=self.from_,
            recorded_to=self.to,
            project_id=None if self.project_id is None else sought(self.project_id, "Project"),
        )


@needs(Permission.READ)
@strawberry.type(description="How far recorded time reaches.")
class RecordedTime:
    """The newest position that can be read, and the first."""

    position: PositionText
    recorded_at: datetime | None
    first_position: PositionText | None
    first_recorded_at: datetime | None


def audit_cursor(position: int) -> Cursor:
    """An entry's place."""
    return cursor_of("audit", position)


def audit_position(cursor: str) -> int:
    """The position behind an entry's cursor."""
    return places_of(cursor, "audit")[0]


@strawberry.type
class AuditQueries:
    """Fields of Query."""

    @query(Permission.READ, "Where the slider over recorded time begins and ends.")
    async def recorded_time(self, info: Info, as_of: AsOf | None = None) -> RecordedTime:
        """Of what you can see."""
        at = await info.context.at(as_of)
        async with info.context.view(at) as view:
            first, last = await audit.first_and_last(view)
        return RecordedTime(
            position=PositionText(str(at.position)),
            recorded_at=None if last is None else last.recorded_at,
            first_position=None if first is None else PositionText(str(first.position)),
            first_recorded_at=None if first is None else first.recorded_at,
        )

    @query(Permission.READ_AUDIT, "Every fact that you may see, newest first.")
    async def audit_log(
        self,
        info: Info,
        first: int | None = None,
        after: Cursor | None = None,
        filter: AuditFilter | None = None,  # noqa: A002
        as_of: AsOf | None = None,
    ) -> Connection[AuditEntry]:
        """Paged by position; entries that come in meanwhile do not move the pages."""
        size, at = page_size(first), await info.context.at(as_of)
        before = AFTER_ALL if after is None else audit_position(after)
        wanted = audit.Filter() if filter is None else filter.to_filter()
        async with info.context.view(at, Permission.READ_AUDIT) as view:
            rows = await audit.entries_before(view, wanted, before=before, limit=size + 1)
        return page(
            rows,
            size=size,
            node=lambda row: AuditEntry.of(row, at),
            cursor=lambda row: audit_cursor(row.position),
            after=after,
        )
