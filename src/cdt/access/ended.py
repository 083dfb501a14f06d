"""The sessions that ended lately, in memory: their tokens admit nobody, though they hold for some minutes more."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog

from cdt.access.tokens import LIFETIME
from cdt.database.log import is_lost_connection
from cdt.database.reading import NOBODY, Reader
from cdt.readmodels import accounts

AGAIN_SECONDS = 0.5

log = structlog.get_logger()


class EndedSessions:
    """Hears of every end, in this process or another, as soon as it is projected."""

    def __init__(self, reader: Reader, now: Callable[[], datetime]) -> None:
        """Reads with the API's own role; ids are all that it sees."""
        self._reader = reader
        self._now = now
        self._read_up_to = 0
        self._ended: dict[UUID, datetime] = {}
        self._is_stale = asyncio.Event()
        self._is_stale.set()

    def __contains__(self, session_id: UUID | None) -> bool:
        """Whether the session is known to have ended."""
        return session_id in self._ended

    def hear(self, payload: str) -> None:
        """Listen to the projected channel with this."""
        contexts = payload.partition(" ")[2].split(",")
        if not payload or "accounts" in contexts or "all" in contexts:
            self._is_stale.set()

    async def keep_reading(self) -> None:
        """Until cancelled: read what ended whenever something about people was projected."""
        while True:
            await self._is_stale.wait()
            self._is_stale.clear()
            try:
                await self.read()
            except Exception as error:  # noqa: BLE001  whatever it is: who was signed out must not come in for ever
                told = log.warning if is_lost_connection(error) else log.exception
                told("ended_sessions_not_read", error=str(error).strip())
                self._is_stale.set()
                await asyncio.sleep(AGAIN_SECONDS)

    async def read(self) -> None:
        """Take in what has ended since the last time, and forget what no token can be of any more."""
        now = self._now()
        async with self._reader.at(None, NOBODY) as view:
            found = await accounts.ended_sessions(view, after=self._read_up_to, ended_after=now - LIFETIME)
        self._ended = {each: at for each, at in self._ended.items() if at > now - LIFETIME}
        for each in found:
            self._ended[each.id] = now
            self._read_up_to = max(self._read_up_to, each.recorded)
