"""History becomes evaluations, once each, and changes nothing of what is said of now."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from psycopg import AsyncConnection

from cdt.commands import alerts, backfills
from cdt.commands import evaluations as evaluation_commands
from cdt.database.reading import NOBODY
from cdt.domain.alerts.events import Raised
from cdt.domain.evaluations.backfills import backfill_id_of
from cdt.domain.evaluations.events import BackfillCancelled, BackfillRequested, Cancelled, Completed, Requested
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.results import RECORDED
from cdt.domain.evaluations.state import plan_id_of
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import Envelope, EvaluationId, RuleId
from cdt.domain.trust.events import Scored
from cdt.predictions.versions import Version
from cdt.reactions import backfills as reactions
from cdt.readmodels import backfills as readmodel
from cdt.readmodels import evaluations, registry, trust
from cdt.workers import leases, specification
from tests.builders import an_id
from tests.reactions.world import START, World

A_DAY = timedelta(days=1)
DAILY = PlanPolicy(window_seconds=86_400, lateness_seconds=3_600, minimum_rows=20, minimum_group_size=5)
DAYS = [Window(START + day * A_DAY, START + (day + 1) * A_DAY) for day in range(3)]
PRODUCTION: Any = "production"


async def backfill(world: World, version: Version, windows: list[Window], *, command: int = 1) -> None:
    plan_id = plan_id_of(version.version_id)
    async with world.reader.at(None, NOBODY) as view:
        (row,) = await registry.versions(view, [version.version_id])
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        rules = await specification.rules_digest(connection, row, DAILY)
    asked = BackfillRequested(
        backfill_id=backfill_id_of(plan_id, an_id(command)), plan_id=plan_id, version_id=version.version_id,
        model_id=version.model_id, environment="production", windows=tuple(windows),
        through_sequence=10**6, rules=rules, reason="An audit.",
    )  # fmt: skip
    await world.do(backfills.request_backfill, asked)


async def how_far(world: World, version: Version) -> list[tuple[int, int]]:
    """Of each backfill, the newest first: how many of how many windows are completed."""
    async with world.reader.at(None, NOBODY) as view:
        found = await readmodel.of_plan(view, plan_id_of(version.version_id), limit=9)
    return [(each.completed, each.windows) for each in found]


async def newest_of(world: World, version: Version) -> tuple[Any, Any]:
    """The version's present score, and its latest evaluation."""
    async with world.reader.at(None, NOBODY) as view:
        scores = await trust.newest_of_versions(view, [version.version_id], environment="production")
        latest = await evaluations.latest_of_models(view, [version.model_id])
    return [each.evaluation_id for each in scores], [each.id for each in latest]


async def a_serving_version(world: World) -> Version:
    """It has a score of now."""
    version = await world.watched_version(DAILY)
    await world.fold(version)
    await world.promote(version)
    await world.react()
    await world.work()
    await world.react()
    return version


async def test_history_is_measured_and_says_nothing_of_now(world: World) -> None:
    version = await a_serving_version(world)
    before = await newest_of(world, version)
    (scored,) = await world.facts(Scored)
    assert isinstance(scored.event, Scored)
    assert scored.event.value.new is not None
    await world.do(
        alerts.add_alert_rule, RuleId(an_id(9)), model_id=version.model_id, name="There is trust", subject="trust",
        operator="above", threshold=0.01, in_a_row=1, measures=RECORDED,
    )  # fmt: skip

    await backfill(world, version, DAYS)
    await world.react()
    begun = await how_far(world, version)
    await world.work()
    await world.react()

    requested = await of_history(world)
    assert [(each.event.window_start, each.event.window_end) for each in requested] == [  # type: ignore[attr-defined]
        (window.start, window.end) for window in DAYS
    ]
    assert (begun, await how_far(world, version)) == ([(0, 3)], [(3, 3)])
    assert len(await world.facts(Completed)) == len(await world.facts(Scored)) == 4
    assert all(each.event.value.old is None for each in await world.facts(Scored))  # type: ignore[attr-defined]
    told = ["its first score" in each.event.sentence for each in await world.facts(Scored)]  # type: ignore[attr-defined]
    assert told == [True, False, False, False]
    assert await newest_of(world, version) == before
    assert await world.facts(Raised) == []


async def test_what_dies_on_the_way_goes_on_and_nothing_is_asked_for_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = await a_serving_version(world)
    await backfill(world, version, DAYS)
    (fact,) = await world.facts(BackfillRequested)
    true, times = reactions.request, 0

    async def dies(*given: Any, **more: Any) -> Any:
        nonlocal times
        times += 1
        if times == 2:
            raise RuntimeError("the process ends here")
        return await true(*given, **more)

    monkeypatch.setattr(reactions, "request", dies)
    assert isinstance(fact.event, BackfillRequested)
    with pytest.raises(RuntimeError, match="ends here"):
        await reactions.backfill_requested(world.reacting, fact.event, fact)
    assert len(await of_history(world)) == 1

    for _ in range(2):
        await reactions.backfill_requested(world.reacting, fact.event, fact)

    assert len(await of_history(world)) == 3
    assert len({each.stream_id for each in await of_history(world)}) == 3


async def of_history(world: World) -> list[Envelope]:
    return [each for each in await world.facts(Requested) if each.event.cause == "backfill"]  # type: ignore[attr-defined]


async def test_history_waits_behind_all_else_and_hands_over_no_jobs_of_its_own(world: World) -> None:
    version = await a_serving_version(world)
    await backfill(world, version, DAYS)
    await world.react()
    await world.promote(version, "staging")
    await world.react()
    (promotion,) = (await world.facts(Requested))[-1:]

    async with world.writer.transaction() as connection:
        due = await leases.due(connection)
    history = await of_history(world)
    assert [each.fact for each in due] == [promotion.position, *(each.position for each in history)]


async def test_a_backfill_that_has_nothing_to_be_measured_by_fails_in_words(world: World) -> None:
    version = await a_serving_version(world)
    await backfill(world, version, DAYS)
    (asked,) = await world.facts(BackfillRequested)
    assert isinstance(asked.event, BackfillRequested)
    unknown = replace(asked.event, version_id=an_id(77))

    with pytest.raises(reactions.NothingToMeasureBy, match=r"none of its 3 windows is measured, since its plan can't"):
        await reactions.backfill_requested(world.reacting, unknown, asked)


async def cancel(world: World, version: Version, *, command: int = 1) -> None:
    plan_id = plan_id_of(version.version_id)
    await world.do(
        backfills.cancel_backfill,
        BackfillCancelled(
            backfill_id=backfill_id_of(plan_id, an_id(command)), plan_id=plan_id, version_id=version.version_id,
            model_id=version.model_id, reason="It takes too long.",
        ),
    )  # fmt: skip


async def counts(world: World, version: Version) -> list[tuple[int, int, int, int]]:
    """Of each backfill, the newest first: completed, waiting, cancelled, and of which nothing was asked yet."""
    async with world.reader.at(None, NOBODY) as view:
        found = await readmodel.of_plan(view, plan_id_of(version.version_id), limit=9)
    return [(each.completed, each.waiting, each.cancelled, each.not_asked_for) for each in found]


async def test_a_backfill_is_cancelled_as_a_whole_what_is_done_stays_and_the_rest_may_be_asked_for_again(
    world: World,
) -> None:
    version = await a_serving_version(world)
    await backfill(world, version, DAYS[:1])
    await world.react()
    await world.work()
    await backfill(world, version, DAYS, command=2)
    assert await counts(world, version) == [(0, 0, 0, 2), (1, 0, 0, 0)]
    await world.react()
    assert await counts(world, version) == [(0, 2, 0, 0), (1, 0, 0, 0)]
    (_, one, other) = await of_history(world)
    await world.do(evaluation_commands.cancel_evaluation, EvaluationId(one.stream_id))

    for each in (1, 2):
        await cancel(world, version, command=each)
    (over, fact) = await world.facts(BackfillCancelled)
    await world.react()
    for again in (over, fact):
        assert isinstance(again.event, BackfillCancelled)
        await reactions.backfill_cancelled(world.reacting, again.event, again)  # told twice
    await world.work()

    assert await counts(world, version) == [(0, 0, 2, 0), (1, 0, 0, 0)]
    assert [each.stream_id for each in await world.facts(Cancelled)] == [one.stream_id, other.stream_id]
    async with world.writer.transaction() as connection:
        assert await leases.due(connection) == []

    await backfill(world, version, DAYS, command=3)
    await world.react()
    await world.work()
    assert (await counts(world, version))[0] == (3, 0, 0, 0)
    assert len(await of_history(world)) == 5


async def test_what_could_not_be_asked_for_before_it_was_cancelled_never_is(world: World) -> None:
    version = await a_serving_version(world)
    await backfill(world, version, DAYS)
    await cancel(world, version)
    (asked,) = await world.facts(BackfillRequested)
    assert isinstance(asked.event, BackfillRequested)

    await reactions.backfill_requested(world.reacting, asked.event, asked)
    await world.react()

    assert await of_history(world) == []
    assert await counts(world, version) == [(0, 0, 3, 0)]
