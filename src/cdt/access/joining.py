"""Signing up, and what links in mails do. Neither an answer nor its time tells whether an address is known."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count
from uuid import UUID

from cdt.access.known_passwords import known_passwords
from cdt.access.sessions import Sessions
from cdt.access.signing_in import SigningIn
from cdt.commands import accounts
from cdt.database.log import Log
from cdt.database.writing import Writer
from cdt.domain.accounts import state
from cdt.domain.accounts.decisions import LinkIsVoid
from cdt.domain.accounts.passwords import require_good
from cdt.domain.accounts.state import User
from cdt.domain.errors import Invalid
from cdt.domain.kernel import derived_id
from cdt.domain.text import named
from cdt.vault import credentials, people
from cdt.vault.links import RESET_PASSWORD, VERIFY_EMAIL, read_link
from cdt.vault.secret import VaultSecret

LONGEST_ADDRESS = 254
ANSWER_SECONDS = 0.6
"""Every answer to an address takes so long, known or not: longer than the slower of the two."""


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

    async def sign_up(self, *, email: str, password: str, name: str, command_id: UUID, now: datetime) -> None:
        """Open an account and have a link sent to its address; nothing for an address that has one."""
        name, email = named("name", name), addressed("email", email)
        require_good("password", password, common=known_passwords(), own_words=[name, email])
        async with self._in_constant_time():
            password_hash = await self._signing_in.hash(password)
            email_hash = self._secret.name_hash("email", email)
            user_id, user = await self._whose(email_hash)
            if user.is_registered and user.verification is None:
                return
            async with self._writer.transaction() as connection:
                key = await people.new_person(connection, self._secret, user_id)
                if not await credentials.keep(
                    connection, email_hash=email_hash, user_id=user_id, password_hash=password_hash
                ):
                    await credentials.of_user(connection, user_id)
                position = await asyncio.to_thread(
                    accounts.sign_up,
                    self._log,
                    user_id,
                    name=people.sealed(user_id, key, name),
                    email=people.sealed(user_id, key, email),
                    email_hash=email_hash,
                    request_id=derived_id("verification", user_id, command_id),
                    by=await self._sessions.command(user_id, command_id, now),
                )
                if position is not None:
                    await credentials.change(connection, user_id, password_hash=password_hash)

    async def verify_email(self, link: str, *, command_id: UUID, now: datetime) -> UUID:
        """Take the address for the person's who has the link."""
        user_id, request_id = self._read(VERIFY_EMAIL, link)
        by = await self._sessions.command(user_id, command_id, now)
        await asyncio.to_thread(accounts.verify_email, self._log, user_id, request_id=request_id, by=by)
        return user_id

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

    async def reset_password(self, link: str, *, password: str, command_id: UUID, now: datetime) -> UUID:
        """Set another password for the person who has the link; every session of theirs ends."""
        user_id, request_id = self._read(RESET_PASSWORD, link)
        require_good("newPassword", password, common=known_passwords(), own_words=[])
        password_hash = await self._signing_in.hash(password)
        async with self._writer.transaction() as connection:
            await credentials.of_user(connection, user_id)
            by = await self._sessions.command(user_id, command_id, now)
            await asyncio.to_thread(accounts.reset_password, self._log, user_id, request_id=request_id, by=by)
            await credentials.change(connection, user_id, password_hash=password_hash)
        await self._sessions.forget_ended(user_id)
        return user_id

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
            await asyncio.sleep(max(0.0, self._answer_seconds - (time.monotonic() - began)))


def addressed(field: str, text: str) -> str:
    """An e-mail address, as far as its form goes: whether it is one, the mail tells.

    >>> addressed("email", " ada@example.com ")
    'ada@example.com'
    """
    address = text.strip()
    local, at, domain = address.rpartition("@")
    is_one = at and local and "." in domain.strip(".") and address.isprintable() and not any(map(str.isspace, address))
    if not is_one or len(address) > LONGEST_ADDRESS or "@" in local:
        raise Invalid(field, "write an e-mail address, such as ada@example.com")
    return address
