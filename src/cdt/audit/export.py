"""Streams an export: every entry that the scope sees, as the log stored it, a page at a time.

What people wrote stands beside its entry, opened; once it was redacted, it stands there as that.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec

from cdt.audit import chain
from cdt.database.mapper import decode
from cdt.database.reading import NOBODY, Reader, Scope
from cdt.domain.free_text import FREE_TEXT
from cdt.domain.kernel import Change, Position, Sealed
from cdt.domain.text import REDACTED
from cdt.vault import people

PAGE = 1_000
Keys = Callable[[set[UUID]], Awaitable[Mapping[UUID, bytes]]]


class _Row(NamedTuple):
    position: int
    recorded_at: datetime
    stream: UUID
    version: int
    topic: str
    state: bytes


async def export(
    reader: Reader,
    scope: Scope,
    *,
    until: Position,
    asked_by: str,
    at: datetime,
    project_id: UUID | None,
    keys: Keys,
) -> AsyncIterator[bytes]:
    """The lines of an export up to a position; what tells who people are stays sealed. `keys` are those of texts."""
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
        texts = {row.position: _texts(row) for row in rows if row.topic in FREE_TEXT}
        opening = await keys({each.person for found in texts.values() for each in found if each is not None})
        for row in rows:
            position = row.position
            yield chain.entry_line(hashed, _entry(row, texts.get(row.position, ()), opening))
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
            " WHERE (a.project_id = ANY(%(projects)s)"
            " OR (a.project_id IS NULL AND a.organization_id = ANY(%(organizations)s)))"
            " AND a.position > %(after)s::bigint AND a.position <= %(position)s::bigint"
            " AND (%(project_id)s::uuid IS NULL OR a.project_id = %(project_id)s)"
            " ORDER BY a.position LIMIT %(limit)s",
            after=after,
            project_id=project_id,
            limit=PAGE,
        )


def _texts(row: _Row) -> tuple[Sealed | None, Sealed | None]:
    """What the fact's text was before, where it was another, and what it is; None where it is in clear."""
    event = decode(row.stream, row.version, row.topic, row.state).event
    value: object = getattr(event, FREE_TEXT[row.topic])
    if not isinstance(value, Change):
        return None, _sealed(value)
    change = cast("Change[object]", value)
    return _sealed(change.old), _sealed(change.new)


def _sealed(value: object) -> Sealed | None:
    return value if isinstance(value, Sealed) else None


def _entry(row: _Row, texts: Sequence[Sealed | None], opening: Mapping[UUID, bytes]) -> dict[str, Any]:
    entry = _recorded(row)
    if any(each is not None for each in texts):
        entry["texts"] = {
            name: people.readable(opening.get(each.person), each.box) or REDACTED
            for name, each in zip(("old", "new"), texts, strict=True)
            if each is not None
        }
    return entry


def _recorded(row: _Row) -> dict[str, Any]:
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
