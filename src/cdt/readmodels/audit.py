"""The audit trail, as known at a position: newest first, by position."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.domain.free_text import FREE_TEXT
from cdt.domain.kernel import Sealed
from cdt.readmodels.belonging import Opened, belongs


def _to_project_or_organization(opened: Opened, row: "Entry") -> bool:
    if row.project_id is not None:
        return row.project_id in opened.projects
    return row.organization_id in opened.organizations


@belongs(_to_project_or_organization)
class Entry(msgspec.Struct, frozen=True):
    """One fact: who did what to what, and each changed field."""

    position: int
    organization_id: UUID | None
    project_id: UUID | None
    stream_id: UUID
    subject_kind: str
    action: str
    actor_kind: str
    actor_id: str
    at: datetime
    recorded_at: datetime
    command_id: UUID
    caused_by: int | None
    changes: dict[str, Any]

    @property
    def text(self) -> tuple[str, Sealed] | None:
        """The field in which somebody wrote a text, and the text."""
        field = FREE_TEXT.get(self.action)
        found = [sealed_in(each["new"]) for each in self.changes["fields"] if each["field"] == field]
        return None if field is None or not found or found[0] is None else (field, found[0])


def sealed_in(value: object) -> Sealed | None:
    """A sealed value, as the trail's JSON holds it."""
    try:
        return msgspec.convert(value, Sealed) if isinstance(value, dict) else None
    except msgspec.ValidationError:
        return None


class Filter(msgspec.Struct, frozen=True):
    """What entries are wanted; None means any."""

    actor_id: str | None = None
    subject_id: UUID | None = None
    action: str | None = None
    recorded_from: datetime | None = None
    recorded_to: datetime | None = None
    project_id: UUID | None = None


async def entries_before(view: View, wanted: Filter, *, before: int, limit: int) -> list[Entry]:
    """The newest entries before a position."""
    return await view.rows(
        Entry,
        "SELECT position, organization_id, project_id, stream_id, subject_kind, action, actor_kind, actor_id, at,"
        " recorded_at, command_id, caused_by, changes FROM audit_entries"
        " WHERE (project_id = ANY(%(projects)s) OR (project_id IS NULL AND organization_id = ANY(%(organizations)s)))"
        " AND position <= %(position)s::bigint AND position < %(before)s::bigint"
        " AND (%(actor_id)s::text IS NULL OR actor_id = %(actor_id)s)"
        " AND (%(subject_id)s::uuid IS NULL OR stream_id = %(subject_id)s)"
        " AND (%(action)s::text IS NULL OR action = %(action)s)"
        " AND (%(recorded_from)s::timestamptz IS NULL OR recorded_at >= %(recorded_from)s)"
        " AND (%(recorded_to)s::timestamptz IS NULL OR recorded_at < %(recorded_to)s)"
        " AND (%(project_id)s::uuid IS NULL OR project_id = %(project_id)s)"
        " ORDER BY position DESC LIMIT %(limit)s",
        before=before,
        limit=limit,
        **msgspec.structs.asdict(wanted),
    )


async def entries_after(view: View, wanted: Filter, *, after: int, limit: int) -> list[Entry]:
    """The oldest entries after a position."""
    return await view.rows(
        Entry,
        "SELECT position, organization_id, project_id, stream_id, subject_kind, action, actor_kind, actor_id, at,"
        " recorded_at, command_id, caused_by, changes FROM audit_entries"
        " WHERE (project_id = ANY(%(projects)s) OR (project_id IS NULL AND organization_id = ANY(%(organizations)s)))"
        " AND position <= %(position)s::bigint AND position > %(after)s::bigint"
        " AND (%(actor_id)s::text IS NULL OR actor_id = %(actor_id)s)"
        " AND (%(subject_id)s::uuid IS NULL OR stream_id = %(subject_id)s)"
        " AND (%(action)s::text IS NULL OR action = %(action)s)"
        " AND (%(recorded_from)s::timestamptz IS NULL OR recorded_at >= %(recorded_from)s)"
        " AND (%(recorded_to)s::timestamptz IS NULL OR recorded_at < %(recorded_to)s)"
        " AND (%(project_id)s::uuid IS NULL OR project_id = %(project_id)s)"
        " ORDER BY position LIMIT %(limit)s",
        after=after,
        limit=limit,
        **msgspec.structs.asdict(wanted),
    )


class Moment(msgspec.Struct, frozen=True):
    """A position and when it was recorded."""

    position: int
    recorded_at: datetime


async def first_and_last(view: View) -> tuple[Moment | None, Moment | None]:
    """Where the visible trail begins and ends."""
    first = await view.row(
        Moment,
        "SELECT position, recorded_at FROM audit_entries"
        " WHERE (project_id = ANY(%(projects)s) OR (project_id IS NULL AND organization_id = ANY(%(organizations)s)))"
        " AND position <= %(position)s::bigint"
        " ORDER BY position LIMIT 1",
    )
    last = await view.row(
        Moment,
        "SELECT position, recorded_at FROM audit_entries"
        " WHERE (project_id = ANY(%(projects)s) OR (project_id IS NULL AND organization_id = ANY(%(organizations)s)))"
        " AND position <= %(position)s::bigint"
        " ORDER BY position DESC LIMIT 1",
    )
    return first, last
