"""Retention as a worker does it: by days and whole segments, once, however often it is cut short."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import AsyncConnection

from cdt.commands import compliance, tenancy
from cdt.domain.compliance.events import RowsRemoved
from cdt.domain.kernel import Actor, Command
from cdt.predictions import kept_objects, packing, retention
from cdt.predictions.holding import IsHeld
from cdt.predictions.objects import Objects
from cdt.predictions.versions import Version
from cdt.reactions.clock import Clock
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from cdt.workers.alone import alone
from cdt.workers.compact import COMPACTING, compact_all
from cdt.workers.remove import Removing, remove
from tests.builders import an_id
from tests.predictions.builders import a_label, a_row, as_ndjson, send, send_labels
from tests.predictions.quarantining import take
from tests.reactions.world import REFERENCE_ROWS, START, World, some_rows
from tests.workers.rows_left import ids_left, profiles_are_of_the_rows

LINE = START + timedelta(days=2)
NOW = LINE + timedelta(days=30, hours=15)
"""With 30 days of retention, the line is `LINE`."""
BEFORE = 240
"""Reference rows that are older: one each 12 minutes."""


def removing(world: World) -> Removing:
    return Removing(log=world.log, conninfo=world.system, now=lambda: world.time)


async def keep_for(world: World, days: int | None) -> None:
    await world.do(tenancy.change_project_settings, world.project_id, time_zone="UTC", retention_days=days)


async def a_version_of_many_days(world: World) -> Version:
    """Reference rows in one segment, over the line; rows of each of January's first four days in a segment each."""
    version = await world.watched_version()
    for day in range(4):
        rows = some_rows(24, START + timedelta(days=day), timedelta(hours=1), named=f"day {day}")
        await send(world.intake, version, *rows, key=f"day {day}")
        await send_labels(world.intake, version, *(a_label(row["prediction_id"], "yes") for row in rows[:10]))
    await take(
        world.intake,
        version,
        as_ndjson(
            *(
                a_row(f"unfit {day}", predicted_at=(START + timedelta(days=day)).isoformat()) | {"decision": "perhaps"}
                for day in range(4)
            )
        ),
    )
    await world.fold(version)
    world.time = NOW
    return version


async def removed(world: World) -> list[RowsRemoved]:
    return [each.event for each in await world.facts(RowsRemoved)]  # type: ignore[misc]


async def count(world: World, table: str) -> int:
    return (await world.rows(f"SELECT count(*) FROM predictions.{table}"))[0][0]


async def test_rows_of_before_the_day_are_gone_and_all_others_are_there(world: World) -> None:
    version = await a_version_of_many_days(world)
    number = (await world.numbered(version)).number
    all_predictions, all_labels = await ids_left(world, version)
    assert (len(all_predictions), len(all_labels)) == (REFERENCE_ROWS + 96, REFERENCE_ROWS + 40)
    await keep_for(world, 30)

    await remove(removing(world), number)

    kept = {f"reference {place}" for place in range(BEFORE, REFERENCE_ROWS)}
    kept |= {f"day {day} {hour}" for day in (2, 3) for hour in range(24)}
    predictions, labels = await ids_left(world, version)
    assert (set(predictions), len(predictions)) == (kept, len(kept))
    wanted = {f"day {day} {hour}" for day in (2, 3) for hour in range(10)}
    assert set(labels) == wanted | {f"reference {place}" for place in range(BEFORE, REFERENCE_ROWS)}
    await profiles_are_of_the_rows(world, version)
    unfit = await world.rows("SELECT prediction_id FROM predictions.quarantine ORDER BY number")
    assert unfit == [("unfit 2",), ("unfit 3",)]
    assert await world.rows("SELECT min(hour) FROM predictions.tallies") == [(LINE,)]
    assert await removed(world) == [
        RowsRemoved(version_id=version.version_id, predicted_before=LINE, predictions=48, labels=20, segments=4)
    ]
    assert await world.rows("SELECT min(day) FROM predictions.identities") == [(LINE.date(),)]
    assert await world.rows("SELECT min(hour) FROM predictions.profiles") == [(LINE,)]
    assert await count(world, "removals") == 0
    assert await count(world, "labelled") == REFERENCE_ROWS + 20  # those of the segment that reaches over the line stay
    assert await count(world, "payloads") == await count(world, "segments") == 6


async def test_what_is_done_is_not_due_and_told_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    version = await a_version_of_many_days(world)
    number = (await world.numbered(version)).number
    asked: list[int] = []

    async def ask(version_number: int) -> None:
        asked.append(version_number)

    monkeypatch.setattr(world.queue, "add_removal", ask)
    await Clock(world.reacting).tick()
    assert asked == []  # rows are kept for ever

    await keep_for(world, 30)
    await Clock(world.reacting).tick()
    assert asked == [number]
    for _ in range(2):
        await remove(removing(world), number)
        await Clock(world.reacting).tick()
    assert asked == [number]
    assert len(await removed(world)) == 1

    world.time += timedelta(hours=8, minutes=59)
    await Clock(world.reacting).tick()
    assert asked == [number]
    world.time += timedelta(minutes=1)  # midnight
    await Clock(world.reacting).tick()
    assert asked == [number, number]
    await remove(removing(world), number)
    assert [each.predictions for each in await removed(world)] == [48, 24 + REFERENCE_ROWS]


async def test_a_removal_that_dies_at_any_step_is_finished_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await a_version_of_many_days(world)
    number = (await world.numbered(version)).number
    await keep_for(world, 30)
    for size in ("SEGMENTS_AT_ONCE", "IDS_AT_ONCE", "HOURS_AT_ONCE"):
        monkeypatch.setattr(retention, size, 3)
    chance = random.Random(3)

    class Died(Exception):
        pass

    async def dying(connection: AsyncConnection[Any], version_number: int) -> None:
        if chance.random() < 0.15:
            raise Died
        await require_free(connection, version_number)

    require_free = retention.require_free
    monkeypatch.setattr(retention, "require_free", dying)
    deaths = 0
    while True:
        try:
            await remove(removing(world), number)
        except Died:
            deaths += 1
            predictions, _ = await ids_left(world, version)
            has_moved = (await world.numbered(version)).kept_from == LINE
            assert len(predictions) == REFERENCE_ROWS + 96 - (BEFORE + 48) * has_moved
        else:
            break
    assert deaths > 5
    await profiles_are_of_the_rows(world, version)
    told = [(each.predictions, each.labels, each.segments) for each in await removed(world)]
    assert [sum(counts) for counts in zip(*told, strict=True)] == [48, 20, 4]


async def test_an_old_row_is_refused_and_named_and_a_new_one_beside_it_is_taken_in(world: World) -> None:
    version = await a_version_of_many_days(world)
    await keep_for(world, 30)
    await remove(removing(world), (await world.numbered(version)).number)

    old = (LINE - timedelta(microseconds=1)).isoformat()
    receipt = await send(
        world.intake, version, a_row("old", predicted_at=old), a_row("new", predicted_at=LINE.isoformat())
    )
    assert (receipt.accepted, receipt.duplicates, receipt.rejected_count) == (1, 0, 1)
    assert [(each.row, each.column, each.reason) for each in receipt.rejected] == [
        (0, "predicted_at", "is before the days for which rows of this project are kept")
    ]
    again = await send(world.intake, version, a_row("day 0 3", predicted_at=(START + timedelta(hours=3)).isoformat()))
    assert (again.accepted, again.rejected_count) == (0, 1)

    label = await send_labels(world.intake, version, a_label("day 0 3", "no"), a_label("new", "no"))
    assert (label.accepted, label.waiting) == (2, 1)
    await world.fold(version)
    await profiles_are_of_the_rows(world, version)


@pytest.mark.parametrize("has_newer", [True, False], ids=["beside newer rows", "all are old"])
async def test_a_late_label_of_a_row_that_is_too_old_and_still_there_is_refused_and_stops_no_other(
    world: World, has_newer: bool
) -> None:
    version = await a_version_of_many_days(world)
    line = LINE if has_newer else START + timedelta(days=40)
    hold = {"hold_id": an_id(1), "reason": "A lawsuit."}
    numbered = await world.numbered(version)
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        await retention.move_line(connection, numbered, line)
    await world.do(compliance.place_hold, world.project_id, model_id=None, **hold)  # it stays for as long as that

    on_the_day = START.isoformat()
    late, undated, other = await asyncio.gather(
        send_labels(
            world.intake, version, a_label("day 0 12", "no", predicted_at=on_the_day), a_label("day 0 1", "no")
        ),
        send_labels(world.intake, version, a_label("day 1 12" if has_newer else "day 3 12", "no")),
        send_labels(world.intake, version, a_label("not there", "no")),
    )
    assert [(each.row, each.column, each.reason) for each in late.rejected if each.row == 0] == [
        (0, "predicted_at", "is before the days for which rows of this project are kept")
    ]
    assert (other.accepted, other.waiting) == (1, 1)
    if has_newer:  # of no day, it may be one of those that are kept
        assert (undated.accepted, undated.waiting) == (1, 1)
    else:
        assert [(each.column, each.reason) for each in undated.rejected] == [
            ("prediction_id", "is that of a prediction of before the days for which rows of this project are kept")
        ]


async def test_a_correction_of_what_is_gone_does_not_break_the_counts(world: World) -> None:
    version = await a_version_of_many_days(world)
    await send_labels(world.intake, version, a_label("day 1 3", "no"), a_label("day 3 3", "no"))  # not folded yet
    await keep_for(world, 30)
    await remove(removing(world), (await world.numbered(version)).number)
    assert await world.rows("SELECT prediction_id FROM predictions.label_corrections") == [("day 3 3",)]
    await world.fold(version)
    await profiles_are_of_the_rows(world, version)


async def test_labels_that_wait_for_what_is_gone_go_too(world: World) -> None:
    version = await a_version_of_many_days(world)
    await send_labels(world.intake, version, a_label("never came", "yes"))
    await send_labels(
        world.intake, version, a_label("nor this", "yes", predicted_at=(LINE - timedelta(hours=1)).isoformat())
    )
    await send_labels(world.intake, version, a_label("may come", "yes", predicted_at=LINE.isoformat()))
    await world.rows("UPDATE predictions.waiting_labels SET recorded_at = %s - interval '1 s'", LINE)
    await keep_for(world, 30)
    await remove(removing(world), (await world.numbered(version)).number)
    assert await world.rows("SELECT prediction_id FROM predictions.waiting_labels") == [("may come",)]


async def test_nothing_is_removed_while_it_is_held_and_lifting_goes_on(world: World) -> None:
    version = await a_version_of_many_days(world)
    other = await world.version(await world.model("other"))
    await send(world.intake, other, a_row("a", predicted_at=START.isoformat()))
    number, other_number = (await world.numbered(version)).number, (await world.numbered(other)).number
    hold = {"hold_id": an_id(1), "reason": "A lawsuit."}
    await world.do(compliance.place_hold, world.project_id, model_id=version.model_id, **hold)
    await keep_for(world, 30)

    async with world.writer.transaction() as connection:
        assert await retention.due(connection, now=world.time) == [other_number]
    await remove(removing(world), number)
    await remove(removing(world), other_number)
    assert len((await ids_left(world, version))[0]) == REFERENCE_ROWS + 96
    assert await ids_left(world, other) == ([], [])
    assert (await world.numbered(version)).kept_from is None

    await world.do(compliance.lift_hold, world.project_id, **hold)
    await remove(removing(world), number)
    assert len((await ids_left(world, version))[0]) == REFERENCE_ROWS - BEFORE + 48


async def test_a_hold_that_is_recorded_and_not_readable_yet_counts(world: World) -> None:
    version = await a_version_of_many_days(world)
    await keep_for(world, 30)
    await world.stop_following()
    by = Command(id=an_id(2), actor=Actor("user", "somebody"), at=world.time, tenant=world.tenant)
    compliance.place_hold(world.log, world.project_id, hold_id=an_id(1), model_id=None, reason="A lawsuit.", by=by)
    await remove(removing(world), (await world.numbered(version)).number)
    assert await removed(world) == []
    assert len((await ids_left(world, version))[0]) == REFERENCE_ROWS + 96


async def test_packed_rows_go_with_their_objects_and_what_is_left_is_written_anew(world: World, tmp_path: Path) -> None:
    version = await a_version_of_many_days(world)
    number = (await world.numbered(version)).number
    objects = Objects(Storage(Folder(path=tmp_path)))
    await compact_all(world.system, objects, number)
    (before,) = await world.rows("SELECT object_key FROM predictions.objects WHERE kind = 'predictions'")
    await keep_for(world, 30)
    await remove(removing(world), number)
    kept, labels = await ids_left(world, version, objects)
    assert (len(kept), len(labels)) == (REFERENCE_ROWS - BEFORE + 48, REFERENCE_ROWS - BEFORE + 20)
    assert await world.rows("SELECT removed_rows, state FROM predictions.objects WHERE kind = 'predictions'") == [
        (48, "kept")
    ]

    assert await kept_objects_due(world, trim_after=1e9) == []
    assert await kept_objects_due(world, trim_after=0.0) == [number]
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        numbered = await world.numbered(version)
        assert await packing.trim(connection, objects, numbered, seconds=1e9) == 0
        assert await packing.trim(connection, objects, numbered, seconds=0.0) == 2
        assert await packing.trim(connection, objects, numbered, seconds=0.0) == 0
        assert await packing.sweep(connection, objects, numbered, seconds=0.0) == 2
    assert await ids_left(world, version, objects) == (kept, labels)
    assert len(files(tmp_path)) == 2
    assert tmp_path / before[0] not in files(tmp_path)
    await profiles_are_of_the_rows(world, version, objects)

    world.time += timedelta(days=2)
    await remove(removing(world), number)
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        await packing.sweep(connection, objects, await world.numbered(version), seconds=0.0)
    assert await ids_left(world, version, objects) == ([], [])
    assert files(tmp_path) == []


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def kept_objects_due(world: World, *, trim_after: float) -> list[int]:
    async with world.writer.transaction() as connection:
        return await kept_objects.due(
            connection, rows=10**9, segments=10**9, seconds=1e9, delete_after=1e9, trim_after=trim_after
        )


async def test_nothing_is_removed_while_somebody_packs(world: World) -> None:
    version = await a_version_of_many_days(world)
    number = (await world.numbered(version)).number
    await keep_for(world, 30)
    async with (
        await AsyncConnection.connect(world.system, autocommit=True) as connection,
        alone(connection, COMPACTING, number) as is_alone,
    ):
        assert is_alone
        await remove(removing(world), number)
    assert await removed(world) == []
    await remove(removing(world), number)
    assert len(await removed(world)) == 1


async def test_a_live_reading_counts_what_is_left(world: World) -> None:
    version = await a_version_of_many_days(world)
    async with world.live():
        await world.until(lambda: world.is_read(version), "the reading has everything")
        await keep_for(world, 30)
        await remove(removing(world), (await world.numbered(version)).number)

        async def counts_what_is_left() -> bool:
            rows = await world.rows("SELECT (reading -> 'reading' ->> 'rows')::int FROM predictions.live_readings")
            return rows == [(REFERENCE_ROWS - BEFORE + 48,)]

        await world.until(counts_what_is_left, "the reading lets go of what is gone")


async def test_what_a_hold_cut_short_is_told_in_parts_that_are_the_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await a_version_of_many_days(world)
    number = (await world.numbered(version)).number
    await keep_for(world, 30)
    monkeypatch.setattr(retention, "SEGMENTS_AT_ONCE", 1)
    require_free, removals = retention.require_free, 0

    async def held_after_each_segment(connection: AsyncConnection[Any], version_number: int) -> None:
        nonlocal removals
        await require_free(connection, version_number)
        cursor = await connection.execute("SELECT coalesce(sum(segments), 0) FROM predictions.removals")
        if await cursor.fetchone() != (0,):
            removals += 1
            raise IsHeld

    monkeypatch.setattr(retention, "require_free", held_after_each_segment)
    for _ in range(5):
        await remove(removing(world), number)
    assert removals == 4
    assert [(each.predictions, each.labels, each.segments) for each in await removed(world)] == [
        (24, 0, 1), (24, 0, 1), (0, 10, 1), (0, 10, 1),
    ]  # fmt: skip
    assert await count(world, "removals") == 0


async def test_a_removal_that_dies_before_it_is_told_off_is_told_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await a_version_of_many_days(world)
    number = (await world.numbered(version)).number
    await keep_for(world, 30)

    class Died(Exception):
        pass

    async def dies(*_: Any) -> None:
        raise Died

    with monkeypatch.context() as dying:
        dying.setattr(retention, "forget_told", dies)
        with pytest.raises(Died):
            await remove(removing(world), number)
    world.time += timedelta(days=1)  # more goes by now
    await remove(removing(world), number)
    assert [each.predictions for each in await removed(world)] == [48, 24 + REFERENCE_ROWS]
    assert await count(world, "removals") == 0
