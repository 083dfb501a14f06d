"""Facts about organizations and projects; each is a stream."""

from uuid import UUID

from cdt.domain.kernel import Change, Event
from cdt.domain.tenancy.roles import Role


class OrganizationCreated(Event, frozen=True, kw_only=True):
    """An organization exists."""

    name: str


class MemberAdded(Event, frozen=True, kw_only=True):
    """A person belongs to the organization."""

    user_id: UUID
    role: Change[Role | None]


class ProjectCreated(Event, frozen=True, kw_only=True):
    """A project exists in an organization. Windows end at midnights of its time zone."""

    organization_id: UUID
    name: str
    time_zone: str


class KeyCreated(Event, frozen=True, kw_only=True):
    """A program may send predictions and labels to the project; the vault keeps the key's hash."""

    key_id: UUID
    name: str
    prefix: str
