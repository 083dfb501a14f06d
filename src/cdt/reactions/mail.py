"""Whoever asks for a link gets it by mail."""

from cdt.domain.accounts.events import ResetRequested, VerificationRequested
from cdt.domain.kernel import Envelope
from cdt.domain.tenancy.events import MemberInvited
from cdt.reactions.responding import Reacting, responds
from cdt.workers import leases

NAME = "mail"


@responds(NAME, VerificationRequested)
async def verification_requested(reacting: Reacting, _event: VerificationRequested, of: Envelope) -> None:
    """The address is to be confirmed."""
    await _ask(reacting, of)


@responds(NAME, ResetRequested)
async def reset_requested(reacting: Reacting, _event: ResetRequested, of: Envelope) -> None:
    """The password is to be set anew."""
    await _ask(reacting, of)


@responds(NAME, MemberInvited)
async def member_invited(reacting: Reacting, _event: MemberInvited, of: Envelope) -> None:
    """Somebody may join."""
    await _ask(reacting, of)


async def _ask(reacting: Reacting, of: Envelope) -> None:
    """A lease says in Postgres that a mail is due; the job is a hint."""
    assert of.position is not None
    async with reacting.writer.transaction() as connection:
        await leases.open_lease(connection, fact=of.position, kind="mail", subject=of.stream_id, project_id=None)
    await reacting.queue.add_leased("mail", of.position, 1)
