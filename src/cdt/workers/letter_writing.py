"""Which letter a fact asks for, written from what was known at its position; nothing where its link is void by now."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from cdt.database.log import Log
from cdt.database.reading import NOBODY, Reader
from cdt.database.writing import Writer
from cdt.domain.accounts.events import ResetRequested, VerificationRequested
from cdt.domain.accounts.state import Link, User
from cdt.domain.accounts.state import accounts as people_with_accounts
from cdt.domain.kernel import Envelope, Event, Sealed
from cdt.domain.tenancy.events import MemberInvited
from cdt.domain.tenancy.state import Organization, organizations
from cdt.readmodels import accounts, tenancy
from cdt.senders import letters
from cdt.senders.letters import Letter
from cdt.vault import people
from cdt.vault.links import INVITATION, RESET_PASSWORD, VERIFY_EMAIL, token_of
from cdt.vault.secret import VaultSecret


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What letters are written with; `address` is where browsers find this CDT."""

    log: Log
    reader: Reader
    writer: Writer
    secret: VaultSecret
    address: str

    def link(self, page: str, purpose: str, whose: UUID, which: UUID) -> str:
        """What stands after the # is seen by no server on the way, and so by no log of one."""
        token = token_of(self.secret, purpose, whose, which)
        return f"{self.address}/{page}#{whose}.{which}.{token}"


@dataclass(frozen=True)
class Written:
    """A letter, and whose address it goes to."""

    letter: Letter
    to: Sealed


Writes = Callable[[Desk, Envelope], Awaitable[Written | None]]
"""Writes the letter of a fact; None when nobody needs it any more."""


async def verification(desk: Desk, asked: Envelope) -> Written | None:
    """To whoever gave the address, unless it is verified or a newer link goes there."""
    event = cast(VerificationRequested, asked.event)
    if not _is_newest((await _user(desk, asked)).verification, event.request_id):
        return None
    link = desk.link("verify", VERIFY_EMAIL, asked.stream_id, event.request_id)
    return await _to_its_owner(desk, asked, letters.verification(link=link, until=event.expires_at))


async def reset(desk: Desk, asked: Envelope) -> Written | None:
    """To whoever has the account, unless the password was changed or a newer link goes there."""
    event = cast(ResetRequested, asked.event)
    if not _is_newest((await _user(desk, asked)).reset, event.request_id):
        return None
    link = desk.link("reset", RESET_PASSWORD, asked.stream_id, event.request_id)
    return await _to_its_owner(desk, asked, letters.reset(link=link, until=event.expires_at))


async def invitation(desk: Desk, asked: Envelope) -> Written | None:
    """To whom an organization invites, unless the invitation was answered or withdrawn."""
    event = cast(MemberInvited, asked.event)
    organization = await asyncio.to_thread(_organization, desk, asked.stream_id)
    found = organization.invitations.get(event.invitation_id)
    if not organization.is_there or found is None or found.answer is not None:
        return None
    async with desk.reader.at(asked.position, NOBODY) as view:
        shown = next(iter(await tenancy.organizations(view, [asked.stream_id])), None)
    letter = letters.invitation(
        organization=(shown.name if shown else organization.name) or "",
        role=event.role,
        inviter=await _name_of_whoever_asked(desk, asked),
        link=desk.link("invitation", INVITATION, asked.stream_id, event.invitation_id),
        until=event.expires_at,
    )
    return Written(letter, event.email)


WRITES: Mapping[type[Event], Writes] = {
    VerificationRequested: verification,
    ResetRequested: reset,
    MemberInvited: invitation,
}
"""Each event that asks for a mail, and who writes it."""


async def _user(desk: Desk, asked: Envelope) -> User:
    stream = await asyncio.to_thread(desk.log.load, asked.stream_id, people_with_accounts)
    return cast(User, stream.state)


def _organization(desk: Desk, organization_id: UUID) -> Organization:
    return cast(Organization, desk.log.load(organization_id, organizations).state)


def _is_newest(link: Link | None, request_id: UUID) -> bool:
    return link is not None and link.request_id == request_id


async def _to_its_owner(desk: Desk, asked: Envelope, letter: Letter) -> Written | None:
    async with desk.reader.at(asked.position, NOBODY) as view:
        found = next(iter(await accounts.users(view, [asked.stream_id])), None)
    return None if found is None else Written(letter, Sealed(asked.stream_id, found.email_box))


async def _name_of_whoever_asked(desk: Desk, asked: Envelope) -> str | None:
    """None for one who was erased, and for what is no person."""
    if asked.actor.kind != "user":
        return None
    user_id = UUID(asked.actor.id)
    async with desk.reader.at(asked.position, NOBODY) as view:
        found = next(iter(await accounts.users(view, [user_id])), None)
    async with desk.writer.transaction() as connection:
        keys = await people.keys_of(connection, desk.secret, [user_id])
    return None if found is None else people.readable(keys.get(user_id), found.name_box)
