"""Security events and reads of models, newest first, for those who look after an organization."""

from datetime import UTC, datetime
from uuid import UUID

import strawberry

from cdt.database.reading import Scope
from cdt.domain.errors import Forbidden, NotFound
from cdt.domain.moments import check_zone
from cdt.domain.security import Access, SecurityKind
from cdt.domain.tenancy.roles import Permission
from cdt.domain.text import described
from cdt.graphql.context import At, Info
from cdt.graphql.fields import query
from cdt.graphql.ids import read_id, sought
from cdt.graphql.paging import Connection, page, page_size
from cdt.graphql.scalars import AsOf, Cursor, cursor_of, foreign_cursor, places_of
from cdt.graphql.security.types import (
    ModelAccess,
    SecurityEvent,
    events_of,
    microseconds_of,
    moment_of_microseconds,
)
from cdt.readmodels import security

NEVER = datetime.max.replace(tzinfo=UTC)
AFTER_ALL = 2**63 - 1


@strawberry.input(description="Which security events are wanted; everything given must hold.")
class SecurityEventFilter:
    """By kind, by whom they are of or about, and by recorded time."""

    kinds: list[SecurityKind] | None = None
    actor_id: strawberry.ID | None = strawberry.field(
        default=None, description="What a person or program did, and what happened to the person's account."
    )
    from_: datetime | None = strawberry.field(default=None, name="from", description="Recorded then or later.")
    to: datetime | None = strawberry.field(default=None, description="Recorded before then.")

    def wanted(self, organization_id: UUID, until: datetime) -> security.Wanted:
        """As the read model takes it."""
        _check_zones(self.from_, self.to)
        return security.Wanted(
            organization_id=organization_id,
            until=until,
            kinds=None if self.kinds is None else [each.value for each in self.kinds],
            actor_id=_actor(self.actor_id),
            recorded_from=self.from_,
            recorded_to=self.to,
        )


@strawberry.input(description="Which reads are wanted; everything given must hold.")
class ModelAccessFilter:
    """By model, reader, way of reading and time."""

    model_id: strawberry.ID | None = None
    actor_id: strawberry.ID | None = None
    how: Access | None = None
    from_: datetime | None = strawberry.field(
        default=None, name="from", description="In an interval that ends after it."
    )
    to: datetime | None = strawberry.field(default=None, description="In an interval that begins before it.")

    def wanted(self, organization_id: UUID, until: datetime) -> security.WantedAccesses:
        """As the read model takes it."""
        _check_zones(self.from_, self.to)
        return security.WantedAccesses(
            organization_id=organization_id,
            until=until,
            model_id=None if self.model_id is None else sought(self.model_id, "Model"),
            actor_id=_actor(self.actor_id),
            how=None if self.how is None else self.how.value,
            ends_after=self.from_,
            began_before=self.to,
        )


@strawberry.type
class SecurityQueries:
    """Fields of Query."""

    @query(Permission.READ_SECURITY, "What concerns an organization's safety, newest first.")
    async def security_events(
        self,
        info: Info,
        organization_id: strawberry.ID,
        first: int | None = None,
        after: Cursor | None = None,
        filter: SecurityEventFilter | None = None,  # noqa: A002
        as_of: AsOf | None = None,
    ) -> Connection[SecurityEvent]:
        """Facts by their position, the rest by when it was recorded: both in one list."""
        size, at = page_size(first), await info.context.at(as_of)
        scope, until = await _scope(info, organization_id, at), await _until(info, at, as_of)
        wanted = (filter or SecurityEventFilter()).wanted(scope.organizations[0], until)
        async with info.context.services.reader.at(at.position, scope) as view:
            rows = await security.events_before(view, wanted, before=_place(after), limit=size + 1)
        shown = dict(zip(rows, await events_of(info, rows[:size], at), strict=False))
        return page(
            rows,
            size=size,
            node=lambda row: shown[row],
            cursor=lambda row: cursor_of("security", microseconds_of(row.recorded_at), row.number),
            after=after,
        )

    @query(Permission.READ_SECURITY, "Who read which of an organization's models, newest first.")
    async def model_accesses(
        self,
        info: Info,
        organization_id: strawberry.ID,
        first: int | None = None,
        after: Cursor | None = None,
        filter: ModelAccessFilter | None = None,  # noqa: A002
        as_of: AsOf | None = None,
    ) -> Connection[ModelAccess]:
        """In the order in which the intervals were begun."""
        size, at = page_size(first), await info.context.at(as_of)
        scope, until = await _scope(info, organization_id, at), await _until(info, at, as_of)
        wanted = (filter or ModelAccessFilter()).wanted(scope.organizations[0], until)
        before = AFTER_ALL if after is None else places_of(after, "accesses")[0]
        async with info.context.services.reader.at(at.position, scope) as view:
            rows = await security.accesses_before(view, wanted, before=before, limit=size + 1)
        return page(
            rows,
            size=size,
            node=lambda row: ModelAccess.of(row, at, until=until),
            cursor=lambda row: cursor_of("accesses", row.number),
            after=after,
        )


async def _scope(info: Info, global_id: strawberry.ID, at: At) -> Scope:
    """The one organization; NotFound where it isn't known to the one who asks, Forbidden where only this is."""
    organization_id = sought(global_id, "Organization")
    scope = await info.context.scope(Permission.READ_SECURITY, at)
    if organization_id not in scope.organizations:
        grants = await info.context.grants()
        if organization_id not in grants.permissions:
            raise NotFound(kind="organization")
        raise Forbidden(permission=Permission.READ_SECURITY.value, organization_id=organization_id)
    return Scope(user_id=scope.user_id, organizations=(organization_id,))


async def _until(info: Info, at: At, as_of: AsOf | None) -> datetime:
    """What was kept until then is answered: until the time that is asked about, or that of the position."""
    if as_of is None:
        return NEVER
    return as_of.time or await info.context.services.reader.recorded_at(at.position)


def _place(after: Cursor | None) -> tuple[datetime, int] | None:
    if after is None:
        return None
    microseconds, number = places_of(after, "security", 2)
    try:
        return moment_of_microseconds(microseconds), number
    except OverflowError:
        raise foreign_cursor() from None


def _actor(global_id: strawberry.ID | None) -> str | None:
    return None if global_id is None else described("filter.actorId", read_id(global_id).key)


def _check_zones(from_: datetime | None, to: datetime | None) -> None:
    for moment, field in ((from_, "filter.from"), (to, "filter.to")):
        if moment is not None:
            check_zone(moment, field)
