"""Compacting as a worker does it: when it is due, once at a time, and again after it failed."""

from datetime import timedelta
from pathlib import Path

import pytest
from psycopg import AsyncConnection

from cdt.predictions import kept_objects
from cdt.predictions.objects import Objects
from cdt.predictions.versions import Version
from cdt.reactions.clock import PACK_EVERY, Clock
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from cdt.workers.alone import alone
from cdt.workers.compact import COMPACTING, Compacting, compact, compact_all
from tests.predictions.builders import a_label, send, send_labels
from tests.reactions.world import START, World, some_rows

ROWS = some_rows(40, START, timedelta(minutes=1), named="new")


async def a_version_with_rows(world: World) -> Version:
    version = await world.version(await world.model())
    await send(world.intake, version, *ROWS)
    await send_labels(world.intake, version, a_label("new 0", "yes"))
    return version


async def due(world: World, *, rows: int = 10**9, segments: int = 10**9, seconds: float = 1e9) -> list[int]:
    async with world.writer.transaction() as connection:
        return await kept_objects.due(connection, rows=rows, segments=segments, seconds=seconds, delete_after=1e9)


async def formats(world: World) -> list[tuple[str, str]]:
    return await world.rows("SELECT kind, format FROM predictions.segments ORDER BY sequence")


async def test_a_version_is_due_by_its_fresh_rows_segments_or_age_until_it_is_packed(
    world: World, tmp_path: Path
) -> None:
    version = await a_version_with_rows(world)
    number = (await world.numbered(version)).number

    assert await due(world) == await due(world, rows=42) == await due(world, segments=3) == []
    assert await due(world, rows=41) == await due(world, segments=2) == await due(world, seconds=0.0) == [number]

    place = Folder(path=tmp_path)
    await compact(Compacting(child=world.child, conninfo=world.system, place=place), number)
    assert await formats(world) == [("predictions", "parquet"), ("labels", "parquet")]
    assert await due(world, rows=1, segments=1, seconds=0.0) == []


async def test_without_a_storage_rows_stay_where_they_are_and_nothing_is_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await a_version_with_rows(world)
    number = (await world.numbered(version)).number
    asked: list[int] = []

    async def ask(version_number: int) -> None:
        asked.append(version_number)

    monkeypatch.setattr(world.queue, "add_compaction", ask)

    await Clock(world.reacting).tick()
    assert asked == []

    clock = Clock(world.reacting, pack_after_rows=41)
    await clock.tick()
    await clock.tick()
    assert asked == [number]
    world.time += PACK_EVERY
    await clock.tick()
    assert asked == [number, number]

    await compact(Compacting(child=world.child, conninfo=world.system, place=None), number)
    assert await formats(world) == [("predictions", "json"), ("labels", "arrow")]


async def test_a_storage_that_is_away_fails_the_job_and_nothing_else(world: World, tmp_path: Path) -> None:
    version = await a_version_with_rows(world)
    number = (await world.numbered(version)).number
    (tmp_path / "file").write_bytes(b"")

    await compact(Compacting(child=world.child, conninfo=world.system, place=Folder(path=tmp_path / "file")), number)
    assert await formats(world) == [("predictions", "json"), ("labels", "arrow")]

    await compact(Compacting(child=world.child, conninfo=world.system, place=Folder(path=tmp_path / "other")), number)
    assert await formats(world) == [("predictions", "parquet"), ("labels", "parquet")]


async def test_nobody_packs_a_version_that_somebody_else_packs(world: World, tmp_path: Path) -> None:
    version = await a_version_with_rows(world)
    number = (await world.numbered(version)).number
    objects = Objects(Storage(Folder(path=tmp_path)))

    async with (
        await AsyncConnection.connect(world.system, autocommit=True) as connection,
        alone(connection, COMPACTING, number) as is_alone,
    ):
        assert is_alone
        assert await compact_all(world.system, objects, number) == 0
    assert await compact_all(world.system, objects, number) == 41
