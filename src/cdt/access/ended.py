"""The sessions that ended lately, in memory: their tokens admit nobody, though they hold for some minutes more."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from cdt.access.hearing import Hearing
from cdt.access.tokens import LIFETIME
from cdt.database.reading import NOBODY, Reader
from cdt.readmodels import accounts


class EndedSessions(Hearing):
    """Hears of every end, in this process or another, as soon as it is projected."""

    def __init__(self, reader: Reader, now: Callable[[], datetime]) -> None:
        """Reads with the API's own role; ids are all that it sees."""
        super().__init__("accounts")
        self._reader = reader
        self._now = now
        self._read_up_to = 0
        self._ended: dict[UUID, datetime] = {}

    def __contains__(self, session_id: UUID | None) -> bool:
        """Whether the session is known to have ended."""
        return session_id in self._ended

    async def read(self) -> None:
        """Take in what has ended since the last time, and forget what no token can be of any more."""
        now = self._now()
        async with self._reader.at(None, NOBODY) as view:
            found = await accounts.ended_sessions(view, after=self._read_up_to, ended_after=now - LIFETIME)
        self._ended = {each: at for each, at in self._ended.items() if at > now - LIFETIME}
        for each in found:
            self._ended[each.id] = now
            self._read_up_to = max(self._read_up_to, each.recorded)
