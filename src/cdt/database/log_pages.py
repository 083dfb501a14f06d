"""The log by pages, in the one global order, for whoever follows it."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from cdt.database.mapper import decode
from cdt.database.together import Answers, Statement, together
from cdt.domain.kernel import Envelope, Position


class StoredRow(NamedTuple):
    """One row of the log."""

    originator_id: UUID
    originator_version: int
    topic: str
    state: bytes
    notification_id: int
    recorded_at: datetime


async def read_page(
    connection: AsyncConnection[Any], after: Position, limit: int, *, until: Position | None = None
) -> list[Envelope]:
    """The next facts after a position, oldest first."""
    return page_in(await together(connection, [page_after(after, limit, until=until)]), 0)


def page_after(after: Position, limit: int, *, until: Position | None = None) -> Statement:
    """Asks for the next facts after a position, oldest first."""
    return (
        (
            "SELECT originator_id, originator_version, topic, state, notification_id, recorded_at"
            " FROM log.cdt_events"
            " WHERE notification_id > %(after)s::bigint AND notification_id <= %(until)s::bigint"
            " ORDER BY notification_id LIMIT %(limit)s::bigint"
        ),
        {"after": after, "until": 2**63 - 1 if until is None else until, "limit": limit},
    )


def page_in(answers: Answers, statement: int) -> list[Envelope]:
    """What `page_after` was answered, by the statement's place."""
    return [decode(*row) for row in answers.rows(statement, StoredRow)]
