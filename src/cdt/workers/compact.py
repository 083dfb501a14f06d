"""Compacting: a version's fresh segments are packed into objects, one after another, in a child process."""

import asyncio
from dataclasses import dataclass

import structlog
from psycopg import AsyncConnection

from cdt.predictions.objects import Objects
from cdt.predictions.packing import pack, sweep, trim
from cdt.predictions.versions import find_version_numbered
from cdt.storage.places import Place
from cdt.storage.storage import PATIENT_SECONDS, Storage
from cdt.workers.alone import alone
from cdt.workers.child import Child, ChildFailed

LONGEST_SECONDS = 600.0
COMPACTING = 0x_CD7_0B1E
"""With a version's number, the advisory lock of whoever packs it."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Compacting:
    """What a compacting worker works with; `conninfo` and `place` are where the child finds rows and puts them."""

    child: Child
    conninfo: str
    place: Place | None


async def compact(work: Compacting, version_number: int) -> None:
    """Pack everything that is fresh; what is cut short is done by the next job, and nothing is lost meanwhile."""
    if work.place is None:
        return
    try:
        packed = await work.child.run(LONGEST_SECONDS, _compact, work.conninfo, work.place, version_number)
    except ChildFailed as error:
        log.warning("compaction_failed", version=version_number, error=str(error))
    else:
        log.info("compacted", version=version_number, rows=packed)


def _compact(conninfo: str, place: Place, version_number: int) -> int:
    objects = Objects(Storage(place, read_seconds=PATIENT_SECONDS))
    return asyncio.run(compact_all(conninfo, objects, version_number))


async def compact_all(conninfo: str, objects: Objects, version_number: int) -> int:
    """Pack until nothing is fresh, and delete what nothing points at; how many rows were packed.

    What can't be packed leaves an object each time, so that is deleted then, too. Nothing is done when somebody else
    packs the version.
    """
    async with (
        await AsyncConnection.connect(conninfo, autocommit=True) as connection,
        alone(connection, COMPACTING, version_number) as is_alone,
    ):
        version = await find_version_numbered(connection, version_number)
        if not is_alone or version is None:
            return 0
        rows = 0
        try:
            while (packed := await pack(connection, objects, version)) is not None:
                rows += packed.rows
            await trim(connection, objects, version)
        finally:
            await sweep(connection, objects, version)
        return rows
