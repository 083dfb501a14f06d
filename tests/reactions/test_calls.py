"""Calls of served models that a process left: those that are whole are handed to a worker, others forgotten."""

from datetime import UTC, datetime, timedelta

from arq.constants import default_queue_name
from redis import Redis

from cdt.predictions.kserve import calls
from cdt.predictions.kserve.calls import Half
from cdt.predictions.kserve.mapping import Mapping
from cdt.reactions.calls import LateCalls
from tests.reactions.world import World


async def test_calls_that_nobody_finished_are_handed_over_and_old_halves_forgotten(
    world: World, redis_url: str
) -> None:
    version = await world.watched_version()
    number = (await world.numbered(version)).number
    late = LateCalls(world.reacting)
    world.time = datetime.now(UTC)
    with Redis.from_url(redis_url) as redis:

        async def jobs() -> list[bytes]:
            await late.look_for_calls()
            found = redis.zrange(default_queue_name, 0, -1)
            redis.flushall()
            return found

        async with world.writer.transaction() as connection:
            for half in (Half("a", "request", b"{}", None), Half("b", "request", b"{}", None)):
                await calls.add(connection, half, Mapping(), project_id=version.project_id, version_number=number)
        world.time += timedelta(hours=1)
        assert await jobs() == []
        async with world.writer.transaction() as connection:
            half = Half("b", "answer", b"{}", None)
            await calls.add(connection, half, Mapping(), project_id=version.project_id, version_number=number)
        assert await jobs() == [b"calls"]
        world.time += timedelta(hours=24)
        assert await jobs() == [b"calls"]
        assert await world.rows("SELECT call_id FROM predictions.calls") == [("b",)]
