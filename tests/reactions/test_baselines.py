"""Baselines that move and grids that are fitted anew: what is measured is held against the rows that they name."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from msgspec import UNSET

from cdt.commands import registry
from cdt.domain.evaluations.events import Completed, Requested
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.registry.baselines import MovingBaseline
from cdt.measures.grid import Grid
from cdt.predictions import documents
from cdt.predictions.versions import Version
from cdt.reactions import live, live_baselines
from cdt.reactions.clock import Clock
from cdt.workers import readings, specification
from cdt.workers.readings import JudgedReading
from tests.predictions.builders import send, send_labels
from tests.reactions.world import START, World, labels_of, some_rows

AN_HOUR = timedelta(hours=1)
DAILY = PlanPolicy(window_seconds=86_400, minimum_rows=20, minimum_group_size=5)
TRAILING = MovingBaseline(kind="trailing", days=3)
SEASONAL = MovingBaseline(kind="seasonal", days=14)


async def follow(world: World, version: Version, moving: MovingBaseline) -> None:
    """Hold the version against what moves, and measure it."""
    await world.do(registry.follow_baseline, version.model_id, version_id=version.version_id, moving=moving)
    await measure(world)


async def measure(world: World) -> None:
    """Do what follows from what was recorded."""
    await world.react()
    async with world.reactions():
        await world.finish()


async def newest(world: World) -> tuple[specification.Specification, JudgedReading, Completed]:
    """What the newest evaluation was asked, and what came of it."""
    asked = [each for each in await world.facts(Requested) if isinstance(each.event, Requested)][-1]
    done = [each for each in await world.facts(Completed) if each.stream_id == asked.stream_id][-1]
    assert isinstance(asked.event, Requested)
    assert isinstance(done.event, Completed)
    async with world.writer.transaction([world.project_id]) as connection:
        wanted = specification.decode(await documents.get(connection, world.project_id, asked.event.specification))
        document = await documents.get(connection, world.project_id, done.event.results_digest)
    return wanted, readings.decode(document), done.event


async def a_month(world: World) -> tuple[Version, list[dict[str, Any]]]:
    """A version with a baseline of January's first days, and rows of every hour of the weeks after; all of them."""
    version = await world.watched_version(DAILY)
    rows = some_rows(480, START + timedelta(days=3), AN_HOUR, named="later", seed=3)
    await send(world.intake, version, *rows)
    await send_labels(world.intake, version, *labels_of(rows[:300]))
    return version, [*some_rows(300, START, timedelta(minutes=12), named="reference"), *rows]


def at(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["predicted_at"])


@pytest.mark.parametrize("is_folded", [False, True])
async def test_a_window_is_held_against_the_days_before_it(world: World, is_folded: bool) -> None:
    version, rows = await a_month(world)
    if is_folded:
        await world.fold(version)
    await follow(world, version, TRAILING)
    wanted, reading, done = await newest(world)

    end = START + timedelta(days=23)
    assert (wanted.window_start, wanted.window_end, wanted.baseline) == (end - timedelta(days=1), end, None)
    since, to = end - timedelta(days=4), end - timedelta(days=1)
    assert reading.baseline_rows == sum(since <= at(row) < to for row in rows) == 72
    assert reading.rows == 24
    assert reading.reference == wanted.moving
    assert isinstance(reading.baseline_digest, str)
    assert len(done.rows_digest) == 64


async def test_folded_or_not_the_results_are_the_same_to_the_bit(world: World) -> None:
    version, _ = await a_month(world)
    await follow(world, version, SEASONAL)
    _, first, unfolded = await newest(world)
    await world.fold(version)
    await world.do(registry.follow_baseline, version.model_id, version_id=version.version_id, moving=TRAILING)
    await follow(world, version, SEASONAL)
    _, second, folded = await newest(world)

    assert first.baseline_rows == second.baseline_rows == 48
    assert (folded.results_digest, folded.rows_digest) == (unfolded.results_digest, unfolded.rows_digest)


async def test_a_live_reading_says_of_a_baseline_that_moves_what_an_evaluation_says(world: World) -> None:
    version, _ = await a_month(world)
    await world.fold(version)
    await follow(world, version, SEASONAL)
    _, recorded, _ = await newest(world)
    async with world.live():
        await world.read(version)
        ((document,),) = await world.rows("SELECT reading FROM predictions.live_readings")
    shown = readings.live_reading(document).reading

    assert (shown.rows, shown.baseline_rows, shown.reference) == (24, recorded.baseline_rows, recorded.reference)
    exact = [each for each in recorded.results if each.measure != "roc_auc"]
    assert [each for each in shown.results if each.measure != "roc_auc"] == exact


async def test_a_live_reading_is_held_against_what_is_folded_though_no_row_comes_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_baselines, "ANEW_SECONDS", 0.0)
    monkeypatch.setattr(live, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(live, "LOOK_AROUND_SECONDS", 0.1)
    version, _ = await a_month(world)
    await follow(world, version, TRAILING)

    async def held(rows: int) -> bool:
        found = await world.rows("SELECT reading FROM predictions.live_readings")
        return bool(found) and found[0][0]["reading"]["baseline_rows"] == rows

    async def held_to(moment: datetime) -> bool:
        ((document,),) = await world.rows("SELECT reading FROM predictions.live_readings")
        reference = readings.live_reading(document).reading.reference
        return reference is not UNSET and reference.predicted_to == moment

    async with world.live():
        await world.until(lambda: held(0), "nothing is folded yet")
        await world.fold(version)
        await world.until(lambda: held(72), "what is folded is held against")
        await send(world.intake, version, *some_rows(6, START + timedelta(days=23), AN_HOUR, named="on", seed=3))
        await world.until(lambda: held_to(START + timedelta(days=22, hours=6)), "the baseline has moved on")


async def test_what_is_not_folded_yet_is_no_reason_to_record_anything(world: World) -> None:
    version, _ = await a_month(world)
    await follow(world, version, TRAILING)
    world.time += timedelta(minutes=2)
    before = len(await world.facts(Requested))
    async with world.live(), world.reactions():
        await world.read(version)
        for number in range(2):
            row = some_rows(1, START + timedelta(days=22, hours=number), AN_HOUR, named=f"on {number}")
            await send(world.intake, version, *row)
            await world.read(version)
        ((document,),) = await world.rows("SELECT reading FROM predictions.live_readings")
    unfolded = len(await world.facts(Requested))
    await world.fold(version)
    async with world.live(), world.reactions():
        await world.read(version)
        await send(
            world.intake, version, *some_rows(40, START + timedelta(days=22), AN_HOUR / 4, named="moved", age=89.0)
        )
        await world.until(lambda: _asked_after(world, unfolded), "what moved is recorded once it is folded")

    assert document["score"]["value"] is None
    assert unfolded == before


async def _asked_after(world: World, before: int) -> bool:
    return len(await world.facts(Requested)) > before


async def test_with_too_few_rows_before_it_nothing_is_told_by_another_baseline(world: World) -> None:
    version = await world.watched_version(DAILY)
    await send(world.intake, version, *some_rows(40, START + timedelta(days=40), AN_HOUR / 2, named="lone"))
    await follow(world, version, TRAILING)
    _, reading, _ = await newest(world)

    assert reading.baseline_rows == 0
    beside = [each for each in reading.results if each.measure in {"population_stability_index", "missing_share"}]
    assert {each.verdict for each in beside} == {"inconclusive"}
    assert {each.reason for each in beside} == {"Its baseline holds no prediction; 30 are needed."}
    assert not any(each.has_enough_rows for each in beside)
    (volume,) = [each for each in reading.results if each.measure == "volume"]
    assert volume.verdict == "pass"


async def test_setting_a_baseline_ends_what_moved_though_it_is_the_one_from_before(world: World) -> None:
    version, _ = await a_month(world)
    await follow(world, version, TRAILING)
    ((grid,),) = await world.rows("SELECT grid_digest FROM registry_versions")
    baseline = await world.set_baseline(version, grid=grid)
    await measure(world)
    wanted, reading, _ = await newest(world)

    assert wanted.baseline == baseline
    assert (reading.baseline_rows, reading.reference) == (300, UNSET)
    assert await world.rows("SELECT moving_kind, moving_days FROM registry_versions") == [(None, None)]


async def test_another_grid_changes_what_is_measured_from_then_on(world: World) -> None:
    version, _ = await a_month(world)
    await world.fold(version)
    await follow(world, version, TRAILING)
    before, on_former, _ = await newest(world)
    window = START + timedelta(days=3), START + timedelta(days=20)
    fitted = await world.fitted(version, window, refits=True)
    await world.do(registry.refit_grid, version.model_id, version_id=version.version_id, fitted=fitted)
    await measure(world)
    unfolded, first, _ = await newest(world)
    await world.fold(version)
    async with world.live():
        await world.read(version)
        ((document,),) = await world.rows("SELECT reading FROM predictions.live_readings")

    assert (before.grid != fitted.grid, unfolded.grid, fitted.rows) == (True, fitted.grid, 408)
    assert first.baseline_rows == on_former.baseline_rows == 72  # it goes on moving, on the new grid
    assert readings.live_reading(document).reading.baseline_rows == 72
    async with await psycopg.AsyncConnection.connect(world.system) as connection:
        grid = Grid.from_json(await documents.get(connection, world.project_id, fitted.grid))
    assert await world.rows("SELECT grid FROM predictions.folds") == [(f"2:{grid.digest}",)]


async def test_of_a_baseline_without_times_every_window_is_recorded(world: World) -> None:
    version, _ = await a_month(world)
    await world.rows("UPDATE registry_versions SET baseline_to = NULL")
    await world.fold(version)
    await Clock(world.reacting).tick()
    asked = [each.event for each in await world.facts(Requested)]
    assert [each.window_start for each in asked if isinstance(each, Requested)] == [
        START + timedelta(days=day) for day in range(6)
    ]
