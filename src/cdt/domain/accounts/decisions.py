"""What may happen next to an account."""

from datetime import datetime, timedelta
from uuid import UUID

from cdt.domain.accounts.events import (
    EmailVerified,
    EndOfSession,
    PasswordSet,
    ProfileChanged,
    ResetRequested,
    SessionEnded,
    SignedIn,
    UserErased,
    UserRegistered,
    VerificationRequested,
)
from cdt.domain.accounts.state import LONGEST_SESSION, Link, User
from cdt.domain.errors import DomainError, NotFound
from cdt.domain.kernel import Change, Event, Sealed

VERIFICATION_LIFETIME = timedelta(days=2)
RESET_LIFETIME = timedelta(hours=1)
BETWEEN_LINKS = timedelta(minutes=1)
"""Nobody's mailbox is filled by whoever knows the address."""


class AddressIsNotVerified(DomainError):
    """Follow the link in the mail that was sent to this address first; signing up again sends another."""

    code = "UNAUTHENTICATED"


class LinkIsVoid(DomainError):
    """This link was used, is too old or was followed by a newer one; ask for another."""

    code = "UNAUTHENTICATED"


def register_user(user: User, *, name: Sealed, email: Sealed, email_hash: str) -> list[Event]:
    """Open the account, with a password that the vault already keeps."""
    if user.is_registered or user.is_erased:
        return []
    return [UserRegistered(name=name, email=email, email_hash=email_hash), PasswordSet()]


def sign_up(user: User, *, name: Sealed, email: Sealed, email_hash: str, request_id: UUID, at: datetime) -> list[Event]:
    """Open an account whose address is to be verified; until it is, whoever comes last sets the name.

    It has no password: whoever has the mailbox chooses that. Nothing for a person who has an account, and nothing when
    a link was sent a moment ago.
    """
    if user.is_erased:
        return []
    asked = VerificationRequested(request_id=request_id, expires_at=at + VERIFICATION_LIFETIME)
    if not user.is_registered:
        return [UserRegistered(name=name, email=email, email_hash=email_hash), asked]
    if user.verification is None or user.name is None or _is_recent(user.verification, VERIFICATION_LIFETIME, at):
        return []
    return [ProfileChanged(name=Change(user.name, name)), asked]


def verify_email(user: User, *, request_id: UUID, at: datetime) -> list[Event]:
    """Take the address for the person's, who followed the newest link in time and chose a password there."""
    if not user.is_registered:
        raise LinkIsVoid
    _require_good(user.verification, request_id, at)
    return [PasswordSet(), EmailVerified()]


def request_reset(user: User, *, request_id: UUID, at: datetime) -> list[Event]:
    """Send a link for another password; nothing when one was sent a moment ago, or there is no account."""
    if not user.is_registered or (user.reset is not None and _is_recent(user.reset, RESET_LIFETIME, at)):
        return []
    return [ResetRequested(request_id=request_id, expires_at=at + RESET_LIFETIME)]


def reset_password(user: User, *, request_id: UUID, at: datetime) -> list[Event]:
    """Record that the vault keeps another password. Who followed the link has the address; every session ends."""
    _require_good(user.reset, request_id, at)
    verified = [] if user.verification is None else [EmailVerified()]
    return [PasswordSet(), *verified, *end_sessions(user, reason=EndOfSession.CREDENTIALS_CHANGED)]


def sign_in(user: User, *, session_id: UUID, at: datetime, address: Sealed, agent: Sealed) -> list[Event]:
    """Begin a session of a person who has just shown the right password."""
    _require_account(user)
    if user.verification is not None:
        raise AddressIsNotVerified
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


def erase(user: User) -> list[Event]:
    """Delete the account for good; every session ends."""
    if user.is_erased:
        return []
    _require_account(user)
    return [*end_sessions(user, reason=EndOfSession.SIGNED_OUT), UserErased()]


def _require_good(link: Link | None, request_id: UUID, at: datetime) -> None:
    if link is None or link.request_id != request_id or link.expires_at <= at:
        raise LinkIsVoid


def _is_recent(link: Link, lifetime: timedelta, at: datetime) -> bool:
    return at < link.expires_at - lifetime + BETWEEN_LINKS


def _require_account(user: User) -> None:
    if not user.is_registered:
        raise NotFound(kind="user")
