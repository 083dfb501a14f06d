"""Signing in: address and password against the vault, without telling whether an address is known."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from cdt.access.failures import Failures, Sources
from cdt.access.hashing import Hashing
from cdt.access.rates.limiter import network_of
from cdt.access.sessions import Begun, Sessions
from cdt.access.sharing_failures import SharingFailures
from cdt.database.writing import Writer
from cdt.domain.accounts import passwords
from cdt.domain.accounts.decisions import AddressIsNotVerified
from cdt.domain.errors import DomainError
from cdt.domain.security import Occurrence, SecurityKind
from cdt.vault import credentials
from cdt.vault.password_hashes import NO_PASSWORD
from cdt.vault.secret import VaultSecret

MOST_AT_THE_DOOR = 4
"""Who sign in at once; of a crowd the others wait before anything is looked up for them."""


class WrongCredentials(DomainError):
    """The e-mail address or the password is wrong."""

    code = "UNAUTHENTICATED"


class WrongPassword(WrongCredentials):
    """The present password is wrong."""


class TooManyFailures(DomainError):
    """Too many wrong passwords; try again in {seconds} s."""

    code = "RATE_LIMITED"


class SigningIn:
    """Checks passwords, off the event loop and bounded; waits grow with the failures of an address or of a client.

    Failures are forgotten with time, and when a person comes in, those that they made from there.
    """

    def __init__(
        self,
        writer: Writer,
        secret: VaultSecret,
        sessions: Sessions,
        *,
        notice: Callable[[Occurrence], None],
        hashing: Hashing,
        failures: Failures,
        sharing: SharingFailures,
    ) -> None:
        """One for the process; `notice` is told of failures, `hashing` checks, `sharing` tells other processes."""
        self._notice = notice
        self._writer = writer
        self._secret = secret
        self._sessions = sessions
        self._tries = asyncio.Lock()
        """One at a time, from the look at earlier failures to the count of its own: a crowd's would all pass else."""
        self._door = asyncio.Semaphore(MOST_AT_THE_DOOR)
        self._hashing = hashing
        self._failures = failures
        self._sharing = sharing

    async def sign_in(
        self, *, email: str, password: str, address: str, agent: str, command_id: UUID, now: datetime
    ) -> Begun:
        """A session for the right password; WrongCredentials or TooManyFailures otherwise."""
        email_hash = self._secret.name_hash("email", email)
        async with self._door:
            async with self._writer.transaction() as connection:
                credential = await credentials.find(connection, email_hash)
            credential = await self.prove(credential, password, email_hash=email_hash, address=address)
        try:
            return await self._sessions.begin(
                credential.user_id, address=address, agent=agent, command_id=command_id, now=now
            )
        except AddressIsNotVerified:
            self._notice(_failed("unverified_address", credential, address))
            raise

    async def prove(
        self, credential: credentials.Credential | None, password: str, *, email_hash: str, address: str
    ) -> credentials.Credential:
        """The credential of whoever knows its password; WrongCredentials or TooManyFailures otherwise."""
        try:
            return await self._prove(credential, password, email_hash=email_hash, address=address)
        except WrongCredentials:
            self._notice(_failed("wrong_password", credential, address))
            raise
        except TooManyFailures:
            self._notice(_failed("too_many_failures", credential, address))
            raise

    async def prove_own(
        self, credential: credentials.Credential | None, password: str, *, address: str
    ) -> credentials.Credential:
        """As `prove`, of somebody who is signed in and knows whose account it is; WrongPassword otherwise."""
        email_hash = "" if credential is None else credential.email_hash
        try:
            return await self.prove(credential, password, email_hash=email_hash, address=address)
        except WrongCredentials:
            raise WrongPassword from None

    async def _prove(
        self, credential: credentials.Credential | None, password: str, *, email_hash: str, address: str
    ) -> credentials.Credential:
        sources = Sources.of(email_hash, self._secret.name_hash("address", network_of(address)))
        self._require_patience(sources)
        async with self._tries:
            await self._sharing.share(sources)  # in turn: a crowd asks Redis by one connection
            self._require_patience(sources)  # again: others have failed while this one queued, here or elsewhere
            tried = password if len(password) <= passwords.LONGEST else ""
            kept = NO_PASSWORD if credential is None else credential.password_hash
            is_right = await self._hashing.is_password(tried, kept)
            if not is_right or credential is None:
                self._failures.count(sources)
                await self._sharing.share(sources)
                raise WrongCredentials
            self._failures.forgive(sources)
            await self._sharing.forgive(sources)
            return credential

    async def hash(self, password: str) -> str:
        """The hash of a new password: who may choose one waits for what is checked just now, and for no crowd."""
        return await self._hashing.hash(password)

    def _require_patience(self, sources: Sources) -> None:
        wait = self._failures.wait_of(sources)
        if wait > 0:
            raise TooManyFailures(seconds=max(round(wait, 1), 0.1))


def _failed(reason: str, credential: credentials.Credential | None, address: str) -> Occurrence:
    """Who tried is not known; whose account it was is, if it is anybody's. Both are noticed in the same time."""
    person = None if credential is None else credential.user_id
    return Occurrence(kind=SecurityKind.SIGN_IN_FAILED, reason=reason, person=person, address=address)
