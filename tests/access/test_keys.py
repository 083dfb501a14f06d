"""Keys in memory: found without a database once they were found, refused without one when they can't be ours."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from strawberry.relay import GlobalID

from cdt.access.keys import ApiKey, EndedKey, KeyBook
from cdt.database.reading import Reader
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.vault import keys
from cdt.vault.secret import VaultSecret
from tests.api import Api
from tests.graphql.key_operations import a_key, done, with_key


class World:
    """A book of keys beside the API's own, with a clock that stands."""

    def __init__(self, api: Api) -> None:
        conninfo = conninfo_as(api.dsn, DatabaseRole.API)
        self.api, self.now = api, datetime.now(UTC)
        self.reader, self.writer = Reader(conninfo, connections=2), Writer(conninfo, connections=1)
        self.book = KeyBook(self.reader, self.writer, api.secret, lambda: self.now)

    async def forget_in_the_vault(self, key_id: UUID) -> None:
        async with self.api.writer.transaction([self.api.owner.project_id]) as connection:
            await connection.execute("DELETE FROM vault.api_keys WHERE key_id = %s", (key_id,))

    async def last_use(self, key_id: UUID) -> datetime | None:
        async with self.api.writer.transaction() as connection:
            return (await keys.last_uses(connection, [key_id])).get(key_id)


@pytest.fixture
async def world(api: Api) -> AsyncIterator[World]:
    world = World(api)
    for each in (world.reader, world.writer):
        await each.open()
    yield world
    for each in (world.reader, world.writer):
        await each.close()


def id_in(shown: dict[str, str]) -> UUID:
    return UUID(GlobalID.from_id(shown["id"]).node_id)


async def found_in(world: World, text: str) -> ApiKey:
    found = await world.book.find(text)
    assert isinstance(found, ApiKey)
    return found


async def how_it_ended(world: World, text: str) -> str:
    found = await world.book.find(text)
    assert isinstance(found, EndedKey)
    return found.reason


async def test_what_is_none_of_our_keys_asks_no_database() -> None:
    secret, nowhere = VaultSecret(VaultSecret.new()), "host=/nowhere"
    reader, writer = Reader(nowhere, connections=1), Writer(nowhere, connections=1)
    book = KeyBook(reader, writer, secret, lambda: datetime.now(UTC))
    ours = keys.KeyTexts(secret).made_of("ours")

    for text in ("cdt_", ours[:-1], ours + "0", keys.KeyTexts(VaultSecret(VaultSecret.new())).made_of("theirs")):
        assert await book.find(text) is None


async def test_a_key_that_was_found_is_found_again_without_a_database(world: World) -> None:
    program, shown = await a_key(world.api)
    found = await found_in(world, program.token)
    await world.forget_in_the_vault(id_in(shown))

    assert await world.book.find(program.token) is found
    world.book.hear("7 registry")
    assert await world.book.find(program.token) is found, "nothing about keys changed"
    world.book.hear("8 registry,tenancy")
    assert await world.book.find(program.token) is None


async def test_a_key_that_has_ended_asks_a_database_once_however_often_it_is_shown(world: World) -> None:
    program, shown = await a_key(world.api)
    await done(world.api, "revokeApiKey", keyId=shown["id"], reason="lost")
    assert await how_it_ended(world, program.token) == "revoked_key"
    await world.writer.close()

    assert await how_it_ended(world, program.token) == "revoked_key"


async def test_a_key_that_has_ended_is_told_as_that_key_also_beside_a_change(world: World) -> None:
    program, shown = await a_key(world.api)
    await done(world.api, "revokeApiKey", keyId=shown["id"], reason="lost")
    looking = asyncio.create_task(world.book.find(program.token))
    await asyncio.sleep(0)
    world.book.hear("")

    assert await looking == EndedKey(id_in(shown), "revoked_key", world.api.owner.organization_id, None)


async def test_what_was_read_beside_a_change_is_not_kept(world: World) -> None:
    program, shown = await a_key(world.api)
    looking = asyncio.create_task(world.book.find(program.token))
    await asyncio.sleep(0)
    world.book.hear("")

    assert isinstance(await looking, ApiKey)
    await world.forget_in_the_vault(id_in(shown))
    assert await world.book.find(program.token) is None


async def test_an_expired_key_is_refused_from_that_moment_on(world: World) -> None:
    ends = world.now + timedelta(hours=1)
    program, _ = await a_key(world.api, expiresAt=ends.isoformat())
    found = await found_in(world, program.token)

    world.now = ends - timedelta(microseconds=1)
    assert await world.book.find(program.token) is found
    assert not world.book.has_ended(found, world.now)
    world.now = ends
    assert await how_it_ended(world, program.token) == "expired_key"
    assert world.book.has_ended(found, world.now)
    world.book.hear("")
    assert await how_it_ended(world, program.token) == "expired_key", "also when it is looked up anew"


async def test_a_former_secret_ends_with_its_overlap_for_whoever_is_connected_by_it(world: World) -> None:
    program, shown = await a_key(world.api)
    found = await found_in(world, program.token)
    answer = await done(world.api, "rotateApiKey", keyId=shown["id"], overlapHours=1)
    await world.book.read()
    ends = datetime.fromisoformat(answer["apiKey"]["formerEndsAt"])

    assert not world.book.has_ended(found, ends - timedelta(microseconds=1))
    assert world.book.has_ended(found, ends)
    newest = await found_in(world, with_key(answer, program).token)
    assert not world.book.has_ended(newest, ends)
    await done(world.api, "revokeApiKey", keyId=shown["id"], reason="lost")
    await world.book.read()
    for each in (found, newest):
        assert world.book.has_ended(each, datetime.now(UTC))


async def test_uses_are_noted_together_and_once(world: World) -> None:
    programs = [await a_key(world.api) for _ in range(2)]
    for program, _ in programs:
        for _ in range(3):
            await found_in(world, program.token)
    first, second = (id_in(shown) for _, shown in programs)
    assert await world.last_use(first) is None, "not with the request"

    await world.book.note_uses()
    assert [await world.last_use(each) for each in (first, second)] == [world.now, world.now]
    world.now += timedelta(minutes=1)
    await world.book.find(programs[0][0].token)
    world.book.hear("")  # forgets the key, and not that it was used
    await world.book.note_uses()
    assert [await world.last_use(each) for each in (first, second)] == [world.now, world.now - timedelta(minutes=1)]


async def test_uses_that_could_not_be_noted_are_noted_later(world: World) -> None:
    program, shown = await a_key(world.api)
    await world.book.find(program.token)
    await world.writer.close()
    with pytest.raises(Exception, match="closed"):
        await world.book.note_uses()

    world.book._writer = world.api.writer
    await world.book.note_uses()
    assert await world.last_use(id_in(shown)) == world.now
