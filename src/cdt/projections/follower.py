"""The follower: one process leads, all projections move at one position, one transaction a page."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection

from cdt.database.log_pages import read_page
from cdt.database.notifications import PROJECTED
from cdt.domain.kernel import Envelope, Position
from cdt.domain.topics import TOPIC_OF
from cdt.projections import rebuild
from cdt.projections.pages import Parked, load_parked, write_page, write_page_slowly

log = structlog.get_logger()

LEADERSHIP = 0x_CD7_F011
"""The advisory lock of the one follower that leads."""
PAGE = 500
LOOK_AGAIN_SECONDS = 1.0


class LeadershipLost(RuntimeError):
    """Another follower has moved the position; this one must not write."""


class Follower:
    """Leads when it can, and follows the log until told to stop; after a lost connection it begins again."""

    def __init__(self, system: str, owner: str, *, page: int = PAGE) -> None:
        """`system` and `owner` are connection strings of those roles; `page` is events in one transaction."""
        self._system = system
        self._owner = owner
        self._page = page
        self.is_leading = False
        self.position = Position(0)

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping` is set."""
        while not stopping.is_set():
            try:
                await self._lead(stopping)
            except (psycopg.OperationalError, psycopg.InterfaceError, LeadershipLost) as error:
                log.warning("following_interrupted", error=str(error).strip())
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), 0.2)
            finally:
                self.is_leading = False

    async def _lead(self, stopping: asyncio.Event) -> None:
        async with (
            await AsyncConnection.connect(self._system, autocommit=True) as listener,
            await AsyncConnection.connect(self._system, autocommit=True) as writer,
        ):
            await listener.execute("LISTEN cdt_events")
            await listener.execute("LISTEN cdt_rebuild")
            while not await _take_leadership(writer):
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), LOOK_AGAIN_SECONDS)
                if stopping.is_set():
                    return
            await rebuild.when_schema_differs(self._owner, writer)
            position, parked = await _position(writer), await load_parked(writer)
            self.is_leading = True
            log.info("following", position=position, parked=len(parked))
            filling: asyncio.Task[None] | None = None
            anew = rebuild.Rebuild(self._owner)
            while not stopping.is_set():
                position = await self._follow_to_end(writer, position, parked, stopping)
                if filling is None and (request := await rebuild.requested(writer)) is not None:
                    anew = rebuild.Rebuild(self._owner, request)
                    filling = asyncio.create_task(anew.fill(), name="rebuild")
                if filling is not None and filling.done():
                    await anew.finish(filling)
                    return  # and begin again on fresh connections, whose plans know the new tables
                await _woken(listener, stopping, filling)

    async def _follow_to_end(
        self, writer: AsyncConnection[Any], position: Position, parked: set[Parked], stopping: asyncio.Event
    ) -> Position:
        while not stopping.is_set() and (page := await read_page(writer, position, self._page)):
            try:
                async with writer.transaction():
                    await _begin(writer, position)
                    await write_page(writer, page, parked)
                    await _advance(writer, position, page)
            except (psycopg.OperationalError, psycopg.InterfaceError, LeadershipLost):
                raise
            except Exception as error:  # noqa: BLE001  which event it was, the slow pass finds out
                log.warning("page_failed", after=position, error=str(error).strip())
                async with writer.transaction():
                    await _begin(writer, position)
                    failed = await write_page_slowly(writer, page, parked)
                    await _advance(writer, position, page)
                parked |= failed
            assert page[-1].position is not None
            position = self.position = page[-1].position
        return position


async def _take_leadership(connection: AsyncConnection[Any]) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (LEADERSHIP,))
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def _position(connection: AsyncConnection[Any]) -> Position:
    cursor = await connection.execute("SELECT position FROM follower")
    row = await cursor.fetchone()
    assert row is not None
    return Position(row[0])


async def _begin(connection: AsyncConnection[Any], expected: Position) -> None:
    cursor = await connection.execute("SELECT position FROM follower FOR UPDATE")
    row = await cursor.fetchone()
    if row is None or row[0] != expected:
        raise LeadershipLost(f"the position is {row and row[0]}, not {expected}")


async def _advance(connection: AsyncConnection[Any], expected: Position, page: Sequence[Envelope]) -> None:
    position = page[-1].position
    cursor = await connection.execute(
        "UPDATE follower SET position = %(position)s::bigint, moved_at = clock_timestamp()"
        " WHERE position = %(expected)s::bigint",
        {"position": position, "expected": expected},
    )
    if cursor.rowcount != 1:
        raise LeadershipLost(f"the position is no longer {expected}")
    contexts = sorted({TOPIC_OF[type(each.event)].partition(".")[0] for each in page})
    await connection.execute("SELECT pg_notify(%s, %s)", (PROJECTED, f"{position} {','.join(contexts)}"))


async def _woken(listener: AsyncConnection[Any], stopping: asyncio.Event, filling: "asyncio.Task[None] | None") -> None:
    """Until something is recorded or asked, at most a second; a notification is a hint, never the truth."""
    hint = asyncio.ensure_future(_first_notification(listener))
    stop = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({hint, stop, *((filling,) if filling else ())}, return_when=asyncio.FIRST_COMPLETED)
    for each in (hint, stop):
        each.cancel()
    with suppress(asyncio.CancelledError):
        await hint


async def _first_notification(listener: AsyncConnection[Any]) -> None:
    async for _ in listener.notifies(timeout=LOOK_AGAIN_SECONDS, stop_after=1):
        return
