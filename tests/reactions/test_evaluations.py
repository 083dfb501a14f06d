"""What follows from a baseline, a promotion, a request."""

from cdt.domain.evaluations.events import PlanMade, Requested
from cdt.domain.evaluations.plan import DEFAULT_POLICY
from tests.reactions.world import SMALL, World


async def test_a_version_with_a_baseline_is_watched_by_the_default_plan(world: World) -> None:
    version = await world.version(await world.model())
    await world.send_reference(version)
    await world.set_baseline(version)

    await world.react()

    (made,) = await world.facts(PlanMade)
    assert made.event == PlanMade(version_id=version.version_id, model_id=version.model_id, policy=DEFAULT_POLICY)


async def test_a_plan_that_is_there_stays_when_a_baseline_is_set(world: World) -> None:
    await world.watched_version()

    await world.react()

    assert [each.event.policy for each in await world.facts(PlanMade)] == [SMALL]
    assert await world.rows("SELECT FROM work.parked_reactions") == []


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
