"""Calls of served models that are not predictions yet: one row each, with what has come of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cdt.predictions.kserve.mapping import Mapping

Side: TypeAlias = Literal["request", "answer"]
Connection: TypeAlias = AsyncConnection[Any]


class Half(NamedTuple):
    """A request or its answer. at: when it happened, as the logger says; None where it does not."""

    call_id: str
    side: Side
    body: bytes
    at: datetime | None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a call. recorded_at: when its first half came."""

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
            " RETURNING version_number, call_id, recorded_at, has_failed, mapping, request, requested_at, answer,"
            " answered_at",
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
    """Its predictions are stored; its receipt tells so from now on."""
    await connection.execute(
        "DELETE FROM predictions.calls WHERE version_number = %(number)s AND call_id = %(id)s",
        {"number": call.version_number, "id": call.call_id},
    )


async def fail(connection: Connection, call: Call) -> bool:
    """It is a failure; False if it was one already."""
    cursor = await connection.execute(
        "UPDATE predictions.calls SET has_failed = true, request = NULL, answer = NULL"
        " WHERE version_number = %(number)s AND call_id = %(id)s AND NOT has_failed",
        {"number": call.version_number, "id": call.call_id},
    )
    return cursor.rowcount == 1


async def unfinished(connection: Connection, *, before: datetime, most: int) -> list[Call]:
    """Whole ones of everybody that nobody made predictions of, since their process died."""
    async with connection.cursor(row_factory=class_row(Call)) as cursor:
        await cursor.execute(
            "SELECT version_number, call_id, recorded_at, has_failed, mapping, request, requested_at, answer,"
            " answered_at FROM predictions.calls"
            " WHERE request IS NOT NULL AND answer IS NOT NULL AND NOT has_failed AND recorded_at < %(before)s"
            " ORDER BY recorded_at LIMIT %(most)s",
            {"before": before, "most": most},
        )
        return await cursor.fetchall()


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
