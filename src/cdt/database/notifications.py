"""One listening connection a process: who waits for a position, and who follows a channel, is woken from it."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import psycopg
import structlog
from psycopg import sql
from psycopg.pq.abc import PGconn

from cdt.background import ended
from cdt.domain.kernel import Position

PROJECTED = "cdt_projected"
"""Payload: the projected position, a space, and the contexts of its page, separated by commas."""
LIVE = "cdt_live"
"""Payload: a version's id, a space, and the intake sequence that its new live reading reached."""
INTAKE = "cdt_intake"
"""Payload: a version's number and its newest intake sequence, separated by a space."""

log = structlog.get_logger()

Listener = Callable[[str], None]


class Notifications:
    """Listens to channels and fans out in memory; reconnects by itself, and then wakes everybody to look."""

    def __init__(self, conninfo: str, *channels: str) -> None:
        """`channels` are those that this process can follow."""
        self._conninfo = conninfo
        self._channels = channels
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._projected = Position(0)
        self._waiting: dict[asyncio.Future[None], Position] = {}
        self._task: asyncio.Task[None] | None = None
        self.is_connected = False

    async def open(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen(), name="notifications")

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            await ended(self._task)

    @asynccontextmanager
    async def following(self, channel: str, listener: Listener) -> AsyncGenerator[None]:
        """Call `listener` with each payload; with '' after a lost connection, when anything may have been missed."""
        self._listeners[channel].add(listener)
        try:
            yield
        finally:
            self._listeners[channel].discard(listener)

    @property
    def projected(self) -> Position:
        """The newest position that was heard of; 0 while nothing can be heard."""
        return self._projected

    async def wait_for(self, position: Position, *, seconds: float) -> bool:
        """Whether `position` is projected within the time."""
        if self._projected >= position:
            return True
        waiter = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = position
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            return False
        finally:
            del self._waiting[waiter]
        return True

    async def _listen(self) -> None:
        pause = 0.05
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    connection.add_notify_handler(lambda notice: self._hear(notice.channel, notice.payload))
                    for channel in self._channels:
                        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    await self._catch_up(connection)
                    self.is_connected, pause = True, 0.05
                    await self._hear_until_lost(connection.pgconn)
            except psycopg.Error as error:
                self.is_connected = False
                self._projected = Position(0)  # a crash of Postgres may have lost the newest pages
                log.warning("listening_lost", error=str(error).strip(), again_in_seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)

    async def _hear_until_lost(self, pgconn: PGconn) -> None:
        """By the socket itself: a generator of notifications costs each of them a tenth of a millisecond."""
        loop, socket = asyncio.get_running_loop(), pgconn.socket
        lost: asyncio.Future[None] = loop.create_future()

        def hear() -> None:
            try:
                pgconn.consume_input()
            except psycopg.OperationalError as error:
                # at once: libpq has closed the socket, and the next connection that is opened may get its number
                loop.remove_reader(socket)
                if not lost.done():
                    lost.set_exception(error)
                return
            while (notice := pgconn.notifies()) is not None:
                self._hear(notice.relname.decode(), notice.extra.decode())

        loop.add_reader(socket, hear)
        hear()
        try:
            await lost
        except asyncio.CancelledError:
            if not lost.done() or lost.cancelled():
                loop.remove_reader(socket)
            raise

    async def _catch_up(self, connection: psycopg.AsyncConnection) -> None:
        cursor = await connection.execute("SELECT position FROM follower")
        row = await cursor.fetchone()
        if row is not None:
            self._stands_at(Position(row[0]))
        for channel in self._channels:
            for listener in tuple(self._listeners[channel]):
                listener("")

    def _hear(self, channel: str, payload: str) -> None:
        if channel == PROJECTED:
            self._stands_at(Position(int(payload.partition(" ")[0])))
        for listener in tuple(self._listeners[channel]):
            listener(payload)

    def _stands_at(self, position: Position) -> None:
        # only ever forward: what is heard while the table is read may be newer than what the table says
        position = self._projected = max(self._projected, position)
        for waiter, wanted in self._waiting.items():
            if wanted <= position and not waiter.done():
                waiter.set_result(None)
