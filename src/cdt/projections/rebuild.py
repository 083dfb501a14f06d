"""Building the read models anew beside the live ones, by the same code, and putting them in place in a millisecond."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.background import ended
from cdt.database.away import is_away
from cdt.database.log_pages import read_page
from cdt.database.together import Prepared, Statement, prepare, send
from cdt.domain.kernel import Envelope, Position
from cdt.projections import schema
from cdt.projections.pages import Parked, statements_of, write_page_slowly

log = structlog.get_logger()

PAGE = 100
"""Events in one transaction; while a page is put into words, some 6 ms, the follower's other work stands still."""


class RebuildRequest(NamedTuple):
    """Somebody asked for a rebuild."""

    id: int


class SwapConflict(psycopg.OperationalError):
    """The live position moved while the new tables were put in place; the swap is tried again."""


async def requested(connection: AsyncConnection[Any]) -> RebuildRequest | None:
    """The oldest request that is not done."""
    async with connection.cursor(row_factory=class_row(RebuildRequest)) as cursor:
        await cursor.execute("SELECT id FROM work.rebuilds WHERE done_at IS NULL ORDER BY id LIMIT 1")
        return await cursor.fetchone()


async def when_schema_differs(owner: str, writer: AsyncConnection[Any]) -> None:
    """Make the read schema if there is none; rebuild if it is another release's."""
    cursor = await writer.execute("SELECT to_regclass('read.follower') IS NOT NULL")
    row = await cursor.fetchone()
    if row is not None and row[0]:
        cursor = await writer.execute("SELECT schema_digest FROM read.follower")
        row = await cursor.fetchone()
        if row is not None and row[0] == schema.digest():
            return
    log.info("read_schema_differs")
    rebuild = Rebuild(owner)
    await rebuild.fill()
    await rebuild.put_in_place()


class Rebuild:
    """The read models, built anew in `read_next`. The leading follower fills them beside its work, and swaps."""

    def __init__(self, owner: str, request: RebuildRequest | None = None) -> None:
        """`owner` is the connection string of the role that owns the tables."""
        self._owner = owner
        self._request = request
        self._position = Position(0)
        self._parked: set[Parked] = set()

    async def fill(self) -> None:
        """Make `read_next` and bring it to where the log ends just now."""
        with psycopg.connect(self._owner) as connection:
            connection.execute("DROP SCHEMA IF EXISTS read_next, read_before CASCADE")  # of one that was cut short
            schema.create(connection, "read_next")
        async with await self._connect() as connection:
            await connection.execute("SET synchronous_commit = off")  # what a crash cuts short is begun anew
            await self._catch_up(connection)
            await connection.execute("SELECT temporal.analyze_schema('read_next')")

    async def finish(self, filling: asyncio.Task[None]) -> None:
        """Put in place what was filled; when that failed, tell whoever asked why, and leave the live tables alone."""
        try:
            filling.result()
            await self.put_in_place()
        except Exception as error:
            if is_away(error):
                raise
            log.exception("rebuild_failed")
            await self._refuse(f"{type(error).__name__}: {error}")

    async def put_in_place(self) -> Position:
        """Apply what was recorded since, then rename both schemas in one transaction; readers never wait.

        The caller leads and writes no page meanwhile. What could not be projected is parked anew, or healed.
        """
        async with await self._connect() as connection:
            await self._catch_up(connection)
            await _swap(connection, self._position, self._request)
        log.info("read_models_rebuilt", position=self._position, parked=len(self._parked))
        return self._position

    async def _refuse(self, error: str) -> None:
        if self._request is None:
            return
        async with await self._connect() as connection:
            await connection.execute(
                "UPDATE work.rebuilds SET done_at = clock_timestamp(), error = %(error)s WHERE id = %(id)s",
                {"error": error, "id": self._request.id},
            )

    async def _connect(self) -> AsyncConnection[Any]:
        connection: AsyncConnection[Any] = await AsyncConnection.connect(self._owner, autocommit=True)
        await connection.execute("SELECT set_config('search_path', 'read_next, temporal', false)")
        # every statement is short and finds its rows by a key: planning it anew takes longer than running it
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        return connection

    async def _catch_up(self, connection: AsyncConnection[Any]) -> None:
        """While the server writes a page, the next one is read and put into words."""
        async with await self._connect() as reading:
            page = await read_page(reading, self._position, PAGE)
            prepared = self._prepared(page)
            while page:
                newest = page[-1].position
                assert newest is not None
                writing = asyncio.create_task(self._is_written(connection, prepared), name="write a page")
                await asyncio.sleep(0)  # it is sent before anything else is done
                try:
                    following = await read_page(reading, newest, PAGE)
                    prepared = self._prepared(following)
                except BaseException:
                    await ended(writing)
                    raise
                if not await writing:  # which event it was, the slow pass finds out
                    async with connection.transaction():
                        self._parked |= await write_page_slowly(connection, page, self._parked)
                        await connection.execute(*_moving(page))
                    prepared = self._prepared(following)  # of which more may be parked now
                page, self._position = following, newest

    def _prepared(self, page: Sequence[Envelope]) -> Prepared | None:
        """None when a projection fails before anything is sent."""
        if not page:
            return None
        try:
            return prepare(statements_of(page, self._parked, moving=_moving(page)))
        except Exception as error:  # noqa: BLE001  whatever is wrong with one projection must not stop the others
            log.warning("page_failed", up_to=page[-1].position, error=str(error).strip())
            return None

    async def _is_written(self, connection: AsyncConnection[Any], prepared: Prepared | None) -> bool:
        if prepared is None:
            return False
        try:
            await send(connection, prepared)
        except Exception as error:
            if is_away(error):
                raise
            log.warning("page_failed", after=self._position, error=str(error).strip())
            return False
        return True


def _moving(page: Sequence[Envelope]) -> Statement:
    return "UPDATE follower SET position = %(position)s::bigint", {"position": page[-1].position}


async def _swap(connection: AsyncConnection[Any], position: Position, request: RebuildRequest | None) -> None:
    async with connection.transaction():
        cursor = await connection.execute("SELECT to_regclass('read.follower') IS NOT NULL")
        row = await cursor.fetchone()
        if row is not None and row[0]:
            cursor = await connection.execute("SELECT position FROM read.follower FOR UPDATE")
            live = await cursor.fetchone()
            if live is not None and live[0] > position:
                raise SwapConflict(f"the live tables are at {live[0]}, the new ones at {position}")
            await connection.execute("ALTER SCHEMA read RENAME TO read_before")
        await connection.execute("ALTER SCHEMA read_next RENAME TO read")
        if request is not None:
            await connection.execute(
                "UPDATE work.rebuilds SET done_at = clock_timestamp(), position = %(position)s::bigint"
                " WHERE done_at IS NULL AND id <= %(id)s",
                {"position": position, "id": request.id},
            )
        await connection.execute("SELECT pg_notify('cdt_projected', %s)", (f"{position} all",))
    await connection.execute("DROP SCHEMA IF EXISTS read_before CASCADE")
