"""What may happen next to an account."""

from cdt.domain.accounts.events import PasswordSet, SignedIn, UserRegistered
from cdt.domain.accounts.state import User
from cdt.domain.errors import NotFound
from cdt.domain.kernel import Event, Sealed


def register_user(user: User, *, name: Sealed, email: Sealed, email_hash: str) -> list[Event]:
    """Open the account, with a password that the vault already keeps."""
    if user.is_registered:
        return []
    return [UserRegistered(name=name, email=email, email_hash=email_hash), PasswordSet()]


def sign_in(user: User) -> list[Event]:
    """Record that the person came in."""
    if not user.is_registered:
        raise NotFound(kind="user")
    return [SignedIn()]
