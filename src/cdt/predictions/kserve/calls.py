"""Calls of served models that are not predictions yet: one row each, with what has come of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cdt.predictions.durations import MOST_MS
from cdt.predictions.kserve.mapping import Mapping
from cdt.predictions.minutes import COUNT, count_values

Side: TypeAlias = Literal["request", "answer"]
Connection: TypeAlias = AsyncConnection[Any]


class Half(NamedTuple):
    """A request or its answer. at: when it happened, as the logger says; None where it does not."""

    call_id: str
    side: Side
    body: bytes
    at: datetime | None


class Overdue(NamedTuple):
    """So many calls of a version that began in one minute, and have no answer."""

    project_id: UUID
    version_number: int
    minute: datetime
    calls: int


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a call. recorded_at: when its first half came."""

    project_id: UUID
    version_number: int
    call_id: str
    recorded_at: datetime
    has_failed: bool
    mapping: dict[str, Any]
    request: bytes | None
    requested_at: datetime | None
    answer: bytes | None
    answered_at: datetime | None

    @property
    def typed_mapping(self) -> Mapping:
        """As whoever sent the newest half stated it."""
        return msgspec.convert(self.mapping, Mapping)

    @property
    def predicted_at(self) -> datetime:
        """When the model answered; else when it was asked; else when we first heard of it."""
        return self.answered_at or self.requested_at or self.recorded_at

    @property
    def processing_ms(self) -> float | None:
        """From the request to the answer, as the logger's clock says; None where it does not, or says nonsense."""
        if self.answered_at is None or self.requested_at is None:
            return None
        took = (self.answered_at - self.requested_at).total_seconds() * 1_000
        return took if 0 <= took <= MOST_MS else None


async def add(connection: Connection, half: Half, mapping: Mapping, *, project_id: UUID, version_number: int) -> Call:
    """Keep a half, and answer what there is now: of a half that comes again the first one stands.

    The transaction must see the project, and waits for whoever just adds the other half.
    """
    is_request = half.side == "request"
    async with connection.cursor(row_factory=class_row(Call)) as cursor:
        await cursor.execute(
            "INSERT INTO predictions.calls AS kept"
            " (version_number, call_id, project_id, mapping, request, requested_at, answer, answered_at)"
            " VALUES (%(number)s, %(id)s, %(project)s, %(mapping)s, %(request)b, %(requested_at)s, %(answer)b,"
            " %(answered_at)s)"
            " ON CONFLICT (version_number, call_id) DO UPDATE SET mapping = excluded.mapping,"
            " request = CASE WHEN kept.has_failed THEN NULL ELSE coalesce(kept.request, excluded.request) END,"
            " requested_at = coalesce(kept.requested_at, excluded.requested_at),"
            " answer = CASE WHEN kept.has_failed THEN NULL ELSE coalesce(kept.answer, excluded.answer) END,"
            " answered_at = coalesce(kept.answered_at, excluded.answered_at)"
            " RETURNING project_id, version_number, call_id, recorded_at, has_failed, mapping, request, requested_at,"
            " answer, answered_at",
            {
                "number": version_number,
                "id": half.call_id,
                "project": project_id,
                "mapping": Jsonb(msgspec.to_builtins(mapping)),
                "request": half.body if is_request else None,
                "requested_at": half.at if is_request else None,
                "answer": None if is_request else half.body,
                "answered_at": None if is_request else half.at,
            },
        )
        found = await cursor.fetchone()
    assert found is not None
    return found


async def forget(connection: Connection, call: Call) -> None:
    """Its predictions are stored; its receipt tells so from now on. It is no failure, if it was counted as one."""
    cursor = await connection.execute(
        "DELETE FROM predictions.calls WHERE version_number = %(number)s AND call_id = %(id)s RETURNING overdue_at",
        {"number": call.version_number, "id": call.call_id},
    )
    row = await cursor.fetchone()
    if row is not None and row[0] is not None:
        await connection.execute(COUNT, count_values(call.project_id, call.version_number, failed=-1, moment=row[0]))


async def fail(connection: Connection, call: Call) -> bool:
    """It is a failure, counted once; False if it was known for one already."""
    cursor = await connection.execute(
        "UPDATE predictions.calls SET has_failed = true, request = NULL, answer = NULL"
        " WHERE version_number = %(number)s AND call_id = %(id)s AND NOT has_failed RETURNING overdue_at",
        {"number": call.version_number, "id": call.call_id},
    )
    row = await cursor.fetchone()
    if row is not None and row[0] is None:
        await connection.execute(COUNT, count_values(call.project_id, call.version_number, failed=1))
    return row is not None


async def report(connection: Connection, call_ids: Sequence[str], *, project_id: UUID, version_number: int) -> int:
    """Count calls that failed, by whoever made them; how many were not known yet. The transaction must see the project.

    Their order is that of their ids, so that two who report the same don't wait in a circle.
    """
    cursor = await connection.execute(
        "INSERT INTO predictions.calls (version_number, call_id, project_id, has_failed, mapping)"
        " SELECT %(number)s, each.id, %(project)s, true, '{}' FROM unnest(%(ids)s::text[]) AS each (id)"
        " ON CONFLICT (version_number, call_id) DO NOTHING",
        {"number": version_number, "project": project_id, "ids": sorted(set(call_ids))},
    )
    if cursor.rowcount:
        await connection.execute(COUNT, count_values(project_id, version_number, failed=cursor.rowcount))
    return cursor.rowcount


async def count_overdue(connection: Connection, *, before: datetime, most: int) -> int:
    """Count those of everybody that began before a time and have no answer as failures, until one comes."""
    cursor = connection.cursor(row_factory=class_row(Overdue))
    await cursor.execute(
        "WITH late AS ("
        "    SELECT version_number, call_id FROM predictions.calls"
        "    WHERE recorded_at < %(before)s AND answer IS NULL AND NOT has_failed AND overdue_at IS NULL"
        "    ORDER BY recorded_at LIMIT %(most)s FOR UPDATE SKIP LOCKED"
        "), counted AS ("
        "    UPDATE predictions.calls AS kept SET overdue_at = kept.recorded_at FROM late"
        "    WHERE kept.version_number = late.version_number AND kept.call_id = late.call_id"
        "    RETURNING kept.project_id, kept.version_number, kept.overdue_at"
        ") SELECT project_id, version_number, date_trunc('minute', overdue_at, 'UTC') AS minute, count(*) AS calls"
        " FROM counted GROUP BY 1, 2, 3 ORDER BY 2, 3",
        {"before": before, "most": most},
    )
    found = await cursor.fetchall()
    for each in found:
        values = count_values(each.project_id, each.version_number, failed=each.calls, moment=each.minute)
        await connection.execute(COUNT, values)
    return sum(each.calls for each in found)


async def unfinished(connection: Connection, *, before: datetime, most: int) -> list[tuple[int, str]]:
    """Whole ones of everybody that nobody made predictions of, since their process died: by version and id.

    Those come first whose last attempt, or else whose first half, is longest ago, and that is before a time.
    """
    cursor = await connection.execute(
        "SELECT version_number, call_id FROM predictions.calls"
        " WHERE request IS NOT NULL AND answer IS NOT NULL AND NOT has_failed"
        " AND coalesce(attempted_at, recorded_at) < %(before)s"
        " ORDER BY coalesce(attempted_at, recorded_at) LIMIT %(most)s",
        {"before": before, "most": most},
    )
    return await cursor.fetchall()


async def attempted(connection: Connection, version_number: int, call_id: str, *, at: datetime) -> None:
    """It could not be made predictions of now: the others come first from here on."""
    await connection.execute(
        "UPDATE predictions.calls SET attempted_at = %(at)s WHERE version_number = %(number)s AND call_id = %(id)s",
        {"number": version_number, "id": call_id, "at": at},
    )


async def whole(connection: Connection, version_number: int, call_id: str) -> Call | None:
    """Such a call; None once somebody has made predictions of it."""
    async with connection.cursor(row_factory=class_row(Call)) as cursor:
        await cursor.execute(
            "SELECT project_id, version_number, call_id, recorded_at, has_failed, mapping, request, requested_at,"
            " answer, answered_at FROM predictions.calls WHERE version_number = %(number)s AND call_id = %(id)s"
            " AND request IS NOT NULL AND answer IS NOT NULL AND NOT has_failed",
            {"number": version_number, "id": call_id},
        )
        return await cursor.fetchone()


async def sweep(connection: Connection, *, before: datetime, most: int) -> Sequence[tuple[int, str, bool]]:
    """Forget those of everybody that began before a time and are not whole, so many at most.

    Answers version, id, and whether they had failed.
    """
    cursor = await connection.execute(
        "DELETE FROM predictions.calls AS kept USING ("
        "    SELECT version_number, call_id FROM predictions.calls"
        "    WHERE recorded_at < %(before)s AND (has_failed OR request IS NULL OR answer IS NULL)"
        "    ORDER BY recorded_at LIMIT %(most)s"
        ") AS old WHERE kept.version_number = old.version_number AND kept.call_id = old.call_id"
        " RETURNING kept.version_number, kept.call_id, kept.has_failed",
        {"before": before, "most": most},
    )
    return await cursor.fetchall()
