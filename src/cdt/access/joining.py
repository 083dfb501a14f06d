"""Signing up, and what links in mails do. Neither an answer nor its time tells whether an address is known."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count
from uuid import UUID

import msgspec

from cdt.access.known_passwords import known_passwords
from cdt.access.sessions import Begun, Sessions
from cdt.access.signing_in import SigningIn
from cdt.commands import accounts
from cdt.database.log import Log
from cdt.database.writing import Writer
from cdt.domain.accounts import state
from cdt.domain.accounts.decisions import LinkIsVoid
from cdt.domain.accounts.events import PasswordSet, ProfileChanged, UserRegistered
from cdt.domain.accounts.passwords import require_good
from cdt.domain.accounts.state import User
from cdt.domain.errors import Invalid
from cdt.domain.kernel import Digest, Position, derived_id
from cdt.domain.text import named
from cdt.senders.addresses import LONGEST_ADDRESS, AddressIsWrong, mailbox
from cdt.vault import credentials, people
from cdt.vault.links import RESET_PASSWORD, VERIFY_EMAIL, read_link
from cdt.vault.password_hashes import NO_PASSWORD
from cdt.vault.secret import VaultSecret

ANSWER_SECONDS = 0.3
"""Every answer to an address takes so long, or a multiple of it, known or not: longer than the slower of the two."""


Acts = Callable[..., Position | None]
"""A command that a link admits to."""


class Coming(msgspec.Struct, frozen=True):
    """Somebody who asks to be let in: under which command, when, from where and with what program."""

    command_id: UUID
    now: datetime
    address: str
    agent: str


class Joining:
    """Opens accounts and sets passwords for whoever has the address."""

    def __init__(
        self,
        log: Log,
        writer: Writer,
        secret: VaultSecret,
        signing_in: SigningIn,
        sessions: Sessions,
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """One for the process."""
        self._log = log
        self._writer = writer
        self._secret = secret
        self._signing_in = signing_in
        self._sessions = sessions
        self._answer_seconds = answer_seconds

    async def sign_up(self, *, email: str, name: str, command_id: UUID, now: datetime) -> None:
        """Open an account and have a link sent to its address; nothing for an address that has one.

        No password is asked for: whoever signs up may not be the one who has the mailbox.
        """
        name, email = named("name", name), addressed("email", email)
        async with self._in_constant_time():
            email_hash = self._secret.name_hash("email", email)
            user_id, user = await self._whose(email_hash)
            if user.is_registered and user.verification is None:
                return
            async with self._writer.transaction() as connection:
                key = await people.new_person(connection, self._secret, user_id)
                await credentials.keep(connection, email_hash=email_hash, user_id=user_id, password_hash=NO_PASSWORD)
            await asyncio.to_thread(
                accounts.sign_up,
                self._log,
                user_id,
                name=people.sealed(user_id, key, name),
                email=people.sealed(user_id, key, email),
                email_hash=email_hash,
                request_id=derived_id("verification", user_id, command_id),
                by=await self._sessions.command(user_id, command_id, now),
            )

    async def verify_email(self, link: str, *, password: str, coming: Coming) -> Begun:
        """Take the address for the person's who has the link, with the password they choose; they are signed in."""
        return await self._by_link(VERIFY_EMAIL, link, accounts.verify_email, "password", password, coming)

    async def request_reset(self, *, email: str, command_id: UUID, now: datetime) -> None:
        """Have a link for another password sent to an address, if it has an account."""
        email = addressed("email", email)
        async with self._in_constant_time():
            user_id, _ = await self._whose(self._secret.name_hash("email", email))
            await asyncio.to_thread(
                accounts.request_password_reset,
                self._log,
                user_id,
                request_id=derived_id("reset", user_id, command_id),
                by=await self._sessions.command(user_id, command_id, now),
            )

    async def reset_password(self, link: str, *, password: str, coming: Coming) -> Begun:
        """Set another password for the person who has the link; every session ends, and a new one begins."""
        return await self._by_link(RESET_PASSWORD, link, accounts.reset_password, "newPassword", password, coming)

    async def _by_link(self, purpose: str, link: str, act: Acts, field: str, password: str, coming: Coming) -> Begun:
        """Act by a link with which a password is chosen, and begin a session.

        The fact is recorded while the vault's change is held: after a crash the person has the former password, or none
        that admits, and sends the same again or asks for another link.
        """
        user_id, request_id = self._read(purpose, link)
        require_good(field, password, common=known_passwords(), own_words=await self._own_words(user_id))
        password_hash = await self._signing_in.hash(password)
        digest = self._secret.digest("commands", f"{purpose}/{request_id}/{password}".encode())
        by = await self._sessions.command(user_id, coming.command_id, coming.now, Digest(digest))
        async with self._writer.transaction() as connection:
            await credentials.of_user(connection, user_id)  # held: another may be choosing the password by this link
            user = (await asyncio.to_thread(self._log.load, user_id, state.accounts)).state
            if user.verification is not None:  # a password of before then is of somebody who need not have the address
                await credentials.change(connection, user_id, password_hash=NO_PASSWORD)
        async with self._writer.transaction() as connection:
            await credentials.of_user(connection, user_id)
            await asyncio.to_thread(act, self._log, user_id, request_id=request_id, by=by)
            if await self._is_newest_password(user_id, coming.command_id):
                await credentials.change(connection, user_id, password_hash=password_hash)
        await self._sessions.forget_ended(user_id)
        session_of = derived_id("session by link", user_id, coming.command_id)
        return await self._sessions.begin(
            user_id, address=coming.address, agent=coming.agent, command_id=session_of, now=coming.now
        )

    async def _is_newest_password(self, user_id: UUID, command_id: UUID) -> bool:
        """Whether the command set the password last: one that is sent again must not undo what came after it."""
        history = await asyncio.to_thread(self._log.history, user_id)
        set_by = [each.command_id for each in history if isinstance(each.event, PasswordSet)]
        return set_by[-1:] == [command_id]

    async def _own_words(self, user_id: UUID) -> list[str]:
        """What the person's password must not be made of: their name and address."""
        boxes: dict[str, str] = {}
        for each in await asyncio.to_thread(self._log.history, user_id):
            match each.event:
                case UserRegistered(name=name, email=email):
                    boxes |= {"name": name.box, "email": email.box}
                case ProfileChanged(name=name):
                    boxes["name"] = name.new.box
                case _:
                    pass
        async with self._writer.transaction() as connection:
            key = (await people.keys_of(connection, self._secret, [user_id])).get(user_id)
        return [people.readable(key, each) or "" for each in boxes.values()]

    async def _whose(self, email_hash: str) -> tuple[UUID, User]:
        """Who has the address, or will have it: nobody who was erased."""
        for erased in count():
            user_id = state.account_of(email_hash, erased)
            user = (await asyncio.to_thread(self._log.load, user_id, state.accounts)).state
            if not user.is_erased:
                return user_id, user
        raise AssertionError

    def _read(self, purpose: str, link: str) -> tuple[UUID, UUID]:
        """Whom and which request a link's text names; LinkIsVoid when it is none of ours."""
        found = read_link(self._secret, link, purpose)
        if found is None:
            raise LinkIsVoid
        return found

    @asynccontextmanager
    async def _in_constant_time(self) -> AsyncGenerator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            await asyncio.sleep(self._answer_seconds - (time.monotonic() - began) % self._answer_seconds)


def addressed(field: str, text: str) -> str:
    """An e-mail address that a mail can be sent to, as far as its form goes: whether anybody has it, the mail tells.

    >>> addressed("email", " ada@example.com ")
    'ada@example.com'
    """
    address = text.strip()
    try:
        is_one = len(address) <= LONGEST_ADDRESS and "." in mailbox(address).host
    except AddressIsWrong:
        is_one = False
    if not is_one:
        raise Invalid(field, "write an e-mail address, such as ada@example.com")
    return address
