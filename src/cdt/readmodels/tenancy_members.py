"""Who belongs to an organization and to its projects, and who is asked to, as known at a position."""

from datetime import datetime
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.readmodels.belonging import belongs, to_organization, to_organization_or_person


@belongs(to_organization_or_person)
class Member(msgspec.Struct, frozen=True):
    """A person in an organization; `added` is the position at which they joined, and their place in the list."""

    id: UUID
    organization_id: UUID
    user_id: UUID
    role: str
    added: int
    joined_at: datetime
    closed: bool


@belongs(to_organization_or_person)
class ProjectMember(msgspec.Struct, frozen=True):
    """A member of a project's organization, with their own role in the project where they have one."""

    id: UUID
    organization_id: UUID
    user_id: UUID
    role: str
    added: int
    joined_at: datetime
    closed: bool
    project_role: str | None


@belongs(to_organization)
class Invitation(msgspec.Struct, frozen=True):
    """Whom an organization asked to join; the address opens with the key of `person` in the vault."""

    id: UUID
    organization_id: UUID
    organization_name: str
    person: UUID
    email_box: str
    email_hash: str
    role: str
    invited: int
    invited_at: datetime
    invited_by_kind: str
    invited_by_id: str
    expires_at: datetime
    answer: str | None
    answered_at: datetime | None


async def members_and_former(view: View, ids: list[UUID]) -> list[Member]:
    """The members with these ids, also those who have left."""
    return await view.rows(
        Member,
        "SELECT id, organization_id, user_id, role, added, joined_at, closed"
        " FROM tenancy_members_at(%(position)s::bigint) WHERE id = ANY(%(ids)s)",
        ids=ids,
    )


async def members(view: View, ids: list[UUID]) -> list[Member]:
    """The members with these ids."""
    return [each for each in await members_and_former(view, ids) if not each.closed]


async def members_of(view: View, organization_id: UUID, *, after: int, limit: int) -> list[Member]:
    """The members of an organization who joined after a position, in the order in which they did."""
    return await view.rows(
        Member,
        "SELECT id, organization_id, user_id, role, added, joined_at, closed"
        " FROM tenancy_members_at(%(position)s::bigint)"
        " WHERE organization_id = %(organization_id)s AND NOT closed AND added > %(after)s::bigint"
        " ORDER BY added, id LIMIT %(limit)s",
        organization_id=organization_id,
        after=after,
        limit=limit,
    )


async def count_members(view: View, organization_id: UUID) -> int:
    """How many belong to an organization."""
    count = await view.value(
        int,
        "SELECT count(*) FROM tenancy_members_at(%(position)s::bigint)"
        " WHERE organization_id = %(organization_id)s AND NOT closed",
        organization_id=organization_id,
    )
    return count or 0


async def members_of_project(
    view: View, organization_id: UUID, project_id: UUID, *, after: int, limit: int
) -> list[ProjectMember]:
    """The members of a project's organization who joined after a position, with their own roles in the project."""
    return await view.rows(
        ProjectMember,
        "SELECT m.id, m.organization_id, m.user_id, m.role, m.added, m.joined_at, m.closed, r.role AS project_role"
        " FROM tenancy_members_at(%(position)s::bigint) AS m"
        " LEFT JOIN tenancy_project_roles_at(%(position)s::bigint) AS r"
        " ON r.project_id = %(project_id)s AND r.user_id = m.user_id AND NOT r.closed"
        " WHERE m.organization_id = %(organization_id)s AND NOT m.closed AND m.added > %(after)s::bigint"
        " ORDER BY m.added, m.id LIMIT %(limit)s",
        organization_id=organization_id,
        project_id=project_id,
        after=after,
        limit=limit,
    )


async def invitations(view: View, ids: list[UUID]) -> list[Invitation]:
    """The invitations with these ids."""
    return await view.rows(
        Invitation,
        "SELECT id, organization_id, organization_name, person, email_box, email_hash, role, invited, invited_at,"
        " invited_by_kind, invited_by_id, expires_at, answer, answered_at"
        " FROM tenancy_invitations_at(%(position)s::bigint) WHERE id = ANY(%(ids)s) AND NOT closed",
        ids=ids,
    )


async def invitations_of(view: View, organization_id: UUID, *, before: int, limit: int) -> list[Invitation]:
    """The invitations that an organization made before a position, newest first."""
    return await view.rows(
        Invitation,
        "SELECT id, organization_id, organization_name, person, email_box, email_hash, role, invited, invited_at,"
        " invited_by_kind, invited_by_id, expires_at, answer, answered_at"
        " FROM tenancy_invitations_at(%(position)s::bigint)"
        " WHERE organization_id = %(organization_id)s AND NOT closed AND invited < %(before)s::bigint"
        " ORDER BY invited DESC, id LIMIT %(limit)s",
        organization_id=organization_id,
        before=before,
        limit=limit,
    )


async def unanswered_invitations_to(view: View, email_hash: str) -> list[Invitation]:
    """The invitations that were made to an address and not answered, also those that have expired."""
    return await view.rows(
        Invitation,
        "SELECT id, organization_id, organization_name, person, email_box, email_hash, role, invited, invited_at,"
        " invited_by_kind, invited_by_id, expires_at, answer, answered_at"
        " FROM tenancy_invitations_at(%(position)s::bigint)"
        " WHERE email_hash = %(email_hash)s AND answer IS NULL AND NOT closed ORDER BY invited, id",
        email_hash=email_hash,
    )


async def invitations_to(view: View, email_hash: str, *, before: int, limit: int) -> list[Invitation]:
    """The invitations that were made to an address before a position, newest first."""
    return await view.rows(
        Invitation,
        "SELECT id, organization_id, organization_name, person, email_box, email_hash, role, invited, invited_at,"
        " invited_by_kind, invited_by_id, expires_at, answer, answered_at"
        " FROM tenancy_invitations_at(%(position)s::bigint)"
        " WHERE email_hash = %(email_hash)s AND NOT closed AND invited < %(before)s::bigint"
        " ORDER BY invited DESC, id LIMIT %(limit)s",
        email_hash=email_hash,
        before=before,
        limit=limit,
    )
