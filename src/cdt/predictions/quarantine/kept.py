"""The rows that lie in a version's quarantine: found, counted, and thrown away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.predictions.quarantine.held import Reason, RejectionKind, State
from cdt.predictions.rows import Kind


class QuarantinedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was not taken in as it was sent.

    number: in the version's quarantine. key: of its body. row_number: in its body. sent: as JSON; None where it was too
    long to be kept, or was thrown away. settled_by: the key of the body with which it came in, or who discarded it.
    """

    number: int
    kind: Kind
    state: State
    key: str | None
    row_number: int
    sent: bytes | None
    reasons: list[dict[str, Any]]
    prediction_id: str | None
    predicted_at: datetime | None
    received_at: datetime
    settled_at: datetime | None
    settled_by: str | None

    @property
    def typed_reasons(self) -> list[Reason]:
        """All that was wrong with it."""
        return msgspec.convert(self.reasons, list[Reason])


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows are wanted: everything that is given must hold. received_from, received_to: half-open."""

    kind: Kind | None = None
    states: tuple[State, ...] = ("open", "marked", "resolved", "discarded")
    reason: RejectionKind | None = None
    column: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None


EVERYTHING = Wanted()


async def page(
    connection: AsyncConnection[Any],
    version_number: int,
    wanted: Wanted = EVERYTHING,
    *,
    before: int | None = None,
    limit: int,
) -> list[QuarantinedRow]:
    """The newest rows that are wanted, of those before a number."""
    async with connection.cursor(row_factory=class_row(QuarantinedRow)) as cursor:
        await cursor.execute(
            "SELECT number, kind, state, key, row_number, sent, reasons, prediction_id, predicted_at, received_at,"
            " settled_at, settled_by FROM predictions.quarantine"
            " WHERE version_number = %(version)s AND (%(before)s::bigint IS NULL OR number < %(before)s::bigint)"
            " AND state = ANY(%(states)s) AND (%(kind)s::text IS NULL OR kind = %(kind)s::text)"
            " AND (%(reason)s::jsonb IS NULL OR reasons @> %(reason)s::jsonb)"
            " AND (%(from)s::timestamptz IS NULL OR received_at >= %(from)s::timestamptz)"
            " AND (%(to)s::timestamptz IS NULL OR received_at < %(to)s::timestamptz)"
            " ORDER BY number DESC LIMIT %(limit)s",
            {**_values(version_number, wanted), "before": before, "limit": limit},
        )
        return await cursor.fetchall()


async def count(connection: AsyncConnection[Any], version_number: int, wanted: Wanted = EVERYTHING) -> int:
    """How many rows are wanted."""
    cursor = await connection.execute(
        "SELECT count(*) FROM predictions.quarantine"
        " WHERE version_number = %(version)s"
        " AND state = ANY(%(states)s) AND (%(kind)s::text IS NULL OR kind = %(kind)s::text)"
        " AND (%(reason)s::jsonb IS NULL OR reasons @> %(reason)s::jsonb)"
        " AND (%(from)s::timestamptz IS NULL OR received_at >= %(from)s::timestamptz)"
        " AND (%(to)s::timestamptz IS NULL OR received_at < %(to)s::timestamptz)",
        _values(version_number, wanted),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0]


async def page_to_send(
    connection: AsyncConnection[Any], version_number: int, kind: Kind, *, after: int, limit: int
) -> list[QuarantinedRow]:
    """The oldest rows after a number that nobody has settled, nor were taken in."""
    async with connection.cursor(row_factory=class_row(QuarantinedRow)) as cursor:
        await cursor.execute(
            "SELECT number, kind, state, key, row_number, sent, reasons, prediction_id, predicted_at, received_at,"
            " settled_at, settled_by FROM predictions.quarantine"
            " WHERE version_number = %(version)s AND number > %(after)s AND state = 'open' AND kind = %(kind)s"
            " ORDER BY number LIMIT %(limit)s",
            {"version": version_number, "after": after, "kind": kind, "limit": limit},
        )
        return await cursor.fetchall()


async def numbered(
    connection: AsyncConnection[Any], version_number: int, numbers: Sequence[int]
) -> dict[int, QuarantinedRow]:
    """Rows by their numbers; those that are not there any more are left out."""
    async with connection.cursor(row_factory=class_row(QuarantinedRow)) as cursor:
        await cursor.execute(
            "SELECT number, kind, state, key, row_number, sent, reasons, prediction_id, predicted_at, received_at,"
            " settled_at, settled_by FROM predictions.quarantine"
            " WHERE version_number = %(version)s AND number = ANY(%(numbers)s)",
            {"version": version_number, "numbers": list(numbers)},
        )
        return {row.number: row for row in await cursor.fetchall()}


async def discard(connection: AsyncConnection[Any], version_number: int, numbers: Sequence[int], *, by: str) -> int:
    """Throw away what was sent of rows that nobody has settled; how many those are."""
    cursor = await connection.execute(
        "UPDATE predictions.quarantine AS q"
        " SET state = 'discarded', sent = NULL, prediction_id = NULL, settled_at = clock_timestamp(),"
        " settled_by = %(by)s FROM ("
        "    SELECT number FROM predictions.quarantine"
        "    WHERE version_number = %(version)s AND number = ANY(%(numbers)s) AND state IN ('open', 'marked')"
        "    ORDER BY number FOR UPDATE"
        ") AS chosen WHERE q.version_number = %(version)s AND q.number = chosen.number",
        {"version": version_number, "numbers": list(numbers), "by": by},
    )
    return cursor.rowcount


def _values(version_number: int, wanted: Wanted) -> dict[str, Any]:
    reason: dict[str, str] = {}
    if wanted.reason is not None:
        reason["kind"] = wanted.reason
    if wanted.column is not None:
        reason["column"] = wanted.column
    return {
        "version": version_number,
        "states": list(wanted.states),
        "kind": wanted.kind,
        "reason": msgspec.json.encode([reason]).decode() if reason else None,
        "from": wanted.received_from,
        "to": wanted.received_to,
    }
