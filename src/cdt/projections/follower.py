"""The follower: one process leads, all projections move at one position, one transaction a page."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection

from cdt.background import ended
from cdt.database.away import is_away
from cdt.database.leading import take_leadership
from cdt.database.log_pages import page_after, page_in, read_page
from cdt.database.together import Statement
from cdt.domain.kernel import Envelope, Position
from cdt.domain.topics import TOPIC_OF
from cdt.projections import rebuild
from cdt.projections.bell import Bell
from cdt.projections.pages import Parked, load_parked, write_page, write_page_slowly

log = structlog.get_logger()

LEADERSHIP = 0x_CD7_F011
"""The advisory lock of the one follower that leads."""
REBUILD = "cdt_rebuild"
PAGE = 500
LOOK_AGAIN_SECONDS = 1.0


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
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("following_interrupted", error=str(error).strip())
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.2):
                        await stopping.wait()
            finally:
                self.is_leading = False

    async def _lead(self, stopping: asyncio.Event) -> None:
        async with await AsyncConnection.connect(self._system, autocommit=True) as writer:
            # a page that a crash of Postgres loses is written again; what rests on it is flushed after it
            await writer.execute("SET synchronous_commit = off")
            # every statement is short and finds its rows by a key: planning it anew takes longer than running it
            await writer.execute("SET plan_cache_mode = force_generic_plan")
            while not await take_leadership(writer, LEADERSHIP):
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                        await stopping.wait()
                if stopping.is_set():
                    return
            await rebuild.when_schema_differs(self._owner, writer)
            async with Bell(writer, stopping) as bell:
                await writer.execute("LISTEN cdt_events")
                await writer.execute("LISTEN cdt_rebuild")
                await self._follow(writer, bell, stopping)

    async def _follow(self, writer: AsyncConnection[Any], bell: Bell, stopping: asyncio.Event) -> None:
        """Until told to stop, or until rebuilt tables are in place."""
        position, parked = await _position(writer), await load_parked(writer)
        self.is_leading = True
        log.info("following", position=position, parked=len(parked))
        filling: asyncio.Task[None] | None = None
        anew = rebuild.Rebuild(self._owner)
        heard = {REBUILD}
        try:
            while not stopping.is_set():
                position = await self._follow_to_end(writer, position, parked, stopping)
                # a rebuild may have been asked for while nobody listened
                if filling is None and (not heard or REBUILD in heard) and (request := await rebuild.requested(writer)):
                    anew = rebuild.Rebuild(self._owner, request)
                    filling = asyncio.create_task(anew.fill(), name="rebuild")
                    filling.add_done_callback(lambda _: bell.ring())
                if filling is not None and filling.done():
                    await anew.finish(filling)
                    return  # and begin again on fresh connections, whose plans know the new tables
                heard = await bell.wait(seconds=LOOK_AGAIN_SECONDS)
        finally:
            if filling is not None:  # whoever leads next begins it anew
                await ended(filling)

    async def _follow_to_end(
        self, writer: AsyncConnection[Any], position: Position, parked: set[Parked], stopping: asyncio.Event
    ) -> Position:
        page = await read_page(writer, position, self._page)
        while page and not stopping.is_set():
            assert page[-1].position is not None
            newest = page[-1].position
            asking = page_after(newest, self._page)
            try:
                answers = await write_page(writer, page, parked, moving=_moving(position, page), asking=asking)
                page = page_in(answers, -1)
            except Exception as error:  # which event it was, the slow pass finds out
                if is_away(error):
                    raise
                log.warning("page_failed", after=position, error=str(error).strip())
                async with writer.transaction():
                    await writer.execute(*_moving(position, page))
                    failed = await write_page_slowly(writer, page, parked)
                parked |= failed
                page = await read_page(writer, newest, self._page)
            position = self.position = newest
        return position


async def _position(connection: AsyncConnection[Any]) -> Position:
    cursor = await connection.execute("SELECT position FROM follower")
    row = await cursor.fetchone()
    assert row is not None
    return Position(row[0])


def _moving(expected: Position, page: Sequence[Envelope]) -> Statement:
    """Moves the position from where this follower has left it; an OperationalError when it is elsewhere."""
    contexts = sorted({TOPIC_OF[type(each.event)].partition(".")[0] for each in page})
    return (
        "SELECT advance(%(expected)s::bigint, %(next)s::bigint, %(contexts)s)",
        {"expected": expected, "next": page[-1].position, "contexts": ",".join(contexts)},
    )
