"""Facts about people. The stream is the user."""

from cdt.domain.kernel import Event, Sealed


class UserRegistered(Event, frozen=True, kw_only=True):
    """A person has an account. `email_hash` finds it without telling the address."""

    name: Sealed
    email: Sealed
    email_hash: str


class PasswordSet(Event, frozen=True, kw_only=True):
    """The person has a new password; its hash is in the vault."""


class SignedIn(Event, frozen=True, kw_only=True):
    """The person showed the right password and got a token."""
