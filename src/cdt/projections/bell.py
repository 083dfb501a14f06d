"""What wakes the follower: its listening connection, the end of a rebuild, the wish that it stops, or a second."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from psycopg import AsyncConnection


class Bell:
    """Listens in the background and remembers; a notification is a hint, never the truth."""

    def __init__(self, listener: AsyncConnection[Any], stopping: asyncio.Event) -> None:
        """`listener` has done its LISTEN; nobody else may use it."""
        self._listener = listener
        self._stopping = stopping
        self._rung = asyncio.Event()
        self._heard: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        self._tasks = [
            asyncio.create_task(self._listen(), name="bell"),
            asyncio.create_task(self._ring_when_stopping()),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def ring(self) -> None:
        """Wake whoever waits, now or next."""
        self._rung.set()

    async def wait(self, *, seconds: float) -> set[str]:
        """Wait until it rings, at most so long; answer the channels heard since the last time.

        Raises what broke the listening connection.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()
        if self._tasks[0].done():
            self._tasks[0].result()
        heard, self._heard = self._heard, set()
        return heard

    async def _listen(self) -> None:
        try:
            async for notification in self._listener.notifies():
                self._heard.add(notification.channel)
                self._rung.set()
        finally:
            self._rung.set()

    async def _ring_when_stopping(self) -> None:
        await self._stopping.wait()
        self._rung.set()
