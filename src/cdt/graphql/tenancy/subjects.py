"""What a command of tenancy is about: known to whoever asks and allowed, or refused before any stream is loaded."""

from functools import partial
from typing import NamedTuple
from uuid import UUID

import strawberry

from cdt.access.grants import Grants
from cdt.database.reading import Scope
from cdt.domain.errors import NotFound
from cdt.domain.kernel import Tenant
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.acting import acted_on
from cdt.graphql.context import Done, Info
from cdt.graphql.errors import OnlyPeople
from cdt.graphql.ids import id_of
from cdt.graphql.tenancy.members import Member
from cdt.graphql.tenancy.types import Organization, Project
from cdt.readmodels import tenancy, tenancy_members
from cdt.readmodels.belonging import Seeing


class Acting(NamedTuple):
    """Which person acts on what."""

    user_id: UUID
    id: UUID
    tenant: Tenant


class ActingOnMember(NamedTuple):
    """Which person acts on which member; that one may be gone already."""

    user_id: UUID
    tenant: Tenant
    member: tenancy_members.Member


async def person_of(info: Info) -> tuple[UUID, Grants]:
    """The person who asks; a program's key is none."""
    grants = await info.context.grants()
    if grants.user_id is None:
        raise OnlyPeople
    return grants.user_id, grants


async def organization_of(info: Info, global_id: strawberry.ID, permission: Permission) -> Acting:
    """An organization that the person belongs to. One that they ended may be ended again: it changes nothing."""
    user_id, grants = await person_of(info)
    organization_id = id_of(global_id, "Organization")
    if permission is not Permission.OWN_ORGANIZATION or grants.had(permission, organization_id) is None:
        await acted_on(
            info.context,
            permission,
            partial(tenancy.organizations, ids=[organization_id]),
            "organization",
            lambda row: row.id,
            kind="organization",
        )
    return Acting(user_id, organization_id, Tenant(organization_id))


async def project_of(
    info: Info, global_id: strawberry.ID, permission: Permission, *, may_be_gone: bool = False
) -> Acting:
    """A project that the person sees. One that they ended may be ended again: it changes nothing."""
    user_id, grants = await person_of(info)
    project_id = id_of(global_id, "Project")
    if may_be_gone and (gone := grants.had(permission, project_id)) is not None:
        return Acting(user_id, project_id, Tenant(gone.organization_id, project_id))
    return Acting(user_id, project_id, await tenant_of(info, global_id, permission))


async def tenant_of(info: Info, global_id: strawberry.ID, permission: Permission) -> Tenant:
    """A project that somebody sees and may act in, as whose fact that is."""
    project_id, grants = id_of(global_id, "Project"), await info.context.grants()
    if isinstance(tenant := grants.remembered((permission, project_id)), Tenant):
        return tenant
    row = await acted_on(
        info.context,
        permission,
        partial(tenancy.projects, ids=[project_id]),
        "project",
        lambda row: row.id,
        kind="project",
    )
    return grants.remember((permission, project_id), Tenant(row.organization_id, row.id))


async def projects_in(info: Info, organization_id: UUID) -> list[UUID]:
    """Every project of an organization in which the person may act, also those that they have another role in."""
    of_it = Scope(organizations=(organization_id,))
    async with info.context.services.reader.at((await info.context.at()).position, of_it) as view:
        rows = await tenancy.projects_of_organizations(view, [organization_id])
    return [row.id for row in rows]


async def member_of(info: Info, global_id: strawberry.ID, permission: Permission) -> ActingOnMember:
    """A member, also a former one, of an organization in which the person has the permission."""
    user_id, _ = await person_of(info)
    row = await acted_on(
        info.context,
        permission,
        partial(tenancy_members.members_and_former, ids=[id_of(global_id, "Member")]),
        "organization",
        lambda row: row.organization_id,
        kind="member",
        seen=Permission.READ_MEMBERS,
    )
    return ActingOnMember(user_id, Tenant(row.organization_id), row)


async def member_in(info: Info, global_id: strawberry.ID, project: Acting) -> ActingOnMember:
    """A member, also a former one, of the organization of a project in which the person acts."""
    assert project.tenant.organization_id is not None
    of_it = Scope(organizations=(project.tenant.organization_id,))
    async with info.context.services.reader.at((await info.context.at()).position, of_it, kind=Seeing) as view:
        row = next(iter(await tenancy_members.members_and_former(view, [id_of(global_id, "Member")])), None)
    if row is None:
        raise NotFound(kind="member")
    return ActingOnMember(project.user_id, Tenant(row.organization_id), row)


async def invitation_of(
    info: Info, global_id: strawberry.ID, permission: Permission
) -> tuple[UUID, tenancy_members.Invitation]:
    """An invitation that an organization made in which the person has the permission, and the person."""
    user_id, _ = await person_of(info)
    row = await acted_on(
        info.context,
        permission,
        partial(tenancy_members.invitations, ids=[id_of(global_id, "Invitation")]),
        "organization",
        lambda row: row.organization_id,
        kind="invitation",
        seen=Permission.READ_INVITATIONS,
    )
    return user_id, row


async def organization_at(info: Info, done: Done, organization_id: UUID) -> Organization | None:
    """The organization after a command; None when that can't be read yet, or it is gone."""
    key = (done.at, organization_id)
    row = None if done.lagging else await info.context.loaders.tenancy.organization.load(key)
    return None if row is None else Organization.of(row, done.at)


async def project_at(info: Info, done: Done, project_id: UUID) -> Project | None:
    """The project after a command; None when that can't be read yet, or it is gone."""
    row = None if done.lagging else await info.context.loaders.tenancy.project.load((done.at, project_id))
    return None if row is None else Project.of(row, done.at)


async def member_at(info: Info, done: Done, member_id: UUID) -> Member | None:
    """The member after a command; None when that can't be read yet, or they are gone."""
    row = None if done.lagging else await info.context.loaders.tenancy.member.load((done.at, member_id))
    return None if row is None else Member.of(row, done.at)
