"""Writing segments: identities, then the bytes, and at last, under the version's lock, their sequence and receipts.

Every writer takes its locks in this order, identities by (version, day, hash) and versions by number, so that none
waits in a circle.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import scalar_row

from cdt.database.notifications import INTAKE
from cdt.domain.kernel import Digest
from cdt.predictions.payloads import Format

Kind: TypeAlias = Literal["predictions", "labels"]
Connection: TypeAlias = AsyncConnection[Any]


class NewSegment(msgspec.Struct, frozen=True, kw_only=True):
    """A segment that has no sequence yet."""

    segment_id: int
    rows: int
    predicted_from: datetime
    predicted_to: datetime
    digest: Digest
    format: Format
    payload: bytes


class NewReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be answered again under the key; the sequence is added when it is known."""

    key: str
    receipt_id: UUID
    body_digest: str
    answer: bytes


class NewIdentities(msgspec.Struct, frozen=True, kw_only=True):
    """Identities in their order: days since 1970, hashes, and the segment of each."""

    days: list[int]
    hashes: list[int]
    segments: list[int]


class Sealing(msgspec.Struct, frozen=True, kw_only=True):
    """What one transaction adds to one version."""

    project_id: UUID
    version_number: int
    kind: Kind
    segments: list[NewSegment]
    receipts: list[NewReceipt]
    predictions: int = 0
    labels: int = 0
    rejected: int = 0


async def begin(connection: Connection, projects: Sequence[UUID]) -> None:
    """Begin a transaction that sees these projects."""
    await connection.execute("BEGIN")
    await connection.execute(
        "SELECT set_config('cdt.projects', %s, true)", ("{" + ",".join(map(str, projects)) + "}",), prepare=True
    )


async def claim(connection: Connection, project_id: UUID, version_number: int, identities: NewIdentities) -> None:
    """Make identities taken; a UniqueViolation says that some were taken before."""
    await connection.execute(
        "INSERT INTO predictions.identities (project_id, version_number, day, hash, segment_id)"
        " SELECT %(project)s, %(number)s, DATE '1970-01-01' + each.day, each.hash, each.segment"
        " FROM unnest(%(days)s::int[], %(hashes)s::bigint[], %(segments)s::bigint[]) AS each (day, hash, segment)",
        {
            "project": project_id,
            "number": version_number,
            "days": identities.days,
            "hashes": identities.hashes,
            "segments": identities.segments,
        },
        prepare=True,
    )


async def write(connection: Connection, sealing: Sealing) -> None:
    """Write the bytes: nobody finds them before they are sealed."""
    for segment in sealing.segments:
        await connection.execute(
            "INSERT INTO predictions.payloads (segment_id, project_id, payload) VALUES (%s, %s, %b)",
            (segment.segment_id, sealing.project_id, segment.payload),
            prepare=True,
        )


async def seal(connection: Connection, sealing: Sealing) -> Any:
    """Give the segments their sequence, store the receipts and tell the listeners; locks the version until the commit.

    The cursor's only value is the version's sequence after that.
    """
    cursor = connection.cursor(row_factory=scalar_row)
    segments, receipts = sealing.segments, sealing.receipts
    return await cursor.execute(
        """
        WITH version AS (
            UPDATE predictions.versions SET
                sequence = sequence + %(segment_count)s,
                predictions = predictions + %(predictions)s,
                labels = labels + %(labels)s,
                rejected = rejected + %(rejected)s,
                low_water = least(low_water, %(predicted_from)s),
                high_water = greatest(high_water, %(predicted_to)s),
                last_received_at = clock_timestamp()
            WHERE number = %(number)s
            RETURNING project_id, number, sequence, predictions, labels, rejected, low_water, high_water,
                last_received_at
        ), sealed AS (
            INSERT INTO predictions.segments (
                segment_id, project_id, version_number, sequence, kind, rows, predicted_from, predicted_to, digest,
                format, recorded_at, total_predictions, total_labels, total_rejected,
                low_water, high_water
            )
            SELECT
                each.segment_id, version.project_id, version.number,
                version.sequence - %(segment_count)s + each.place, %(kind)s, each.rows, each.predicted_from,
                each.predicted_to, each.digest, each.format, version.last_received_at, version.predictions,
                version.labels, version.rejected, version.low_water, version.high_water
            FROM version, unnest(
                %(segment_ids)s::bigint[], %(segment_rows)s::int[], %(segment_from)s::timestamptz[],
                %(segment_to)s::timestamptz[], %(segment_digests)s::text[], %(segment_formats)s::text[]
            ) WITH ORDINALITY AS each (segment_id, rows, predicted_from, predicted_to, digest, format, place)
        ), answered AS (
            INSERT INTO predictions.receipts (
                project_id, version_number, kind, key, receipt_id, body_digest, sequence, answer, recorded_at
            )
            SELECT
                version.project_id, version.number, %(kind)s, each.key, each.receipt_id, each.body_digest,
                version.sequence, each.answer, version.last_received_at
            FROM version, unnest(
                %(keys)s::text[], %(receipt_ids)s::uuid[], %(body_digests)s::text[], %(answers)b::bytea[]
            ) AS each (key, receipt_id, body_digest, answer)
        )
        SELECT version.sequence FROM version, LATERAL pg_notify(%(channel)s, version.number || ' ' || version.sequence)
        """,
        {
            "segment_count": len(segments),
            "predictions": sealing.predictions,
            "labels": sealing.labels,
            "rejected": sealing.rejected,
            "predicted_from": min((each.predicted_from for each in segments), default=None),
            "predicted_to": max((each.predicted_to for each in segments), default=None),
            "number": sealing.version_number,
            "kind": sealing.kind,
            "segment_ids": [each.segment_id for each in segments],
            "segment_rows": [each.rows for each in segments],
            "segment_from": [each.predicted_from for each in segments],
            "segment_to": [each.predicted_to for each in segments],
            "segment_digests": [each.digest for each in segments],
            "segment_formats": [each.format for each in segments],
            "keys": [each.key for each in receipts],
            "receipt_ids": [each.receipt_id for each in receipts],
            "body_digests": [each.body_digest for each in receipts],
            "answers": [each.answer for each in receipts],
            "channel": INTAKE,
        },
        prepare=True,
    )
