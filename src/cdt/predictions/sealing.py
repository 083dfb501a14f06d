"""Writing segments: identities, then the bytes, and at last, under the version's lock, their sequence and receipts.

Every writer takes its locks in this order, identities by (version, day, hash) and versions by number, so that none
waits in a circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, LiteralString, TypeAlias
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import scalar_row

from cdt.database.arrays import Bigints, Integers
from cdt.database.together import Statement, together
from cdt.domain.kernel import Digest
from cdt.predictions.durations import NO_DURATIONS, Durations
from cdt.predictions.minutes import COUNT, count_values
from cdt.predictions.payloads import Format
from cdt.predictions.quarantine.keeping import KEEP, Keeping, values_of
from cdt.predictions.versions import NumberedVersion

Kind: TypeAlias = Literal["predictions", "labels"]
Connection: TypeAlias = AsyncConnection[Any]


SEAL: LiteralString = (
    "SELECT predictions.seal("
    "%(project)s, %(number)s, %(kind)s, %(days)s::int[], %(hashes)s::bigint[], %(segments)s::bigint[],"
    " %(segment_ids)s::bigint[], %(segment_rows)s::int[], %(segment_from)s::timestamptz[],"
    " %(segment_to)s::timestamptz[], %(segment_digests)s::text[], %(segment_formats)s::text[],"
    " %(payloads)b::bytea[], %(keys)s::text[], %(receipt_ids)s::uuid[], %(body_digests)s::text[],"
    " %(answers)b::bytea[], %(new_predictions)s, %(new_labels)s, %(new_rejected)s)"
)


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


@dataclass(frozen=True, slots=True, eq=False)
class NewIdentities:
    """Identities in their order: (identities,) days since 1970, hashes, and the segment of each."""

    days: NDArray[np.int32]
    hashes: NDArray[np.int64]
    segments: NDArray[np.int64]

    def are_of_one_segment_and_day(self) -> bool:
        """Whether there are some, and they differ in their hash alone."""
        return bool(len(self.days)) and bool(
            (self.segments == self.segments[0]).all() and (self.days == self.days[0]).all()
        )

    def of(self, segment_id: int) -> "NewIdentities":
        """Those of one segment."""
        chosen = self.segments == segment_id
        return NewIdentities(self.days[chosen], self.hashes[chosen], self.segments[chosen])


NO_IDENTITIES = NewIdentities(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64))


class Sealing(msgspec.Struct, frozen=True, kw_only=True):
    """What one transaction adds to one version; `keeping` of what is not taken in."""

    project_id: UUID
    version_number: int
    kind: Kind
    segments: list[NewSegment]
    receipts: list[NewReceipt]
    predictions: int = 0
    labels: int = 0
    rejected: int = 0
    keeping: Keeping | None = None
    durations: Durations = NO_DURATIONS


async def begin(connection: Connection, projects: Sequence[UUID]) -> None:
    """Begin a transaction that sees these projects, until it seals something: then it sees that one's alone."""
    await connection.execute("BEGIN")
    await see(connection, projects)


async def see(connection: Connection, projects: Sequence[UUID]) -> None:
    """Let the transaction see these projects."""
    await connection.execute("SELECT set_config('cdt.projects', %s, true)", ("{" + ",".join(map(str, projects)) + "}",))


async def claim(connection: Connection, version: NumberedVersion, identities: NewIdentities) -> None:
    """Make many identities taken, before the version is locked; UniqueViolation if some were taken before."""
    given = {"project": version.project_id, "number": version.number, "hashes": Bigints(identities.hashes)}
    if identities.are_of_one_segment_and_day():  # most bodies: one array is read in half the time of three
        day, segment = int(identities.days[0]), int(identities.segments[0])
        await connection.execute(
            "INSERT INTO predictions.identities (project_id, version_number, day, hash, segment_id)"
            " SELECT %(project)s, %(number)s, DATE '1970-01-01' + %(day)s::int, each.hash, %(segment)s::bigint"
            " FROM unnest(%(hashes)s::bigint[]) AS each (hash)",
            {**given, "day": day, "segment": segment},
        )
        return
    await connection.execute(
        "INSERT INTO predictions.identities (project_id, version_number, day, hash, segment_id)"
        " SELECT %(project)s, %(number)s, DATE '1970-01-01' + each.day, each.hash, each.segment"
        " FROM unnest(%(days)s::int[], %(hashes)s::bigint[], %(segments)s::bigint[]) AS each (day, hash, segment)",
        {**given, "days": Integers(identities.days), "segments": Bigints(identities.segments)},
    )


async def write(connection: Connection, sealing: Sealing) -> None:
    """Write many bytes, one segment after another, before the version is locked."""
    for segment in sealing.segments:
        await connection.execute(
            "INSERT INTO predictions.payloads (segment_id, project_id, payload) VALUES (%s, %s, %b)",
            (segment.segment_id, sealing.project_id, segment.payload),
        )


async def seal(
    connection: Connection,
    sealing: Sealing,
    *,
    identities: NewIdentities = NO_IDENTITIES,
    is_written: bool = False,
) -> AsyncCursor[int]:
    """Give the segments their sequence, store the receipts and tell the listeners, by one statement.

    Locks the version until the commit. Claims the identities given and writes the bytes unless that was done before.
    The cursor's only value is the version's sequence after that.
    """
    cursor: AsyncCursor[int] = connection.cursor(row_factory=scalar_row)
    values = _values(sealing, identities, [] if is_written else sealing.segments)
    await cursor.execute(SEAL, values)
    await keep(connection, sealing)
    return cursor


async def keep(connection: Connection, sealing: Sealing) -> None:
    """Put what the bodies leave into the quarantine, once the version is locked."""
    if sealing.keeping is not None:
        await connection.execute(KEEP, _kept(sealing, sealing.keeping))


async def seal_alone(connection: Connection, sealing: Sealing, identities: NewIdentities) -> int:
    """As `seal`, in a transaction of its own that nothing else is in; the version's sequence after that."""
    sent: list[Statement] = [(SEAL, _values(sealing, identities, sealing.segments))]
    if sealing.predictions:
        sent.append((COUNT, _counted(sealing)))
    if sealing.keeping is not None:
        sent.append((KEEP, _kept(sealing, sealing.keeping)))
    answers = await together(connection, sent)
    sequence: int = answers.values(0)[0]
    return sequence


def _kept(sealing: Sealing, keeping: Keeping) -> dict[str, Any]:
    return values_of(keeping, project_id=sealing.project_id, version_number=sealing.version_number, kind=sealing.kind)


async def count(connection: Connection, sealing: Sealing) -> None:
    """Count its predictions to the present minute, in the transaction that seals them; `seal_alone` does so itself."""
    if sealing.predictions:
        await connection.execute(COUNT, _counted(sealing))


def _counted(sealing: Sealing) -> dict[str, Any]:
    return count_values(
        sealing.project_id,
        sealing.version_number,
        predictions=sealing.predictions,
        durations=sealing.durations,
    )


def _values(sealing: Sealing, identities: NewIdentities, unwritten: Sequence[NewSegment]) -> dict[str, Any]:
    segments, receipts = sealing.segments, sealing.receipts
    return {
        "project": sealing.project_id,
        "number": sealing.version_number,
        "kind": sealing.kind,
        **_identity_values(identities),
        "segment_ids": _numbers([each.segment_id for each in segments]),
        "segment_rows": _numbers([each.rows for each in segments]),
        "segment_from": _words([each.predicted_from.isoformat() for each in segments]),
        "segment_to": _words([each.predicted_to.isoformat() for each in segments]),
        "segment_digests": _words([each.digest for each in segments]),
        "segment_formats": _words([each.format for each in segments]),
        "payloads": [each.payload for each in unwritten],
        "keys": [each.key for each in receipts] or "{}",
        "receipt_ids": _words([str(each.receipt_id) for each in receipts]),
        "body_digests": _words([each.body_digest for each in receipts]),
        "answers": [each.answer for each in receipts],
        "new_predictions": sealing.predictions,
        "new_labels": sealing.labels,
        "new_rejected": sealing.rejected,
    }


def _identity_values(identities: NewIdentities) -> dict[str, str]:
    return {
        "days": _numbers(identities.days.tolist()),
        "hashes": _numbers(identities.hashes.tolist()),
        "segments": _numbers(identities.segments.tolist()),
    }


def _numbers(numbers: Sequence[int]) -> str:
    """An array as Postgres reads it: five times as fast as letting the driver look at each number."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _words(words: Sequence[str]) -> str:
    """The same of texts without commas, quotes, braces and backslashes: times, digests, ids."""
    return '{"' + '","'.join(words) + '"}' if words else "{}"
