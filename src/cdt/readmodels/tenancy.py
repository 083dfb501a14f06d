"""Organizations, members, projects and keys, as known at a position."""

from datetime import datetime
from uuid import UUID

import msgspec

from cdt.database.reading import View


class Membership(msgspec.Struct, frozen=True):
    """A person's role in an organization."""

    organization_id: UUID
    role: str


class Organization(msgspec.Struct, frozen=True):
    """An organization."""

    id: UUID
    name: str


class Project(msgspec.Struct, frozen=True):
    """A project of an organization."""

    id: UUID
    organization_id: UUID
    name: str
    time_zone: str
    created_at: datetime


class Key(msgspec.Struct, frozen=True):
    """A program's key: what may be shown of it."""

    id: UUID
    project_id: UUID
    name: str
    prefix: str
    created_at: datetime
    created_by_kind: str
    created_by_id: str


async def memberships_of(view: View, user_id: UUID) -> list[Membership]:
    """Where a person is a member."""
    return await view.rows(
        Membership,
        "SELECT organization_id, role FROM tenancy_members_at(%(position)s::bigint)"
        " WHERE user_id = %(user_id)s AND NOT closed",
        user_id=user_id,
    )


async def projects_of_organizations(view: View) -> list[Project]:
    """Every project of the scope's organizations."""
    return await view.rows(
        Project,
        "SELECT id, organization_id, name, time_zone, created_at FROM tenancy_projects_at(%(position)s::bigint)"
        " WHERE NOT closed ORDER BY name, id",
    )


async def projects(view: View, ids: list[UUID]) -> list[Project]:
    """The projects with these ids."""
    return await view.rows(
        Project,
        "SELECT id, organization_id, name, time_zone, created_at FROM tenancy_projects_at(%(position)s::bigint)"
        " WHERE id = ANY(%(ids)s) AND NOT closed",
        ids=ids,
    )


async def organizations(view: View, ids: list[UUID]) -> list[Organization]:
    """The organizations with these ids."""
    return await view.rows(
        Organization,
        "SELECT id, name FROM tenancy_organizations_at(%(position)s::bigint) WHERE id = ANY(%(ids)s) AND NOT closed",
        ids=ids,
    )


async def keys(view: View, ids: list[UUID]) -> list[Key]:
    """The keys with these ids."""
    return await view.rows(
        Key,
        "SELECT id, project_id, name, prefix, created_at, created_by_kind, created_by_id"
        " FROM tenancy_keys_at(%(position)s::bigint) WHERE id = ANY(%(ids)s) AND NOT closed",
        ids=ids,
    )
