"""Rows come in, are packed, grow old and are erased, at once and in a bucket that fails: each read equals the model."""

import asyncio
import random
from datetime import datetime, timedelta
from functools import partial

import pytest
from psycopg import AsyncConnection

from cdt.commands import tenancy
from cdt.measures.grid import Grid
from cdt.predictions import documents
from cdt.predictions.erasures import digest_of_tombstones
from cdt.predictions.folding import fold
from cdt.predictions.objects import Objects
from cdt.predictions.packing import sweep, trim
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.subjects import SubjectHashes
from cdt.predictions.versions import Version
from cdt.storage.storage import Storage, StorageIsAway
from cdt.workers.alone import alone
from cdt.workers.compact import COMPACTING, compact_all
from cdt.workers.erase import Asked, Erased, erase_all
from cdt.workers.remove import Removing, remove
from tests.builders import an_id
from tests.predictions.builders import HASH_KEY, a_label, a_row, an_intake, send, send_labels
from tests.reactions.world import START, World
from tests.storage.conftest import s3_port
from tests.storage.servers import Misbehaving, bucket_at
from tests.workers.rows_left import ids_left, profiles_are_of_the_rows

__all__ = ["s3_port"]

DAYS = 6
SUBJECTS = 4
BATCHES = 8
BATCH_ROWS = 20


class Model:
    """Which rows there must be, and which there may be, in plain Python. Of labels the same: one for each row."""

    def __init__(self) -> None:
        self.begun: set[str] = set()
        self.acknowledged: set[str] = set()
        self.going: set[str] = set()
        self.gone: set[str] = set()
        self.day_of: dict[str, datetime] = {}
        self.subject_of: dict[str, str] = {}
        self.line = START
        self.erasing: set[str] = set()

    def begin(self, name: str, day: datetime, subject: str) -> None:
        """A row is sent. One that is too old is refused; one of a subject that is being erased may go or stay."""
        self.day_of[name], self.subject_of[name] = day, subject
        self.begun.add(name)
        self.going |= self._leaving() & {name}

    def move_line(self, line: datetime) -> None:
        self.line = line
        self.going |= self._leaving()

    def erase(self, subject: str) -> None:
        self.erasing.add(subject)
        self.going |= self._leaving()

    def _leaving(self) -> set[str]:
        return {each for each in self.begun if self.day_of[each] < self.line or self.subject_of[each] in self.erasing}

    def older_than(self, line: datetime) -> set[str]:
        return {each for each in self.acknowledged if self.day_of[each] < line}

    def of_subject(self, subject: str) -> set[str]:
        return {each for each in self.acknowledged if self.subject_of[each] == subject}


class Run:
    """One of everything that is at work on a version."""

    def __init__(self, world: World, version: Version, objects: Objects, server: Misbehaving) -> None:
        self.world = world
        self.version = version
        self.objects = objects
        self.server = server
        self.model = Model()
        self.is_over = asyncio.Event()
        self.intake = an_intake(world.dsn, objects=objects)
        self.reads = 0
        self.failures = 0

    async def number(self) -> int:
        return (await self.world.numbered(self.version)).number

    async def write(self) -> None:
        """Rows of the last days, in batches, each with its labels."""
        chance = random.Random(5)
        for batch in range(BATCHES):
            rows = []
            for place in range(BATCH_ROWS):
                name = f"{batch} {place}"
                moment = START + timedelta(days=chance.randrange(DAYS), minutes=chance.randrange(1440))
                subject = f"subject {chance.randrange(SUBJECTS)}"
                self.model.begin(name, moment, subject)
                rows.append(a_row(name, predicted_at=moment.isoformat(), sex=subject))
            names = {row["prediction_id"] for row in rows}
            for row in rows[: BATCH_ROWS // 2], rows[BATCH_ROWS // 2 :]:
                await send(self.intake, self.version, *row)
            await self.until_taken(names)
            self.model.acknowledged |= names

    async def until_taken(self, names: set[str]) -> None:
        """Labels of packed rows are refused while the bucket is away."""
        while True:
            try:
                await send_labels(self.intake, self.version, *(a_label(each, "yes") for each in sorted(names)))
            except Exception as error:
                if type(error).__name__ not in {"StoredRowsAreAway", "Busy"}:
                    raise
                await asyncio.sleep(0.01)
            else:
                return

    async def read(self) -> None:
        """Each read lies between what must and what may be there, and holds nothing twice."""
        model = self.model
        while not self.is_over.is_set():
            must, gone = set(model.acknowledged), set(model.gone)
            try:
                predictions, labels = await ids_left(self.world, self.version, self.objects)
            except StorageIsAway:
                await asyncio.sleep(0.01)
                continue
            must -= model.going
            for read in predictions, labels:
                assert len(set(read)) == len(read)
                assert must <= set(read) <= model.begun - gone, (must - set(read), set(read) - (model.begun - gone))
            self.reads += 1

    async def pack(self) -> None:
        while not self.is_over.is_set():
            number = await self.number()
            try:
                await compact_all(self.world.system, self.objects, number)
                async with (
                    await AsyncConnection.connect(self.world.system, autocommit=True) as connection,
                    alone(connection, COMPACTING, number) as is_alone,
                ):
                    if is_alone:
                        numbered = await self.world.numbered(self.version)
                        await trim(connection, self.objects, numbered, seconds=0.0)
                        await sweep(connection, self.objects, numbered, seconds=0.5)
            except StorageIsAway:
                self.failures += 1
            await asyncio.sleep(0.02)

    async def fold(self) -> None:
        """What can't be read now is folded by the next."""
        while not self.is_over.is_set():
            await self.fold_once()
            await asyncio.sleep(0.05)

    async def fold_once(self) -> None:
        async with await AsyncConnection.connect(self.world.system, autocommit=True) as connection:
            numbered = await self.world.numbered(self.version)
            ((digest,),) = await self.world.rows(
                "SELECT grid_digest FROM registry_versions WHERE id = %s", self.version.version_id
            )
            grid = Grid.from_json(await documents.get(connection, self.world.project_id, digest))
            is_all = False
            while not is_all:
                try:
                    folded = await fold(
                        connection, self.objects, numbered, grid, hash_key=HASH_KEY, segment_ids=SegmentIds()
                    )
                except StorageIsAway:
                    return
                is_all = folded.is_all

    async def grow_old(self) -> None:
        """Two days go, one after the other."""
        work = Removing(log=self.world.log, conninfo=self.world.system, now=lambda: self.world.time)
        number = await self.number()
        for day in (1, 2):
            line = START + timedelta(days=day)
            self.world.time = line + timedelta(days=30)
            self.model.move_line(line)
            while (await self.world.numbered(self.version)).kept_from != line:
                await remove(work, number)
                await asyncio.sleep(0.01)
            self.model.gone |= self.model.older_than(line)

    async def erase(self) -> None:
        """Two subjects go, one after the other; what comes in of them after that is new."""
        hashes = SubjectHashes(HASH_KEY, self.version.project_id, "sex")
        for place, subject in enumerate(("subject 0", "subject 1")):
            there = await self.world.until(partial(self.seen_of, subject), "there is a row of the subject")
            self.model.erase(subject)
            asked = Asked(
                id=an_id(place), project_id=self.version.project_id, organization_id=an_id(9), column_name="sex",
                subjects=[hashes.of(subject)], left_versions=[self.version.version_id],
            )  # fmt: skip
            erased: Erased | None = None
            while erased is None:
                try:
                    erased = await erase_all(self.world.system, self.objects, HASH_KEY, asked, self.version.version_id)
                except StorageIsAway:
                    self.failures += 1
                await asyncio.sleep(0.01)
            assert erased.tombstones != digest_of_tombstones([])
            self.model.erasing.discard(subject)
            self.model.gone |= there

    async def seen_of(self, subject: str) -> set[str]:
        return self.model.of_subject(subject) - self.model.going

    async def misbehave(self) -> None:
        while not self.is_over.is_set():
            for behaviour in ("well", "refuses", "well", "500"):
                self.server.behaviour = behaviour  # type: ignore[assignment]
                await asyncio.sleep(0.15 if behaviour == "well" else 0.05)
        self.server.behaviour = "well"


async def test_each_read_equals_the_model_whatever_goes_on(
    world: World, s3_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cdt.storage.storage.REST_SECONDS", 0.0)
    version = await world.watched_version()
    await world.do(tenancy.change_project_settings, world.project_id, time_zone="UTC", retention_days=30)
    server = Misbehaving(s3_port)
    async with server.listening() as port:
        run = Run(world, version, Objects(Storage(bucket_at(port), read_seconds=2.0)), server)
        for name in (await ids_left(world, version, run.objects))[0]:
            run.model.begin(name, START + timedelta(days=2), "")
            run.model.going.add(name)  # the reference rows, of which the older ones grow old
        await run.intake.open()
        async with asyncio.TaskGroup() as tasks:
            for each in (run.read(), run.read(), run.pack(), run.fold(), run.misbehave()):
                tasks.create_task(each)
            async with asyncio.TaskGroup() as finite:
                for each in (run.write(), run.grow_old(), run.erase()):
                    finite.create_task(each)
            run.is_over.set()
        await run.intake.close()
        assert run.reads > 10

        server.behaviour = "well"
        await run.fold_once()
        await profiles_are_of_the_rows(world, version, run.objects)
