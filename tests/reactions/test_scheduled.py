"""Schedules: a time that is due is served once, in the project's zone, if rows have come in."""

from datetime import UTC, datetime, timedelta

from cdt.commands import tenancy
from cdt.domain.evaluations.events import Requested
from cdt.domain.evaluations.windows import trailing_window
from cdt.domain.kernel import Envelope
from cdt.predictions.versions import Version
from cdt.reactions.scheduled import Schedules
from tests.predictions.builders import send
from tests.reactions.world import SMALL, World, some_rows

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
LATER = datetime(2026, 2, 1, tzinfo=UTC)


async def a_scheduled_version(world: World, schedule: str = "0 6 * * 1") -> Version:
    """Of a plan that was changed on a Monday at three."""
    version = await world.watched_version(SMALL)
    world.time = MONDAY + timedelta(hours=3)
    await world.change_plan(version, schedule=schedule)
    return version


async def look(world: World, schedules: Schedules | None = None) -> list[Envelope]:
    """What was asked for by schedules until now."""
    await world.settle()
    await (schedules or Schedules(world.reacting)).look_for_schedules()
    await world.settle()
    return [each for each in await world.facts(Requested) if each.event.cause == "schedule"]


async def test_a_time_that_is_due_is_served_once_whoever_looks(world: World) -> None:
    version = await a_scheduled_version(world)
    schedules = Schedules(world.reacting)
    assert await look(world, schedules) == []
    world.time = MONDAY + timedelta(hours=5, minutes=59)
    assert await look(world, schedules) == []

    world.time = MONDAY + timedelta(hours=6)
    (asked,) = await look(world, schedules)

    state = await world.rows("SELECT high_water FROM predictions.versions WHERE version_id = %s", version.version_id)
    window = trailing_window(SMALL, high_water=state[0][0])
    assert (asked.event.window_start, asked.event.window_end) == (window.start, window.end)
    assert len(await look(world, schedules)) == 1
    assert len(await look(world)) == 1  # and so it is for one that begins just now


async def test_without_new_rows_nothing_is_measured_again(world: World) -> None:
    version = await a_scheduled_version(world)
    world.time = MONDAY + timedelta(hours=6)
    assert len(await look(world)) == 1

    world.time = MONDAY + timedelta(days=7, hours=6)
    assert len(await look(world)) == 1
    await send(world.intake, version, *some_rows(10, LATER, timedelta(minutes=1), named="more"))
    assert len(await look(world)) == 2


async def test_of_times_that_went_by_unseen_the_last_is_served(world: World) -> None:
    await a_scheduled_version(world, "0 * * * *")
    world.time = MONDAY + timedelta(days=3, minutes=30)

    assert len(await look(world)) == 1
    assert len(await look(world)) == 1


async def test_a_clock_that_was_ahead_for_a_moment_leaves_no_time_out(world: World) -> None:
    version = await a_scheduled_version(world)
    schedules = Schedules(world.reacting)
    for served, days in enumerate((0, 3_647, 7, 14)):  # Mondays all of them
        if days < 3_647:
            world.time = MONDAY + timedelta(days=days, hours=5)
            assert len(await look(world, schedules)) == served
        world.time = MONDAY + timedelta(days=days, hours=6)
        assert len(await look(world, schedules)) == served + 1
        await send(world.intake, version, *some_rows(10, LATER, timedelta(minutes=1), named=f"more {served}"))


async def test_a_schedule_goes_by_the_clocks_of_the_project(world: World) -> None:
    await a_scheduled_version(world)
    await world.do(tenancy.change_project_settings, world.project_id, time_zone="America/New_York", retention_days=None)
    world.time = MONDAY + timedelta(hours=10, minutes=59)
    assert await look(world) == []

    world.time = MONDAY + timedelta(hours=11)
    assert len(await look(world)) == 1


async def test_a_plan_whose_schedule_ends_is_left_alone(world: World) -> None:
    version = await a_scheduled_version(world)
    await world.change_plan(version, schedule=None)
    world.time = MONDAY + timedelta(hours=6)
    assert await look(world) == []


async def test_an_archived_project_is_left_alone(world: World) -> None:
    await a_scheduled_version(world)
    await world.do(tenancy.archive_project, world.project_id)
    world.time = MONDAY + timedelta(hours=6)
    assert await look(world) == []
