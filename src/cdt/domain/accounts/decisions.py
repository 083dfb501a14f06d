"""What may happen next to an account."""

from datetime import datetime
from uuid import UUID

from cdt.domain.accounts.events import (
    EndOfSession,
    PasswordSet,
    ProfileChanged,
    SessionEnded,
    SignedIn,
    UserRegistered,
)
from cdt.domain.accounts.state import LONGEST_SESSION, User
from cdt.domain.errors import NotFound
from cdt.domain.kernel import Change, Event, Sealed


def register_user(user: User, *, name: Sealed, email: Sealed, email_hash: str) -> list[Event]:
    """Open the account, with a password that the vault already keeps."""
    if user.is_registered:
        return []
    return [UserRegistered(name=name, email=email, email_hash=email_hash), PasswordSet()]


def sign_in(user: User, *, session_id: UUID, at: datetime, address: Sealed, agent: Sealed) -> list[Event]:
    """Begin a session of a person who has just shown the right password."""
    _require_account(user)
    if session_id in user.sessions:
        return []
    return [SignedIn(session_id=session_id, session_ends_at=at + LONGEST_SESSION, address=address, agent=agent)]


def end_session(user: User, *, session_id: UUID, reason: EndOfSession) -> list[Event]:
    """End one session; NotFound when the person never had it, or no longer has."""
    if session_id not in user.sessions:
        raise NotFound(kind="session")
    return [SessionEnded(session_id=session_id, reason=reason)]


def end_sessions(user: User, *, reason: EndOfSession, but: UUID | None = None) -> list[Event]:
    """End all of them, or all but one."""
    return [SessionEnded(session_id=each, reason=reason) for each in user.sessions if each != but]


def change_password(user: User, *, but: UUID | None) -> list[Event]:
    """Record that the vault keeps another password, and end the sessions that the former one began, but for one."""
    _require_account(user)
    return [PasswordSet(), *end_sessions(user, reason=EndOfSession.CREDENTIALS_CHANGED, but=but)]


def change_profile(user: User, *, name: Sealed) -> list[Event]:
    """Let the person go by another name."""
    if user.name is None:
        raise NotFound(kind="user")
    return [ProfileChanged(name=Change(user.name, name))]


def _require_account(user: User) -> None:
    if not user.is_registered:
        raise NotFound(kind="user")
