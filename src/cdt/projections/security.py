"""The security events that the log holds, for each organization that they concern; where from stays sealed."""

from uuid import UUID

from cdt.domain.accounts.events import PasswordSet, SessionEnded, SignedIn
from cdt.domain.kernel import Envelope
from cdt.domain.security import SecurityKind
from cdt.domain.tenancy.events import (
    KeyCreated,
    KeyRevoked,
    KeyRotated,
    MemberAdded,
    MemberLeft,
    MemberRemoved,
    OwnershipTransferred,
    PersonalKeyCreated,
    PersonalKeyRevoked,
    PersonalKeyRotated,
    ProjectRoleSet,
    RoleChanged,
)
from cdt.domain.tenancy.roles import Role
from cdt.projections.writing import View, projects


@projects(SignedIn)
def signed_in(view: View, event: SignedIn, of: Envelope) -> None:
    """Somebody showed the right password."""
    del of
    box = None if event.address is None else event.address.box
    _write_of_person(view, SecurityKind.SIGNED_IN, "right_password", address_box=box)


@projects(SessionEnded)
def session_ended(view: View, event: SessionEnded, of: Envelope) -> None:
    """A session ended before its time; a refresh token that was used twice ends it too."""
    del of
    _write_of_person(view, SecurityKind.SESSION_ENDED, event.reason.value)


@projects(PasswordSet)
def password_set(view: View, event: PasswordSet, of: Envelope) -> None:
    """Another password."""
    del event, of
    _write_of_person(view, SecurityKind.PASSWORD_SET, "set")


@projects(MemberAdded)
def member_added(view: View, event: MemberAdded, of: Envelope) -> None:
    """From no role to one."""
    del of
    _write_role(view, event.user_id, event.role.old, event.role.new)


@projects(RoleChanged)
def role_changed(view: View, event: RoleChanged, of: Envelope) -> None:
    """From one role to another."""
    del of
    _write_role(view, event.user_id, event.role.old, event.role.new)


@projects(MemberRemoved)
def member_removed(view: View, event: MemberRemoved, of: Envelope) -> None:
    """From a role to none."""
    del of
    _write_role(view, event.user_id, event.role.old, event.role.new)


@projects(MemberLeft)
def member_left(view: View, event: MemberLeft, of: Envelope) -> None:
    """From a role to none, by one's own wish."""
    del of
    _write_role(view, event.user_id, event.role.old, event.role.new)


@projects(OwnershipTransferred)
def ownership_transferred(view: View, event: OwnershipTransferred, of: Envelope) -> None:
    """Told of whoever is the owner from now on; who was it before has done it."""
    del of
    _write_role(view, event.to_user_id, event.to_role.old, event.to_role.new)


@projects(ProjectRoleSet)
def project_role_set(view: View, event: ProjectRoleSet, of: Envelope) -> None:
    """A role in a project."""
    del of
    _write_role(view, event.user_id, event.role.old, event.role.new, subject=str(event.project_id))


@projects(KeyCreated)
def key_created(view: View, event: KeyCreated, of: Envelope) -> None:
    """A program may come in."""
    del of
    _write_key(view, event.key_id, "created")


@projects(KeyRotated)
def key_rotated(view: View, event: KeyRotated, of: Envelope) -> None:
    """Another secret."""
    del of
    _write_key(view, event.key_id, "rotated")


@projects(KeyRevoked)
def key_revoked(view: View, event: KeyRevoked, of: Envelope) -> None:
    """The program may come in no longer."""
    del of
    _write_key(view, event.key_id, "revoked")


@projects(PersonalKeyCreated)
def personal_key_created(view: View, event: PersonalKeyCreated, of: Envelope) -> None:
    """A person's program may come in; in each organization that the person belongs to at this position."""
    del of
    view.write(
        "INSERT INTO security_entries (position, organization_id, kind, reason, subject, actor_kind, actor_id, person,"
        " at, recorded_at) SELECT %(position)s, member.organization_id, %(kind)s, 'created', %(subject)s,"
        " %(actor_kind)s, %(actor_id)s, member.user_id, %(at)s, %(recorded_at)s FROM tenancy_members AS member"
        " WHERE member.user_id = %(user_id)s AND NOT member.closed",
        kind=SecurityKind.KEY_CHANGED.value,
        subject=str(event.key_id),
        user_id=event.user_id,
    )


@projects(PersonalKeyRotated)
def personal_key_rotated(view: View, event: PersonalKeyRotated, of: Envelope) -> None:
    """Another secret."""
    del of
    _write_personal_key(view, event.key_id, "rotated")


@projects(PersonalKeyRevoked)
def personal_key_revoked(view: View, event: PersonalKeyRevoked, of: Envelope) -> None:
    """A person's program may come in no longer."""
    del of
    _write_personal_key(view, event.key_id, "revoked")


def _write_key(view: View, key_id: UUID, reason: str) -> None:
    view.write(
        "INSERT INTO security_entries (position, organization_id, kind, reason, subject, actor_kind, actor_id, at,"
        " recorded_at) SELECT %(position)s, project.organization_id, %(kind)s, %(reason)s, %(key_id)s, %(actor_kind)s,"
        " %(actor_id)s, %(at)s, %(recorded_at)s FROM tenancy_projects AS project WHERE project.id = %(stream_id)s",
        kind=SecurityKind.KEY_CHANGED.value,
        reason=reason,
        key_id=str(key_id),
    )


def _write_personal_key(view: View, key_id: UUID, reason: str) -> None:
    """Once for each organization that its person belongs to at this position."""
    view.write(
        "INSERT INTO security_entries (position, organization_id, kind, reason, subject, actor_kind, actor_id, person,"
        " at, recorded_at) SELECT %(position)s, member.organization_id, %(kind)s, %(reason)s, %(subject)s,"
        " %(actor_kind)s, %(actor_id)s, key.user_id, %(at)s, %(recorded_at)s FROM tenancy_keys AS key"
        " JOIN tenancy_members AS member ON member.user_id = key.user_id AND NOT member.closed"
        " WHERE key.id = %(key_id)s",
        kind=SecurityKind.KEY_CHANGED.value,
        reason=reason,
        subject=str(key_id),
        key_id=key_id,
    )


def _write_of_person(view: View, kind: SecurityKind, reason: str, *, address_box: str | None = None) -> None:
    """Once for each organization that the person belongs to at this position."""
    view.write(
        "INSERT INTO security_entries (position, organization_id, kind, reason, subject, actor_kind, actor_id, person,"
        " address_box, at, recorded_at) SELECT %(position)s, member.organization_id, %(kind)s, %(reason)s, '',"
        " %(actor_kind)s, %(actor_id)s, %(stream_id)s, %(address_box)s, %(at)s, %(recorded_at)s"
        " FROM tenancy_members AS member WHERE member.user_id = %(stream_id)s AND NOT member.closed",
        kind=kind.value,
        reason=reason,
        address_box=address_box,
    )


def _write_role(view: View, user_id: UUID, old: Role | None, new: Role | None, *, subject: str = "") -> None:
    view.write(
        "INSERT INTO security_entries (position, organization_id, kind, reason, subject, actor_kind, actor_id, person,"
        " at, recorded_at) VALUES (%(position)s, %(stream_id)s, %(kind)s, %(reason)s, %(subject)s, %(actor_kind)s,"
        " %(actor_id)s, %(user_id)s, %(at)s, %(recorded_at)s)",
        kind=SecurityKind.ROLE_CHANGED.value,
        reason=f"{old or 'none'}>{new or 'none'}",
        subject=subject,
        user_id=user_id,
    )
