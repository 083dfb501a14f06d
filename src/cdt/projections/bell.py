"""What wakes the follower: notifications, the end of a rebuild, the wish that it stops, or a second."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection, Notify

from cdt.background import ended


class Bell:
    """Listens while it is open, and remembers; a notification is a hint, never the truth.

    It listens on the connection that does the work, whose server process is then awake when the work begins. What
    arrives meanwhile is handed over by whoever uses the connection, as psycopg and `together` do.
    """

    def __init__(self, connection: AsyncConnection[Any], stopping: asyncio.Event) -> None:
        """`connection` has done its LISTEN; while somebody waits, nobody else may use it."""
        self._connection = connection
        self._stopping = stopping
        self._rung = asyncio.Event()
        self._heard: set[str] = set()
        self._lost: psycopg.OperationalError | None = None
        self._waiting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        self._connection.add_notify_handler(self._hear)
        self._waiting = asyncio.create_task(self._ring_when_stopping(), name="bell")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop listening."""
        self._connection.remove_notify_handler(self._hear)
        assert self._waiting is not None
        await ended(self._waiting)

    def ring(self) -> None:
        """Wake whoever waits, now or next."""
        self._rung.set()

    async def wait(self, *, seconds: float) -> set[str]:
        """Wait until it rings, at most so long; answer the channels heard since the last time.

        Raises what broke the connection.
        """
        if not self._rung.is_set():
            await self._listen(seconds)
        self._rung.clear()
        if self._lost is not None:
            raise self._lost
        heard, self._heard = self._heard, set()
        return heard

    async def _listen(self, seconds: float) -> None:
        """By the socket itself, since a generator of notifications costs as much as reading a page."""
        loop, pgconn = asyncio.get_running_loop(), self._connection.pgconn
        socket = pgconn.socket

        def read() -> None:
            try:
                pgconn.consume_input()
            except psycopg.OperationalError as error:
                # at once: libpq has closed the socket, and the next connection that is opened may get its number
                loop.remove_reader(socket)
                self._lost = error
                self._rung.set()
                return
            while (notice := pgconn.notifies()) is not None:
                self._heard.add(notice.relname.decode())
                self._rung.set()

        loop.add_reader(socket, read)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._rung.wait()
        finally:
            if self._lost is None:
                loop.remove_reader(socket)

    def _hear(self, notice: Notify) -> None:
        self._heard.add(notice.channel)
        self._rung.set()

    async def _ring_when_stopping(self) -> None:
        await self._stopping.wait()
        self._rung.set()
