"""API keys: shown once, kept as a hash, told from typing errors without a database, found by their whole text."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.vault import keys
from cdt.vault.secret import VaultSecret
from tests.builders import an_id

SECRET = VaultSecret("A" * 43)
TEXTS = keys.KeyTexts(SECRET)
KEY = TEXTS.made_of("a command")
FOREIGN = keys.KeyTexts(VaultSecret(VaultSecret.new())).made_of("a command")


@pytest.fixture
async def connection(module_dsn: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(conninfo_as(module_dsn, DatabaseRole.API)) as connection:
        await connection.execute("SELECT set_config('cdt.projects', %s, true)", (f"{{{an_id(3)}}}",))
        yield connection
        await connection.rollback()


def test_a_key_follows_from_its_circumstances() -> None:
    assert TEXTS.made_of("a command") == KEY
    assert TEXTS.made_of("another command") != KEY
    assert FOREIGN != KEY


def test_a_key_can_be_recognised_and_checked_by_eye_and_machine() -> None:
    assert KEY.startswith("cdt_")
    assert len(KEY) == len("cdt_") + 32 + 6
    assert keys.looks_right(KEY)
    assert keys.shown_prefix(KEY) == KEY[:8]
    assert re.findall(keys.PATTERN, f"export CDT_KEY={KEY}; curl -H 'authorization: Bearer {KEY}'") == [KEY, KEY]
    assert re.findall(keys.PATTERN, f"{KEY}A x{KEY} {KEY[:-1]}") == []


@pytest.mark.parametrize(
    "text",
    ["", "cdt_", KEY[:-1], KEY + "0", KEY[:10] + ("A" if KEY[10] != "A" else "B") + KEY[11:], KEY.lower(), "é" * 42],
)
def test_a_mistyped_key_asks_no_database(text: str) -> None:
    assert not keys.looks_right(text)
    assert not TEXTS.is_ours(text)


def test_another_installations_key_asks_no_database() -> None:
    assert keys.looks_right(FOREIGN)
    assert not TEXTS.is_ours(FOREIGN)
    assert TEXTS.is_ours(KEY)


async def test_a_kept_key_is_found_by_its_text(connection: psycopg.AsyncConnection[Any]) -> None:
    await keys.keep(connection, KEY, key_id=an_id(1), organization_id=an_id(2), project_id=an_id(3))

    assert await keys.find(connection, KEY) == keys.KeptSecret(an_id(1), an_id(1), an_id(2), an_id(3))
    assert await keys.find(connection, TEXTS.made_of("another command")) is None


async def test_a_key_is_found_before_its_project_is_known_and_no_other_is(
    connection: psycopg.AsyncConnection[Any],
) -> None:
    await keys.keep(connection, KEY, key_id=an_id(1), organization_id=an_id(2), project_id=an_id(3))
    await connection.execute("SELECT set_config('cdt.projects', '', true)")

    assert await keys.find(connection, KEY) is not None
    other = TEXTS.made_of("another command")
    assert await keys.find(connection, other) is None
    cursor = await connection.execute("SELECT count(*) FROM vault.api_keys")
    assert await cursor.fetchone() == (0,)


async def test_the_vault_does_not_hold_the_keys_text(connection: psycopg.AsyncConnection[Any]) -> None:
    await keys.keep(connection, KEY, key_id=an_id(1), organization_id=an_id(2), project_id=an_id(3))
    cursor = await connection.execute("SELECT kept::text FROM vault.api_keys AS kept")
    rows = [row[0] for row in await cursor.fetchall()]

    assert rows
    assert all(KEY not in row and KEY.encode().hex() not in row for row in rows)


async def test_keeping_the_same_key_again_is_no_error(connection: psycopg.AsyncConnection[Any]) -> None:
    for _ in range(2):
        await keys.keep(connection, KEY, key_id=an_id(1), organization_id=an_id(2), project_id=an_id(3))

    assert await keys.find(connection, KEY) is not None


async def test_a_key_has_as_many_texts_as_it_has_secrets(connection: psycopg.AsyncConnection[Any]) -> None:
    await keys.keep(connection, KEY, key_id=an_id(1), organization_id=an_id(2), project_id=an_id(3))
    rotated = TEXTS.made_of("a rotation")
    await keys.keep(
        connection, rotated, key_id=an_id(1), secret_id=an_id(4), organization_id=an_id(2), project_id=an_id(3)
    )

    assert await keys.find(connection, KEY) == keys.KeptSecret(an_id(1), an_id(1), an_id(2), an_id(3))
    assert await keys.find(connection, rotated) == keys.KeptSecret(an_id(1), an_id(4), an_id(2), an_id(3))


async def test_a_persons_key_is_kept_for_the_person_alone(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.execute("SELECT set_config('cdt.user', %s, true)", (str(an_id(9)),))
    await keys.keep(connection, KEY, key_id=an_id(1), user_id=an_id(9))
    assert await keys.find(connection, KEY) == keys.KeptSecret(an_id(1), an_id(1), user_id=an_id(9))

    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        await keys.keep(connection, TEXTS.made_of("another"), key_id=an_id(2), user_id=an_id(8))


async def test_a_use_is_noted_and_never_moved_back(connection: psycopg.AsyncConnection[Any]) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    await keys.note_uses(connection, {an_id(1), an_id(2)}, noon)
    await keys.note_uses(connection, {an_id(1)}, noon + timedelta(minutes=1))
    await keys.note_uses(connection, {an_id(1)}, noon)

    assert await keys.last_uses(connection, [an_id(1), an_id(2), an_id(3)]) == {
        an_id(1): noon + timedelta(minutes=1), an_id(2): noon,
    }  # fmt: skip
