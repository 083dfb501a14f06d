"""Commands about people."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from cdt.database.deciding import Decides, Outcome, Thing
from cdt.domain.accounts import decisions
from cdt.domain.accounts.events import EndOfSession
from cdt.domain.accounts.state import accounts
from cdt.domain.kernel import Command, Event, Sealed, Tenant
from cdt.domain.tenancy import members
from cdt.domain.tenancy.state import organizations


def register_user(
    log: Decides[Outcome], user_id: UUID, *, name: Sealed, email: Sealed, email_hash: str, by: Command
) -> Outcome:
    """Open an account whose password the vault already keeps."""
    return log.decide(
        accounts,
        user_id,
        lambda user: decisions.register_user(user, name=name, email=email, email_hash=email_hash),
        by=by,
    )


def sign_up(
    log: Decides[Outcome],
    user_id: UUID,
    *,
    name: Sealed,
    email: Sealed,
    email_hash: str,
    request_id: UUID,
    by: Command,
) -> Outcome:
    """Open an account whose address is to be verified. Its id follows from the address: nobody else's can have it."""
    return log.decide(
        accounts,
        user_id,
        lambda user: decisions.sign_up(
            user, name=name, email=email, email_hash=email_hash, request_id=request_id, at=by.at
        ),
        by=by,
    )


def verify_email(log: Decides[Outcome], user_id: UUID, *, request_id: UUID, by: Command) -> Outcome:
    """Take an address for the person's who followed the link that was sent there; the vault then keeps a password."""
    return log.decide(
        accounts, user_id, lambda user: decisions.verify_email(user, request_id=request_id, at=by.at), by=by
    )


def request_password_reset(log: Decides[Outcome], user_id: UUID, *, request_id: UUID, by: Command) -> Outcome:
    """Let a link for another password be sent."""
    return log.decide(
        accounts, user_id, lambda user: decisions.request_reset(user, request_id=request_id, at=by.at), by=by
    )


def reset_password(log: Decides[Outcome], user_id: UUID, *, request_id: UUID, by: Command) -> Outcome:
    """Record that the vault keeps another password, by a link; every session ends."""
    return log.decide(
        accounts, user_id, lambda user: decisions.reset_password(user, request_id=request_id, at=by.at), by=by
    )


def sign_in(
    log: Decides[Outcome], user_id: UUID, *, session_id: UUID, address: Sealed, agent: Sealed, by: Command
) -> Outcome:
    """Begin a session of a person who showed the right password; the vault already keeps its refresh token's place."""
    return log.decide(
        accounts,
        user_id,
        lambda user: decisions.sign_in(user, session_id=session_id, at=by.at, address=address, agent=agent),
        by=by,
    )


def end_session(
    log: Decides[Outcome], user_id: UUID, *, session_id: UUID, reason: EndOfSession, by: Command
) -> Outcome:
    """End one session of a person."""
    return log.decide(
        accounts, user_id, lambda user: decisions.end_session(user, session_id=session_id, reason=reason), by=by
    )


def sign_out_everywhere(log: Decides[Outcome], user_id: UUID, *, but: UUID | None, by: Command) -> Outcome:
    """End all sessions of a person, or all but one."""
    return log.decide(
        accounts,
        user_id,
        lambda user: decisions.end_sessions(user, reason=EndOfSession.SIGNED_OUT, but=but),
        by=by,
    )


def change_password(log: Decides[Outcome], user_id: UUID, *, but: UUID | None, by: Command) -> Outcome:
    """Record that the vault keeps another password, and end the other sessions."""
    return log.decide(accounts, user_id, lambda user: decisions.change_password(user, but=but), by=by)


def change_profile(log: Decides[Outcome], user_id: UUID, *, name: Sealed, by: Command) -> Outcome:
    """Let a person go by another name."""
    return log.decide(accounts, user_id, lambda user: decisions.change_profile(user, name=name), by=by)


def delete_account(log: Decides[Outcome], user_id: UUID, *, organization_ids: Sequence[UUID], by: Command) -> Outcome:
    """Leave every organization and erase the person, in one save: nobody sees half of it, nor does a crash leave half.

    What the facts promise of the vault is done by whoever asked, and by a reaction to `UserErased`, which comes to an
    end though the process dies.
    """

    def decide(states: Sequence[Any]) -> list[list[Event]]:
        user, *memberships = states
        return [decisions.erase(user), *members.leave_all(memberships, user_id=user_id)]

    left = [Thing(organizations, each, replace(by, tenant=Tenant(each))) for each in organization_ids]
    return log.decide_together([Thing(accounts, user_id, by), *left], decide)
