"""Whose models they are."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.database.reading import NOBODY, Scope
from cdt.domain.errors import Invalid
from cdt.domain.tenancy.roles import Permission, Role, role_in_project, roles_to_give
from cdt.graphql.context import At, Info
from cdt.graphql.errors import graphql_error
from cdt.graphql.paging import Connection, page, page_size, slice_after
from cdt.graphql.permissions import guarded
from cdt.graphql.predictions.numbers import LiveNumbers
from cdt.graphql.scalars import Cursor, cursor_of, places_of
from cdt.graphql.tenancy.members import Invitation, Member, ProjectMember, moment_of
from cdt.graphql.texts import shown
from cdt.readmodels import tenancy, tenancy_members
from cdt.readmodels.belonging import Seeing

if TYPE_CHECKING:
    from cdt.graphql.trust.types import TrustPolicy

AFTER_ALL = 2**63 - 1

strawberry.enum(Permission, description="What a role can allow.")
_MAY = "What you may do to it now, also where it is shown as it was."
_GIVE = "The roles that you may give to its members now."


@needs(Permission.READ)
@strawberry.type(description="An organization.")
class Organization(relay.Node):
    """An organization, as known at a position."""

    id: relay.NodeID[UUID]
    name: str
    domain: str | None = strawberry.field(description="Which domain it says is its own; nobody has checked it.")
    created_at: datetime
    written: strawberry.Private[str]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: tenancy.Organization, at: At) -> "Organization":
        """From a row."""
        return cls(
            id=row.id,
            name=row.name,
            written=row.description,
            domain=row.domain,
            created_at=row.created_at,
            at=at,
        )

    @strawberry.field(description="What people wrote of it; '[redacted]' once that is.", graphql_type=str)
    def description(self, info: Info) -> Awaitable[str] | str:
        """Opened on reading."""
        return shown(info, self.written)

    @strawberry.field(description="What you are to it; null for a program.")
    async def viewer_role(self, info: Info) -> Role | None:
        """Of the one who asks."""
        return await _own_role(info, self.at, self.id)

    @strawberry.field(description=_MAY)
    async def permissions(self, info: Info) -> list[Permission]:
        """So that a screen offers nothing that would be refused."""
        return sorted(await self._granted(info))

    @strawberry.field(description=_GIVE)
    async def roles_to_give(self, info: Info) -> list[Role]:
        """None for who may not manage members."""
        return list(roles_to_give(await self._granted(info)))

    async def _granted(self, info: Info) -> frozenset[Permission]:
        return (await info.context.grants()).in_organization(self.id)

    @strawberry.field(description="Its projects, by name; archived ones too.")
    async def projects(
        self, info: Info, first: int | None = None, after: Cursor | None = None
    ) -> "Connection[Project]":
        """An organization has few projects, so they are read whole."""
        size = page_size(first)
        async with info.context.view(self.at) as view:
            rows = await tenancy.projects_of_organizations(view, [self.id])
        return project_page(rows, self.at, size=size, after=after)

    @guarded(Permission.READ_MEMBERS, "organization", "Who belongs to it, in the order in which they joined.")
    async def members(self, info: Info, first: int | None = None, after: Cursor | None = None) -> Connection[Member]:
        """A page of them."""
        size, place = page_size(first), _place(after, "members")
        async with info.context.view(self.at, Permission.READ_MEMBERS) as view:
            rows, count = await asyncio.gather(
                tenancy_members.members_of(view, self.id, after=place or 0, limit=size + 1),
                tenancy_members.count_members(view, self.id),
            )
        return page(
            rows,
            size=size,
            node=lambda row: Member.of(row, self.at),
            cursor=lambda row: cursor_of("members", row.added),
            after=after,
            total_count=count,
        )

    @guarded(Permission.READ_INVITATIONS, "organization", "Whom it asked to join, newest first.")
    async def invitations(
        self, info: Info, first: int | None = None, after: Cursor | None = None
    ) -> Connection[Invitation]:
        """A page of them."""
        size, place, moment = page_size(first), _place(after, "invitations"), await moment_of(info, self.at)
        async with info.context.view(self.at, Permission.READ_INVITATIONS) as view:
            rows = await tenancy_members.invitations_of(view, self.id, before=place or AFTER_ALL, limit=size + 1)
        return invitation_page(rows, self.at, moment, size=size, after=after)


@needs(Permission.READ)
@strawberry.type(description="A project: the tenant that models, data and records belong to.")
class Project(relay.Node):
    """A project, as known at a position."""

    id: relay.NodeID[UUID]
    name: str
    time_zone: str = strawberry.field(description="Windows end at midnights of this IANA time zone.")
    retention_days: int | None = strawberry.field(
        description="For how many days rows are kept, by their `predicted_at`; null is for ever."
    )
    created_at: datetime
    archived_at: datetime | None = strawberry.field(description="Since when it takes in nothing; null while in use.")
    organization_id: strawberry.Private[UUID]
    written: strawberry.Private[str]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: tenancy.Project, at: At) -> "Project":
        """From a row."""
        return cls(
            id=row.id,
            name=row.name,
            written=row.description,
            time_zone=row.time_zone,
            retention_days=row.retention_days,
            created_at=row.created_at,
            archived_at=row.archived_at,
            organization_id=row.organization_id,
            at=at,
        )

    @strawberry.field(description="What people wrote of it; '[redacted]' once that is.", graphql_type=str)
    def description(self, info: Info) -> Awaitable[str] | str:
        """Opened on reading."""
        return shown(info, self.written)

    @strawberry.field(description="The organization that the project belongs to.")
    async def organization(self, info: Info) -> Organization:
        """Every project has one."""
        row = await info.context.loaders.tenancy.organization.load((self.at, self.organization_id))
        assert row is not None
        return Organization.of(row, self.at)

    @strawberry.field(description="What the trust policy of a model begins with that is registered now.")
    async def default_trust_policy(
        self, info: Info
    ) -> Annotated["TrustPolicy", strawberry.lazy("cdt.graphql.trust.types")]:
        """CDT's until somebody changes it."""
        from cdt.graphql.trust.types import TrustPolicy  # noqa: PLC0415  the two know each other

        row = await info.context.loaders.trust.default_policy_of_project.load((self.at, self.id))
        return TrustPolicy.of(row, self.at)

    @guarded(Permission.READ, "project", "Calls of its models in the last five minutes; of now only, not under asOf.")
    async def live_numbers(self, info: Info) -> LiveNumbers:
        """An error when the past is asked about."""
        if not self.at.is_now:
            raise graphql_error(Invalid("liveNumbers", "live numbers are of now"))
        figures = await info.context.services.numbers.figures("project", self.id, self.id)
        return LiveNumbers.of(figures, "project", self.id)

    @strawberry.field(description="What you are to it; null for a program.")
    async def viewer_role(self, info: Info) -> Role | None:
        """Of the one who asks: the role that counts here."""
        role = await _own_role(info, self.at, self.organization_id)
        if role is None:
            return None
        identity = info.context.identity
        assert identity is not None
        assert identity.user_id is not None
        async with info.context.view(self.at) as view:
            own = await tenancy.project_roles_of(view, identity.user_id)
        return role_in_project(role, next((Role(each.role) for each in own if each.project_id == self.id), None))

    @strawberry.field(description=_MAY)
    async def permissions(self, info: Info) -> list[Permission]:
        """So that a screen offers nothing that would be refused."""
        return sorted(await self._granted(info))

    @strawberry.field(description=_GIVE)
    async def roles_to_give(self, info: Info) -> list[Role]:
        """None for who may not manage members."""
        return list(roles_to_give(await self._granted(info)))

    async def _granted(self, info: Info) -> frozenset[Permission]:
        return (await info.context.grants()).in_project(self.id)

    @guarded(Permission.READ_MEMBERS, "project", "The members of its organization with what they are to the project.")
    async def members(
        self, info: Info, first: int | None = None, after: Cursor | None = None
    ) -> Connection[ProjectMember]:
        """Shows what one with the permission in the organization sees."""
        size, place = page_size(first), _place(after, "members")
        scope = await info.context.scope(Permission.READ_MEMBERS, self.at)
        of_it = (
            Scope(organizations=(self.organization_id,), projects=(self.id,)) if self.id in scope.projects else NOBODY
        )
        async with info.context.services.reader.at(self.at.position, of_it, kind=Seeing) as view:
            rows, count = await asyncio.gather(
                tenancy_members.members_of_project(
                    view, self.organization_id, self.id, after=place or 0, limit=size + 1
                ),
                tenancy_members.count_members(view, self.organization_id),
            )
        return page(
            rows,
            size=size,
            node=lambda row: ProjectMember.of(row, self.at),
            cursor=lambda row: cursor_of("members", row.added),
            after=after,
            total_count=count,
        )


def project_page(rows: list[tenancy.Project], at: At, *, size: int, after: Cursor | None) -> Connection[Project]:
    """A page of projects that were read whole."""

    def cursor(row: tenancy.Project) -> Cursor:
        return cursor_of(str(row.id))

    return page(
        slice_after(rows, after=after, cursor=cursor),
        size=size,
        node=lambda row: Project.of(row, at),
        cursor=cursor,
        after=after,
        total_count=len(rows),
    )


def invitation_page(
    rows: list[tenancy_members.Invitation], at: At, moment: datetime, *, size: int, after: Cursor | None
) -> Connection[Invitation]:
    """A page of invitations, newest first."""
    return page(
        rows,
        size=size,
        node=lambda row: Invitation.of(row, at, moment),
        cursor=lambda row: cursor_of("invitations", row.invited),
        after=after,
    )


def _place(after: Cursor | None, name: str) -> int | None:
    return None if after is None else places_of(after, name)[0]


async def _own_role(info: Info, at: At, organization_id: UUID) -> Role | None:
    identity = info.context.identity
    if identity is None or identity.user_id is None:
        return None
    async with info.context.view(at) as view:
        rows = await tenancy.memberships_of(view, identity.user_id)
    return next((Role(each.role) for each in rows if each.organization_id == organization_id), None)
