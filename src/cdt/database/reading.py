"""Reading at a position, under the tenants' policy: one read-only transaction for an operation or a loader batch."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, LiteralString, TypeVar
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import args_row, class_row
from psycopg_pool import AsyncConnectionPool

from cdt.domain.kernel import Position

Row = TypeVar("Row")

STATEMENTS = 300
"""Prepared statements that a reading connection keeps; planning costs more than most of them take."""


class Scope(msgspec.Struct, frozen=True):
    """Whose rows a reader may see; Postgres enforces it."""

    user_id: UUID | None = None
    organizations: tuple[UUID, ...] = ()
    projects: tuple[UUID, ...] = ()


NOBODY = Scope()


class View:
    """The read models at one position, for one scope, within one transaction."""

    def __init__(self, connection: AsyncConnection[Any], position: Position) -> None:
        """Made by Reader.at."""
        self._connection = connection
        self.position = position

    async def rows(self, row: type[Row], sql: LiteralString, **values: Any) -> list[Row]:  # noqa: ANN401
        """Every row of a statement; `%(position)s` is the view's position."""
        async with self._connection.cursor(row_factory=class_row(row)) as cursor:
            await cursor.execute(sql, {**values, "position": self.position})
            return await cursor.fetchall()

    async def row(self, row: type[Row], sql: LiteralString, **values: Any) -> Row | None:  # noqa: ANN401
        """The first row of a statement."""
        async with self._connection.cursor(row_factory=class_row(row)) as cursor:
            await cursor.execute(sql, {**values, "position": self.position})
            return await cursor.fetchone()

    async def value(self, kind: type[Row], sql: LiteralString, **values: Any) -> Row | None:  # noqa: ANN401, ARG002
        """The first row's only column."""
        async with self._connection.cursor(row_factory=args_row(lambda *columns: columns[0])) as cursor:
            await cursor.execute(sql, {**values, "position": self.position})
            return await cursor.fetchone()


class Reader:
    """Hands out views. Opens and closes with the process."""

    def __init__(self, conninfo: str, *, connections: int) -> None:
        """`conninfo` sets the role (see `conninfo_as`)."""
        self._pool = AsyncConnectionPool(
            conninfo,
            min_size=1,
            max_size=connections,
            open=False,
            timeout=10.0,
            kwargs={"autocommit": True, "prepare_threshold": 0},
            configure=_keep_statements,
            check=None,
        )

    async def open(self) -> None:
        """Begin to connect; does not wait for a server that is away."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    @asynccontextmanager
    async def at(self, position: Position | None, scope: Scope) -> AsyncGenerator[View]:
        """A view at a position, or at the newest projected one.

        The transaction is the pipeline's: it begins with the first statement, which travels with the second, and ends
        with the block. Two round trips for a statement instead of four.
        """
        async with self._pool.connection() as connection, connection.pipeline():
            cursor = await connection.execute(
                "SELECT position, set_config('cdt.projects', %(projects)s, true),"
                " set_config('cdt.organizations', %(organizations)s, true), set_config('cdt.user', %(user)s, true),"
                " set_config('transaction_read_only', 'on', true)"
                " FROM follower",
                {
                    "projects": _array(scope.projects),
                    "organizations": _array(scope.organizations),
                    "user": str(scope.user_id or ""),
                },
            )
            if position is None:
                row = await cursor.fetchone()
                assert row is not None
                position = Position(row[0])
            yield View(connection, position)

    async def projected_position(self) -> Position:
        """The newest position that can be read."""
        return await self._one("SELECT position FROM follower")

    async def newest_position(self) -> Position:
        """The newest position that is recorded; 0 before the first."""
        return await self._one("SELECT coalesce(max(notification_id), 0) FROM log.cdt_events")

    async def position_at(self, time: datetime) -> Position:
        """The last position recorded by a time; 0 before the first."""
        return await self._one(
            "SELECT coalesce(max(notification_id), 0) FROM log.cdt_events WHERE recorded_at <= %(time)s", time=time
        )

    async def recorded_at(self, position: Position) -> datetime:
        """When a position, or the last one before it, was recorded; the beginning of time before the first."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT recorded_at FROM log.cdt_events WHERE notification_id <= %(position)s::bigint"
                " ORDER BY notification_id DESC LIMIT 1",
                {"position": position},
            )
            row = await cursor.fetchone()
            return datetime.min.replace(tzinfo=UTC) if row is None else row[0]

    async def _one(self, sql: LiteralString, **values: Any) -> Position:  # noqa: ANN401
        async with self._pool.connection() as connection:
            cursor = await connection.execute(sql, values)
            row = await cursor.fetchone()
            assert row is not None
            return Position(row[0])


async def _keep_statements(connection: AsyncConnection[Any]) -> None:
    connection.prepared_max = STATEMENTS


def _array(ids: Sequence[UUID]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"
