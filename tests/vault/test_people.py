"""People's keys: what is sealed for a person is readable as long as their key is there, and never again after."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import psycopg
import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.vault import credentials, people, sessions
from cdt.vault.erasing import forget_person
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


async def test_whoever_was_erased_never_has_a_key_again(connection: psycopg.AsyncConnection[Any]) -> None:
    await people.new_person(connection, SECRET, an_id(1))
    await people.erase(connection, an_id(1))
    await people.erase(connection, an_id(1))
    await people.erase(connection, an_id(2))  # a person of whom nothing was sealed

    assert await people.keys_of(connection, SECRET, [an_id(1), an_id(2)]) == {}
    for each in (an_id(1), an_id(2)):
        with pytest.raises(people.PersonIsErased):
            await people.new_person(connection, SECRET, each)
        await people.forget(connection, each)
        with pytest.raises(people.PersonIsErased):
            await people.new_person(connection, SECRET, each)


async def test_a_key_that_is_forgotten_gives_way_to_another(connection: psycopg.AsyncConnection[Any]) -> None:
    key = await people.new_person(connection, SECRET, an_id(1))
    box = people.sealed(an_id(1), key, "ada@example.com").box
    made_at = await one(connection, "SELECT made_at FROM vault.person_keys")

    await people.forget(connection, an_id(1), made_by=made_at - timedelta(microseconds=1))
    assert await people.new_person(connection, SECRET, an_id(1)) == key
    await people.forget(connection, an_id(1), made_by=made_at)
    other = await people.new_person(connection, SECRET, an_id(1))

    assert other != key
    assert people.readable(other, box) is None
    assert people.readable(None, box) is None
    assert people.readable(key, box) == "ada@example.com"


async def test_nothing_is_left_of_what_admits_somebody_erased(connection: psycopg.AsyncConnection[Any]) -> None:
    for number in (1, 2):
        await people.new_person(connection, SECRET, an_id(number))
        await credentials.keep(connection, email_hash=f"{number}", user_id=an_id(number), password_hash="")
        await sessions.begin(
            connection, session_id=an_id(10 + number), user_id=an_id(number), salt=an_id(5), now=datetime.now(UTC)
        )
    await people.new_person(connection, SECRET, an_id(3))

    for _ in range(2):
        await forget_person(connection, user_id=an_id(1), invited=an_id(3))

    assert await one(connection, "SELECT array_agg(user_id) FROM vault.credentials") == [an_id(2)]
    assert await one(connection, "SELECT array_agg(user_id) FROM vault.sessions") == [an_id(2)]
    assert list(await people.keys_of(connection, SECRET, map(an_id, (1, 2, 3)))) == [an_id(2)]


async def one(connection: psycopg.AsyncConnection[Any], statement: LiteralString) -> Any:
    row = await (await connection.execute(statement)).fetchone()
    assert row is not None
    return row[0]


async def test_a_key_is_kept_wrapped(connection: psycopg.AsyncConnection[Any]) -> None:
    key = await people.new_person(connection, SECRET, an_id(1))
    cursor = await connection.execute("SELECT wrapped_key FROM vault.person_keys WHERE person = %s", (an_id(1),))
    row = await cursor.fetchone()

    assert row is not None
    assert key not in row[0]
    assert SECRET.open("person-keys", row[0]) == key
