"""What the tests of this room share: a real Valkey, and one that can be taken away."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from redis.asyncio import Redis

from cdt.embedded import EmbeddedValkey


@pytest.fixture
async def redis(valkey: EmbeddedValkey) -> AsyncIterator[Redis]:
    """An empty one."""
    client: Redis = Redis.from_url(valkey.url, socket_timeout=5)
    await client.flushdb()
    yield client
    await client.aclose()


class OwnRedis(NamedTuple):
    """One of a test's own, which it stops and starts again."""

    server: EmbeddedValkey
    client: Redis

    async def stop(self) -> None:
        await asyncio.to_thread(self.server.stop)

    async def start(self) -> None:
        await asyncio.to_thread(self.server.start)


@pytest.fixture
async def own_redis(state_folder: Path, request: pytest.FixtureRequest) -> AsyncIterator[OwnRedis]:
    """It runs, with nothing in it."""
    server = EmbeddedValkey(state_folder / f"valkey-of-{request.module.__name__.rpartition('.')[2]}")
    await asyncio.to_thread(server.start)
    own = OwnRedis(server, Redis.from_url(server.url, socket_timeout=5))
    yield own
    await own.client.aclose()
    await own.stop()
