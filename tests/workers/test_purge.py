"""What is left of the rows of a project that was deleted: nothing, after some jobs, however often one is cut short."""

from pathlib import Path

import pytest
from psycopg import AsyncConnection

from cdt.commands import compliance, tenancy
from cdt.domain.compliance.decisions import OrganizationIsHeld, ProjectIsHeld
from cdt.domain.compliance.events import RowsRemoved
from cdt.predictions import packing, purging, retention
from cdt.predictions.objects import Objects
from cdt.predictions.versions import Version
from cdt.reactions.clock import Clock
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from cdt.workers.compact import compact_all
from cdt.workers.remove import Removing, remove
from tests.builders import an_id
from tests.predictions.builders import a_label, a_row, as_ndjson, send, send_labels
from tests.predictions.quarantining import take
from tests.reactions.world import World
from tests.workers.test_remove import removed


def removing(world: World) -> Removing:
    return Removing(log=world.log, conninfo=world.system, now=lambda: world.time)


async def a_version_with_everything(world: World) -> Version:
    version = await world.watched_version()
    await send(world.intake, version, a_row("fresh"), key="a key")
    await send_labels(world.intake, version, a_label("fresh", "yes"), a_label("waits", "no"), key="a key")
    await take(world.intake, version, as_ndjson(a_row("unfit") | {"decision": "perhaps"}))
    await world.fold(version)
    async with world.live():
        await world.until(lambda: world.is_read(version), "the reading has everything")
    return version


async def tables_with_rows(world: World, version: Version) -> set[str]:
    """Of the tables of rows, those that hold any of the project's."""
    tables = await world.rows(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'predictions' AND column_name = 'project_id'"
    )
    return {
        table
        for (table,) in tables
        if await world.rows(f"SELECT 1 FROM predictions.{table} WHERE project_id = %s LIMIT 1", version.project_id)
    }


async def long_after(world: World) -> None:
    await world.rows("UPDATE predictions.versions SET last_received_at = last_received_at - interval '2 hours'")
    await world.rows("UPDATE predictions.objects SET changed_at = changed_at - interval '2 hours'")


async def test_nothing_of_a_deleted_project_is_left_but_its_record(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await a_version_with_everything(world)
    numbered = await world.numbered(version)
    objects = Objects(Storage(Folder(path=tmp_path)))
    await compact_all(world.system, objects, numbered.number)
    await send(world.intake, version, a_row("newer"))
    held = await tables_with_rows(world, version)
    assert {"segments", "payloads", "objects", "identities", "labelled", "waiting_labels", "receipts"} <= held
    assert {"folds", "profiles", "profile_days", "live_readings"} <= held
    assert {"quarantine", "quarantine_ends", "tallies", "minutes"} <= held
    asked: list[int] = []

    async def ask(version_number: int) -> None:
        asked.append(version_number)

    monkeypatch.setattr(world.queue, "add_removal", ask)
    await world.do(tenancy.delete_project, world.project_id, name="First")
    await Clock(world.reacting).tick()
    assert asked == [numbered.number]
    monkeypatch.setattr(retention, "SEGMENTS_AT_ONCE", 1)

    await remove(removing(world), numbered.number)
    left = await tables_with_rows(world, version)
    assert left == {"versions", "objects", "folds", "live_readings", "quarantine_ends", "minutes"}
    async with world.writer.transaction() as connection:
        assert await purging.due(connection) == []  # until the objects are deleted
    await long_after(world)
    await compact_all(world.system, objects, numbered.number)
    async with world.writer.transaction() as connection:
        assert await purging.due(connection) == [numbered.number]
    await remove(removing(world), numbered.number)

    assert await tables_with_rows(world, version) == set()
    assert files(tmp_path) == []
    (fact,) = await world.facts(RowsRemoved)
    assert fact.event == RowsRemoved(
        version_id=version.version_id, predicted_before=None, predictions=302, labels=301, segments=5
    )
    async with world.writer.transaction() as connection:
        assert await purging.due(connection) == []


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_the_rows_of_a_deleted_organization_go_too(world: World) -> None:
    version = await world.version(await world.model())
    await send(world.intake, version, a_row("a"))
    number = (await world.numbered(version)).number
    owner = next(each.event.user_id for each in await world.facts() if hasattr(each.event, "user_id"))
    await world.do(
        tenancy.delete_organization,
        world.tenant.organization_id,
        name="Ours",
        user_id=owner,
        project_ids=[world.project_id],
    )
    async with world.writer.transaction() as connection:
        assert await purging.due(connection) == [number]
    await remove(removing(world), number)
    assert await tables_with_rows(world, version) == {"versions", "folds", "minutes"}


async def test_what_is_held_is_not_deleted(world: World) -> None:
    version = await world.version(await world.model())
    await send(world.intake, version, a_row("a"))
    hold = {"hold_id": an_id(1), "reason": "A lawsuit."}
    await world.do(compliance.place_hold, world.project_id, model_id=version.model_id, **hold)
    with pytest.raises(ProjectIsHeld, match="A legal hold keeps rows of this project: have it lifted first"):
        await world.do(tenancy.delete_project, world.project_id, name="First")
    owner = next(each.event.user_id for each in await world.facts() if hasattr(each.event, "user_id"))
    with pytest.raises(OrganizationIsHeld, match="one of its projects"):
        await world.do(
            tenancy.delete_organization,
            world.tenant.organization_id,
            name="Ours",
            user_id=owner,
            project_ids=[world.project_id],
        )
    await world.do(compliance.lift_hold, world.project_id, **hold)
    await world.do(tenancy.delete_project, world.project_id, name="First")


async def test_a_version_is_not_forgotten_while_rows_may_come(world: World) -> None:
    version = await world.version(await world.model())
    await send(world.intake, version, a_row("a"))
    numbered = await world.numbered(version)
    await world.do(tenancy.delete_project, world.project_id, name="First")
    await remove(removing(world), numbered.number)
    await send(world.intake, version, a_row("late"))  # of a process that has not heard of it
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        assert await purging.due(connection) == [numbered.number]
        assert not await purging.forget(connection, numbered, seconds=0.0)
        await remove(removing(world), numbered.number)
        assert [each.predictions for each in await removed(world)] == [1, 1]
        assert await purging.forget(connection, numbered, seconds=0.0)
        assert await packing.pack(connection, Objects(Storage(None)), numbered) is None
    assert await tables_with_rows(world, version) == set()
