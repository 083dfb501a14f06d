"""What is due by time: each closed window recorded once, and again as labels come in; nothing when nothing came in."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from arq.constants import default_queue_name
from redis import Redis

from cdt.commands import evaluations, tenancy
from cdt.domain.evaluations.events import Completed, Requested
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.slices import Condition, Slice
from cdt.domain.evaluations.windows import window_of
from cdt.domain.kernel import Envelope, EvaluationId, Position
from cdt.predictions.versions import Version
from cdt.reactions.clock import Clock
from cdt.reactions.responding import Reacting
from cdt.vault import sessions
from tests.builders import an_id
from tests.predictions.builders import send, send_labels
from tests.reactions.world import World, labels_of, some_rows

A_DAY = timedelta(days=1)
DAILY = PlanPolicy(window_seconds=86_400, lateness_seconds=3_600, minimum_rows=20, minimum_group_size=5)
FIRST = datetime(2026, 1, 4, tzinfo=UTC)
"""The baseline reaches to here, and with it the first window that is recorded begins."""


async def a_daily_version(world: World) -> Version:
    return await world.watched_version(DAILY)


async def send_days(world: World, version: Version, first: int, count: int) -> list[dict[str, Any]]:
    """A hundred rows a day, the last of them at the day's end; folded."""
    rows = some_rows(100 * count, FIRST + first * A_DAY, A_DAY / 100, named=f"day {first}")
    await send(world.intake, version, *rows)
    await world.fold(version)
    return rows


async def tick(world: World, clock: Clock | None = None) -> None:
    await world.settle()
    await (clock or Clock(world.reacting)).tick()


async def asked(world: World, cause: str = "window_closed") -> list[int]:
    """The days whose windows were asked for."""
    return [_day(each) for each in await world.facts(Requested) if each.event.cause == cause]


def _day(requested: Envelope) -> int:
    assert isinstance(requested.event, Requested)
    assert requested.event.window_end - requested.event.window_start == A_DAY
    return (requested.event.window_start - FIRST) // A_DAY


async def labels_came_in_long_ago(world: World, version: Version) -> None:
    """Pretend that the last label came in long ago, whatever predictions did."""
    await world.rows(
        "UPDATE predictions.segments SET recorded_at = recorded_at - interval '2 hours'"
        " WHERE kind = 'labels' AND version_number = %s",
        (await world.numbered(version)).number,
    )


async def test_a_window_that_closes_is_recorded_once(world: World) -> None:
    version = await a_daily_version(world)
    await send_days(world, version, 0, 3)
    clock = Clock(world.reacting)
    for _ in range(3):
        await tick(world, clock)
    assert await asked(world) == [0, 1]  # the third is still open for late rows

    await send_days(world, version, 3, 1)
    for _ in range(3):
        await tick(world, clock)
        await tick(world)  # as one would that begins just now

    assert await asked(world) == [0, 1, 2]


async def test_a_window_is_open_until_its_lateness_has_passed(world: World) -> None:
    version = await a_daily_version(world)
    await send_days(world, version, 0, 1)
    for minutes, expected in ((59, []), (60, [0])):
        row = some_rows(1, FIRST + A_DAY + timedelta(minutes=minutes), A_DAY, named=f"late {minutes}")
        await send(world.intake, version, *row)
        await world.fold(version)

        await tick(world)

        assert await asked(world) == expected


async def test_windows_that_hold_no_rows_are_passed_over(world: World) -> None:
    version = await a_daily_version(world)
    await send_days(world, version, 0, 1)
    await send_days(world, version, 50, 1)
    await send_days(world, version, 52, 1)
    clock = Clock(world.reacting)
    for _ in range(3):
        await tick(world, clock)

    assert await asked(world) == [0, 50]  # the last is still open for late rows


async def test_rows_that_come_for_a_gap_before_the_next_window_closes_are_recorded(world: World) -> None:
    version = await a_daily_version(world)
    await send_days(world, version, 0, 1)
    await send_days(world, version, 5, 1)
    clock = Clock(world.reacting)
    await tick(world, clock)
    assert await asked(world) == [0]

    await send_days(world, version, 3, 1)
    await send_days(world, version, 6, 1)
    await tick(world, clock)

    assert await asked(world) == [0, 3, 5]


async def test_a_window_is_recorded_when_its_rows_are_folded(world: World) -> None:
    version = await a_daily_version(world)
    await send(world.intake, version, *some_rows(200, FIRST, A_DAY / 100, named="two days"))
    clock = Clock(world.reacting)
    await tick(world, clock)
    assert await asked(world) == []

    await world.fold(version)
    await tick(world, clock)

    assert await asked(world) == [0]


async def test_years_that_came_in_at_once_are_recorded_step_by_step(world: World) -> None:
    version = await a_daily_version(world)
    await send_days(world, version, 0, 10)
    clock = Clock(world.reacting)

    await tick(world, clock)
    assert await asked(world) == [0, 1, 2, 3, 4, 5]

    await tick(world, clock)
    assert await asked(world) == list(range(9))


async def test_while_the_read_models_lag_nothing_is_asked_twice(world: World) -> None:
    version = await a_daily_version(world)
    await send_days(world, version, 0, 3)
    await world.settle()
    await world.stop_following()
    clock = Clock(world.reacting)
    await clock.tick()
    await send(world.intake, version, *some_rows(1, FIRST, A_DAY, named="late"))  # another intake sequence

    await clock.tick()
    await Clock(world.reacting).tick()
    await world.start_following()
    await tick(world, clock)
    await tick(world)

    assert await asked(world) == [0, 1]


class LosesAnAnswer(Reacting):
    """Its first command is recorded, and the answer lost with the connection."""

    async def act(self, *about: Any, **values: Any) -> Position | None:
        position = await super().act(*about, **values)
        if LOST.is_set():
            return position
        LOST.set()
        raise psycopg.OperationalError("server closed the connection unexpectedly")


LOST = asyncio.Event()


async def test_a_window_whose_answer_was_lost_is_not_recorded_twice(world: World) -> None:
    version = await a_daily_version(world)
    await send_days(world, version, 0, 3)
    await world.settle()
    await world.stop_following()
    LOST.clear()
    clock = Clock(LosesAnAnswer(**vars(world.reacting)))
    with pytest.raises(psycopg.OperationalError):
        await clock.tick()
    assert await asked(world) == [0]
    await send(world.intake, version, *some_rows(1, FIRST, A_DAY, named="late"))  # another intake sequence

    await clock.tick()  # sees no record of the first window yet

    assert await asked(world) == [0, 1]


async def test_a_clock_that_leads_again_waits_until_the_read_models_know_what_it_asked_for(world: World) -> None:
    version = await a_daily_version(world)
    await send_days(world, version, 0, 3)
    await world.settle()
    await world.stop_following()
    LOST.clear()
    clock = Clock(LosesAnAnswer(**vars(world.reacting)), tick_seconds=0.0)
    with pytest.raises(psycopg.OperationalError):
        await clock.run()
    leads = asyncio.create_task(clock.run())
    try:
        sees = clock._windows._sees_what_was_asked
        waits = asyncio.Event()

        async def sees_and_tells() -> bool:
            answer = await sees()
            waits.set()
            return answer

        clock._windows._sees_what_was_asked = sees_and_tells  # type: ignore[method-assign]
        await asyncio.wait_for(waits.wait(), 30)
        assert await asked(world) == [0]

        await world.start_following()

        async def goes_on() -> bool:
            return await asked(world) == [0, 1]

        await world.until(goes_on, "the second window is asked for")
    finally:
        leads.cancel()


async def test_a_closed_window_is_measured_again_as_its_share_of_labels_grows(world: World) -> None:
    version = await a_daily_version(world)
    rows = await send_days(world, version, 0, 2)
    clock, labels = Clock(world.reacting), labels_of(rows[:100])
    restated: dict[int, list[int]] = {}
    async with world.reactions():
        await tick(world, clock)
        await world.finish()
        for until in (49, 50, 79, 80, 94, 95, 98, 99, 100):
            before = len(await asked(world, "restatement"))
            await send_labels(world.intake, version, *labels[:until])
            await world.fold(version)
            for _ in range(2):
                await tick(world, clock)
                await world.finish()
            restated[until] = (await asked(world, "restatement"))[before:]

    assert restated == {49: [], 50: [0], 79: [], 80: [0], 94: [], 95: [0], 98: [], 99: [0], 100: []}


async def test_labels_that_jump_over_several_steps_are_one_measurement(world: World) -> None:
    version = await a_daily_version(world)
    rows = await send_days(world, version, 0, 2)
    async with world.reactions():
        await tick(world)
        await world.finish()
        await send_labels(world.intake, version, *labels_of(rows[:100]))
        await world.fold(version)

        for _ in range(3):
            await tick(world)
            await world.finish()

    assert await asked(world, "restatement") == [0]


async def test_when_labels_are_quiet_the_few_that_came_are_counted_once(world: World) -> None:
    version = await a_daily_version(world)
    rows = await send_days(world, version, 0, 2)
    async with world.reactions():
        await tick(world)
        await world.finish()
        await send_labels(world.intake, version, *labels_of(rows[:10]))
        await world.fold(version)
        await tick(world)
        assert await asked(world, "restatement") == []

        await labels_came_in_long_ago(world, version)
        for _ in range(3):
            await tick(world)
            await world.finish()

    assert await asked(world, "restatement") == [0]


async def test_labels_that_come_after_a_measurement_was_cancelled_are_counted_when_they_are_quiet(world: World) -> None:
    version = await a_daily_version(world)
    rows = await send_days(world, version, 0, 2)
    await tick(world)
    await world.react()
    await world.work()
    await send_labels(world.intake, version, *labels_of(rows[:60]))
    await world.fold(version)
    await tick(world)
    (asked_for,) = [each for each in await world.facts(Requested) if each.event.cause == "restatement"]
    await world.do(evaluations.cancel_evaluation, EvaluationId(asked_for.stream_id))
    await labels_came_in_long_ago(world, version)
    await tick(world)
    assert await asked(world, "restatement") == [0]

    await send_labels(world.intake, version, *labels_of(rows[60:99]))
    await world.fold(version)
    await tick(world)
    assert await asked(world, "restatement") == [0]
    await labels_came_in_long_ago(world, version)
    for _ in range(2):
        await tick(world)
    assert await asked(world, "restatement") == [0, 0]


async def test_labels_that_are_corrected_are_counted_once_when_they_are_quiet(world: World) -> None:
    version = await a_daily_version(world)
    rows = await send_days(world, version, 0, 3)
    await send_labels(world.intake, version, *labels_of(rows))
    await world.fold(version)
    async with world.reactions():
        await tick(world)
        await world.finish()
        await send_labels(world.intake, version, *labels_of(rows[:20], wrong=1.0))
        await world.fold(version)
        await tick(world)
        assert await asked(world, "restatement") == []

        await labels_came_in_long_ago(world, version)
        await send_days(world, version, 3, 1)  # predictions go on
        for _ in range(3):
            await tick(world)
            await world.finish()

    assert await asked(world, "restatement") == [0]
    first = [each.stream_id for each in await world.facts(Requested) if _day(each) == 0]
    labels = {each.stream_id: each.event for each in await world.facts(Completed)}
    recorded, restated = (labels[each] for each in first)
    assert isinstance(recorded, Completed)
    assert isinstance(restated, Completed)
    assert recorded.labels == restated.labels == 100
    assert recorded.results_digest != restated.results_digest


async def test_a_window_that_ends_within_an_hour_is_not_measured_again_for_the_labels_of_the_next(world: World) -> None:
    uneven = PlanPolicy(window_seconds=88_200, lateness_seconds=3_600, minimum_rows=20, minimum_group_size=5)
    version = await world.watched_version(uneven)
    window = window_of(FIRST + A_DAY, uneven, ZoneInfo("UTC"))
    if window.end.minute == 0:
        window = window_of(window.end, uneven, ZoneInfo("UTC"))
    assert window.end.minute == 30
    rows = some_rows(400, FIRST, timedelta(minutes=15), named="new")
    just_after = [
        each
        for each in rows
        if window.end <= datetime.fromisoformat(each["predicted_at"]) < window.end + timedelta(minutes=30)
    ]
    await send(world.intake, version, *rows)
    await send_labels(world.intake, version, *labels_of(just_after))
    await world.fold(version)
    await labels_came_in_long_ago(world, version)
    clock = Clock(world.reacting)
    async with world.reactions():
        for hour in range(3):
            await tick(world, clock)
            await world.finish()
            late = FIRST + 5 * A_DAY + timedelta(hours=hour)
            await send(world.intake, version, *some_rows(1, late, A_DAY, named=f"late {hour}"))
            await world.fold(version)

    causes = [each.event.cause for each in await world.facts(Requested) if isinstance(each.event, Requested)]
    assert causes.count("window_closed") >= 3
    assert "restatement" not in causes


async def test_an_idle_version_writes_no_event(world: World) -> None:
    version = await a_daily_version(world)
    rows = await send_days(world, version, 0, 2)
    await send_labels(world.intake, version, *labels_of(rows))
    await world.fold(version)
    await labels_came_in_long_ago(world, version)
    clock = Clock(world.reacting)
    async with world.live(), world.reactions():
        await world.read(version)
        for _ in range(3):
            await tick(world, clock)
            await world.finish()
            world.time += timedelta(hours=1)
        before = await world.reader.newest_position()

        for _ in range(20):
            world.time += timedelta(hours=6)
            await tick(world, clock)
            await world.finish()

        assert await world.reader.newest_position() == before


async def test_what_is_wrong_with_one_plan_does_not_hold_up_the_others(world: World) -> None:
    broken = await a_daily_version(world)
    version = await world.version(await world.model("another"))
    await world.send_reference(version)
    await world.set_baseline(version, DAILY)
    for each in (broken, version):
        await send_days(world, each, 0, 3)
    await world.settle()
    await world.rows(
        'UPDATE evaluations_plans SET policy = policy || \'{"window_seconds": "none"}\' WHERE version_id = %s',
        broken.version_id,
    )

    await tick(world)

    assert [each.event.version_id for each in await world.facts(Requested)] == [version.version_id] * 2


async def test_what_redis_has_lost_is_handed_over_again(world: World, redis_url: str) -> None:
    version = await world.watched_version()
    await world.promote(version)
    await world.react()
    (requested,) = await world.facts(Requested)
    job = f"evaluation:{requested.position}:1".encode()
    with Redis.from_url(redis_url) as redis:
        assert job in redis.zrange(default_queue_name, 0, -1)
        redis.flushall()

        await tick(world)

        assert job in redis.zrange(default_queue_name, 0, -1)


async def test_versions_that_are_behind_are_folded(world: World, redis_url: str) -> None:
    version = await world.watched_version()
    number = (await world.numbered(version)).number
    with Redis.from_url(redis_url) as redis:
        await tick(world)
        assert redis.zrange(default_queue_name, 0, -1) == [f"fold:{number}".encode()]
        redis.flushall()
        await world.fold(version)

        await tick(world)

        assert redis.zrange(default_queue_name, 0, -1) == []


async def test_a_version_whose_slices_are_others_than_are_counted_is_folded(world: World, redis_url: str) -> None:
    version = await world.watched_version()
    young = Slice(name="young", conditions=(Condition(column="age", high=40),))
    with Redis.from_url(redis_url) as redis:

        async def is_asked() -> bool:
            await tick(world)
            jobs = redis.zcard(default_queue_name)
            redis.flushall()
            return jobs > 0

        await world.fold(version)
        for slices in ((young,), ()):
            await world.change_plan(version, slices=slices)
            assert await is_asked()
            await world.fold(version)
            assert not await is_asked()


async def test_a_version_that_gets_no_further_is_folded_less_and_less_often_until_it_does(
    world: World, redis_url: str
) -> None:
    version = await world.watched_version()
    clock = Clock(world.reacting)
    with Redis.from_url(redis_url) as redis:

        async def is_asked() -> bool:
            await tick(world, clock)
            jobs = redis.zcard(default_queue_name)
            redis.flushall()  # a worker took it up, and died
            return jobs > 0

        asked_after: list[int] = []
        for seconds in range(0, 200, 5):
            if await is_asked():
                asked_after.append(seconds)
            world.time += timedelta(seconds=5)
        assert asked_after == [0, 5, 15, 35, 75, 155]

        await world.fold(version)
        assert not await is_asked()
        await send(world.intake, version, *some_rows(1, FIRST, A_DAY, named="new"))
        await world.rows("UPDATE predictions.folds SET folded_at = folded_at - interval '1 hour'")
        assert await is_asked()


async def test_a_project_that_was_deleted_is_watched_no_more(world: World) -> None:
    version = await a_daily_version(world)
    await send_days(world, version, 0, 3)
    await world.do(tenancy.delete_project, world.project_id, name="First")

    await tick(world)

    assert await asked(world) == []


async def test_refresh_tokens_that_ended_by_themselves_are_forgotten_a_bounded_number_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cdt.reactions.clock.SESSIONS_A_TICK", 2)
    for number in range(6):  # the last begins now, the others so much earlier that they have ended
        await a_session(world, number, began_at=world.time - (sessions.LIFETIME if number < 5 else timedelta()))
    clock, left = Clock(world.reacting), []
    for _ in range(3):
        await clock.tick()
        left.append(len(await world.rows("SELECT session_id FROM vault.sessions")))
    assert left == [4, 2, 1]
    assert await world.rows("SELECT session_id FROM vault.sessions") == [(an_id(5),)]

    world.time += sessions.LIFETIME  # and nothing is looked for again before an hour is over
    await clock.tick()
    assert await world.rows("SELECT session_id FROM vault.sessions") == []


async def test_a_session_that_is_being_renewed_is_not_waited_for(world: World) -> None:
    await a_session(world, 0, began_at=world.time - sessions.LIFETIME)
    async with await psycopg.AsyncConnection.connect(world.system) as renewing:
        await renewing.execute("SELECT FROM vault.sessions FOR UPDATE")
        async with asyncio.timeout(10), world.writer.transaction() as connection:
            assert await sessions.sweep(connection, now=world.time, most=10) == 0


async def a_session(world: World, number: int, *, began_at: datetime) -> None:
    async with world.writer.transaction() as connection:
        await sessions.begin(connection, session_id=an_id(number), user_id=an_id(100), salt=an_id(200), now=began_at)
