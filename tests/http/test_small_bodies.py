"""Small bodies that are there whole: taken without a task, answered as any other, and left to the long way in doubt."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest

from cdt.commands import tenancy_keys
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.http.small_bodies import SmallBodies, version_in
from tests.api import Api, Someone, a_system_command, serving
from tests.graphql.operations import a_model, a_version
from tests.http.sending import NDJSON, ROW

LONG_WAY = "application/x-ndjson; charset=utf-8"
"""Is taken like the usual one, and not by the short way."""


END_THE_WAITING = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'cdt-api'"
)


class Told(NamedTuple):
    """An answer off the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: Any

    @property
    def plain(self) -> tuple[int, list[str], Any]:
        """All that is the same when the same is said again: without times, ids and counts."""
        body = {name: value for name, value in self.body.items() if name != "sequence"}
        return self.status, [name for name, _ in self.headers if name != "connection"], body

    def left(self) -> tuple[int, int]:
        """How many requests more, and rows, may come in this minute."""
        requests, rows = re.findall(r";r=(\d+)", dict(self.headers)["ratelimit"])
        return int(requests), int(rows)


class Line:
    """A connection over which rows are sent by hand."""

    def __init__(self, api: Api, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, version_id: str) -> None:
        self.api, self.reader, self.writer, self.version_id = api, reader, writer, version_id
        self.key: Someone | None = None

    def request(self, body: bytes, *, kind: str = NDJSON, **given: Any) -> bytes:
        """A whole request."""
        by: Someone | None = given.pop("by", self.key)
        version_id, asked = given.pop("version_id", self.version_id), given.pop("asked", "")
        told = {"host": "cdt", "content-type": kind, "content-length": len(body), **(by.headers if by else {}), **given}
        lines = [f"POST /v1/versions/{version_id}/predictions{asked} HTTP/1.1", *(f"{n}: {v}" for n, v in told.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def send(self, body: bytes, **given: Any) -> None:
        """Without waiting for the answer."""
        self.writer.write(self.request(body, **given))

    async def answer(self) -> Told:
        """The next answer."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)).decode().split("\r\n")[:-2]
        headers = [(name, value) for name, _, value in (line.partition(": ") for line in head[1:])]
        body = await self.reader.readexactly(int(dict(headers)["content-length"]))
        return Told(int(head[0].split()[1]), headers, json.loads(body))

    async def ask(self, body: bytes, **given: Any) -> Told:
        self.send(body, **given)
        return await self.answer()


@pytest.fixture
async def connected(api: Api) -> Callable[..., Any]:
    """Makes connections of a program whose key and version the process knows by now."""
    version = await a_version(api, (await a_model(api))["id"])
    key = await api.make_key()

    @asynccontextmanager
    async def connect(address: str = api.address) -> AsyncIterator[Line]:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        line = Line(api, reader, writer, version["id"])
        line.key = key
        yield line
        writer.close()

    async with connect() as line:
        assert (await line.ask(ROW % b"the first")).status == 200
    return connect


def small_bodies(api: Api) -> SmallBodies:
    return api.server.config.loaded_app.small_bodies


@asynccontextmanager
async def held_up(api: Api) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Nothing is taken in meanwhile: another writer has locked every version."""
    async with await psycopg.AsyncConnection.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
        await connection.execute("SELECT 1 FROM predictions.versions FOR UPDATE")
        yield connection
        await connection.rollback()


async def until(happens: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not happens():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_a_small_body_is_answered_as_any_other_and_counted_as_one(connected: Any) -> None:
    async with connected() as line:
        short, long = await line.ask(ROW % b"a"), await line.ask(ROW % b"b", kind=LONG_WAY)
        again, listed = await line.ask(ROW % b"a"), await line.ask(b"[" + ROW % b"c" + b"]", kind="application/json")

    assert short.plain == long.plain
    assert short.body["accepted"] == 1
    assert (again.body["accepted"], again.body["duplicates"]) == (0, 1)
    assert listed.body["accepted"] == 1
    ids = {dict(each.headers)["x-request-id"] for each in (short, long, again, listed)}
    assert len(set(map(UUID, ids))) == 4


async def test_it_is_counted_and_refused_as_any_other(api: Api, connected: Any) -> None:
    few = replace(api.settings, limit_ingest_requests=5, limit_ingest_rows=120)
    async with serving(few) as (_, address), connected(address) as line:
        bodies = [ROW % b"a", ROW % b"b", b"".join(ROW % b"m%d" % n for n in range(50)), ROW % b"c"]
        first, *answers = [await line.ask(body) for body in bodies]
        long = await line.ask(ROW % b"d", kind=LONG_WAY)
        refused = await line.ask(ROW % b"e")

    assert first.left() == (4, 119)  # the process had to look up who sends it
    assert [each.left()[0] for each in (*answers, long)] == [3, 2, 1, 0]
    rows_left = [each.left()[1] for each in (*answers, long)]
    assert all(0 <= left - at_least <= 20 for left, at_least in zip(rows_left, [118, 68, 67, 66], strict=True))  # 2 a s
    assert (refused.status, refused.body["code"]) == (429, "RATE_LIMITED")


async def test_it_waits_without_a_task_and_others_wait_with_it(api: Api, connected: Any) -> None:
    async with connected() as one, connected() as other:
        async with held_up(api):
            one.send(ROW % b"a")
            other.send(ROW % b"b")
            await until(lambda: small_bodies(api).under_way == 2)
            assert not api.server.server_state.tasks
        answers = [await one.answer(), await other.answer()]

    assert [each.body["accepted"] for each in answers] == [1, 1]
    assert small_bodies(api).under_way == 0


@pytest.mark.parametrize(
    ("body", "given", "status"),
    [
        (ROW % b"good" + b"{}\n", {}, 200),
        (ROW % b"", {}, 200),
        ((ROW % b"x").replace(b'"1","score"', b'"2","score"'), {}, 200),
        (b"{", {}, 200),
        (b"", {}, 400),
        (b"[{]", {"kind": "application/json"}, 400),
        (ROW % b"x", {"by": None}, 401),
        (ROW % b"x", {"by": None, "authorization": "Bearer cdt_x"}, 401),
        (ROW % b"x", {"version_id": str(UUID(int=1))}, 404),
        (ROW % b"x", {"version_id": "nothing"}, 404),
        (ROW % b"x", {"asked": "?no=parameter"}, 400),
        (ROW % b"x", {"kind": "text/nothing"}, 415),
        (ROW % b"x", {"idempotency-key": " "}, 400),
        (ROW % b"x", {"content-encoding": "gzip"}, 400),
    ],
)
async def test_what_is_wrong_is_told_as_the_long_way_tells_it(
    connected: Any, body: bytes, given: dict[str, Any], status: int
) -> None:
    async with connected() as line:
        answer = await line.ask(body, **given)
        long = await line.ask(body, **{"kind": LONG_WAY, **given} if "kind" not in given else given)

    assert answer.status == long.status == status
    if status != 200:
        assert answer.plain == long.plain
    else:
        assert answer.body["rejected"] == long.body["rejected"]


async def test_a_page_of_another_origin_is_told_what_it_may_read(connected: Any) -> None:
    async with connected() as line:
        answer = await line.ask(ROW % b"a", origin="https://elsewhere.example.com")

    assert ("vary", "Origin") in answer.headers


async def test_a_body_that_comes_in_pieces_is_whole(connected: Any) -> None:
    async with connected() as line:
        said = line.request(ROW % b"pieces")
        for piece in (said[:20], said[20:-60], said[-60:-1], said[-1:]):
            line.writer.write(piece)
            await line.writer.drain()
            await asyncio.sleep(0)
        answer = await line.answer()

    assert (answer.status, answer.body["accepted"]) == (200, 1)


async def test_requests_that_come_together_are_answered_in_their_order(connected: Any) -> None:
    async with connected() as line:
        kinds = (NDJSON, NDJSON, LONG_WAY, NDJSON)
        requests = [line.request(ROW % b"t%d" % number, kind=kind) for number, kind in enumerate(kinds)]
        line.writer.write(b"".join([*requests, line.request(b"{"), b"nonsense\r\n\r\n"]))
        answers = [await line.answer() for _ in range(5)]
        rest = await asyncio.wait_for(line.reader.read(), 10)

    assert [each.body["accepted"] for each in answers] == [1, 1, 1, 1, 0]
    assert [each.body["sequence"] for each in answers] == sorted(each.body["sequence"] for each in answers)
    assert rest == b""


async def test_who_goes_away_is_not_answered_and_their_rows_are_there(api: Api, connected: Any) -> None:
    async with connected() as line:
        async with held_up(api):
            line.send(ROW % b"gone")
            await until(lambda: small_bodies(api).under_way == 1)
            line.writer.transport.abort()
            await until(lambda: len(api.server.server_state.connections) <= 1)
        await until(lambda: small_bodies(api).under_way == 0)
    async with connected() as line:
        assert (await line.ask(ROW % b"gone")).body["duplicates"] == 1


async def test_when_the_database_goes_away_meanwhile_it_is_told_to_come_again(api: Api, connected: Any) -> None:
    async with connected() as line:
        async with held_up(api):
            line.send(ROW % b"away")
            await until(lambda: small_bodies(api).under_way == 1)
            async with asyncio.timeout(10), await psycopg.AsyncConnection.connect(api.dsn, autocommit=True) as other:
                while not (await (await other.execute(END_THE_WAITING)).fetchall()):
                    pass
            answer = await line.answer()
        again = await line.ask(ROW % b"away")

    assert (answer.status, answer.body["code"]) == (503, "UNAVAILABLE")
    assert {"retry-after", "x-request-id", "x-content-type-options"} <= dict(answer.headers).keys()
    assert again.body["accepted"] == 1


async def test_a_key_that_was_revoked_is_refused_from_then_on(api: Api, connected: Any) -> None:
    async with connected() as line:
        assert (await line.ask(ROW % b"a")).status == 200
        prefix = line.key.token[:8]
        async with await psycopg.AsyncConnection.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
            cursor = await connection.execute("SELECT id FROM read.tenancy_keys WHERE prefix = %s", (prefix,))
            row = await cursor.fetchone()
        assert row is not None
        position = await asyncio.to_thread(
            tenancy_keys.revoke_api_key,
            api.log,
            api.owner.project_id,
            key_id=row[0],
            reason="it leaked",
            by=a_system_command(api.owner.tenant),
        )
        assert position is not None
        await api.settle(position)
        assert (await line.ask(ROW % b"b")).status == 401


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        (b"/v1/versions/%b/predictions", True),
        (b"/v1/versions/%b/labels", False),
        (b"/v1/versions/%b/predictions/", False),
        (b"/v1/versions/%b/predictions?preview=true", False),
        (b"/v1/versions/%b/predictions#", False),
        (b"//v1/versions/%b/predictions", False),
        (b"http://cdt/v1/versions/%b/predictions", False),
        (b"/v1/versions/%b%%20/predictions", False),
        (b"/v1/versions/\xc3\xa4%b/predictions", False),
    ],
)
def test_only_a_plain_address_names_a_version(url: bytes, is_one: bool) -> None:
    version_id = UUID(int=7)

    assert version_in(url % str(version_id).encode()) == (version_id if is_one else None)
