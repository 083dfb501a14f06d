"""A version to send rows to, and an intake on a database of the test's own."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from psycopg import AsyncConnection

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.predictions.intake import Intake
from cdt.predictions.versions import Version
from tests.predictions.builders import SIGNATURE, an_intake


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True) as connected:
        yield connected


@pytest.fixture
def version() -> Version:
    return Version(version_id=uuid4(), project_id=uuid4(), model_id=uuid4(), signature=SIGNATURE)


@pytest.fixture
async def intake(dsn: str) -> AsyncIterator[Intake]:
    taking_in = an_intake(dsn)
    await taking_in.open()
    yield taking_in
    await taking_in.close()
