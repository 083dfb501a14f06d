"""Facts about people. The stream is the user."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from cdt.domain.kernel import Change, Event, Sealed


class EndOfSession(StrEnum):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"
    CREDENTIALS_CHANGED = "credentials_changed"
    REUSE = "reuse"


class UserRegistered(Event, frozen=True, kw_only=True):
    """A person has an account. `email_hash` finds it without telling the address."""

    name: Sealed
    email: Sealed
    email_hash: str


class PasswordSet(Event, frozen=True, kw_only=True):
    """The person has a new password, whose hash is in the vault; links for resetting the former one are void."""


class SignedIn(Event, frozen=True, kw_only=True):
    """The person showed the right password: a session begins. It ends at `session_ends_at`, or sooner."""

    format: ClassVar[int] = 2
    session_id: UUID | None = None
    session_ends_at: datetime | None = None
    address: Sealed | None = None
    agent: Sealed | None = None


class VerificationRequested(Event, frozen=True, kw_only=True):
    """The person is to show that the address is theirs, by a link that is good until `expires_at`."""

    request_id: UUID
    expires_at: datetime


class EmailVerified(Event, frozen=True, kw_only=True):
    """The person followed a link that was sent to their address."""


class ResetRequested(Event, frozen=True, kw_only=True):
    """Somebody who forgot the password gets a link to the person's address; it is good until `expires_at`."""

    request_id: UUID
    expires_at: datetime


class SessionEnded(Event, frozen=True, kw_only=True):
    """No token of the session admits anybody any more."""

    session_id: UUID
    reason: EndOfSession


class ProfileChanged(Event, frozen=True, kw_only=True):
    """The person goes by another name."""

    name: Change[Sealed]


class UserErased(Event, frozen=True, kw_only=True):
    """The person deleted the account, and their key is destroyed: what tells who they were can't be read again."""
