"""What a command of tenancy is about: known to whoever asks and allowed, or refused before any stream is loaded."""

from typing import NamedTuple
from uuid import UUID

import strawberry

from cdt.access.grants import Grants
from cdt.domain.errors import Forbidden, NotFound
from cdt.domain.kernel import Tenant
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Done, Info
from cdt.graphql.ids import id_of
from cdt.graphql.tenancy.members import Member
from cdt.graphql.tenancy.types import Organization, Project
from cdt.readmodels import tenancy_members


class OnlyPeople(Forbidden):
    """Only a person may do this: sign in with an address and its password."""


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
        grants.require_in(permission, organization_id)
    return Acting(user_id, organization_id, Tenant(organization_id))


async def project_of(
    info: Info, global_id: strawberry.ID, permission: Permission, *, may_be_gone: bool = False
) -> Acting:
    """A project that the person sees. One that they ended may be ended again: it changes nothing."""
    user_id, grants = await person_of(info)
    project_id = id_of(global_id, "Project")
    if may_be_gone and (gone := grants.had(permission, project_id)) is not None:
        return Acting(user_id, project_id, Tenant(gone.organization_id, project_id))
    if project_id not in grants.projects:
        raise NotFound(kind="project")
    grants.require(permission, project_id)
    return Acting(user_id, project_id, grants.tenant(project_id))


async def member_of(
    info: Info, global_id: strawberry.ID, permission: Permission, *, project_id: UUID | None = None
) -> ActingOnMember:
    """A member, also a former one, of an organization in which, or in whose project, the person has the permission."""
    user_id, grants = await person_of(info)
    async with info.context.view(await info.context.at()) as view:
        row = next(iter(await tenancy_members.members_and_former(view, [id_of(global_id, "Member")])), None)
    if row is None or row.organization_id not in grants.permissions:
        raise NotFound(kind="member")
    if project_id is None:
        grants.require_in(permission, row.organization_id)
    elif grants.projects[project_id] != row.organization_id:
        raise NotFound(kind="member")
    return ActingOnMember(user_id, Tenant(row.organization_id), row)


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
