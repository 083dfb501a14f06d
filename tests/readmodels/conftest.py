"""A recording over a fresh database."""

from collections.abc import AsyncIterator

import pytest

from tests.readmodels.recording import Recording, recording_of


@pytest.fixture
async def recording(dsn: str) -> AsyncIterator[Recording]:
    async with recording_of(dsn) as recording:
        yield recording
