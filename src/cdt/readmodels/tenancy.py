"""Organizations, members, invitations and projects, as known at a position."""

from datetime import datetime
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.readmodels.belonging import Opened, belongs


class Membership(msgspec.Struct, frozen=True):
    """A person's role in an organization."""

    organization_id: UUID
    role: str


class ProjectRole(msgspec.Struct, frozen=True):
    """A person's own role in a project, in place of the organization's."""

    project_id: UUID
    role: str


class Lifetime(msgspec.Struct, frozen=True):
    """Whether a thing is in use, can only be read, or is gone from a position on."""

    id: UUID
    organization_id: UUID
    is_archived: bool
    ended: int | None


def _is_organization(opened: Opened, row: "Organization") -> bool:
    return row.id in opened.organizations or row.id in opened.around


def _is_project(opened: Opened, row: "Project") -> bool:
    return row.id in opened.projects or row.organization_id in opened.organizations


@belongs(_is_organization)
class Organization(msgspec.Struct, frozen=True):
    """An organization."""

    id: UUID
    name: str
    description: str
    domain: str | None
    created_at: datetime


@belongs(_is_project)
class Project(msgspec.Struct, frozen=True):
    """A project of an organization."""

    id: UUID
    organization_id: UUID
    name: str
    description: str
    time_zone: str
    retention_days: int | None
    created_at: datetime
    archived_at: datetime | None


async def memberships_of(view: View, user_id: UUID) -> list[Membership]:
    """Where a person is a member."""
    return await view.rows(
        Membership,
        "SELECT organization_id, role FROM tenancy_members_at(%(position)s::bigint)"
        " WHERE user_id = %(user_id)s AND NOT closed",
        user_id=user_id,
    )


async def project_roles_of(view: View, user_id: UUID) -> list[ProjectRole]:
    """Where a person has a role of their own."""
    return await view.rows(
        ProjectRole,
        "SELECT project_id, role FROM tenancy_project_roles_at(%(position)s::bigint)"
        " WHERE user_id = %(user_id)s AND NOT closed",
        user_id=user_id,
    )


async def lifetimes_of_organizations(view: View, ids: list[UUID]) -> list[Lifetime]:
    """Which of these organizations are there, and which were."""
    return await view.rows(
        Lifetime,
        "SELECT id, organization_id, false AS is_archived, CASE WHEN closed THEN since END AS ended"
        " FROM tenancy_organizations_at(%(position)s::bigint) WHERE id = ANY(%(ids)s)",
        ids=ids,
    )


async def lifetimes_of_projects(view: View, organization_ids: list[UUID]) -> list[Lifetime]:
    """Every project that these organizations have, or had."""
    return await view.rows(
        Lifetime,
        "SELECT id, organization_id, archived_at IS NOT NULL AS is_archived, CASE WHEN closed THEN since END AS ended"
        " FROM tenancy_projects_at(%(position)s::bigint) WHERE organization_id = ANY(%(organization_ids)s)",
        organization_ids=organization_ids,
    )


async def projects_of_organizations(view: View, organization_ids: list[UUID] | None = None) -> list[Project]:
    """Every project of these organizations, or of the scope's, by name."""
    return await view.rows(
        Project,
        "SELECT id, organization_id, name, description, time_zone, retention_days, created_at, archived_at"
        " FROM tenancy_projects_at(%(position)s::bigint)"
        " WHERE (%(organization_ids)s::uuid[] IS NULL OR organization_id = ANY(%(organization_ids)s)) AND NOT closed"
        " ORDER BY name, id",
        organization_ids=organization_ids,
    )


async def projects(view: View, ids: list[UUID]) -> list[Project]:
    """The projects with these ids."""
    return await view.rows(
        Project,
        "SELECT id, organization_id, name, description, time_zone, retention_days, created_at, archived_at"
        " FROM tenancy_projects_at(%(position)s::bigint) WHERE id = ANY(%(ids)s) AND NOT closed",
        ids=ids,
    )


async def organizations(view: View, ids: list[UUID]) -> list[Organization]:
    """The organizations with these ids, by name."""
    return await view.rows(
        Organization,
        "SELECT id, name, description, domain, created_at FROM tenancy_organizations_at(%(position)s::bigint)"
        " WHERE id = ANY(%(ids)s) AND NOT closed ORDER BY name, id",
        ids=ids,
    )
