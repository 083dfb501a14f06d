"""How a process learns what others ended: it hears that something was projected, and reads what."""

import asyncio
from abc import ABC, abstractmethod

import structlog

from cdt.database.log import is_lost_connection

AGAIN_SECONDS = 0.5

log = structlog.get_logger()


class Hearing(ABC):
    """Reads whenever something about one of its contexts was projected, and once at the start."""

    def __init__(self, *contexts: str) -> None:
        """The contexts whose facts matter."""
        self._contexts = {*contexts, "all"}
        self._is_stale = asyncio.Event()
        self._is_stale.set()

    def hear(self, payload: str) -> None:
        """Listen to the projected channel with this. Nothing is said where something may have been missed."""
        if not payload or not self._contexts.isdisjoint(payload.partition(" ")[2].split(",")):
            self._is_stale.set()

    async def keep_reading(self) -> None:
        """Until cancelled."""
        while True:
            await self._is_stale.wait()
            self._is_stale.clear()
            try:
                await self.read()
            except Exception as error:  # noqa: BLE001  whatever it is: what was ended must not admit for ever
                told = log.warning if is_lost_connection(error) else log.exception
                told("ends_not_read", what=type(self).__name__, error=str(error).strip())
                self._is_stale.set()
                await asyncio.sleep(AGAIN_SECONDS)

    @abstractmethod
    async def read(self) -> None:
        """Take in what has ended since the last time."""
