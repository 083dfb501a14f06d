"""Writing a page of the log into the read schema: fast in one pipeline, or slowly, event by event, when one fails."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.database.away import is_away
from cdt.database.together import Answers, Statement, together
from cdt.domain.kernel import Envelope
from cdt.domain.topics import TOPIC_OF
from cdt.projections.all import handlers_of
from cdt.projections.writing import Handler, View

log = structlog.get_logger()

Connection = AsyncConnection[Any]


class Parked(NamedTuple):
    """A projection that failed on a stream; what follows on that stream is parked with it."""

    handler: str
    stream_id: UUID


async def load_parked(connection: Connection) -> set[Parked]:
    """What has been parked since the last rebuild."""
    async with connection.cursor(row_factory=class_row(Parked)) as cursor:
        await cursor.execute("SELECT DISTINCT handler, stream_id FROM parked")
        return set(await cursor.fetchall())


async def write_page(
    connection: Connection,
    page: Sequence[Envelope],
    parked: set[Parked],
    *,
    moving: Statement | None = None,
    asking: Statement | None = None,
) -> Answers:
    """Write a page, and before it what moves the position: one round trip, and one transaction if none is open.

    asking: travels with it and is answered last, so that the next page is read on the way.
    Raises when anything fails; then nothing of it was written, unless it was `asking` that failed.
    """
    return await together(connection, statements_of(page, parked, moving=moving), then=asking)


def statements_of(
    page: Sequence[Envelope], parked: set[Parked], *, moving: Statement | None = None
) -> Sequence[Statement]:
    """What writes a page, and before it what moves the position."""
    statements = [] if moving is None else [moving]
    for envelope in page:
        view = View()
        view.bind(envelope)
        for name, handler in handlers_of(envelope.event):
            if parked and Parked(name, envelope.stream_id) in parked:
                statements.append(_parking(envelope, name, "an earlier event of this stream is parked"))
            else:
                handler(view, envelope.event, envelope)
        statements.extend(view.statements)
    return statements


async def write_page_slowly(connection: Connection, page: Sequence[Envelope], parked: set[Parked]) -> set[Parked]:
    """Write a page handler by handler, each under a savepoint; park those that fail, and answer them."""
    failed: set[Parked] = set()
    for envelope in page:
        for name, handler in handlers_of(envelope.event):
            key = Parked(name, envelope.stream_id)
            if key in parked or key in failed:
                await _park(connection, envelope, name, "an earlier event of this stream is parked")
                continue
            try:
                async with connection.transaction():
                    await _write_one(connection, envelope, handler)
            except Exception as error:  # whatever is wrong with one projection must not stop the others
                if is_away(error):
                    raise
                failed.add(key)
                log.error(  # noqa: TRY400  the sentence is enough, and may repeat thousands of times
                    "projection_parked", handler=name, position=envelope.position, stream=str(envelope.stream_id),
                    error=str(error),
                )  # fmt: skip
                await _park(connection, envelope, name, f"{type(error).__name__}: {error}")
    return failed


async def _write_one(connection: Connection, envelope: Envelope, handler: Handler) -> None:
    view = View()
    view.bind(envelope)
    handler(view, envelope.event, envelope)
    for statement, values in view.statements:
        await connection.execute(statement, values)


async def _park(connection: Connection, envelope: Envelope, handler: str, error: str) -> None:
    await connection.execute(*_parking(envelope, handler, error))


def _parking(envelope: Envelope, handler: str, error: str) -> Statement:
    values = {
        "position": envelope.position,
        "handler": handler,
        "stream_id": envelope.stream_id,
        "topic": TOPIC_OF[type(envelope.event)],
        "error": error[:2000],
    }
    return (
        (
            "INSERT INTO parked (position, handler, stream_id, topic, error)"
            " VALUES (%(position)s::bigint, %(handler)s, %(stream_id)s, %(topic)s, %(error)s)"
            " ON CONFLICT (position, handler) DO NOTHING"
        ),
        values,
    )
