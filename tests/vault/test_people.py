"""People's keys: what is sealed for a person is readable as long as their key is there, and never again after."""

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.vault import people
from cdt.vault.secret import BoxCannotBeOpened, VaultSecret
from tests.builders import an_id

SECRET = VaultSecret("A" * 43)


@pytest.fixture
async def connection(module_dsn: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(conninfo_as(module_dsn, DatabaseRole.API)) as connection:
        yield connection
        await connection.rollback()


async def test_a_persons_text_opens_with_their_key(connection: psycopg.AsyncConnection[Any]) -> None:
    key = await people.new_person(connection, SECRET, an_id(1))
    sealed = people.sealed(an_id(1), key, "Ada Lovelace")

    assert "Ada" not in sealed.box
    assert people.opened((await people.keys_of(connection, SECRET, [an_id(1)]))[an_id(1)], sealed.box) == "Ada Lovelace"


async def test_a_person_has_one_key_however_often_it_is_made(connection: psycopg.AsyncConnection[Any]) -> None:
    assert await people.new_person(connection, SECRET, an_id(1)) == await people.new_person(
        connection, SECRET, an_id(1)
    )


async def test_anothers_key_opens_nothing(connection: psycopg.AsyncConnection[Any]) -> None:
    mine = await people.new_person(connection, SECRET, an_id(1))
    other = await people.new_person(connection, SECRET, an_id(2))

    with pytest.raises(BoxCannotBeOpened):
        people.opened(other, people.sealed(an_id(1), mine, "Ada").box)


async def test_an_erased_person_has_no_key_any_more(connection: psycopg.AsyncConnection[Any]) -> None:
    await people.new_person(connection, SECRET, an_id(1))
    await connection.execute("DELETE FROM vault.person_keys WHERE person = %s", (an_id(1),))

    assert await people.keys_of(connection, SECRET, [an_id(1)]) == {}


async def test_a_key_is_kept_wrapped(connection: psycopg.AsyncConnection[Any]) -> None:
    key = await people.new_person(connection, SECRET, an_id(1))
    cursor = await connection.execute("SELECT wrapped_key FROM vault.person_keys WHERE person = %s", (an_id(1),))
    row = await cursor.fetchone()

    assert row is not None
    assert key not in row[0]
    assert SECRET.open("person-keys", row[0]) == key
