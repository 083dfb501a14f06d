"""Notices without waiting, and keeps what it noticed soon after."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from cdt.database.log import is_lost_connection
from cdt.database.writing import Writer
from cdt.domain.kernel import Actor
from cdt.domain.security import Access, Occurrence
from cdt.security import accesses, keeping
from cdt.security.accesses import Accesses
from cdt.security.bursts import Burst, Bursts
from cdt.security.keeping import KeyUse
from cdt.vault.secret import VaultSecret

PACE_SECONDS = 1.0
"""Between two times of keeping; the first of anything is kept at once, so a killed process loses a second of it."""
AGAIN_SECONDS = 2.0
TIDIED_EVERY_SECONDS = 3_600.0
LAST_SECONDS = 5.0
"""How long a process that ends tries to keep what is left."""
MOST_USES = 10_000

log = structlog.get_logger()


class Journal:
    """One process's notes of what happens at its door. To notice changes a dictionary, and never fails."""

    def __init__(
        self,
        writer: Writer,
        secret: VaultSecret,
        now: Callable[[], datetime],
        *,
        security_days: int = 0,
        access_days: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`writer` is of the system's role: whoever may read what is kept can't write it. 0 days is for ever."""
        self._writer = writer
        self._secret = secret
        self._now = now
        self._clock = clock
        self._days = security_days, access_days
        self._bursts = Bursts()
        self._accesses = Accesses(now)
        self._accesses.tell = self._wake
        self._uses: dict[tuple[str, str], KeyUse] = {}
        self._known_uses: set[tuple[str, str]] = set()
        self._is_anything_new = asyncio.Event()
        self.nobodys = 0
        """What concerned nobody that is known, such as a wrong address: counted alike, and not kept."""

    def notice(self, what: Occurrence) -> None:
        """Count one more of the same."""
        if not what.is_anybodys:
            self.nobodys += 1
            return
        self._bursts.add(what, self._now())
        self._wake()

    def used(self, key: str, address: str, use: Callable[[], KeyUse]) -> None:
        """A key has come in; `use` is asked for where it is not known to be used from there."""
        if (key, address) in self._known_uses:
            return
        if len(self._known_uses) < MOST_USES and len(self._uses) < MOST_USES:
            self._known_uses.add((key, address))
            self._uses[key, address] = use()
            self._wake()

    def read(self, actor: Actor, model_id: UUID, project_id: UUID, how: Access) -> None:
        """Somebody has read a model."""
        self._accesses.note(actor, model_id, project_id, how)

    async def record(self, occurrences: Sequence[Occurrence]) -> None:
        """Keep these before anything else is done: what must not happen without being told."""
        now = self._now()
        async with self._writer.transaction() as connection:
            await keeping.keep(connection, self._secret, [(each, Burst(1, now, now)) for each in occurrences])

    async def keep(self, *, everything: bool = False) -> None:
        """Keep what is due; what can't be kept is due again."""
        uses, self._uses = self._uses, {}
        read = self._accesses.take()
        try:
            if uses:
                await self._keep_uses(list(uses.values()))
                uses = {}
            await self._keep_bursts(everything=everything)
            if read:
                async with self._writer.transaction() as connection:
                    await accesses.keep(connection, read)
                read = {}
        finally:
            self._uses = {**uses, **self._uses}
            self._accesses.give_back(read)
        self._tell_dropped()

    async def run(self) -> None:
        """Until cancelled: keep what is noticed, and now and then remove what is too old."""
        tidied_at = self._clock() - TIDIED_EVERY_SECONDS
        while True:
            try:
                await self.keep()
                if self._clock() - tidied_at >= TIDIED_EVERY_SECONDS:
                    tidied_at = self._clock()
                    await self.tidy()
                    self._known_uses.clear()
            except Exception as error:  # noqa: BLE001  whatever it is: what is noticed later must be kept
                told = log.warning if is_lost_connection(error) else log.exception
                told("security_not_kept", error=str(error).strip())
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            await asyncio.sleep(PACE_SECONDS)
            await self._wait()

    async def end(self) -> None:
        """Keep what is left, if that is possible soon."""
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await self.keep(everything=True)
        except Exception as error:  # noqa: BLE001  the process ends all the same
            log.warning("security_not_kept", error=str(error).strip())

    async def tidy(self) -> None:
        """Remove what is older than it is to be kept."""
        for days, forget in zip(self._days, (keeping.forget_before, accesses.forget_before), strict=True):
            while days:
                async with self._writer.transaction() as connection:
                    if not await forget(connection, self._now() - timedelta(days=days)):
                        break

    async def _keep_uses(self, uses: Sequence[KeyUse]) -> None:
        """Remember them and tell of the new ones, both or neither."""
        now, told = self._now(), Bursts()
        async with self._writer.transaction() as connection:
            for each in await keeping.keep_uses(connection, self._secret, uses, now):
                told.add(each, now)
            await keeping.keep(connection, self._secret, told.take_due(0.0))

    async def _keep_bursts(self, *, everything: bool) -> None:
        taken = self._bursts.take_due(self._clock(), everything=everything)
        if not taken:
            return
        try:
            async with self._writer.transaction() as connection:
                await keeping.keep(connection, self._secret, taken)
        except BaseException:
            self._bursts.give_back(taken)
            raise

    async def _wait(self) -> None:
        """Until something new is noticed, or more of the same is to be kept, or it is time to tidy."""
        due = self._bursts.next_due()
        left = TIDIED_EVERY_SECONDS if due is None else min(due - self._clock(), TIDIED_EVERY_SECONDS)
        try:
            async with asyncio.timeout(max(left, 0.0)):
                await self._is_anything_new.wait()
        except TimeoutError:
            pass
        self._is_anything_new.clear()

    def _wake(self) -> None:
        self._is_anything_new.set()

    def _tell_dropped(self) -> None:
        dropped, unread = self._bursts.dropped, self._accesses.dropped
        if dropped or unread:
            log.warning("security_not_counted", occurrences=dropped, reads=unread)
            self._bursts.dropped = self._accesses.dropped = 0
