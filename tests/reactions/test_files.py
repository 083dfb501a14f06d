"""The watched folder: a look every few seconds, one at a time."""

from datetime import timedelta

from arq.constants import default_queue_name
from redis import Redis

from cdt.reactions.files import WatchedFiles
from tests.reactions.world import World

LOOK_EVERY = timedelta(seconds=15)


async def test_a_look_is_asked_for_every_few_seconds(world: World, redis_url: str) -> None:
    watched = WatchedFiles(world.reacting, look_every=LOOK_EVERY)
    with Redis.from_url(redis_url) as redis:
        asked: list[int] = []
        for _ in range(4):
            await watched.look_for_files()
            asked.append(redis.zcard(default_queue_name))
            redis.flushall()
            world.time += LOOK_EVERY / 2 + timedelta(milliseconds=1)
    assert asked == [1, 0, 1, 0]
