"""Erasing: the rows of subjects go from each version, in a child process, and the log tells when they are gone."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import structlog
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.commands import compliance as commands
from cdt.database.log import Log
from cdt.domain.kernel import Actor, Command, Digest, Tenant, derived_id
from cdt.predictions import erasures
from cdt.predictions.erasing import Erasing, Request
from cdt.predictions.erasing_calls import erase_calls
from cdt.predictions.holding import IsHeld
from cdt.predictions.objects import Objects
from cdt.predictions.versions import find_version
from cdt.storage.places import Place
from cdt.storage.storage import PATIENT_SECONDS, Storage
from cdt.workers.alone import alone
from cdt.workers.child import Child, ChildFailed
from cdt.workers.compact import COMPACTING

LONGEST_SECONDS = 600.0

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class ErasingTools:
    """What an erasing worker works with; `conninfo` and `place` are where the child finds rows."""

    log: Log
    child: Child
    conninfo: str
    place: Place | None
    hash_key: bytes
    now: Callable[[], datetime]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An erasure, and the versions that have the rows still."""

    id: UUID
    project_id: UUID
    organization_id: UUID
    column_name: str | None
    subjects: list[str]
    left_versions: list[UUID]


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """What is gone from a version."""

    predictions: int
    labels: int
    waiting_labels: int
    segments: int
    tombstones: Digest


async def erase(work: ErasingTools, requested_position: int) -> None:
    """Erase what was asked for at a position; what is cut short, held or busy is done by a later job."""
    asked = await _asked(work.conninfo, requested_position)
    for version_id in [] if asked is None else asked.left_versions:
        assert asked is not None
        try:
            erased = await work.child.run(
                LONGEST_SECONDS, _erase, work.conninfo, work.place, work.hash_key, asked, version_id
            )
        except ChildFailed as error:
            log.warning("erasure_failed", erasure=str(asked.id), version=str(version_id), error=str(error))
            continue
        if erased is not None:
            await _tell(work, asked, version_id, erased)


async def erase_all(conninfo: str, objects: Objects, hash_key: bytes, asked: Asked, version_id: UUID) -> Erased | None:
    """Erase until nothing is left; None when a legal hold keeps the rows, or somebody else packs the version."""
    request = Request(erasure_id=asked.id, column=asked.column_name, subjects=frozenset(asked.subjects))
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        version = await find_version(connection, version_id)
        if version is None:  # it has taken in nothing
            none = erasures.digest_of_tombstones([])
            return Erased(predictions=0, labels=0, waiting_labels=0, segments=0, tombstones=none)
        async with alone(connection, COMPACTING, version.number) as is_alone:
            if not is_alone:
                return None
            erasing = Erasing(connection, objects, version, request, hash_key=hash_key)
            try:
                # before it is fixed which rows are looked at: a call that has become rows since is among these
                await erase_calls(connection, version, request.subjects, request.column, hash_key)
                while await erasing.step():
                    pass
            except IsHeld:
                log.info("erasure_is_held", erasure=str(asked.id))
                return None
            done = await erasures.begin(connection, version, asked.id)
            tombstones = await erasures.tombstones_of(connection, version.number, asked.id)
            return Erased(
                predictions=done.predictions,
                labels=done.labels,
                waiting_labels=done.waiting_labels,
                segments=done.segments,
                tombstones=erasures.digest_of_tombstones(tombstones),
            )


def _erase(conninfo: str, place: Place | None, hash_key: bytes, asked: Asked, version_id: UUID) -> Erased | None:
    objects = Objects(Storage(place, read_seconds=PATIENT_SECONDS))
    return asyncio.run(erase_all(conninfo, objects, hash_key, asked, version_id))


async def _asked(conninfo: str, requested_position: int) -> Asked | None:
    async with (
        await AsyncConnection[Any].connect(conninfo, autocommit=True) as connection,
        connection.cursor(row_factory=class_row(Asked)) as cursor,
    ):
        await cursor.execute(
            "SELECT erasure.id, erasure.project_id, project.organization_id, erasure.column_name, erasure.subjects,"
            " erasure.left_versions FROM compliance_erasures AS erasure"
            " JOIN tenancy_projects AS project ON project.id = erasure.project_id"
            " WHERE erasure.requested_position = %(position)s AND erasure.completed_at IS NULL",
            {"position": requested_position},
        )
        return await cursor.fetchone()


async def _tell(work: ErasingTools, asked: Asked, version_id: UUID, erased: Erased) -> None:
    """Told twice, it is one fact: the stream knows from which versions the rows are gone."""
    command = Command(
        id=derived_id("erased", asked.id, version_id),
        actor=Actor("system", "erasure"),
        at=work.now(),
        tenant=Tenant(asked.organization_id, asked.project_id),
    )
    await asyncio.to_thread(
        partial(
            commands.record_erased,
            work.log,
            asked.project_id,
            erasure_id=asked.id,
            version_id=version_id,
            predictions=erased.predictions,
            labels=erased.labels,
            waiting_labels=erased.waiting_labels,
            segments=erased.segments,
            tombstones=erased.tombstones,
            by=command,
        )
    )
