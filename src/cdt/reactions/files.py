"""The watched folder, looked through every few seconds."""

from datetime import datetime, timedelta

from cdt.reactions.responding import Reacting


class WatchedFiles:
    """Asks for looks."""

    def __init__(self, reacting: Reacting, *, look_every: timedelta) -> None:
        self._reacting = reacting
        self._look_every = look_every
        self._look_at: datetime | None = None

    async def look_for_files(self) -> None:
        """One job at a time: while a look takes long, no other begins."""
        now = self._reacting.now()
        if self._look_at is None or now >= self._look_at:
            self._look_at = now + self._look_every
            await self._reacting.queue.add_files()
