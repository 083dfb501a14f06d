"""Security events and reads of models: what the log holds of them, and what is kept beside it."""

from datetime import datetime
from uuid import UUID

import msgspec

from cdt.database.reading import View


class SecurityEvent(msgspec.Struct, frozen=True):
    """Something that happened, once or so many times. The box opens with the key of `sealed_for`.

    number: what tells two of one moment apart. position: where the log has it; None for what is no event.
    """

    recorded_at: datetime
    number: int
    position: int | None
    kind: str
    reason: str
    subject: str
    actor_kind: str | None
    actor_id: str | None
    person: UUID | None
    sealed_for: UUID | None
    address_box: str | None
    times: int
    first_at: datetime
    last_at: datetime


class Wanted(msgspec.Struct, frozen=True):
    """Which events; None means any. `until`: nothing that was kept later."""

    organization_id: UUID
    until: datetime
    kinds: list[str] | None = None
    actor_id: str | None = None
    recorded_from: datetime | None = None
    recorded_to: datetime | None = None


async def events_before(
    view: View, wanted: Wanted, *, before: tuple[datetime, int] | None, limit: int
) -> list[SecurityEvent]:
    """The newest before a place, of both."""
    return await view.rows(
        SecurityEvent,
        "SELECT recorded_at, number, position, kind, reason, subject, actor_kind, actor_id, person, sealed_for,"
        " address_box, times, first_at, last_at FROM ("
        "(SELECT recorded_at, position * 2 AS number, position, kind, reason, subject, actor_kind, actor_id, person,"
        " person AS sealed_for, address_box, 1::bigint AS times, at AS first_at, at AS last_at FROM security_entries"
        " WHERE organization_id = %(organization_id)s AND position <= %(position)s::bigint"
        " AND recorded_at <= %(before_at)s::timestamptz"
        " AND (recorded_at < %(before_at)s OR position * 2 < %(before_number)s::bigint)"
        " AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s))"
        " AND (%(actor_id)s::text IS NULL OR actor_id = %(actor_id)s OR person::text = %(actor_id)s)"
        " AND (%(recorded_from)s::timestamptz IS NULL OR recorded_at >= %(recorded_from)s)"
        " AND (%(recorded_to)s::timestamptz IS NULL OR recorded_at < %(recorded_to)s)"
        " ORDER BY recorded_at DESC, position DESC LIMIT %(limit)s)"
        " UNION ALL "
        "(SELECT recorded_at, id * 2 + 1 AS number, NULL AS position, kind, reason, subject, actor_kind, actor_id,"
        " person, sealed_for, address_box, times, first_at, last_at FROM security.occurrences"
        " WHERE organization_id = %(organization_id)s AND recorded_at <= %(until)s::timestamptz"
        " AND recorded_at <= %(before_at)s::timestamptz"
        " AND (recorded_at < %(before_at)s OR id * 2 + 1 < %(before_number)s::bigint)"
        " AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s))"
        " AND (%(actor_id)s::text IS NULL OR actor_id = %(actor_id)s OR person::text = %(actor_id)s)"
        " AND (%(recorded_from)s::timestamptz IS NULL OR recorded_at >= %(recorded_from)s)"
        " AND (%(recorded_to)s::timestamptz IS NULL OR recorded_at < %(recorded_to)s)"
        " ORDER BY recorded_at DESC, id DESC LIMIT %(limit)s)"
        ") AS every ORDER BY recorded_at DESC, number DESC LIMIT %(limit)s",
        before_at=wanted.until if before is None else before[0],
        before_number=2**63 - 1 if before is None else before[1],
        limit=limit,
        **msgspec.structs.asdict(wanted),
    )


class Access(msgspec.Struct, frozen=True):
    """How often somebody read a model in an interval, which began before `until`."""

    number: int
    project_id: UUID
    model_id: UUID
    actor_kind: str
    actor_id: str
    how: str
    began_at: datetime
    ends_at: datetime
    first_at: datetime
    last_at: datetime
    times: int


class WantedAccesses(msgspec.Struct, frozen=True):
    """Which reads; None means any. `until`: no interval that nothing was known of then."""

    organization_id: UUID
    until: datetime
    model_id: UUID | None = None
    actor_id: str | None = None
    how: str | None = None
    ends_after: datetime | None = None
    began_before: datetime | None = None


async def accesses_before(view: View, wanted: WantedAccesses, *, before: int, limit: int) -> list[Access]:
    """The newest before a place, in the order in which the intervals were begun."""
    return await view.rows(
        Access,
        "SELECT number, project_id, model_id, actor_kind, actor_id, how, began_at, ends_at, first_at, last_at, times"
        " FROM security.accesses WHERE organization_id = %(organization_id)s AND number < %(before)s::bigint"
        " AND recorded_at <= %(until)s::timestamptz"
        " AND (%(model_id)s::uuid IS NULL OR model_id = %(model_id)s)"
        " AND (%(actor_id)s::text IS NULL OR actor_id = %(actor_id)s)"
        " AND (%(how)s::text IS NULL OR how = %(how)s)"
        " AND (%(ends_after)s::timestamptz IS NULL OR ends_at > %(ends_after)s)"
        " AND (%(began_before)s::timestamptz IS NULL OR began_at < %(began_before)s)"
        " ORDER BY number DESC LIMIT %(limit)s",
        before=before,
        limit=limit,
        **msgspec.structs.asdict(wanted),
    )
