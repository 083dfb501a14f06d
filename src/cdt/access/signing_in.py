"""Signing in: address and password against the vault, without telling whether an address is known."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec

from cdt.access.hashing import Hashing
from cdt.access.sessions import Begun, Sessions
from cdt.database.writing import Writer
from cdt.domain.accounts import passwords
from cdt.domain.accounts.decisions import AddressIsNotVerified
from cdt.domain.errors import DomainError
from cdt.domain.security import Occurrence, SecurityKind
from cdt.vault import credentials
from cdt.vault.password_hashes import NO_PASSWORD
from cdt.vault.secret import VaultSecret

FREE_FAILURES = 5
LONGEST_WAIT_SECONDS = 300.0
HALVED_AFTER_SECONDS = 900.0
"""Of quiet: an office's typos of weeks must not add up, and who guesses must not get more than a few tries of it."""
MAXIMUM_REMEMBERED = 10_000
MOST_AT_THE_DOOR = 4
"""Who sign in at once; of a crowd the others wait before anything is looked up for them."""


class WrongCredentials(DomainError):
    """The e-mail address or the password is wrong."""

    code = "UNAUTHENTICATED"


class TooManyFailures(DomainError):
    """Too many wrong passwords; try again in {seconds} s."""

    code = "RATE_LIMITED"


class _Failures(msgspec.Struct):
    count: int = 0
    not_before: float = 0.0
    counted_at: float = 0.0

    def count_at(self, now: float) -> int:
        """What is left of the failures: half after each quarter of an hour without another."""
        quiet = now - max(self.counted_at, self.not_before)
        return self.count >> min(int(max(quiet, 0.0) // HALVED_AFTER_SECONDS), 64)


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
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """One for the process; `notice` is told of failures, `hashing` checks, and `clock` counts seconds."""
        self._notice = notice
        self._clock = clock
        self._writer = writer
        self._secret = secret
        self._sessions = sessions
        self._turns = asyncio.Lock()
        self._door = asyncio.Semaphore(MOST_AT_THE_DOOR)
        self._hashing = hashing
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

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

    async def _prove(
        self, credential: credentials.Credential | None, password: str, *, email_hash: str, address: str
    ) -> credentials.Credential:
        sources = (f"email {email_hash}", f"address {address}", f"pair {email_hash} {address}")
        self._require_patience(sources)
        async with self._turns:
            self._require_patience(sources)  # again: others have failed while this one queued
            tried = password if len(password) <= passwords.LONGEST else ""
            kept = NO_PASSWORD if credential is None else credential.password_hash
            is_right = await self._hashing.is_password(tried, kept)
            if not is_right or credential is None:
                self._count_failure(sources)
                raise WrongCredentials
        self._forgive(*sources)
        return credential

    async def hash(self, password: str) -> str:
        """The hash of a new password, in its turn."""
        async with self._turns:
            return await self._hashing.hash(password)

    def _require_patience(self, sources: tuple[str, ...]) -> None:
        wait = max(
            (self._failures[each].not_before - self._clock() for each in sources if each in self._failures),
            default=0,
        )
        if wait > 0:
            raise TooManyFailures(seconds=round(wait, 1))

    def _forgive(self, email: str, address: str, pair: str) -> None:
        """Forget a person's own failures: those of others at the address stay, or one account would open them all."""
        self._failures.pop(email, None)
        own, failures = self._failures.pop(pair, None), self._failures.get(address)
        if own is None or failures is None:
            return
        now = self._clock()
        failures.count = failures.count_at(now) - own.count_at(now)
        failures.counted_at = now
        if failures.count <= 0:
            del self._failures[address]

    def _count_failure(self, sources: tuple[str, ...]) -> None:
        now = self._clock()
        for each in sources:
            failures = self._failures.setdefault(each, _Failures())
            self._failures.move_to_end(each)
            failures.count = failures.count_at(now) + 1
            failures.counted_at = now
            if failures.count >= FREE_FAILURES:
                wait = min(2.0 ** (failures.count - FREE_FAILURES), LONGEST_WAIT_SECONDS)
                failures.not_before = now + wait
        while len(self._failures) > MAXIMUM_REMEMBERED:
            self._failures.popitem(last=False)


def _failed(reason: str, credential: credentials.Credential | None, address: str) -> Occurrence:
    """Who tried is not known; whose account it was is, if it is anybody's. Both are noticed in the same time."""
    person = None if credential is None else credential.user_id
    return Occurrence(kind=SecurityKind.SIGN_IN_FAILED, reason=reason, person=person, address=address)
