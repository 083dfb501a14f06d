"""The hashes of passwords: kept one to an address."""

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.vault import credentials
from cdt.vault.password_hashes import hash_password, is_password
from tests.builders import an_id


@pytest.fixture
async def connection(module_dsn: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(conninfo_as(module_dsn, DatabaseRole.API)) as connection:
        yield connection
        await connection.rollback()


async def test_a_credential_is_found_by_its_hash_and_kept_once(connection: psycopg.AsyncConnection[Any]) -> None:
    hashed = hash_password("right")
    kept = [
        await credentials.keep(connection, email_hash="hash", user_id=an_id(1), password_hash=each)
        for each in (hashed, hash_password("other"))
    ]
    found = await credentials.find(connection, "hash")

    assert kept == [True, False]
    assert found == credentials.Credential(an_id(1), "hash", hashed)
    assert is_password("right", found.password_hash)
    assert not is_password("other", found.password_hash)
    assert await credentials.find(connection, "another") is None


async def test_another_password_takes_the_place_of_the_former_one(connection: psycopg.AsyncConnection[Any]) -> None:
    former, later = hash_password("former"), hash_password("later")
    await credentials.keep(connection, email_hash="hash", user_id=an_id(1), password_hash=former)
    await credentials.keep(connection, email_hash="other", user_id=an_id(2), password_hash=former)
    await credentials.change(connection, an_id(1), password_hash=later)

    assert await credentials.of_user(connection, an_id(1)) == credentials.Credential(an_id(1), "hash", later)
    assert await credentials.of_user(connection, an_id(2)) == credentials.Credential(an_id(2), "other", former)
    assert await credentials.of_user(connection, an_id(3)) is None
