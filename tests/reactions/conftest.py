"""A world for each test; one child process that computes for all of them."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis import Redis

from cdt.embedded import EmbeddedValkey
from cdt.workers.child import Child
from tests.reactions.world import World, a_world


@pytest.fixture(scope="session")
def child() -> Iterator[Child]:
    """Made at its first call, which takes seconds."""
    child = Child()
    yield child
    child.kill()


@pytest.fixture
def redis_url(valkey: EmbeddedValkey) -> str:
    """A Redis that knows no job."""
    with Redis.from_url(valkey.url) as client:
        client.flushall()
    return valkey.url


@pytest.fixture
async def world(dsn: str, redis_url: str, child: Child) -> AsyncIterator[World]:
    async with a_world(dsn, redis_url, child) as world:
        yield world
