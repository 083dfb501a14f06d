"""Rows over HTTP: who may send them, in which form, and what is answered."""

import asyncio
import gzip
import io
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pyarrow as pa
import pytest
from starlette.types import Message

from cdt.bootstrap.api import api_services
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from cdt.http.bodies import UNCOUNTED_BYTES, Body, BodyMemory, Deadline
from cdt.http.intake import IntakeRoutes
from cdt.http.intake_gate import ReadGate
from cdt.predictions.errors import Busy
from cdt.predictions.intake import Intake
from tests.api import Api
from tests.graphql.operations import a_model, a_version
from tests.http.sending import ARROW, CSV, NDJSON, ROW, Sender, client_of

MOST_BYTES = 100_000
NOTHING_REJECTED = {"rejected": [], "rejectedCount": 0, "corrected": 0, "waiting": 0, "receiptId": None}


@pytest.fixture(scope="module")
async def client(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with api_services(api.settings) as services:
        gate = ReadGate(lambda: services.admission, lambda: services.reader, lambda: services.policies)
        routes = IntakeRoutes(
            lambda: services.intake, gate, services.now, most_body_bytes=MOST_BYTES, rates=lambda: services.rates
        )
        async with client_of(routes) as client:
            yield client


@pytest.fixture
async def sender(api: Api, client: httpx.AsyncClient) -> Sender:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    return Sender(client, version["id"], await api.make_key())


def arrow_body() -> bytes:
    table = pa.table(
        {
            "prediction_id": ["a", "b"],
            "predicted_at": pa.array([datetime(2026, 3, 1, 12, tzinfo=UTC)] * 2),
            "decision": ["1", "0"],
            "score": [0.5, None],
            "age": [31, None],
            "sex": ["1", None],
        }
    )
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


async def test_each_format_is_taken_and_the_same_rows_in_another_are_duplicates(sender: Sender) -> None:
    header = b"prediction_id,predicted_at,decision,score,age,sex\n"
    csv = header + b"a,2026-03-01T12:00:00Z,1,0.5,31,1\nb,2026-03-01T12:00:00Z,0,,,\n"
    again = (
        (ROW % b"b").replace(b'"1","score":0.5', b'"0"').replace(b"31", b"null").replace(b'"sex":"1"', b'"sex":null')
    )
    first = await sender.send(csv, kind="text/csv; charset=utf-8")
    assert first.status_code == 200
    assert first.headers["content-type"] == "application/json"
    assert first.json() == {"accepted": 2, "duplicates": 0, "sequence": 1, **NOTHING_REJECTED}
    assert (await sender.send(arrow_body(), kind=ARROW)).json()["duplicates"] == 2
    assert (await sender.send(again + ROW % b"c")).json() == {
        "accepted": 1, "duplicates": 1, "sequence": 2, **NOTHING_REJECTED,
    }  # fmt: skip


async def test_a_body_may_come_compressed_and_is_the_same_body(sender: Sender) -> None:
    array = b"[" + (ROW % b"a").strip() + b"]"
    first = await sender.send(array, kind="application/json", **{"idempotency-key": "k"})
    assert first.json()["accepted"] == 1
    for packed, encoding in ((gzip.compress(array), "gzip"), (pa.Codec("zstd").compress(array, asbytes=True), "ZSTD")):
        answer = await sender.send(
            packed, kind="application/json", **{"content-encoding": encoding, "idempotency-key": "k"}
        )
        assert answer.json() == first.json()
    bomb = gzip.compress(bytes(10 * MOST_BYTES))
    assert (await sender.refused(bomb, **{"content-encoding": "gzip"}))[:2] == (413, "TOO_LARGE")
    assert (await sender.refused(array, **{"content-encoding": "gzip"})) == (400, "INVALID", ["body"])


async def test_labels_find_their_predictions(sender: Sender) -> None:
    await sender.send(ROW % b"a")
    answer = await sender.send(b'{"prediction_id":"a","label":0}\n{"prediction_id":"b","label":"1"}\n', to="labels")
    assert answer.json() == {"accepted": 2, "duplicates": 0, "sequence": 2, **NOTHING_REJECTED, "waiting": 1}


async def test_bad_rows_are_named_and_the_good_ones_go_in(sender: Sender) -> None:
    answer = (await sender.send(ROW % b"a" + b"{}\n" + ROW % b"")).json()
    assert (answer["accepted"], answer["rejectedCount"]) == (1, 2)
    assert answer["rejected"] == [
        {"row": 1, "column": "prediction_id", "reason": "is required"},
        {"row": 2, "column": "prediction_id", "reason": "is empty"},
    ]


async def test_the_version_is_named_by_its_uuid_or_its_global_id(sender: Sender) -> None:
    from_global = (await sender.send(ROW % b"a")).json()
    padded = sender.version_id + "=" * (-len(sender.version_id) % 4)
    plain = str(UUID(b64decode(padded).decode().partition(":")[2]))
    assert from_global["accepted"] == 1
    assert (await sender.send(ROW % b"a", version_id=plain)).json()["duplicates"] == 1
    assert (await sender.refused(ROW % b"a", version_id="-" * 10_000 + plain))[0] == 404


async def test_the_same_key_answers_the_same_receipt(sender: Sender) -> None:
    first = await sender.send(ROW % b"a", **{"idempotency-key": "k"})
    again = await sender.send(ROW % b"a", **{"idempotency-key": "k"})
    assert first.json() == again.json()
    assert first.json()["receiptId"] is not None
    assert await sender.refused(ROW % b"b", **{"idempotency-key": "k"}) == (409, "CONFLICT", None)


async def test_who_is_unknown_may_not_send(sender: Sender) -> None:
    assert await sender.refused(ROW % b"a", by=None) == (401, "UNAUTHENTICATED", None)
    assert await sender.refused(ROW % b"a", by=None, authorization="Bearer cdt_x") == (401, "UNAUTHENTICATED", None)


async def test_anothers_version_is_answered_as_an_unknown_one(api: Api, sender: Sender) -> None:
    foreign = await sender.send(ROW % b"a", by=api.stranger)
    unknown = await sender.send(ROW % b"a", version_id=str(uuid4()))
    assert (foreign.status_code, foreign.json()) == (unknown.status_code, unknown.json())
    assert foreign.status_code == 404
    wrong = [b64encode(b"Model:" + str(uuid4()).encode()).decode(), b64encode(b"Version:x").decode(), "x", "%00"]
    assert {(await sender.refused(ROW % b"a", version_id=each))[0] for each in wrong} == {404}


async def test_a_viewer_may_not_send(api: Api, sender: Sender) -> None:
    viewer = await api.make_member(Role.VIEWER)
    assert await sender.refused(ROW % b"a", by=viewer) == (403, "FORBIDDEN", None)


async def test_a_form_that_is_not_taken_is_refused(sender: Sender) -> None:
    for kind in ("text/plain", "", "text/csv; charset=latin-1"):
        assert (await sender.refused(ROW % b"a", kind=kind))[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")
    refused = await sender.send(ROW % b"a", **{"content-encoding": "br"})
    assert (refused.status_code, refused.headers["accept-encoding"]) == (415, "gzip, zstd")
    assert NDJSON in refused.headers["accept-post"]
    assert (await sender.client.get(f"/v1/versions/{sender.version_id}/labels")).status_code == 405


async def test_a_body_that_means_nothing_is_refused(sender: Sender) -> None:
    assert await sender.refused(b"") == (400, "INVALID", ["rows"])
    assert await sender.refused(b"\n \n") == (400, "INVALID", ["rows"])
    assert await sender.refused(b"x", kind=ARROW) == (400, "INVALID", ["body"])
    assert await sender.refused(b"a,b\n1,2\n", kind=CSV) == (400, "INVALID", ["body"])
    for key in ("", "x" * 201, "a\x7f"):
        assert await sender.refused(ROW % b"a", **{"idempotency-key": key}) == (400, "INVALID", ["Idempotency-Key"])


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(sender: Sender) -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("nobody reads it")
        yield b""

    size = str(MOST_BYTES + 1)
    answer = await sender.refused(unread(), **{"content-length": size})
    assert answer == (413, "TOO_LARGE", None)


async def test_a_body_of_no_stated_length_is_refused_as_soon_as_it_is_too_large(sender: Sender) -> None:
    read: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        for number in range(1_000):
            read.append(number)
            yield b" " * 10_000

    assert (await sender.refused(endless()))[0] == 413
    assert len(read) <= 12


async def test_when_the_database_is_away_nothing_is_taken_and_the_sender_is_told_to_return(
    api: Api, sender: Sender
) -> None:
    nowhere = conninfo_as("postgresql://cdt_admin@127.0.0.1:1/cdt?connect_timeout=1", DatabaseRole.API)
    intake = Intake(nowhere, hash_key=b"key", wait_seconds=0.2)
    await intake.open()
    async with api_services(api.settings) as services:
        gate = ReadGate(lambda: services.admission, lambda: services.reader, lambda: services.policies)
        async with client_of(
            IntakeRoutes(lambda: intake, gate, services.now, most_body_bytes=MOST_BYTES, rates=lambda: services.rates)
        ) as client:
            away = Sender(client, sender.version_id, sender.by)
            answer = await away.send(ROW % b"a")
    await intake.close()
    assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
    assert int(answer.headers["retry-after"]) >= 1


def test_the_memory_of_bodies_is_bounded_and_none_has_more_than_its_share() -> None:
    ours, theirs = uuid4(), uuid4()
    memory = BodyMemory(100, most_of_one=60)
    memory.take(ours, 60)
    with pytest.raises(Busy):
        memory.take(ours, 1)
    with pytest.raises(Busy):
        memory.take(theirs, 41)
    memory.take(theirs, 40)
    memory.give_back(ours, 60)
    memory.take(ours, 60)


@asynccontextmanager
async def a_small_memory(api: Api, sender: Sender, **options: Any) -> AsyncIterator[Sender]:
    """The sender at routes that have room for four bodies of the largest size."""
    async with api_services(api.settings) as services:
        gate = ReadGate(lambda: services.admission, lambda: services.reader, lambda: services.policies)
        routes = IntakeRoutes(
            lambda: services.intake,
            gate,
            services.now,
            most_body_bytes=MOST_BYTES,
            most_waiting_bytes=4 * MOST_BYTES,
            rates=lambda: services.rates,
            **options,
        )
        async with client_of(routes) as client:
            yield Sender(client, sender.version_id, sender.by)


class Slow:
    """A body whose second part is sent when the test says so."""

    def __init__(self, first: bytes) -> None:
        self.has_begun, self.may_go_on = asyncio.Event(), asyncio.Event()
        self._first = first

    async def parts(self) -> AsyncIterator[bytes]:
        yield self._first
        self.has_begun.set()
        await self.may_go_on.wait()
        yield ROW % b"last"


@pytest.mark.parametrize("stated", [{}, {"content-length": str(MOST_BYTES)}])
async def test_senders_that_have_sent_little_hold_little(api: Api, sender: Sender, stated: dict[str, str]) -> None:
    slow = [Slow(ROW % f"slow {number}".encode()) for number in range(20)]
    async with a_small_memory(api, sender) as small:
        answers = [asyncio.create_task(small.send(each.parts(), **stated)) for each in slow]
        for each in slow:
            await each.has_begun.wait()
        assert (await small.send(ROW % b"quick")).status_code == 200
        for each in slow:
            each.may_go_on.set()
        assert {(await each).status_code for each in answers} == {200}


async def test_one_organization_fills_its_share_of_the_memory_and_no_more(api: Api, sender: Sender) -> None:
    slow = Slow(b" " * (MOST_BYTES - 1_000) + b"\n")
    async with a_small_memory(api, sender) as small:
        answer = asyncio.create_task(small.send(slow.parts()))
        await slow.has_begun.wait()
        busy = await small.send(b" " * UNCOUNTED_BYTES + ROW % b"more")
        assert (busy.status_code, busy.json()["code"]) == (503, "BUSY")
        assert int(busy.headers["retry-after"]) >= 1
        assert (await small.send(ROW % b"little")).status_code == 200
        slow.may_go_on.set()
        assert (await answer).status_code == 200
        assert (await small.send(b" " * UNCOUNTED_BYTES + ROW % b"more")).status_code == 200


async def test_a_body_that_does_not_arrive_in_time_is_given_up_and_its_sender_told(api: Api, sender: Sender) -> None:
    slow = Slow(ROW % b"slow")
    async with a_small_memory(api, sender, body_seconds=0.1) as small:
        answer = await small.send(slow.parts())
        told = answer.json()
        assert (answer.status_code, told["code"], told["path"]) == (408, "TOO_SLOW", None)
        assert set(told) == {"code", "message", "path"}
        assert answer.headers["connection"] == "close"
        assert (await small.send(ROW % b"slow")).json()["accepted"] == 1


async def test_a_deadline_leaves_alone_who_is_cancelled_by_somebody_else() -> None:
    body, is_waiting = Body(BodyMemory(100, most_of_one=100), uuid4()), asyncio.Event()

    async def receive() -> Message:
        is_waiting.set()
        await asyncio.Event().wait()
        return {}

    task = asyncio.create_task(body.read(receive, Deadline(60.0), most_bytes=100))
    await is_waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_many_senders_at_once_are_each_answered_their_own_receipt(sender: Sender) -> None:
    bodies = [ROW % str(number).encode() for number in range(64)]
    answers = await asyncio.gather(*(sender.send(body) for body in bodies))
    assert [answer.json()["accepted"] for answer in answers] == [1] * 64
    again = await asyncio.gather(*(sender.send(body) for body in bodies))
    assert [answer.json()["duplicates"] for answer in again] == [1] * 64
