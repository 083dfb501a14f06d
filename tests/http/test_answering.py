"""Answers on the wire: head and body as one write, and nothing held back for longer than a turn of the loop."""

import asyncio

import pytest

from cdt.http.answering import JOINED_BYTES, Answering


class Recording(asyncio.Transport):
    """A connection that keeps what each write was given."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        assert not self.is_closed
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = True


@pytest.fixture
async def transport() -> Recording:
    return Recording()


@pytest.fixture
async def answering(transport: Recording) -> Answering:
    return Answering(transport, asyncio.get_running_loop())


async def test_head_and_body_are_one_write(transport: Recording, answering: Answering) -> None:
    for _ in range(2):
        answering.write(b"head ")
        answering.write(b"body")

    assert transport.written == [b"head body"] * 2
    await asyncio.sleep(0)
    assert transport.written == [b"head body"] * 2


async def test_what_nothing_follows_is_written_in_the_same_turn(transport: Recording, answering: Answering) -> None:
    answering.write(b"head")
    assert transport.written == []

    await asyncio.sleep(0)

    assert transport.written == [b"head"]
    answering.write(b"first of a stream")
    await asyncio.sleep(0)
    assert transport.written == [b"head", b"first of a stream"]


async def test_a_large_body_is_written_behind_its_head_and_not_copied(
    transport: Recording, answering: Answering
) -> None:
    large = bytes(JOINED_BYTES + 1)

    answering.write(b"head")
    answering.write(large)

    assert transport.written[0] == b"head"
    assert transport.written[1] is large


async def test_what_was_written_goes_out_before_the_connection_ends(transport: Recording, answering: Answering) -> None:
    answering.write(b"head")
    answering.close()

    assert (transport.written, answering.is_closing()) == ([b"head"], True)
    await asyncio.sleep(0)


async def test_what_waits_for_a_client_that_is_gone_is_dropped(transport: Recording, answering: Answering) -> None:
    wrong: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: wrong.append(context))

    answering.write(b"head")
    transport.abort()
    await asyncio.sleep(0)

    assert (transport.written, wrong) == ([], [])
