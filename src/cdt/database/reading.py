"""Reading at a position, under the tenants' policy: the position makes one picture of many statements."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, LiteralString, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from cdt.database.away import is_away
from cdt.database.pools import borrowed, lent, pool
from cdt.database.together import Answers, Statement, prepare, send, together
from cdt.domain.kernel import Position

Row = TypeVar("Row")


class Scope(msgspec.Struct, frozen=True):
    """Whose rows a reader may see; Postgres enforces it."""

    user_id: UUID | None = None
    organizations: tuple[UUID, ...] = ()
    projects: tuple[UUID, ...] = ()
    around: tuple[UUID, ...] = ()
    """The organizations that the projects are of: whoever sees a project sees whose it is."""


NOBODY = Scope()

MOST_TOGETHER = 16
"""Statements of one round trip; more are shared out over connections, so that they can run side by side."""


class View:
    """The read models at one position, for one scope. A statement and its scope are one round trip, one transaction."""

    def __init__(self, ask: "Ask", position: Position, scope: Scope) -> None:
        """Made by Reader.at."""
        self._ask = ask
        self.position = position
        self.scope = scope

    async def rows(self, row: type[Row], sql: LiteralString, **values: Any) -> list[Row]:  # noqa: ANN401
        """Every row of a statement.

        `%(position)s` is the view's position, `%(projects)s` and `%(organizations)s` are those of its scope.
        """
        answers, number = await self._ask((sql, self._with_own(values)))
        return answers.rows(number, row)

    async def row(self, row: type[Row], sql: LiteralString, **values: Any) -> Row | None:  # noqa: ANN401
        """The first row of a statement."""
        rows = await self.rows(row, sql, **values)
        return rows[0] if rows else None

    async def value(self, kind: type[Row], sql: LiteralString, **values: Any) -> Row | None:  # noqa: ANN401, ARG002
        """The first row's only column."""
        answers, number = await self._ask((sql, self._with_own(values)))
        found = answers.values(number)
        return found[0] if found else None

    def _with_own(self, values: dict[str, Any]) -> dict[str, Any]:
        scope = self.scope
        return {
            **values,
            "position": self.position,
            "projects": list(scope.projects),
            "organizations": list(scope.organizations),
        }


class _Asked(NamedTuple):
    """A statement, and who waits for its place among the answers."""

    statement: Statement
    answered: asyncio.Future[tuple[Answers, int]]


class _Trip(NamedTuple):
    """What travels together: whose rows are asked for, and what is waited for first."""

    scope: Scope
    once: Awaitable[None] | None


Ask = Callable[[Statement], Awaitable[tuple[Answers, int]]]


class Reader:
    """Hands out views. Opens and closes with the process.

    What is asked for one scope in one turn of the event loop travels together: the fields of an operation that are
    resolved side by side cost one round trip, not one each.
    """

    def __init__(self, conninfo: str, *, connections: int) -> None:
        """`conninfo` sets the role (see `conninfo_as`)."""
        self._pool = pool(conninfo, connections=connections)
        self._looking: asyncio.Task[None] | None = None
        self._asked: dict[_Trip, list[_Asked]] = {}
        self._trips: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to connect; does not wait for a server that is away."""
        await self._pool.open(wait=False)

    def look_after(self, payload: str) -> None:
        """Listen to a channel with this: once the server is back, idle connections that died with it are replaced."""
        if not payload:
            self._looking = asyncio.create_task(self._pool.check(), name="look after the readers' pool")

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    @asynccontextmanager
    async def at(
        self,
        position: Position | None,
        scope: Scope,
        *,
        once: Awaitable[None] | None = None,
        kind: type[View] = View,
    ) -> AsyncGenerator[View]:
        """A view at a position, or at the newest projected one.

        once: what must be done before anything is read; who reads gets its error. Until then the statements are made
        ready, and no connection is taken.
        """
        if position is None:
            async with lent(self._pool) as connection:
                position = Position((await together(connection, [_narrowing(scope)])).values(0)[0])
        yield kind(partial(self._ask, _Trip(scope, once)), position, scope)

    async def _ask(self, trip: "_Trip", statement: Statement) -> tuple[Answers, int]:
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[tuple[Answers, int]] = loop.create_future()
        if trip not in self._asked:
            self._asked[trip] = []
            loop.call_soon(self._set_out, trip)
        self._asked[trip].append(_Asked(statement, answered))
        return await answered

    def _set_out(self, trip: "_Trip") -> None:
        asked = self._asked.pop(trip)
        for begin in range(0, len(asked), MOST_TOGETHER):
            task = asyncio.create_task(self._answer(trip, asked[begin : begin + MOST_TOGETHER]), name="reading")
            self._trips.add(task)
            task.add_done_callback(self._trips.discard)

    async def _answer(self, trip: "_Trip", asked: list[_Asked]) -> None:
        try:
            prepared = prepare([_narrowing(trip.scope), *(each.statement for each in asked)])
            if trip.once is not None:
                await trip.once
            async with lent(self._pool) as connection:
                answers = await send(connection, prepared)
        except Exception as error:  # noqa: BLE001  whoever asked gets it
            if len(asked) > 1 and not is_away(error):  # one of them is wrong: each by itself
                await asyncio.gather(*(self._answer(trip, [each]) for each in asked))
                return
            for each in asked:
                if not each.answered.done():
                    each.answered.set_exception(error)
        else:
            for number, each in enumerate(asked, 1):
                if not each.answered.done():
                    each.answered.set_result((answers, number))

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
        async with borrowed(self._pool) as connection:
            cursor = await connection.execute(
                "SELECT recorded_at FROM log.cdt_events WHERE notification_id <= %(position)s::bigint"
                " ORDER BY notification_id DESC LIMIT 1",
                {"position": position},
            )
            row = await cursor.fetchone()
            return datetime.min.replace(tzinfo=UTC) if row is None else row[0]

    async def _one(self, sql: LiteralString, **values: Any) -> Position:  # noqa: ANN401
        async with borrowed(self._pool) as connection:
            cursor = await connection.execute(sql, values)
            row = await cursor.fetchone()
            assert row is not None
            return Position(row[0])


@lru_cache(maxsize=1_000)
def _narrowing(scope: Scope) -> Statement:
    """Lets a transaction see the scope's rows, and only read; it answers the newest projected position."""
    return (
        (
            "SELECT position, set_config('cdt.projects', %(projects)s, true),"
            " set_config('cdt.organizations', %(organizations)s, true), set_config('cdt.user', %(user)s, true),"
            " set_config('transaction_read_only', 'on', true)"
            " FROM follower"
        ),
        {
            "projects": _array(scope.projects),
            "organizations": _array(scope.organizations),
            "user": str(scope.user_id or ""),
        },
    )


def _array(ids: Sequence[UUID]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"
