"""The versions that rows come in for: each has a short number and an intake sequence, made at its first row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.domain.errors import NotFound
from cdt.domain.registry.events import IntakePolicy
from cdt.domain.registry.signature import Signature


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """What intake must know of a version; whoever calls it has read that under the tenants' policy."""

    version_id: UUID
    project_id: UUID
    model_id: UUID
    signature: Signature
    policy: IntakePolicy = "reject_row"


class NumberedVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version with the number that its kept rows carry.

    kept_from: rows that were predicted before are thrown away, as far as they are not gone; a midnight in UTC.
    revision: how often rows that were there have gone.
    """

    number: int
    version_id: UUID
    project_id: UUID
    signature: Signature
    kept_from: datetime | None = None
    revision: int = 0

    def since(self, moment: datetime | None) -> datetime | None:
        """Where a window begins that would begin at a moment: nothing before `kept_from` is read."""
        return max(filter(None, (moment, self.kept_from)), default=None)


async def register_version(connection: AsyncConnection[Any], version: Version) -> NumberedVersion:
    """The version's number; made now if it has none, by whoever comes first. The transaction must see the project."""
    await connection.execute(
        "INSERT INTO predictions.versions (version_id, project_id, model_id, signature)"
        " VALUES (%s, %s, %s, %s::jsonb) ON CONFLICT (version_id) DO NOTHING",
        (version.version_id, version.project_id, version.model_id, msgspec.json.encode(version.signature).decode()),
    )
    cursor = await connection.execute(
        "SELECT number FROM predictions.versions WHERE version_id = %s AND project_id = %s",
        (version.version_id, version.project_id),
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound(kind="version")
    return NumberedVersion(
        number=row[0], version_id=version.version_id, project_id=version.project_id, signature=version.signature
    )


async def known_version(connection: AsyncConnection[Any], number: int) -> Version | None:
    """A version that has its number, as it was registered."""
    cursor = await connection.execute(
        "SELECT version_id, project_id, model_id, signature::text FROM predictions.versions WHERE number = %s",
        (number,),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    version_id, project_id, model_id, signature = row
    return Version(
        version_id=version_id,
        project_id=project_id,
        model_id=model_id,
        signature=msgspec.json.decode(signature, type=Signature),
    )


class IntakeState(msgspec.Struct, frozen=True, kw_only=True):
    """How much a version has taken in, whatever is left of it. `sequence` is the newest segment's.

    high_water: its latest predicted_at. kept_from: as of now, of what was predicted before nothing is left. revision:
        as of now, how often rows that were there have gone.
    """

    version_id: UUID
    project_id: UUID
    sequence: int
    predictions: int
    labels: int
    rejected: int
    low_water: datetime | None
    high_water: datetime | None
    last_received_at: datetime | None
    kept_from: datetime | None
    revision: int


async def find_version(connection: AsyncConnection[Any], version_id: UUID) -> NumberedVersion | None:
    """A version that has taken in rows."""
    cursor = await connection.execute(
        "SELECT number, version_id, project_id, signature::text, kept_from, revision FROM predictions.versions"
        " WHERE version_id = %s",
        (version_id,),
    )
    return _numbered(await cursor.fetchone())


async def find_version_numbered(connection: AsyncConnection[Any], number: int) -> NumberedVersion | None:
    """The version that a notification or a kept row names by its number."""
    cursor = await connection.execute(
        "SELECT number, version_id, project_id, signature::text, kept_from, revision FROM predictions.versions"
        " WHERE number = %s",
        (number,),
    )
    return _numbered(await cursor.fetchone())


async def kept_from(connection: AsyncConnection[Any], number: int) -> datetime | None:
    """Rows of the version that were predicted before are neither read nor taken in; None where all are kept."""
    cursor = await connection.execute(
        "SELECT kept_from FROM predictions.versions WHERE number = %(number)s", {"number": number}
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def revision_of(connection: AsyncConnection[Any], number: int) -> int | None:
    """How often rows of the version that were there have gone; None for a version that is not there."""
    cursor = await connection.execute(
        "SELECT revision FROM predictions.versions WHERE number = %(number)s", {"number": number}
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def intake_states(connection: AsyncConnection[Any], version_ids: Sequence[UUID]) -> dict[UUID, IntakeState]:
    """What versions have taken in by now; one that has taken in nothing is not among them."""
    async with connection.cursor(row_factory=class_row(IntakeState)) as cursor:
        await cursor.execute(
            "SELECT version_id, project_id, sequence, predictions, labels, rejected, low_water, high_water,"
            " last_received_at, kept_from, revision FROM predictions.versions WHERE version_id = ANY(%s)",
            (list(version_ids),),
        )
        return {state.version_id: state async for state in cursor}


async def intake_states_at(
    connection: AsyncConnection[Any], version_ids: Sequence[UUID], at: datetime
) -> dict[UUID, IntakeState]:
    """What versions had taken in by a time of recording, as of their newest segment then."""
    async with connection.cursor(row_factory=class_row(IntakeState)) as cursor:
        await cursor.execute(
            """
            SELECT
                version.version_id, version.project_id, newest.sequence, newest.total_predictions AS predictions,
                newest.total_labels AS labels, newest.total_rejected AS rejected, newest.low_water, newest.high_water,
                newest.recorded_at AS last_received_at, version.kept_from, version.revision
            FROM predictions.versions AS version, LATERAL (
                SELECT sequence, total_predictions, total_labels, total_rejected, low_water, high_water, recorded_at
                FROM predictions.segments AS segment
                WHERE segment.version_number = version.number AND segment.recorded_at <= %s
                ORDER BY segment.recorded_at DESC, segment.sequence DESC LIMIT 1
            ) AS newest
            WHERE version.version_id = ANY(%s)
            """,
            (at, list(version_ids)),
        )
        return {state.version_id: state async for state in cursor}


def _numbered(row: Any) -> NumberedVersion | None:
    if row is None:
        return None
    number, version_id, project_id, signature, kept_from, revision = row
    return NumberedVersion(
        number=number,
        version_id=version_id,
        project_id=project_id,
        signature=msgspec.json.decode(signature, type=Signature),
        kept_from=kept_from,
        revision=revision,
    )
