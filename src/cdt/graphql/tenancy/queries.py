"""Organizations, projects and invitations."""

import strawberry

from cdt.database.reading import Scope
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Info
from cdt.graphql.fields import query
from cdt.graphql.ids import sought
from cdt.graphql.paging import Connection, page, page_size, slice_after
from cdt.graphql.scalars import AsOf, Cursor, cursor_of, places_of
from cdt.graphql.tenancy.links import read_link
from cdt.graphql.tenancy.members import Invitation, moment_of
from cdt.graphql.tenancy.types import AFTER_ALL, Organization, Project, invitation_page, project_page
from cdt.readmodels import tenancy, tenancy_members
from cdt.vault import addresses


@strawberry.type
class TenancyQueries:
    """Fields of Query."""

    @query(Permission.SIGNED_IN, "The organizations that you belong to, by name.")
    async def organizations(
        self, info: Info, first: int | None = None, after: Cursor | None = None, as_of: AsOf | None = None
    ) -> Connection[Organization]:
        """A person has few organizations, so they are read whole."""
        size, at = page_size(first), await info.context.at(as_of)
        known = (await info.context.scope(at=at)).organizations
        async with info.context.view(at) as view:
            rows = await tenancy.organizations(view, list(known))

        def cursor(row: tenancy.Organization) -> Cursor:
            return cursor_of(str(row.id))

        return page(
            slice_after(rows, after=after, cursor=cursor),
            size=size,
            node=lambda row: Organization.of(row, at),
            cursor=cursor,
            after=after,
            total_count=len(rows),
        )

    @query(Permission.READ, "An organization by its id; null when there is none, or you don't belong to it.")
    async def organization(
        self,
        info: Info,
        id: strawberry.ID,  # noqa: A002
        as_of: AsOf | None = None,
    ) -> Organization | None:
        """As known at the moment that is asked about."""
        at = await info.context.at(as_of)
        row = await info.context.loaders.tenancy.organization.load((at, sought(id, "Organization")))
        return None if row is None else Organization.of(row, at)

    @query(Permission.READ, "The projects that you can see, by name.")
    async def projects(
        self, info: Info, first: int | None = None, after: Cursor | None = None, as_of: AsOf | None = None
    ) -> Connection[Project]:
        """A person has few projects, so they are read whole."""
        size, at = page_size(first), await info.context.at(as_of)
        async with info.context.view(at) as view:
            rows = await tenancy.projects_of_organizations(view)
        return project_page(rows, at, size=size, after=after)

    @query(Permission.READ, "A project by its id; null when there is none, or none that you may see.")
    async def project(
        self,
        info: Info,
        id: strawberry.ID,  # noqa: A002
        as_of: AsOf | None = None,
    ) -> Project | None:
        """As known at the moment that is asked about."""
        at = await info.context.at(as_of)
        row = await info.context.loaders.tenancy.project.load((at, sought(id, "Project")))
        return None if row is None else Project.of(row, at)

    @query(Permission.SIGNED_IN, "The invitations to your own address, newest first.")
    async def received_invitations(
        self, info: Info, first: int | None = None, after: Cursor | None = None, as_of: AsOf | None = None
    ) -> Connection[Invitation]:
        """To the address that you sign in with."""
        context, at = info.context, await info.context.at(as_of)
        size, before = page_size(first), AFTER_ALL if after is None else places_of(after, "invitations")[0]
        user_id = None if context.identity is None else context.identity.user_id
        rows: list[tenancy_members.Invitation] = []
        if user_id is not None:
            async with context.services.writer.transaction() as connection:
                email_hash = await addresses.hash_of(connection, user_id)
            async with context.services.reader.at(at.position, Scope(user_id=user_id)) as view:
                rows = await tenancy_members.invitations_to(view, email_hash or "", before=before, limit=size + 1)
        return invitation_page(rows, at, await moment_of(info, at), size=size, after=after)

    @query(Permission.SIGNED_IN, "The invitation that a mail's link is about; null when the link is none of ours.")
    async def invitation(
        self,
        info: Info,
        link: str,
        as_of: AsOf | None = None,
    ) -> Invitation | None:
        """Whoever has the link has read the mail; accepting needs the address besides."""
        at, context = await info.context.at(as_of), info.context
        found = read_link(context.services.secret, link)
        if found is None:
            return None
        async with context.services.reader.at(at.position, Scope(organizations=(found.organization_id,))) as view:
            row = next(iter(await tenancy_members.invitations(view, [found.invitation_id])), None)
        return None if row is None else Invitation.of(row, at, await moment_of(info, at))
