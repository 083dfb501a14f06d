"""Folding: a version's segments become profiles by the hour, page by page, in a child process."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import structlog
from psycopg import AsyncConnection

from cdt.domain.evaluations.slices import Slice
from cdt.measures.grid import Grid
from cdt.predictions import documents
from cdt.predictions.folding import fold as fold_page
from cdt.predictions.folding import meet
from cdt.predictions.objects import Objects
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.versions import find_version_numbered
from cdt.storage.places import Place
from cdt.storage.storage import PATIENT_SECONDS, Storage
from cdt.workers.alone import alone
from cdt.workers.child import Child, ChildFailed

LONGEST_SECONDS = 600.0
FOLDING = 0x_CD7_F01D
"""With a version's number, the advisory lock of whoever folds it."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Folding:
    """What a folding worker works with; `conninfo` and `place` are where the child finds rows."""

    child: Child
    conninfo: str
    place: Place | None = None
    hash_key: bytes


async def fold(work: Folding, version_number: int) -> None:
    """Fold everything that is there; what is cut short is done by the next job."""
    try:
        await work.child.run(LONGEST_SECONDS, _fold, work.conninfo, work.place, version_number, work.hash_key)
    except ChildFailed as error:
        log.warning("folding_failed", version=version_number, error=str(error))


def _fold(conninfo: str, place: Place | None, version_number: int, hash_key: bytes) -> None:
    asyncio.run(fold_all(conninfo, place, version_number, hash_key))


async def fold_all(conninfo: str, place: Place | None, version_number: int, hash_key: bytes) -> bool:
    """Fold until nothing is left; False when somebody else folds the version.

    One that has no grid yet is only looked through for predictions that labels wait for.
    """
    objects = Objects(Storage(place, read_seconds=PATIENT_SECONDS))
    async with (
        await AsyncConnection.connect(conninfo, autocommit=True) as connection,
        alone(connection, FOLDING, version_number) as is_alone,
    ):
        version = await find_version_numbered(connection, version_number)
        if not is_alone or version is None:
            return False
        cursor = await connection.execute(
            "SELECT grid_digest FROM registry_versions WHERE id = %s AND grid_digest IS NOT NULL", (version.version_id,)
        )
        known = await cursor.fetchone()
        segment_ids = SegmentIds()
        if known is None:
            await meet(connection, objects, version, None, hash_key=hash_key, segment_ids=segment_ids)
            return True
        grid = Grid.from_json(await documents.get(connection, version.project_id, known[0]))
        is_all = False
        while not is_all:
            folded = await fold_page(
                connection,
                objects,
                version,
                grid,
                hash_key=hash_key,
                segment_ids=segment_ids,
                slices=await _declared(connection, version.version_id),
            )
            is_all = folded.is_all
        return True


async def _declared(connection: AsyncConnection[Any], version_id: UUID) -> tuple[Slice, ...]:
    """The slices of the version's plan, as they are now; none without a plan."""
    cursor = await connection.execute(
        "SELECT (policy -> 'slices')::text FROM evaluations_plans WHERE version_id = %(version)s AND NOT closed"
        " AND policy -> 'slices' IS NOT NULL",
        {"version": version_id},
    )
    row = await cursor.fetchone()
    return () if row is None else msgspec.json.decode(row[0], type=tuple[Slice, ...])
