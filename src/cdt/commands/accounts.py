"""Commands about people."""

from uuid import UUID

from cdt.database.log import Log
from cdt.domain.accounts import decisions
from cdt.domain.accounts.state import accounts
from cdt.domain.kernel import Command, Name, Position, Sealed


def register_user(
    log: Log, user_id: UUID, *, name: Sealed, email: Sealed, email_hash: str, by: Command
) -> Position | None:
    """Open an account whose password the vault already keeps."""
    return log.decide(
        accounts,
        user_id,
        lambda user: decisions.register_user(user, name=name, email=email, email_hash=email_hash),
        by=by,
        claims=[Name("email", email_hash)],
    )


def sign_in(log: Log, user_id: UUID, *, by: Command) -> Position | None:
    """Record that a person showed the right password."""
    return log.decide(accounts, user_id, decisions.sign_in, by=by)
