"""What a person's facts add up to."""

import msgspec
from msgspec.structs import replace

from cdt.domain.accounts.events import PasswordSet, UserRegistered
from cdt.domain.kernel import Decider, Event


class User(msgspec.Struct, frozen=True, kw_only=True):
    """An account."""

    email_hash: str | None = None
    has_password: bool = False

    @property
    def is_registered(self) -> bool:
        """Whether the account exists."""
        return self.email_hash is not None


def evolve(user: User, event: Event) -> User:
    """The account after one more fact."""
    match event:
        case UserRegistered(email_hash=email_hash):
            return replace(user, email_hash=email_hash)
        case PasswordSet():
            return replace(user, has_password=True)
        case _:
            return user


accounts = Decider(kind="user", initial=User(), evolve=evolve)
