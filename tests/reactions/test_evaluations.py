"""What follows from a baseline, a promotion, a request."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from cdt.commands import evaluations, registry
from cdt.domain.evaluations.events import Cancelled, PlanMade, Requested
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.kernel import EvaluationId
from cdt.predictions import documents
from cdt.predictions.versions import Version
from cdt.reactions import evaluations as reactions
from cdt.workers import specification
from tests.predictions.builders import send
from tests.reactions.world import SMALL, World, some_rows

NOON = datetime(2026, 1, 4, 12, tzinfo=UTC)


async def test_a_plan_that_is_there_stays_when_a_baseline_is_set(world: World) -> None:
    await world.watched_version()

    await world.react()

    assert [each.event.policy for each in await world.facts(PlanMade)] == [SMALL]
    assert await world.rows("SELECT FROM work.parked_reactions") == []


async def test_a_version_is_measured_anew_against_another_baseline_though_no_row_comes_in(world: World) -> None:
    version = await world.watched_version()
    ((grid,),) = await world.rows("SELECT grid_digest FROM registry_versions")
    await world.react()
    assert await world.facts(Requested) == []

    baseline = await world.set_baseline(version, days=2, grid=grid)
    await world.react()

    (asked,) = await world.facts(Requested)
    assert asked.event.cause == "live_change"
    async with world.writer.transaction() as connection:
        document = await documents.get(connection, version.project_id, asked.event.specification)
    assert specification.decode(document).baseline == baseline


async def test_a_promoted_version_is_measured_over_its_newest_rows(world: World) -> None:
    version = await world.watched_version()
    await world.promote(version)

    await world.react()

    (asked,) = await world.facts(Requested)
    assert (asked.event.cause, asked.event.environment, asked.event.version_id) == (
        "promotion",
        "production",
        version.version_id,
    )
    assert await world.rows("SELECT kind, state FROM work.leases WHERE fact = %s", asked.position) == [
        ("evaluation", "due")
    ]


async def test_a_promoted_version_without_rows_is_not_measured(world: World) -> None:
    version = await world.version(await world.model())
    await world.promote(version)

    await world.react()

    assert await world.facts(Requested) == []
    assert await world.rows("SELECT FROM work.parked_reactions") == []


async def test_what_a_promotion_asks_for_is_the_window_of_the_live_reading(world: World) -> None:
    version = await world.watched_version(PlanPolicy(window_seconds=100_000))
    await send(world.intake, version, *some_rows(1, NOON + timedelta(minutes=20), timedelta(), named="new"))
    async with world.live():
        await world.read(version)
    ((live,),) = await world.rows("SELECT reading FROM predictions.live_readings")
    await world.promote(version)

    await world.react()

    (asked,) = await world.facts(Requested)
    window = [datetime.fromisoformat(live[name]) for name in ("window_start", "window_end")]
    assert [asked.event.window_start, asked.event.window_end] == window
    assert window[1] == NOON + timedelta(hours=1)


async def newest(world: World, version: Version) -> tuple[str, str]:
    """The cause and the environment of the evaluation that the version's newest score in production rests on."""
    await world.settle()
    (found,) = await world.rows(
        "SELECT evaluation.cause, evaluation.environment FROM trust_newest AS newest"
        " JOIN trust_scores AS score ON score.id = newest.score_id"
        " JOIN evaluations_evaluations AS evaluation ON evaluation.id = score.evaluation_id"
        " WHERE newest.version_id = %s AND newest.environment = 'production'",
        version.version_id,
    )
    return found


async def test_what_serves_again_is_measured_again_though_no_row_came_in_and_that_is_its_newest_score(
    world: World,
) -> None:
    version = await world.watched_version()
    other = await world.version(version.model_id, "2")
    await world.promote(version, "staging")
    async with world.reactions():
        await world.finish()
        await world.promote(version)
        await world.until(lambda: _promotions(world, 2), "production is measured by itself")
        await world.finish()
        assert await newest(world, version) == ("promotion", "production")

        async with world.live():
            await send(world.intake, version, *some_rows(120, NOON, timedelta(0), named="m", sex="m", age=88.0))
            await world.read(version)
            await world.finish()

            async def is_recorded() -> bool:
                await world.finish()
                return await newest(world, version) == ("live_change", "production")

            await world.until(is_recorded, "the live reading is recorded")
        await world.promote(other)
        await world.do(registry.roll_back_deployment, version.model_id, environment="production", reason="It is worse.")
        await world.until(lambda: _promotions(world, 3), "it is measured again")
        await world.finish()

    assert await newest(world, version) == ("promotion", "production")


async def _promotions(world: World, count: int) -> bool:
    return sum(each.event.cause == "promotion" for each in await world.facts(Requested)) == count


async def test_told_of_a_promotion_again_after_rows_came_in_nothing_more_is_asked(world: World) -> None:
    version = await world.watched_version()
    await world.promote(version)
    await world.react()
    await send(world.intake, version, *some_rows(5, NOON, timedelta(hours=3), named="later"))
    await world.rows("UPDATE work.reactions SET position = 0")

    await world.react()

    assert len(await world.facts(Requested)) == 1
    assert await world.rows("SELECT FROM work.parked_reactions") == []


async def test_a_version_is_measured_at_once_by_the_plan_that_it_is_given(world: World) -> None:
    version = await world.watched_version()
    await world.change_plan(version, psi_limit=0.5, features=("age",))

    await world.react()

    (asked,) = await world.facts(Requested)
    assert asked.event.cause == "plan_change"
    async with world.writer.transaction() as connection:
        wanted = specification.decode(await documents.get(connection, version.project_id, asked.event.specification))
    assert (wanted.policy.psi_limit, wanted.policy.features, wanted.rules.features) == (0.5, ("age",), ("age",))
    assert wanted.rules.drift_confidence == SMALL.confidence  # one feature, one test


async def test_a_promotion_asks_for_nothing_where_the_plan_says_so(world: World) -> None:
    version = await world.watched_version(replace(SMALL, triggers=("data", "labels")))
    await world.promote(version)

    await world.react()

    assert await world.facts(Requested) == []


async def test_a_cancellation_that_is_told_once_more_leaves_alone_what_was_asked_for_since(world: World) -> None:
    await world.promote(await world.watched_version())
    await world.react()
    (asked,) = await world.facts(Requested)
    evaluation = EvaluationId(asked.stream_id)
    await world.do(evaluations.cancel_evaluation, evaluation)
    await world.do(evaluations.retry_evaluation, evaluation, requested=asked.event)
    await world.react()
    leases = "SELECT state FROM work.leases WHERE kind = 'evaluation' ORDER BY fact"
    assert await world.rows(leases) == [("given_up",), ("due",)]

    (fact,) = await world.facts(Cancelled)
    await reactions.cancelled(world.reacting, fact.event, fact)

    assert await world.rows(leases) == [("given_up",), ("due",)]
