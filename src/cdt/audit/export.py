"""Streams an export: every entry that the scope sees, as the log stored it, a page at a time."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from cdt.audit import chain
from cdt.database.reading import NOBODY, Reader, Scope
from cdt.domain.kernel import Position

PAGE = 1_000


class _Row(NamedTuple):
    position: int
    recorded_at: datetime
    stream: UUID
    version: int
    topic: str
    state: bytes


async def export(
    reader: Reader, scope: Scope, *, until: Position, asked_by: str, at: datetime, project_id: UUID | None
) -> AsyncIterator[bytes]:
    """The lines of an export up to a position. Sealed values stay sealed."""
    hashed = chain.Chain()
    yield chain.begin(
        hashed,
        {
            "asked_by": asked_by,
            "asked_at": _text(at),
            "until": until,
            "projects": [str(each) for each in scope.projects] if project_id is None else [str(project_id)],
        },
    )
    position = 0
    while rows := await _page(reader, scope, after=position, until=until, project_id=project_id):
        for row in rows:
            position = row.position
            yield chain.entry_line(hashed, _entry(row))
    yield chain.end(hashed, position)


async def has_gaps(reader: Reader, until: Position) -> bool:
    """Whether an event up to there could not be written into the trail: an export without it would prove nothing."""
    async with reader.at(until, NOBODY) as view:
        found = await view.value(
            bool,
            "SELECT EXISTS (SELECT FROM parked WHERE starts_with(handler, 'audit.')"
            " AND position <= %(position)s::bigint)",
        )
    return bool(found)


async def _page(reader: Reader, scope: Scope, *, after: int, until: Position, project_id: UUID | None) -> list[_Row]:
    async with reader.at(until, scope) as view:
        return await view.rows(
            _Row,
            "SELECT a.position, e.recorded_at, e.originator_id AS stream, e.originator_version AS version, e.topic,"
            " e.state"
            " FROM audit_entries AS a JOIN log.cdt_events AS e ON e.notification_id = a.position"
            " WHERE a.position > %(after)s::bigint AND a.position <= %(position)s::bigint"
            " AND (%(project_id)s::uuid IS NULL OR a.project_id = %(project_id)s)"
            " ORDER BY a.position LIMIT %(limit)s",
            after=after,
            project_id=project_id,
            limit=PAGE,
        )


def _entry(row: _Row) -> dict[str, Any]:
    return {
        "position": row.position,
        "recorded_at": _text(row.recorded_at),
        "stream": str(row.stream),
        "version": row.version,
        "topic": row.topic,
        "state": msgspec.Raw(row.state),
    }


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
