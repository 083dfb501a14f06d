"""Secrets of webhooks: one to an endpoint, sealed, and visible to its own project alone."""

from collections.abc import AsyncIterator

import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.vault import webhooks
from cdt.vault.secret import VaultSecret
from tests.builders import an_id

SECRET = VaultSecret("A" * 43)
PROJECT = an_id(3)


@pytest.fixture
async def writer(dsn: str) -> AsyncIterator[Writer]:
    writer = Writer(conninfo_as(dsn, DatabaseRole.API), connections=1)
    await writer.open()
    yield writer
    await writer.close()


async def test_an_endpoint_has_one_secret_however_often_it_is_asked_for(writer: Writer) -> None:
    async with writer.transaction([PROJECT]) as connection:
        first = await webhooks.keep(connection, SECRET, endpoint_id=an_id(1), project_id=PROJECT)
        again = await webhooks.keep(connection, SECRET, endpoint_id=an_id(1), project_id=PROJECT)
        other = await webhooks.keep(connection, SECRET, endpoint_id=an_id(2), project_id=PROJECT)
        found = await webhooks.find(connection, SECRET, an_id(1))

    assert first == again != other
    assert first.startswith("whsec_")
    assert found == first.encode()


async def test_another_project_finds_nothing(writer: Writer) -> None:
    async with writer.transaction([PROJECT]) as connection:
        await webhooks.keep(connection, SECRET, endpoint_id=an_id(1), project_id=PROJECT)
    async with writer.transaction([an_id(4)]) as connection:
        assert await webhooks.find(connection, SECRET, an_id(1)) is None
