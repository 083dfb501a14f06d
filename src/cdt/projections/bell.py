"""What wakes the follower: its listening connection, the end of a rebuild, the wish that it stops, or a second."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection


class Bell:
    """Listens while it is open, and remembers; a notification is a hint, never the truth."""

    def __init__(self, listener: AsyncConnection[Any], stopping: asyncio.Event) -> None:
        """`listener` has done its LISTEN; nobody else may use it."""
        self._pgconn = listener.pgconn
        self._socket = listener.pgconn.socket
        self._stopping = stopping
        self._rung = asyncio.Event()
        self._heard: set[str] = set()
        self._broken: psycopg.OperationalError | None = None
        self._waiting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to listen: by the socket itself, since a generator of notifications costs as much as reading a page."""
        asyncio.get_running_loop().add_reader(self._socket, self._listen)
        self._listen()
        self._waiting = asyncio.create_task(self._ring_when_stopping(), name="bell")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop listening."""
        if self._broken is None:
            asyncio.get_running_loop().remove_reader(self._socket)
        assert self._waiting is not None
        self._waiting.cancel()
        await asyncio.gather(self._waiting, return_exceptions=True)

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
        if self._broken is not None:
            raise self._broken
        heard, self._heard = self._heard, set()
        return heard

    def _listen(self) -> None:
        try:
            self._pgconn.consume_input()
        except psycopg.OperationalError as error:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._broken = error
            self._rung.set()
            return
        while (notice := self._pgconn.notifies()) is not None:
            self._heard.add(notice.relname.decode())
            self._rung.set()

    async def _ring_when_stopping(self) -> None:
        await self._stopping.wait()
        self._rung.set()
