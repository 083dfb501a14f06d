"""Another key signs, and nobody is signed out by it; whoever kept the former one has nothing by it for long."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from cdt import signing
from cdt.access.keyring import KNOWN_AFTER, Keyring, rotate
from cdt.access.tokens import BEFORE_ANY, LIFETIME, OVERLAP, Tokens
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.settings import Settings
from cdt.vault import signing_keys
from cdt.vault.secret import VaultSecret
from cdt.vault.signing_keys import SigningKey
from tests.builders import an_id

SECRET = VaultSecret("A" * 43)
NOW = datetime.now(UTC)
FIRST = SigningKey("1", BEFORE_ANY)


def using(*keys: SigningKey) -> Tokens:
    tokens = Tokens(SECRET)
    tokens.use([FIRST, *keys])
    return tokens


def kid(tokens: Tokens, now: datetime = NOW) -> str:
    """Which key signs."""
    return str(jwt.get_unverified_header(tokens.issue(an_id(1), now=now).text)["kid"])


def test_a_new_key_signs_from_its_moment_on_and_what_the_former_one_signed_holds() -> None:
    tokens = using(SigningKey("2", NOW + KNOWN_AFTER))
    before = tokens.issue(an_id(1), now=NOW)

    assert kid(tokens) == "1"
    assert kid(tokens, NOW + KNOWN_AFTER) == "2"
    assert tokens.read(before.text) is not None


def test_a_token_of_a_key_that_is_not_known_admits_nobody() -> None:
    later = using(SigningKey("2", NOW)).issue(an_id(1), now=NOW)
    assert Tokens(SECRET).read(later.text) is None


def test_a_former_key_signs_nothing_that_outlives_what_it_had_signed() -> None:
    tokens, thief = using(SigningKey("2", NOW - LIFETIME - OVERLAP)), Tokens(SECRET)
    stolen = thief.issue(an_id(1), now=NOW)

    assert thief.read(stolen.text) is not None
    assert tokens.read(stolen.text) is None
    assert tokens.why_refused(stolen.text).reason == "forged"


def test_no_keys_at_all_leave_those_that_were_known() -> None:
    tokens = using()
    tokens.use([])
    assert kid(tokens) == "1"


@pytest.fixture
async def writer(module_dsn: str) -> AsyncIterator[Writer]:
    writer = Writer(conninfo_as(module_dsn, DatabaseRole.SYSTEM), connections=3)
    await writer.open()
    async with writer.transaction() as connection:
        await signing_keys.forget(connection, *(each.key_id for each in await signing_keys.in_order(connection)))
        await signing_keys.add(connection, FIRST)
    yield writer
    await writer.close()


async def kept(writer: Writer) -> list[str]:
    async with writer.transaction() as connection:
        return [each.key_id for each in await signing_keys.in_order(connection)]


async def test_another_process_learns_of_a_new_key_by_itself(writer: Writer) -> None:
    tokens = Tokens(SECRET)
    reading = asyncio.create_task(Keyring(tokens, writer, every_seconds=0.01).keep_reading())
    await rotate(writer, NOW - KNOWN_AFTER)
    later = using(SigningKey("2", NOW)).issue(an_id(1), now=NOW)

    async with asyncio.timeout(10):
        while tokens.read(later.text) is None:
            await kept(writer)
    reading.cancel()


async def test_the_api_may_read_which_keys_there_are_and_change_none(writer: Writer, module_dsn: str) -> None:
    del writer
    api = Writer(conninfo_as(module_dsn, DatabaseRole.API), connections=1)
    await api.open()
    await Keyring(Tokens(SECRET), api).read()
    with pytest.raises(Exception, match="permission denied"):
        await rotate(api, NOW)
    await api.close()


async def test_of_two_who_rotate_at_once_one_does(writer: Writer) -> None:
    made = await asyncio.gather(rotate(writer, NOW), rotate(writer, NOW))

    assert sorted(each is None for each in made) == [False, True]
    assert await kept(writer) == ["1", "2"]
    assert await rotate(writer, NOW + KNOWN_AFTER / 2) is None


async def test_a_key_is_forgotten_once_none_of_its_tokens_is_left(writer: Writer) -> None:
    await rotate(writer, NOW)
    await rotate(writer, NOW + timedelta(minutes=30))
    assert await kept(writer) == ["1", "2", "3"]
    await rotate(writer, NOW + timedelta(minutes=62))
    assert await kept(writer) == ["2", "3", "4"]


async def test_the_command_makes_a_key_and_lists_them(
    writer: Writer, module_dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(database_url=module_dsn)
    assert await asyncio.to_thread(signing.run, settings, rotating=True) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[:-1]] == ["1", "2"]
    assert await asyncio.to_thread(signing.run, settings, rotating=True) == 1
    assert "try again then" in capsys.readouterr().err
    assert await kept(writer) == ["1", "2"]
