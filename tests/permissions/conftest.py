"""What the tests of this room share."""

from collections.abc import AsyncIterator

import pytest

from cdt.embedded import EmbeddedValkey
from tests.api import settings_of
from tests.permissions.world import UNLIMITED, World, world


@pytest.fixture(scope="module")
async def running(module_dsn: str, valkey: EmbeddedValkey) -> AsyncIterator[World]:
    """An API without limits, and without anybody yet, that one module's tests share."""
    async with world(settings_of(module_dsn, valkey.url, **UNLIMITED)) as made:
        yield made
