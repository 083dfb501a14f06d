"""Rows over a WebSocket: acknowledged by number and in order, once however often they are sent, never more than fit."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets
from websockets.exceptions import ConnectionClosed

from cdt.http.row_streams import NOT_A_MESSAGE, NOT_ADMITTED, WINDOW
from tests.api import Api, Someone
from tests.graphql.key_operations import KEYS, done
from tests.graphql.operations import a_model, a_version


class Stream:
    """A socket to a version's stream, spoken by hand."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.connection = connection

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        return json.loads(await asyncio.wait_for(self.connection.recv(), 10))

    async def ask(self, **message: Any) -> dict[str, Any]:
        await self.send(**message)
        return await self.receive()

    async def ends(self) -> int | None:
        """The code that it is closed with, whatever is said before."""
        try:
            while True:
                await self.receive()
        except ConnectionClosed:
            return self.connection.close_code


class Version:
    """A version, and who may send rows for it."""

    def __init__(self, api: Api, version_id: str, by: Someone) -> None:
        self.api, self.id, self.by = api, version_id, by

    @asynccontextmanager
    async def connected(self, *, by: Someone | None = None, version_id: str | None = None) -> AsyncIterator[Stream]:
        url = f"{self.api.address.replace('http', 'ws')}/v1/versions/{version_id or self.id}/stream"
        headers = (by or self.by).headers
        async with websockets.connect(url, additional_headers=headers, max_queue=None) as connection:
            yield Stream(connection)

    @asynccontextmanager
    async def stream(self, name: str = "s", *, by: Someone | None = None) -> AsyncIterator[Stream]:
        async with self.connected(by=by) as stream:
            assert await stream.ask(stream=name) == {"window": WINDOW}
            yield stream

    async def taken_in(self) -> int:
        query = "query ($id: ID!) { node(id: $id) { ... on Version { intake { predictions } } } }"
        told = await self.api.ask(query, {"id": self.id}, by=self.api.owner)
        return int(told["node"]["intake"]["predictions"])


@pytest.fixture
async def version(api: Api) -> Version:
    made = await a_version(api, (await a_model(api))["id"])
    return Version(api, made["id"], await api.make_key())


def rows(*names: str) -> list[dict[str, Any]]:
    same = {"predicted_at": "2026-03-01T12:00:00Z", "decision": "1", "score": 0.5, "features": {"age": 31, "sex": "1"}}
    return [{"prediction_id": name, **same} for name in names]


async def test_batches_are_acknowledged_by_number_in_the_order_in_which_they_came(version: Version) -> None:
    async with version.stream() as stream:
        for number in range(200):
            await stream.send(number=number, predictions=rows(f"{number} a", f"{number} b"))
        told = [await stream.receive() for _ in range(200)]
        labels = await stream.ask(number=200, labels=[{"prediction_id": "7 a", "label": "1"}])

    assert [each["number"] for each in told] == list(range(200))
    assert {each["receipt"]["accepted"] for each in told} == {2}
    assert labels["receipt"]["accepted"] == 1


async def test_after_a_break_what_was_not_answered_is_sent_again_and_stored_once(version: Version) -> None:
    batches = {number: rows(f"{number}") for number in range(20)}
    async with version.stream("a") as stream:
        for number, batch in batches.items():
            await stream.send(number=number, predictions=batch)
        first = await stream.receive()
        stream.connection.transport.abort()
    async with version.stream("a") as stream:
        again = [await stream.ask(number=number, predictions=batch) for number, batch in batches.items()]
        other = await stream.ask(number=3, predictions=rows("another"))
    async with version.stream("b") as stream:
        known = await stream.ask(number=0, predictions=batches[0])

    assert again[0] == first
    assert {each["receipt"]["accepted"] for each in again} == {1}
    assert len({each["receipt"]["receiptId"] for each in again}) == 20
    assert other["refusal"]["code"] == "CONFLICT"
    assert (known["receipt"]["accepted"], known["receipt"]["duplicates"]) == (0, 1)


async def test_a_bad_batch_is_refused_by_its_number_and_the_others_go_in(version: Version) -> None:
    async with version.stream() as stream:
        empty = await stream.ask(number=1, predictions=[])
        no_rows = await stream.ask(number=2, predictions={"a": 1})
        bad = await stream.ask(number=3, predictions=[*rows("good"), {"prediction_id": 7}])

    assert (empty["number"], empty["refusal"]["code"], empty["refusal"]["path"]) == (1, "INVALID", ["rows"])
    assert (no_rows["refusal"]["code"], no_rows["refusal"]["path"]) == ("INVALID", ["body"])
    assert (bad["receipt"]["accepted"], [each["row"] for each in bad["receipt"]["rejected"]]) == (1, [1])


NO_MESSAGES: list[str | bytes] = [
    *("", "[]", "{", "null", "[" * 100_000, b"\xff"),
    '{"number": 1}',
    '{"number": -1, "labels": []}',
    '{"number": 1.5, "labels": []}',
    f'{{"number": {2**63}, "labels": []}}',
    '{"number": 1, "labels": [], "predictions": []}',
    '{"number": 1, "labels": [], "more": 1}',
    '{"number": 1, "labels": [',
]


@pytest.mark.parametrize("message", NO_MESSAGES)
async def test_what_is_no_message_closes_the_socket_with_the_shape_of_one(
    version: Version, message: str | bytes
) -> None:
    async with version.stream() as stream:
        await stream.connection.send(message)
        assert await stream.ends() == NOT_A_MESSAGE
        assert "number" in (stream.connection.close_reason or "")


@pytest.mark.parametrize("hello", ['{"stream": ""}', '{"stream": "ä"}', "{}", "x", '{"stream": "a", "more": 1}'])
async def test_a_stream_begins_with_its_name(version: Version, hello: str) -> None:
    async with version.connected() as stream:
        await stream.connection.send(hello)
        assert await stream.ends() == NOT_A_MESSAGE


async def test_who_may_not_send_rows_is_told_so_and_what_is_not_theirs_is_not_there(api: Api, version: Version) -> None:
    stranger = await api.make_owner("somebody else")
    codes: list[str] = []
    for by, version_id in (
        (Someone("cdt_nothing", *ids_of(version.by)), None),
        (stranger, None),
        (version.by, "nothing"),
    ):
        async with version.connected(by=by, version_id=version_id) as stream:
            await stream.send(stream="s")
            assert await stream.ends() == NOT_ADMITTED
            codes.append((stream.connection.close_reason or "").partition(":")[0])
    assert codes == ["UNAUTHENTICATED", "NOT_FOUND", "NOT_FOUND"]


def ids_of(someone: Someone) -> tuple[Any, Any]:
    return someone.organization_id, someone.project_id


async def test_a_page_may_say_in_its_first_message_who_it_is(version: Version) -> None:
    url = f"{version.api.address.replace('http', 'ws')}/v1/versions/{version.id}/stream"
    async with websockets.connect(url, max_queue=None) as connection:
        stream = Stream(connection)
        await stream.send(stream="s", authorization=version.by.headers["authorization"])
        assert await stream.receive() == {"window": WINDOW}


async def test_a_key_that_is_revoked_takes_nothing_more_in(api: Api, version: Version) -> None:
    async with version.stream() as stream:
        assert (await stream.ask(number=1, predictions=rows("a")))["receipt"]["accepted"] == 1
        keys = await api.ask(KEYS, {"project": version.by.project}, by=api.owner)
        for each in keys["apiKeys"]["nodes"]:
            if each["state"] == "ACTIVE":
                await done(api, "revokeApiKey", keyId=each["id"], reason="it was lost")
        told = await stream.ask(number=2, predictions=rows("b"))
        assert told["refusal"]["code"] == "UNAUTHENTICATED"
        assert await stream.ends() == NOT_ADMITTED


async def test_a_client_that_reads_no_acknowledgement_is_not_read_on_and_harms_nobody(version: Version) -> None:
    url = f"{version.api.address.replace('http', 'ws')}/v1/versions/{version.id}/stream"
    bad = json.dumps([{**rows("x")[0], "decision": "no class " * 20}] * 1_000)
    options: dict[str, Any] = {"max_queue": 1, "compression": None, "close_timeout": 0.1}
    async with websockets.connect(url, additional_headers=version.by.headers, **options) as deaf:
        await deaf.send('{"stream": "deaf"}')
        await deaf.recv()
        sent = 0

        async def send_on() -> None:
            nonlocal sent
            while True:
                await deaf.send(f'{{"number": {sent}, "predictions": {bad}}}')
                sent += 1

        sending = asyncio.create_task(send_on())
        before = -1
        while before < sent:
            before = sent
            await asyncio.wait([sending], timeout=0.5)
        assert WINDOW <= sent < 10 * WINDOW  # the rest waits in its own buffers
        async with version.stream() as other:
            assert (await other.ask(number=1, predictions=rows("a")))["receipt"]["accepted"] == 1
        sending.cancel()
        await asyncio.wait([sending])
        deaf.transport.abort()
