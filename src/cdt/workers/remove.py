"""Removing: what a version is to keep no longer goes, some of it at a time, and the log tells of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from psycopg import AsyncConnection

from cdt.commands import compliance as commands
from cdt.database.log import Log
from cdt.domain.kernel import Actor, Command, Tenant, derived_id
from cdt.predictions import purging, retention
from cdt.predictions.holding import IsHeld
from cdt.predictions.versions import NumberedVersion, find_version_numbered
from cdt.workers.alone import alone
from cdt.workers.compact import COMPACTING

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Removing:
    """What a removing worker works with; `conninfo` is where the rows are."""

    log: Log
    conninfo: str
    now: Callable[[], datetime]


async def remove(work: Removing, version_number: int) -> None:
    """Remove everything that is due; what is cut short is done by the next job.

    Nothing is done while somebody else packs the version or removes from it, and while a legal hold is in force.
    """
    async with (
        await AsyncConnection.connect(work.conninfo, autocommit=True) as connection,
        alone(connection, COMPACTING, version_number) as is_alone,
    ):
        version = await find_version_numbered(connection, version_number)
        if not is_alone or version is None:
            return
        await _tell_all(connection, work, version)  # what somebody counted who died, before more is counted with it
        try:
            is_deleted = await purging.is_deleted(connection, version)
            if is_deleted:
                await _all(connection, version)
            else:
                await _by_age(connection, version, work.now())
            await _tell_all(connection, work, version)
            if is_deleted:
                await purging.forget(connection, version)
        except IsHeld:
            log.info("removal_is_held", version=version_number)
            await _tell_all(connection, work, version)


async def _all(connection: AsyncConnection[Any], version: NumberedVersion) -> None:
    """Of a project that was deleted: nothing is read there any more, so no line is moved."""
    while await retention.remove_some(connection, version, purging.ALL_DAYS):
        pass


async def _by_age(connection: AsyncConnection[Any], version: NumberedVersion, now: datetime) -> None:
    retention_days = await retention.retention_days_of(connection, version)
    if retention_days is not None:
        await retention.move_line(connection, version, retention.line_of(now, retention_days))
    line = await retention.line_in_force(connection, version)
    while line is not None and await retention.remove_some(connection, version, line):
        pass


async def _tell_all(connection: AsyncConnection[Any], work: Removing, version: NumberedVersion) -> None:
    for removal in await retention.untold(connection, version.number):
        await _tell(connection, work, version, removal)


async def _tell(
    connection: AsyncConnection[Any], work: Removing, version: NumberedVersion, removal: retention.Removal
) -> None:
    """Told twice, it is one fact: its command follows from the row that counted it."""
    organization_id = await retention.organization_of(connection, version)
    command = Command(
        id=derived_id("removal", removal.removal_id),
        actor=Actor("system", "retention"),
        at=work.now(),
        tenant=Tenant(organization_id, version.project_id),
    )
    await asyncio.to_thread(
        partial(
            commands.record_removal,
            work.log,
            version.project_id,
            version_id=version.version_id,
            predicted_before=None if removal.predicted_before == purging.ALL_DAYS else removal.predicted_before,
            predictions=removal.predictions,
            labels=removal.labels,
            segments=removal.segments,
            by=command,
        )
    )
    await retention.forget_told(connection, removal)
