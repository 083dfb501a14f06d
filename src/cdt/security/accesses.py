"""Who reads which model: counted in memory, kept as one row for each interval."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from cdt.domain.kernel import Actor
from cdt.domain.security import Access, interval_of

MOST = 50_000
"""Different ones between two times of keeping; further ones are only counted, and the log says how many."""
FORGOTTEN_AT_ONCE = 10_000


class Reading(NamedTuple):
    """Whose reads are counted together."""

    actor_id: str
    model_id: UUID
    how: Access
    began_at: datetime


class Counted(msgspec.Struct):
    """How often, and between when."""

    actor_kind: str
    project_id: UUID
    ends_at: datetime
    times: int
    first_at: datetime
    last_at: datetime


class Accesses:
    """What was read and is not kept yet. To note one changes a dictionary, and nothing else."""

    def __init__(self, now: Callable[[], datetime], *, most: int = MOST) -> None:
        """Nothing read yet."""
        self._now = now
        self._most = most
        self._counted: dict[Reading, Counted] = {}
        self._interval: dict[Access, tuple[datetime, datetime]] = {}
        self.dropped = 0
        self.tell: Callable[[], None] = _tell_nobody
        """Called when there is something to keep."""

    def note(self, actor: Actor, model_id: UUID, project_id: UUID, how: Access) -> None:
        """Somebody has read a model."""
        at = self._now()
        began_at, ends_at = self._interval_of(how, at)
        reading = Reading(actor.id, model_id, how, began_at)
        counted = self._counted.get(reading)
        if counted is not None:
            counted.times += 1
            counted.last_at = at
            return
        if len(self._counted) >= self._most:
            self.dropped += 1
            return
        self._counted[reading] = Counted(actor.kind, project_id, ends_at, 1, at, at)
        if len(self._counted) == 1:
            self.tell()

    def take(self) -> dict[Reading, Counted]:
        """Everything, which is to be kept now."""
        taken, self._counted = self._counted, {}
        return taken

    def give_back(self, taken: dict[Reading, Counted]) -> None:
        """It could not be kept."""
        for reading, former in taken.items():
            since = self._counted.get(reading)
            if since is not None:
                former.times += since.times
                former.last_at = since.last_at
            self._counted[reading] = former

    def _interval_of(self, how: Access, at: datetime) -> tuple[datetime, datetime]:
        """The one that was asked for last, nearly always."""
        known = self._interval.get(how)
        if known is None or not known[0] <= at < known[1]:
            known = self._interval[how] = interval_of(how, at)
        return known


async def keep(connection: AsyncConnection[Any], taken: dict[Reading, Counted]) -> None:
    """Add to the rows of the intervals; whose project it is, the read models know."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO security.accesses AS kept (organization_id, project_id, model_id, actor_kind, actor_id, how,"
            " began_at, ends_at, first_at, last_at, times)"
            " SELECT project.organization_id, %(project_id)s, %(model_id)s,"
            " %(actor_kind)s, %(actor_id)s, %(how)s, %(began_at)s, %(ends_at)s, %(first_at)s, %(last_at)s, %(times)s"
            " FROM tenancy_projects AS project WHERE project.id = %(project_id)s"
            " ON CONFLICT (model_id, actor_id, how, began_at) DO UPDATE SET times = kept.times + excluded.times,"
            " first_at = least(kept.first_at, excluded.first_at), last_at = greatest(kept.last_at, excluded.last_at)",
            [
                {
                    "project_id": counted.project_id,
                    "model_id": reading.model_id,
                    "actor_kind": counted.actor_kind,
                    "actor_id": reading.actor_id,
                    "how": reading.how.value,
                    "began_at": reading.began_at,
                    "ends_at": counted.ends_at,
                    "first_at": counted.first_at,
                    "last_at": counted.last_at,
                    "times": counted.times,
                }
                # in one order, so that processes don't wait for one another in a circle
                for reading, counted in sorted(taken.items(), key=lambda item: item[0])
            ],
        )


async def forget_before(connection: AsyncConnection[Any], moment: datetime) -> int:
    """Remove intervals that ended before, so many rows at a time; how many it were."""
    cursor = await connection.execute(
        "DELETE FROM security.accesses WHERE number IN (SELECT number FROM security.accesses"
        " WHERE ends_at < %(moment)s ORDER BY ends_at LIMIT %(most)s)",
        {"moment": moment, "most": FORGOTTEN_AT_ONCE},
    )
    return cursor.rowcount


def _tell_nobody() -> None:
    """Until somebody keeps."""
