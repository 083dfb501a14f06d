"""Compressed bodies: opened to their end, counted by what they hold, and refused when they are broken or too large."""

import asyncio
import gzip
import io

import pyarrow as pa
import pytest

from cdt.domain.errors import Invalid
from cdt.http.bodies import Body, BodyMemory
from cdt.http.opening import PART_BYTES, opened
from cdt.predictions import encodings
from cdt.predictions.encodings import ENCODINGS
from cdt.predictions.errors import Busy

TEXT = b"a row and another\n" * 200_000  # three parts and some
MAKERS = {"gzip": gzip.compress, "zstd": lambda text: pa.Codec("zstd").compress(text, asbytes=True)}
MANY = 10 * len(TEXT)


def test_each_encoding_is_tested() -> None:
    assert set(MAKERS) == set(ENCODINGS)


@pytest.fixture
def memory() -> BodyMemory:
    return BodyMemory(MANY, most_of_one=MANY)


@pytest.fixture
def held(memory: BodyMemory) -> Body:
    return Body(memory, "an organization")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", [TEXT, b"x", TEXT[:PART_BYTES], TEXT[: 2 * PART_BYTES]])
async def test_a_body_is_opened_to_its_end_and_counted_until_it_is_given_back(
    memory: BodyMemory, held: Body, encoding: str, text: bytes
) -> None:
    body = MAKERS[encoding](text)
    assert await opened(body, encoding, held, most_bytes=len(text)) == text
    assert held.size == len(text)

    with pytest.raises(Busy):
        memory.take("another one", MANY)
    held.give_back()
    memory.take("another one", MANY)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_several_compressed_one_after_another_are_one_body(held: Body, encoding: str) -> None:
    body = MAKERS[encoding](b"one\n") + MAKERS[encoding](TEXT) + MAKERS[encoding](b"three\n")
    assert await opened(body, encoding, held, most_bytes=MANY) == b"one\n" + TEXT + b"three\n"


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_a_body_that_is_broken_is_refused_whole(held: Body, encoding: str) -> None:
    body = MAKERS[encoding](TEXT)
    broken = [body[:-1], body[: len(body) // 2], body[:1], body + b"more", b"neither"]
    for each in broken:
        with pytest.raises(Invalid) as refusal:
            await opened(each, encoding, held, most_bytes=MANY)
        assert (refusal.value.field, encoding in str(refusal.value)) == ("body", True)


async def test_a_body_whose_checksum_is_another_is_refused(held: Body) -> None:
    body = gzip.compress(TEXT)
    with pytest.raises(Invalid):
        await opened(body[:-8] + bytes(4) + body[-4:], "gzip", held, most_bytes=MANY)


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_what_grows_beyond_a_body_is_given_up_on_the_way(held: Body, encoding: str) -> None:
    bomb = MAKERS[encoding](bytes(200 * PART_BYTES))
    assert len(bomb) < PART_BYTES
    assert await opened(bomb, encoding, held, most_bytes=2 * PART_BYTES) is None
    assert held.size <= 3 * PART_BYTES


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_others_are_answered_while_a_body_is_opened_that_holds_nothing_at_length(
    held: Body, encoding: str
) -> None:
    body = MAKERS[encoding](b"") * 20_000
    opening = asyncio.create_task(opened(body, encoding, held, most_bytes=MANY))
    await asyncio.sleep(0)
    assert not opening.done()
    assert await opening == b""


async def test_what_finds_no_room_in_memory_is_told_to_come_back() -> None:
    held = Body(BodyMemory(PART_BYTES, most_of_one=PART_BYTES), "an organization")
    with pytest.raises(Busy):
        await opened(gzip.compress(TEXT), "gzip", held, most_bytes=MANY)


def test_gzip_that_holds_nothing_at_length_is_not_looked_through_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "MOST_AT_ONCE_BYTES", 1 << 20)
    body = gzip.compress(b"") * 200_000
    file = io.BytesIO(body)
    with pytest.raises(Invalid), encodings.reading("gzip"):
        encodings.open_as("gzip", file).read(1 << 20)
    assert file.tell() < 2 << 20
    rows = gzip.compress(b"0123456789" * 10) * 20_000
    opened = encodings.open_as("gzip", io.BytesIO(rows))
    assert sum(map(len, iter(lambda: opened.read(1 << 18), b""))) == 2_000_000
