"""Whoever deleted the account is forgotten, also when the process died that was about to do it."""

from uuid import UUID

from msgspec.structs import replace

from cdt.commands import tenancy as commands
from cdt.database.reading import NOBODY
from cdt.domain.accounts.events import UserErased
from cdt.domain.accounts.state import User, accounts, invited_at
from cdt.domain.kernel import Command, Envelope, Tenant
from cdt.domain.tenancy.events import MemberAdded, TextRedacted
from cdt.reactions.responding import Reacting, responds
from cdt.readmodels import tenancy, tenancy_members
from cdt.vault import people
from cdt.vault.erasing import forget_person
from cdt.workers import mails

NAME = "erasure"


@responds(NAME, UserErased)
async def user_erased(reacting: Reacting, _event: UserErased, of: Envelope) -> None:
    """Destroy what the vault and the outbox know of the person, and take back what was sent to the address.

    The keys go first: from then on nothing opens, whatever becomes of the rest.
    """
    assert of.position is not None
    user_id = of.stream_id
    email_hash = (await _user(reacting, user_id)).email_hash
    assert email_hash is not None
    invited = invited_at(email_hash)
    async with reacting.writer.transaction() as connection:
        await forget_person(connection, user_id=user_id, invited=invited, erased_at=of.recorded_at)
        await mails.forget(connection, [user_id, invited], until=of.position)
    async with reacting.reader.at(of.position, NOBODY) as view:
        asked = await tenancy_members.unanswered_invitations_to(view, email_hash)
        belongs_to = await tenancy.memberships_of(view, user_id)
    for each in asked:
        by = _command(reacting, of, each.organization_id, "invitation", each.id)
        await reacting.act(commands.void_invitation, each.organization_id, invitation_id=each.id, by=by)
    for each in belongs_to:
        await _forget_member(reacting, of, each.organization_id, user_id)


@responds(NAME, TextRedacted)
async def text_redacted(reacting: Reacting, _event: TextRedacted, of: Envelope) -> None:
    """Nothing opens the text any more."""
    async with reacting.writer.transaction() as connection:
        await people.erase(connection, of.stream_id)


@responds(NAME, MemberAdded)
async def member_added(reacting: Reacting, event: MemberAdded, of: Envelope) -> None:
    """Whoever was let in at the moment in which they deleted the account is no member."""
    if (await _user(reacting, event.user_id)).is_erased:
        await _forget_member(reacting, of, of.stream_id, event.user_id)


async def _forget_member(reacting: Reacting, of: Envelope, organization_id: UUID, user_id: UUID) -> None:
    by = _command(reacting, of, organization_id, "member")
    await reacting.act(commands.forget_member, organization_id, user_id=user_id, by=by)


def _command(reacting: Reacting, of: Envelope, organization_id: UUID, *about: object) -> Command:
    return replace(reacting.command(NAME, of, organization_id, *about), tenant=Tenant(organization_id))


async def _user(reacting: Reacting, user_id: UUID) -> User:
    return await reacting.log.state(user_id, accounts)
