"""Tells each reaction of every fact it responds to, in order, at its own pace, never ahead of what is projected."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, LiteralString

import structlog
from psycopg import AsyncConnection

from cdt.background import ended
from cdt.database.leading import take_leadership
from cdt.database.log import is_lost_connection
from cdt.database.log_pages import StoredRow
from cdt.database.mapper import decode
from cdt.database.notifications import PROJECTED, Notifications
from cdt.domain.kernel import Envelope, Event, Position
from cdt.domain.topics import TOPIC_OF
from cdt.reactions.responding import Reacting, Reaction

log = structlog.get_logger()

LEADERSHIP = 0x_CD7_4EAC
PAGE = 100
PAUSES_SECONDS = (0.2, 1.0, 5.0, 30.0)
"""Before each new try; after the last, the fact is parked for this reaction, and told again when leadership begins."""
LOOK_AGAIN_SECONDS = 1.0
GATHER_SECONDS = 0.02
"""After something was projected: whoever caused it reads first, and what comes in quick succession is read at once."""
SAVE_SECONDS = 1.0
"""How often a position is saved that only passed over facts of others."""


class Runner:
    """Runs every reaction while it leads."""

    def __init__(
        self,
        conninfo: str,
        reacting: Reacting,
        notifications: Notifications,
        reactions: Mapping[str, Mapping[type[Event], Reaction]],
        *,
        companions: Sequence[Callable[[], Awaitable[None]]] = (),
        pauses: tuple[float, ...] = PAUSES_SECONDS,
        save_seconds: float = SAVE_SECONDS,
    ) -> None:
        """`conninfo` is the system's; `notifications` hear the projected channel; `companions` run while it leads."""
        self._conninfo = conninfo
        self._reacting = reacting
        self._notifications = notifications
        self._reactions = reactions
        self._pauses = pauses
        self._save_seconds = save_seconds
        self._companions = companions

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping` is set; a lost connection ends leadership, and it begins again."""
        while not stopping.is_set():
            try:
                async with await AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    if await take_leadership(connection, LEADERSHIP):
                        await self._lead(connection, stopping)
            except Exception as error:
                if not is_lost_connection(error):
                    raise
                log.warning("reacting_interrupted", error=str(error).strip())
            with suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await stopping.wait()

    async def _lead(self, connection: AsyncConnection[Any], stopping: asyncio.Event) -> None:
        positions = await _positions(connection, list(self._reactions))
        log.info("reacting", positions=positions)
        tasks = [
            asyncio.create_task(self._react(name, Position(positions[name])), name=f"reaction {name}")
            for name in self._reactions
        ]
        tasks += [asyncio.ensure_future(companion()) for companion in self._companions]
        watch = asyncio.create_task(_until_lost(connection), name="leadership")
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({*tasks, watch, stop}, return_when=asyncio.FIRST_COMPLETED)
        await ended(*tasks, watch, stop)
        for each in (*tasks, watch):
            if not each.cancelled() and (error := each.exception()) is not None:
                raise error

    async def _react(self, name: str, position: Position) -> None:
        await self._tell_parked(name)
        topics = [TOPIC_OF[event] for event in self._reactions[name]]
        contexts = {topic.partition(".")[0] for topic in topics}
        moved, saved, saved_at = asyncio.Event(), position, time.monotonic()

        def hear(payload: str) -> None:
            if not payload or not contexts.isdisjoint(payload.partition(" ")[2].split(",")):
                moved.set()

        async with self._notifications.following(PROJECTED, hear):
            while True:
                heard = self._notifications.projected if moved.is_set() else Position(0)
                moved.clear()
                # who heard nothing for a while looks: a connection can be gone without a word
                projected = heard or await self._reacting.reader.projected_position()
                page = await self._page(position, projected, topics)
                for envelope in page:
                    await self._tell(name, envelope)
                if page:
                    assert page[-1].position is not None
                    # once a page: what a crash makes it be told again is harmless
                    position = saved = await self._move(name, page[-1].position)
                if len(page) < PAGE:
                    position = max(position, projected)
                    if position > saved and time.monotonic() - saved_at >= self._save_seconds:
                        saved, saved_at = await self._move(name, position), time.monotonic()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                            await moved.wait()
                        await asyncio.sleep(GATHER_SECONDS)

    async def _tell(self, name: str, envelope: Envelope) -> None:
        react = self._reactions[name][type(envelope.event)]
        for attempt, pause in enumerate((*self._pauses, None), 1):
            try:
                await react(self._reacting, envelope.event, envelope)
            except Exception as error:
                if is_lost_connection(error):
                    log.warning("reaction_waits", reaction=name, position=envelope.position, error=str(error).strip())
                    raise
                if pause is None:
                    await self._park(name, envelope, error, attempt)
                    return
                log.warning("reaction_failed", reaction=name, position=envelope.position, error=repr(error))
                await asyncio.sleep(pause)
            else:
                return

    async def _tell_parked(self, name: str) -> None:
        """Once more, each by itself: its cause may have been mended since."""
        for envelope in await self._parked(name):
            try:
                await self._reactions[name][type(envelope.event)](self._reacting, envelope.event, envelope)
            except Exception as error:
                if is_lost_connection(error):
                    raise
                log.exception("reaction_stays_parked", reaction=name, position=envelope.position)
            else:
                log.info("reaction_unparked", reaction=name, position=envelope.position)
                await self._unpark(name, envelope)

    async def _page(self, after: Position, until: Position, topics: list[str]) -> list[Envelope]:
        return await self._facts(
            "SELECT originator_id, originator_version, topic, state, notification_id, recorded_at"
            " FROM log.cdt_events WHERE notification_id > %(after)s::bigint"
            " AND notification_id <= %(until)s::bigint AND topic = ANY(%(topics)s)"
            " ORDER BY notification_id LIMIT %(limit)s::bigint",
            {"after": after, "until": until, "topics": topics, "limit": PAGE},
        )

    async def _parked(self, name: str) -> list[Envelope]:
        return await self._facts(
            "SELECT originator_id, originator_version, topic, state, notification_id, recorded_at"
            " FROM log.cdt_events JOIN work.parked_reactions ON position = notification_id"
            " WHERE reaction = %(name)s ORDER BY notification_id",
            {"name": name},
        )

    async def _facts(self, statement: LiteralString, values: Mapping[str, Any]) -> list[Envelope]:
        answers = await self._reacting.writer.together((statement, values))
        return [decode(*row) for row in answers.rows(0, StoredRow)]

    async def _move(self, name: str, position: Position) -> Position:
        """Not flushed by itself: what a crash of Postgres forgets is told again, which is harmless."""
        await self._reacting.writer.together(
            ("SELECT set_config('synchronous_commit', 'off', true)", {}),
            (
                "UPDATE work.reactions SET position = %(position)s::bigint WHERE name = %(name)s",
                {"position": position, "name": name},
            ),
        )
        return position

    async def _park(self, name: str, envelope: Envelope, error: Exception, attempts: int) -> None:
        log.error("reaction_parked", reaction=name, position=envelope.position, error=repr(error), exc_info=error)
        async with self._reacting.writer.transaction() as connection:
            await connection.execute(
                "INSERT INTO work.parked_reactions (position, reaction, error, attempts)"
                " VALUES (%(position)s, %(reaction)s, %(error)s, %(attempts)s) ON CONFLICT DO NOTHING",
                {
                    "position": envelope.position,
                    "reaction": name,
                    "error": f"{type(error).__name__}: {error}"[:2000],
                    "attempts": attempts,
                },
            )

    async def _unpark(self, name: str, envelope: Envelope) -> None:
        async with self._reacting.writer.transaction() as connection:
            await connection.execute(
                "DELETE FROM work.parked_reactions WHERE position = %(position)s AND reaction = %(reaction)s",
                {"position": envelope.position, "reaction": name},
            )


async def _until_lost(connection: AsyncConnection[Any]) -> None:
    while True:
        await connection.execute("SELECT 1")
        await asyncio.sleep(1.0)


async def _positions(connection: AsyncConnection[Any], names: list[str]) -> dict[str, int]:
    """Where each reaction is; one that a release has added begins where the furthest is, never with old history."""
    await connection.execute(
        "INSERT INTO work.reactions (name, position)"
        " SELECT name, (SELECT coalesce(max(position), 0) FROM work.reactions) FROM unnest(%(names)s::text[]) AS name"
        " ON CONFLICT (name) DO NOTHING",
        {"names": names},
    )
    cursor = await connection.execute("SELECT name, position FROM work.reactions WHERE name = ANY(%s)", (names,))
    return {str(row[0]): int(row[1]) for row in await cursor.fetchall()}
