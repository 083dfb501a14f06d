"""Commands about people."""

from uuid import UUID

from cdt.database.deciding import Decides, Outcome
from cdt.domain.accounts import decisions
from cdt.domain.accounts.state import accounts
from cdt.domain.kernel import Command, Name, Sealed


def register_user(
    log: Decides[Outcome], user_id: UUID, *, name: Sealed, email: Sealed, email_hash: str, by: Command
) -> Outcome:
    """Open an account whose password the vault already keeps."""
    return log.decide(
        accounts,
        user_id,
        lambda user: decisions.register_user(user, name=name, email=email, email_hash=email_hash),
        by=by,
        claims=[Name("email", email_hash)],
    )


def sign_in(log: Decides[Outcome], user_id: UUID, *, by: Command) -> Outcome:
    """Record that a person showed the right password."""
    return log.decide(accounts, user_id, decisions.sign_in, by=by)
