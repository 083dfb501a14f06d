"""Sessions: begun with a password, renewed with a refresh token, ended by their person or by a token's second use."""

import asyncio
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import msgspec
import structlog
from uuid_utils.compat import uuid4

from cdt.access.tokens import IssuedToken, Tokens
from cdt.commands import accounts
from cdt.database.log import Log
from cdt.database.writing import Writer
from cdt.domain.accounts import state
from cdt.domain.accounts.events import EndOfSession
from cdt.domain.accounts.state import User
from cdt.domain.errors import DomainError, NotFound
from cdt.domain.kernel import Actor, Command, Digest, Tenant, derived_id
from cdt.vault import people, sessions
from cdt.vault.secret import VaultSecret

LONGEST_ADDRESS, LONGEST_AGENT = 100, 300

log = structlog.get_logger()


class SessionIsOver(DomainError):
    """The refresh token is used up, ended or none of ours; sign in again."""

    code = "UNAUTHENTICATED"


class Begun(msgspec.Struct, frozen=True):
    """A session with its newest tokens."""

    actor: Actor
    session_id: UUID
    access: IssuedToken
    refresh: IssuedToken


class Sessions:
    """Begins and renews them. Whether one still admits is in the log; the vault knows its newest refresh token."""

    def __init__(self, log: Log, writer: Writer, secret: VaultSecret, tokens: Tokens) -> None:
        """One for the process."""
        self._log = log
        self._writer = writer
        self._secret = secret
        self._tokens = tokens

    async def begin(self, user_id: UUID, *, address: str, agent: str, command_id: UUID, now: datetime) -> Begun:
        """A session of a person who has just shown who they are. The token's place is kept before the fact.

        SessionIsOver when it was begun before by the same command, and has ended.
        """
        session_id = derived_id("session", user_id, command_id)
        async with self._writer.transaction() as connection:
            key = await people.new_person(connection, self._secret, user_id)
            await sessions.tidy(connection, user_id, now=now)
            kept = await sessions.begin(connection, session_id=session_id, user_id=user_id, salt=uuid4(), now=now)
        await asyncio.to_thread(
            accounts.sign_in,
            self._log,
            user_id,
            session_id=session_id,
            address=people.sealed(user_id, key, address[:LONGEST_ADDRESS]),
            agent=people.sealed(user_id, key, agent[:LONGEST_AGENT]),
            by=await self.command(user_id, command_id, now),
        )
        if not (await self._user(user_id)).has_session(session_id, now):
            await self.forget_ended(user_id)
            raise SessionIsOver
        return self._begun(kept, now)

    async def renew(self, text: str, *, command_id: UUID, now: datetime) -> Begun:
        """New tokens for a refresh token, which is used up; SessionIsOver when it was before, and ends the session."""
        async with self._writer.transaction() as connection:
            renewal = await sessions.renew(connection, self._secret, text, command_id=command_id, now=now)
        kept = renewal.session
        if kept is None:
            raise SessionIsOver
        if renewal.outcome == "reused":
            log.warning("refresh_token_reused", session=str(kept.session_id))
            await self._end_reused(kept, now)
            raise SessionIsOver
        if not (await self._user(kept.user_id)).has_session(kept.session_id, now):
            raise SessionIsOver
        return self._begun(kept, now)

    async def forget_ended(self, user_id: UUID) -> None:
        """Forget the refresh tokens of the sessions that a person has no more. What a crash leaves admits nobody."""
        user = await self._user(user_id)
        async with self._writer.transaction() as connection:
            kept = await sessions.of_user(connection, user_id)
            await sessions.end(connection, *(each.session_id for each in kept if each.session_id not in user.sessions))

    async def command(self, user_id: UUID, command_id: UUID, now: datetime, digest: Digest | None = None) -> Command:
        """A command of a person about themselves, for the tenant that their facts belong to."""
        stream = await asyncio.to_thread(self._log.current, user_id, state.accounts)
        tenant = stream.tenant or Tenant()
        return Command(id=command_id, actor=Actor("user", str(user_id)), at=now, tenant=tenant, digest=digest)

    async def _end_reused(self, kept: sessions.Kept, now: datetime) -> None:
        """The fact first: if this process dies after it, the token's place is there and admits nobody."""
        by = await self.command(kept.user_id, derived_id("reuse", kept.session_id), now)
        with suppress(NotFound):  # it had ended before
            await asyncio.to_thread(
                accounts.end_session,
                self._log,
                kept.user_id,
                session_id=kept.session_id,
                reason=EndOfSession.REUSE,
                by=by,
            )
        await self.forget_ended(kept.user_id)

    async def _user(self, user_id: UUID) -> User:
        return (await asyncio.to_thread(self._log.current, user_id, state.accounts)).state

    def _begun(self, kept: sessions.Kept, now: datetime) -> Begun:
        return Begun(
            actor=Actor("user", str(kept.user_id)),
            session_id=kept.session_id,
            access=self._tokens.issue(kept.user_id, now=now, session_id=kept.session_id),
            refresh=IssuedToken(kept.token(self._secret), kept.expires_at),
        )
