"""What a person's facts add up to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.accounts.events import (
    EmailVerified,
    PasswordSet,
    ProfileChanged,
    ResetRequested,
    SessionEnded,
    SignedIn,
    UserErased,
    UserRegistered,
    VerificationRequested,
)
from cdt.domain.kernel import Decider, Event, Name, Sealed, derived_id

LONGEST_SESSION = timedelta(days=30)
"""Then the password is asked for again, however often the session was renewed."""


class Link(msgspec.Struct, frozen=True):
    """The newest of the links of its kind; the ones before are void."""

    request_id: UUID
    expires_at: datetime


class User(msgspec.Struct, frozen=True, kw_only=True):
    """An account."""

    name: Sealed | None = None
    email_hash: str | None = None
    has_password: bool = False
    verification: Link | None = None
    """Of an address that is not verified yet. Who was registered by the installation itself has none."""
    reset: Link | None = None
    is_erased: bool = False
    sessions: dict[UUID, datetime] = {}
    """Those that have not been ended, and when each ends by itself."""

    @property
    def is_registered(self) -> bool:
        """Whether the account exists."""
        return self.email_hash is not None and not self.is_erased

    def has_session(self, session_id: UUID, now: datetime) -> bool:
        """Whether the session still admits."""
        ends_at = self.sessions.get(session_id)
        return ends_at is not None and ends_at > now


def evolve(user: User, event: Event) -> User:
    """The account after one more fact."""
    match event:
        case UserRegistered(name=name, email_hash=email_hash):
            return replace(user, name=name, email_hash=email_hash)
        case ProfileChanged(name=name):
            return replace(user, name=name.new)
        case PasswordSet():
            return replace(user, has_password=True, reset=None)
        case VerificationRequested(request_id=request_id, expires_at=expires_at):
            return replace(user, verification=Link(request_id, expires_at))
        case EmailVerified():
            return replace(user, verification=None)
        case ResetRequested(request_id=request_id, expires_at=expires_at):
            return replace(user, reset=Link(request_id, expires_at))
        case UserErased():
            return User(email_hash=user.email_hash, is_erased=True)
        case _:
            return replace(user, sessions=_sessions_after(user.sessions, event))


def _sessions_after(sessions: dict[UUID, datetime], event: Event) -> dict[UUID, datetime]:
    match event:
        case SignedIn(session_id=UUID() as session_id, session_ends_at=datetime() as ends_at):
            began = ends_at - LONGEST_SESSION
            running = {each: end for each, end in sessions.items() if end > began}
            return {**running, session_id: ends_at}
        case SessionEnded(session_id=session_id):
            return {each: end for each, end in sessions.items() if each != session_id}
        case _:
            return sessions


def names_of_user(user: User) -> Sequence[Name]:
    """An address is one person's."""
    return (Name("email", user.email_hash),) if user.email_hash is not None and user.is_registered else ()


def account_of(email_hash: str, erased: int = 0) -> UUID:
    """Whose an address is, or will be, after so many people who had it were erased: each of them is somebody else."""
    return derived_id("user", email_hash, erased) if erased else derived_id("user", email_hash)


def invited_at(email_hash: str) -> UUID:
    """As whom somebody is known who was invited by that address."""
    return derived_id("invited", email_hash)


accounts = Decider(kind="user", initial=User(), evolve=evolve, names=names_of_user)
