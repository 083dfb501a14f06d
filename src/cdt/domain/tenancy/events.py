"""Facts about organizations and projects; each is a stream. Who belongs where is part of the organization's."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from cdt.domain.kernel import Change, Event, Sealed
from cdt.domain.tenancy.roles import KeyPermission, Role
from cdt.domain.text import Text


class OrganizationCreated(Event, frozen=True, kw_only=True):
    """An organization exists."""

    name: str


class OrganizationRenamed(Event, frozen=True, kw_only=True):
    """The organization has another name; the old one is free."""

    name: Change[str]


class OrganizationDescribed(Event, frozen=True, kw_only=True):
    """What the organization says of itself."""

    format: ClassVar[int] = 2
    description: Change[Text]


class OrganizationDomainSet(Event, frozen=True, kw_only=True):
    """The domain of the internet that the organization says is its own; nobody has checked it."""

    domain: Change[str | None]


class OrganizationDeleted(Event, frozen=True, kw_only=True):
    """The organization is gone with its projects; its name is free, and the record stays."""


class MemberAdded(Event, frozen=True, kw_only=True):
    """A person belongs to the organization."""

    user_id: UUID
    role: Change[Role | None]


class RoleChanged(Event, frozen=True, kw_only=True):
    """A member has another role in the organization."""

    user_id: UUID
    role: Change[Role]


class MemberRemoved(Event, frozen=True, kw_only=True):
    """Somebody ended a person's membership, and with it the person's roles in projects."""

    user_id: UUID
    role: Change[Role | None]


class MemberLeft(Event, frozen=True, kw_only=True):
    """A person ended their own membership, and with it their roles in projects."""

    user_id: UUID
    role: Change[Role | None]


class OwnershipTransferred(Event, frozen=True, kw_only=True):
    """An owner made another member an owner and is an admin from now on."""

    from_user_id: UUID
    from_role: Change[Role]
    to_user_id: UUID
    to_role: Change[Role]


class MemberInvited(Event, frozen=True, kw_only=True):
    """Somebody may join until it expires; the secret of the link that the mail holds follows from the ids."""

    invitation_id: UUID
    email: Sealed
    email_hash: str
    role: Role
    expires_at: datetime


class InvitationAccepted(Event, frozen=True, kw_only=True):
    """The invited person joined."""

    invitation_id: UUID
    user_id: UUID


class InvitationDeclined(Event, frozen=True, kw_only=True):
    """The invited person doesn't want to join."""

    invitation_id: UUID


class InvitationWithdrawn(Event, frozen=True, kw_only=True):
    """The organization wants the person no longer."""

    invitation_id: UUID


class ProjectRoleSet(Event, frozen=True, kw_only=True):
    """A member has a role of their own in a project, in place of the organization's; None ends that."""

    project_id: UUID
    user_id: UUID
    role: Change[Role | None]


class ProjectCreated(Event, frozen=True, kw_only=True):
    """A project exists in an organization. Windows end at midnights of its time zone."""

    organization_id: UUID
    name: str
    time_zone: str


class ProjectRenamed(Event, frozen=True, kw_only=True):
    """The project has another name; the old one is free in its organization."""

    name: Change[str]


class ProjectDescribed(Event, frozen=True, kw_only=True):
    """What the project is for."""

    format: ClassVar[int] = 2
    description: Change[Text]


class ProjectSettingsChanged(Event, frozen=True, kw_only=True):
    """Windows end at midnights of another time zone, or rows are wanted for another time; None is for ever."""

    time_zone: Change[str]
    retention_days: Change[int | None]


class ProjectArchived(Event, frozen=True, kw_only=True):
    """The project can be read and takes in nothing."""


class ProjectRestored(Event, frozen=True, kw_only=True):
    """The archived project is in use again."""


class ProjectDeleted(Event, frozen=True, kw_only=True):
    """The project is gone; its name is free, and the record stays."""


class KeyCreated(Event, frozen=True, kw_only=True):
    """A program may do this in the project, or send rows for these models alone; the vault keeps the key's hash."""

    format: ClassVar[int] = 2
    key_id: UUID
    name: str
    prefix: str
    permissions: tuple[KeyPermission, ...] = (KeyPermission.INGEST,)
    model_ids: tuple[UUID, ...] = ()
    expires_at: datetime | None = None


class KeyRotated(Event, frozen=True, kw_only=True):
    """The key has another secret; the former one admits until it ends."""

    key_id: UUID
    secret_id: UUID
    prefix: Change[str]
    expires_at: Change[datetime | None]
    former_ends_at: datetime


class KeyRevoked(Event, frozen=True, kw_only=True):
    """The key admits nobody any more."""

    format: ClassVar[int] = 2
    key_id: UUID
    reason: Text


class PersonalKeyCreated(Event, frozen=True, kw_only=True):
    """A program may do what its person may, and no more than this; the vault keeps the key's hash."""

    key_id: UUID
    user_id: UUID
    name: Sealed
    prefix: str
    permissions: tuple[KeyPermission, ...]
    model_ids: tuple[UUID, ...] = ()
    expires_at: datetime | None = None


class PersonalKeyRotated(Event, frozen=True, kw_only=True):
    """A person's key has another secret; the former one admits until it ends."""

    key_id: UUID
    secret_id: UUID
    prefix: Change[str]
    expires_at: Change[datetime | None]
    former_ends_at: datetime


class PersonalKeyRevoked(Event, frozen=True, kw_only=True):
    """A person's key admits nobody any more."""

    key_id: UUID
    reason: Sealed


class TextRedacted(Event, frozen=True, kw_only=True):
    """What somebody wrote in the fact at `of` told of a person: its key is destroyed. The stream is the text."""

    of: int
    field: str
