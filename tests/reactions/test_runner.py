"""Telling reactions of facts: each at its own pace, in order, again when it fails, never ahead of what it recorded."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from cdt.domain.alerts.events import Raised
from cdt.domain.kernel import Envelope
from cdt.domain.registry.events import ModelRegistered
from cdt.reactions.responding import Reacting
from cdt.reactions.runner import LEADERSHIP
from tests.reactions.world import World


class Told:
    """A reaction that notes what it is told, and fails at some of it."""

    def __init__(self, *failing: str) -> None:
        self.failing = set(failing)
        self.names: list[str] = []
        self.has_news = asyncio.Event()

    async def __call__(self, _reacting: Reacting, event: ModelRegistered, _of: Envelope) -> None:
        self.names.append(event.name)
        self.has_news.set()
        if event.name in self.failing:
            raise ValueError(f"{event.name} can't be")

    async def up_to(self, name: str) -> None:
        """Wait until it was told of this model."""
        while name not in self.names:
            self.has_news.clear()
            await asyncio.wait_for(self.has_news.wait(), 30)


async def parked(world: World) -> list[Any]:
    return await world.rows("SELECT reaction, position, attempts, error FROM work.parked_reactions")


async def position_of(world: World, reaction: str) -> int:
    found = await world.rows("SELECT position FROM work.reactions WHERE name = %s", reaction)
    return found[0][0] if found else 0


async def moved_to(world: World, reaction: str, position: int | None) -> None:
    """Wait until the reaction's position is there."""
    assert position is not None

    async def has_moved() -> bool:
        return await position_of(world, reaction) >= position

    await world.until(has_moved, "the position has moved")


async def registered(world: World, model_id: UUID) -> int | None:
    """The position at which a model was registered."""
    return next(each.position for each in await world.facts(ModelRegistered) if each.stream_id == model_id)


async def test_a_fact_that_can_not_be_responded_to_is_told_again_then_parked_and_the_next_goes_on(world: World) -> None:
    fails, works = Told("bad"), Told()
    async with world.reactions({"fails": {ModelRegistered: fails}, "works": {ModelRegistered: works}}, pauses=(0, 0)):
        bad = await registered(world, await world.model("bad"))
        await world.model("good")
        await asyncio.gather(fails.up_to("good"), works.up_to("good"))

    assert fails.names == ["bad", "bad", "bad", "good"]
    assert works.names == ["bad", "good"]
    assert await parked(world) == [("fails", bad, 3, "ValueError: bad can't be")]


async def test_while_one_reaction_is_told_again_the_others_go_on(world: World) -> None:
    fails, works = Told("bad"), Told()
    async with world.reactions({"fails": {ModelRegistered: fails}, "works": {ModelRegistered: works}}, pauses=(3600,)):
        await world.model("bad")
        await world.model("good")
        await asyncio.gather(fails.up_to("bad"), works.up_to("good"))

        assert fails.names == ["bad"]


async def test_what_is_parked_is_told_once_more_when_leadership_begins(world: World) -> None:
    told = Told("bad", "worse")
    async with world.reactions({"told": {ModelRegistered: told}}, pauses=()):
        await world.model("bad")
        worse = await registered(world, await world.model("worse"))
        await moved_to(world, "told", await registered(world, await world.model("good")))

    told.failing = {"worse"}
    told.names.clear()
    async with world.reactions({"told": {ModelRegistered: told}}, pauses=()):
        await world.model("better")
        await told.up_to("better")

    assert told.names == ["bad", "worse", "better"]
    assert await parked(world) == [("told", worse, 1, "ValueError: worse can't be")]


async def test_a_position_moves_only_after_the_reaction_is_done(world: World) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(_reacting: Reacting, _event: ModelRegistered, _of: Envelope) -> None:
        begun.set()
        await may_end.wait()

    async with world.reactions({"slow": {ModelRegistered: slow}}):
        position = await registered(world, await world.model())
        assert position is not None
        await asyncio.wait_for(begun.wait(), 30)
        before = await position_of(world, "slow")
        may_end.set()
        await moved_to(world, "slow", position)

    assert before < position


async def test_one_that_was_stopped_in_the_middle_is_told_again(world: World) -> None:
    begun = asyncio.Event()

    async def never_ends(_reacting: Reacting, _event: ModelRegistered, _of: Envelope) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with world.reactions({"told": {ModelRegistered: never_ends}}):
        await world.model()
        await asyncio.wait_for(begun.wait(), 30)

    told = Told()
    async with world.reactions({"told": {ModelRegistered: told}}):
        await told.up_to("churn")


async def test_a_lost_connection_is_no_failure(world: World) -> None:
    told = Told()

    async def loses(reacting: Reacting, event: ModelRegistered, of: Envelope) -> None:
        await told(reacting, event, of)
        if len(told.names) == 1:
            async with reacting.writer.transaction() as connection:
                await world.lose(connection.info.backend_pid)
                await connection.execute("SELECT 1")

    async with world.reactions({"told": {ModelRegistered: loses}}, pauses=()):
        await world.model("first")
        await world.model("second")
        await told.up_to("second")

    assert told.names == ["first", "first", "second"]
    assert await parked(world) == []


async def test_another_leads_within_five_seconds_after_the_leader_is_gone(world: World) -> None:
    first, second = Told(), Told()
    async with world.reactions({"told": {ModelRegistered: first}}):
        await world.model("one")
        await first.up_to("one")
        async with world.reactions({"told": {ModelRegistered: second}}):
            await world.lose(await world.leader(LEADERSHIP))
            began = asyncio.get_running_loop().time()
            await world.model("two")

            async def is_told() -> bool:
                return "two" in first.names + second.names

            await world.until(is_told, "somebody is told")
            assert asyncio.get_running_loop().time() - began < 5

    # the former leader hears of its loss within a second, and may have told it too: being told twice is harmless
    assert set(first.names + second.names) == {"one", "two"}


async def test_a_reaction_that_a_release_adds_is_not_told_old_history(world: World) -> None:
    old, new = Told(), Told()
    async with world.reactions({"old": {ModelRegistered: old}}):
        await world.model("before")
        await old.up_to("before")
        await moved_to(world, "old", await registered(world, await world.model("last")))

    async with world.reactions({"old": {ModelRegistered: old}, "new": {ModelRegistered: new}}):
        await world.model("after")
        await asyncio.gather(old.up_to("after"), new.up_to("after"))

    assert new.names == ["after"]


@pytest.mark.parametrize("turns", range(5))
async def test_it_stops_also_when_it_hears_something_at_that_very_moment(world: World, turns: int) -> None:
    async with world.reactions({"told": {ModelRegistered: Told()}}):
        position = await registered(world, await world.model())
        await moved_to(world, "told", position)
        reaction = next(task for task in asyncio.all_tasks() if task.get_name() == "reaction told")
        world.say_projected()
        for _ in range(turns):
            await asyncio.sleep(0)
        reaction.cancel()
        done, _ = await asyncio.wait({reaction}, timeout=10)

    assert done == {reaction}


async def test_it_stops_also_when_a_reaction_passes_over_its_cancellation(world: World) -> None:
    has_begun = asyncio.Event()

    async def passes_over(_reacting: Reacting, _event: ModelRegistered, _of: Envelope) -> None:
        """As waiting for a connection of a pool does at times."""
        has_begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    async with asyncio.timeout(30), world.reactions({"deaf": {ModelRegistered: passes_over}}):
        await world.model()
        await has_begun.wait()


async def test_a_position_passes_over_the_facts_of_others(world: World) -> None:
    async with world.reactions({"alerts": {Raised: Told()}}):
        await world.model()
        await moved_to(world, "alerts", await world.reader.newest_position())


async def test_told_everything_twice_the_reactions_record_nothing_more(world: World) -> None:
    version = await world.watched_version()
    await world.promote(version)
    await world.react()
    await world.work()
    await world.react()
    before = [(each.position, type(each.event)) for each in await world.facts()]
    leases = await world.rows("SELECT fact, state, attempt FROM work.leases ORDER BY fact")

    await world.rows("UPDATE work.reactions SET position = 0")
    await world.react()
    await world.work()

    assert [(each.position, type(each.event)) for each in await world.facts()] == before
    assert await world.rows("SELECT fact, state, attempt FROM work.leases ORDER BY fact") == leases
