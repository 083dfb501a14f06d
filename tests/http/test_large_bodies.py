"""Bodies larger than the memory that one may take: they wait on the disk, and are taken in piece by piece."""

import asyncio
import gzip
import io
import resource
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet
import pytest
from starlette.types import Message

from cdt.bootstrap.api import api_services
from cdt.http.bodies import Body, BodyMemory, Deadline, TooSlow
from cdt.http.intake import LARGE_BODY_MEMORY_BYTES, IntakeRoutes
from cdt.http.intake_gate import ReadGate
from cdt.http.spool import IN_MEMORY_BYTES, NoRoom, Spool, Spooled, arrived
from cdt.predictions.decoding import PARQUET, parquet
from tests.api import Api
from tests.graphql.key_operations import KEYS, done
from tests.graphql.operations import a_model, a_version
from tests.http.sending import ARROW, CSV, ROW, Sender, client_of

MOST_BYTES = 64 << 20


@pytest.fixture(scope="module")
async def client(api: Api, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    async with api_services(api.settings) as services:
        routes = IntakeRoutes(
            lambda: services.intake,
            ReadGate(lambda: services.admission, lambda: services.reader, lambda: services.policies),
            services.now,
            most_body_bytes=MOST_BYTES,
            spool_folder=tmp_path_factory.mktemp("spool"),
            most_spooled_bytes=MOST_BYTES,
            rates=lambda: services.rates,
        )
        async with client_of(routes) as client:
            yield client


@pytest.fixture
async def sender(api: Api, client: httpx.AsyncClient) -> Sender:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    return Sender(client, version["id"], await api.make_key())


class Parts(httpx.AsyncByteStream):
    """A body as a server gets it from the network."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), 1 << 16):
            yield self._body[start : start + (1 << 16)]


def lines(count: int, *, width: int = 0) -> bytes:
    padding = b" " * width + b"\n"
    return b"".join(ROW.rstrip() % str(number).encode() + padding for number in range(count))


async def test_a_large_body_is_one_batch_and_the_same_again_compressed_is_answered_alike(sender: Sender) -> None:
    bad = ROW.replace(b'"decision":"1"', b'"decision":"?"') % b"bad"
    body = lines(40_000, width=150) + bad + lines(3)
    assert len(body) > IN_MEMORY_BYTES

    answer = await sender.send(Parts(body), **{"idempotency-key": "a"})
    told = answer.json()
    assert (answer.status_code, told["accepted"], told["duplicates"], told["rejectedCount"]) == (200, 40_000, 3, 1)
    assert [each["row"] for each in told["rejected"]] == [40_000]
    compressed = gzip.compress(body, 1)
    assert len(compressed) < IN_MEMORY_BYTES
    again = await sender.send(Parts(compressed), **{"idempotency-key": "a", "content-encoding": "gzip"})
    assert again.json() == told
    other = await sender.send(lines(1), **{"idempotency-key": "a"})
    assert other.status_code == 409


async def test_whichever_way_and_format_the_rows_come_in_they_are_the_same(sender: Sender) -> None:
    count = 150_000
    table = pa.table(
        {
            "prediction_id": [str(number) for number in range(count)],
            "predicted_at": ["2026-03-01T12:00:00Z"] * count,
            "decision": ["1"] * count,
            "score": [0.5] * count,
            "age": [31] * count,
            "sex": ["1"] * count,
        }
    )
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=5_000)
    as_arrow = sink.getvalue()
    header = b"prediction_id,predicted_at,decision,score,age,sex\n"
    as_csv = header + b"".join(b"%d,2026-03-01T12:00:00Z,1,0.5,31,1\n" % number for number in range(count))
    as_csv += b"\n" * (IN_MEMORY_BYTES - len(as_csv) + 1)
    assert min(len(as_arrow), len(as_csv)) > IN_MEMORY_BYTES

    assert (await sender.send(Parts(as_arrow), kind=ARROW)).json()["accepted"] == count
    told = (await sender.send(Parts(as_csv), kind=CSV)).json()
    assert (told["accepted"], told["duplicates"], told["rejectedCount"]) == (0, count, 0)


@pytest.mark.parametrize("encoding", ["gzip", None])
async def test_a_body_that_breaks_off_leaves_nothing(sender: Sender, encoding: str | None) -> None:
    whole = lines(60_000, width=150)
    body, given = (gzip.compress(whole, 1)[:-1], {"content-encoding": encoding}) if encoding else (whole + b'{"', {})
    answer = await sender.refused(Parts(b"[" + whole), kind="application/json")
    assert answer == (400, "INVALID", ["body"])
    if encoding:
        assert await sender.refused(Parts(body), **given) == (400, "INVALID", ["body"])
        assert (await sender.send(lines(1))).json()["accepted"] == 1


async def test_what_opens_to_more_than_a_body_may_be_is_refused(sender: Sender) -> None:
    bomb = gzip.compress(b"\n" * (MOST_BYTES + 1), 1)
    assert await sender.refused(Parts(bomb), **{"content-encoding": "gzip"}) == (413, "TOO_LARGE", None)
    labels = gzip.compress(b"\n" * MOST_BYTES * 2, 1)
    assert await sender.refused(Parts(labels), to="labels", **{"content-encoding": "gzip"}) == (413, "TOO_LARGE", None)


async def test_a_key_that_is_revoked_while_a_body_arrives_takes_nothing_in(api: Api, client: httpx.AsyncClient) -> None:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    key = await api.make_key()
    sender = Sender(client, version["id"], key)
    assert (await sender.send(lines(1))).status_code == 200

    async def parts() -> AsyncIterator[bytes]:
        async for part in Parts(lines(60_000, width=150)):
            yield part
        keys = await api.ask(KEYS, {"project": key.project}, by=api.owner)
        for each in keys["apiKeys"]["nodes"]:
            await done(api, "revokeApiKey", keyId=each["id"], reason="it was lost")
        yield lines(1)

    answer = await sender.send(parts())
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")
    again = Sender(client, version["id"], await api.make_key())
    told = (await again.send(lines(2))).json()
    assert (told["accepted"], told["duplicates"]) == (1, 1)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A disk that is full beyond."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def sent_in(*parts: bytes) -> Any:
    left = list(parts)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return receive


async def receive_all(receive: Any, spool: Spool, memory: BodyMemory, *, seconds: float = 60.0) -> bytes | Spooled:
    held = Body(memory, "an organization")
    try:
        return await arrived(held, receive, Deadline(seconds), spool, most_bytes=MOST_BYTES)
    finally:
        held.give_back()


def a_spool(folder: Path | None, *, size: int = MOST_BYTES) -> tuple[Spool, BodyMemory, BodyMemory]:
    room, memory = BodyMemory(size, most_of_one=size), BodyMemory(MOST_BYTES, most_of_one=MOST_BYTES)
    return Spool(folder, room), room, memory


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


PART = b"0123456789abcdef" * 4096


async def test_a_body_on_the_disk_is_what_was_sent_and_is_gone_when_it_is_closed(tmp_path: Path) -> None:
    spool, room, memory = a_spool(tmp_path)
    body = await receive_all(sent_in(*[PART] * 200), spool, memory)
    assert isinstance(body, Spooled)
    assert body.file.read() == PART * 200
    assert names_in(tmp_path) == []
    body.close()
    room.take("another", MOST_BYTES)
    memory.take("another", MOST_BYTES)


async def test_a_small_body_stays_in_the_memory(tmp_path: Path) -> None:
    spool, _, memory = a_spool(tmp_path / "not there")
    assert await receive_all(sent_in(PART, PART), spool, memory) == PART * 2


@pytest.mark.parametrize("at", ["the beginning", "the middle", "the folder"])
async def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, at: str) -> None:
    spool, room, memory = a_spool(tmp_path / "not there" if at == "the folder" else tmp_path)
    size = {"the beginning": 1 << 20, "the middle": 10 << 20, "the folder": MOST_BYTES}[at]
    with files_of_at_most(size), pytest.raises(NoRoom):
        await receive_all(sent_in(*[PART] * 300), spool, memory)
    room.take("another", MOST_BYTES)
    memory.take("another", MOST_BYTES)


async def test_a_disk_that_is_full_when_the_last_bytes_are_written_is_told_and_its_room_is_given_back(
    tmp_path: Path,
) -> None:
    spool, room, memory = a_spool(tmp_path)
    with files_of_at_most(10 << 20), pytest.raises(NoRoom):
        await receive_all(sent_in(*[PART] * 160, b"the last few"), spool, memory)
    room.take("another", MOST_BYTES)
    memory.take("another", MOST_BYTES)


async def test_parquet_that_finds_a_full_disk_takes_no_room_from_what_comes_later(sender: Sender) -> None:
    body = as_parquet(150_000, compression="none", use_dictionary=False)
    assert len(body) < IN_MEMORY_BYTES
    with files_of_at_most(0):
        answers = [await sender.send(body, kind=PARQUET) for _ in range(MOST_BYTES // len(body) + 1)]
    assert {(each.status_code, each.json()["code"]) for each in answers} == {(503, "NO_ROOM")}


async def test_one_that_stops_in_the_middle_is_given_up_and_leaves_nothing(tmp_path: Path) -> None:
    spool, room, memory = a_spool(tmp_path)

    async def receive() -> Message:
        if beginning:
            return {"type": "http.request", "body": beginning.pop(), "more_body": True}
        await asyncio.Event().wait()
        raise AssertionError

    beginning = [PART] * 200
    with pytest.raises(TooSlow):
        await receive_all(receive, spool, memory, seconds=0.2)
    room.take("another", MOST_BYTES)
    memory.take("another", MOST_BYTES)


def test_few_large_bodies_are_taken_in_at_once() -> None:
    assert LARGE_BODY_MEMORY_BYTES * 2 <= 512 * 1024 * 1024 // 4


def as_parquet(count: int, **options: Any) -> bytes:
    sink = io.BytesIO()
    table = pa.table(
        {
            "prediction_id": [str(number) for number in range(count)],
            "predicted_at": pa.array([datetime(2026, 3, 1, 12, tzinfo=UTC)] * count),
            "decision": pa.array(["1"] * count).dictionary_encode(),
            "score": [0.5] * count,
            "age": [31] * count,
            "sex": ["1"] * count,
        }
    )
    pyarrow.parquet.write_table(table, sink, **options)
    return sink.getvalue()


@pytest.mark.parametrize("options", [{"compression": "zstd", "row_group_size": 1_000}, {"use_dictionary": False}])
async def test_parquet_gives_the_rows_of_ndjson(sender: Sender, options: dict[str, Any]) -> None:
    body = as_parquet(12_000, **options)
    answer = await sender.send(Parts(body), kind=PARQUET, **{"idempotency-key": "a"})
    told = answer.json()
    assert (answer.status_code, told["accepted"], told["rejectedCount"]) == (200, 12_000, 0)
    assert (await sender.send(Parts(body), kind=PARQUET, **{"idempotency-key": "a"})).json() == told
    again = (await sender.send(Parts(lines(12_000)))).json()
    assert (again["accepted"], again["duplicates"]) == (0, 12_000)


async def test_labels_come_as_parquet_too(sender: Sender) -> None:
    await sender.send(lines(3))
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pa.table({"prediction_id": ["0", "1", "9"], "label": ["1", "0", "1"]}), sink)
    told = (await sender.send(Parts(sink.getvalue()), kind=PARQUET, to="labels")).json()
    assert (told["accepted"], told["waiting"]) == (3, 1)


def a_bomb() -> bytes:
    """A few kilobytes that ask for a hundred megabytes, several times."""
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pa.table({"prediction_id": ["x" * (100 << 20)]}), sink, compression="zstd")
    return sink.getvalue()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"", "no Parquet"),
        (lambda: b"PAR1" + bytes(100) + b"PAR1", "no Parquet"),
        (lambda: as_parquet(1_000)[:-1], "no Parquet"),
        (lambda: as_parquet(1_000)[:2_000] + bytes(1_000) + as_parquet(1_000)[3_000:], "Parquet"),
        (a_bomb, "MiB"),
    ],
)
async def test_broken_and_hostile_parquet_is_refused_and_leaves_nothing(
    sender: Sender, make: Callable[[], bytes], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "MEMORY_BYTES", 400 << 20)
    answer = await sender.send(Parts(make()), kind=PARQUET)
    told = answer.json()
    assert (answer.status_code, told["code"], told["path"]) == (400, "INVALID", ["body"])
    assert words in told["message"]
    assert (await sender.send(lines(2))).json()["accepted"] == 2


async def test_parquet_is_taken_as_it_is_alone(sender: Sender) -> None:
    answer = await sender.refused(b"", kind=PARQUET, **{"content-encoding": "gzip"})
    assert answer == (415, "UNSUPPORTED_MEDIA_TYPE", None)
