"""Forms of several parts, however they are cut on the way."""

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect
from starlette.types import Message

from cdt.domain.errors import Invalid
from cdt.http.forms import MOST_BYTES_AFTER, Form
from cdt.predictions.errors import TooLarge

BOUNDARY = "limit"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def a_form(parts: Iterable[tuple[str, bytes]], *, end: bytes = b"--\r\n") -> bytes:
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + content + b"\r\n"
        for name, content in parts
    )
    return body + f"--{BOUNDARY}".encode() + end


class Coming:
    """A body in the pieces in which it comes."""

    def __init__(self, pieces: list[bytes], *, is_gone: bool = False) -> None:
        self._messages: list[Message] = [
            {"type": "http.request", "body": piece, "more_body": is_gone or place < len(pieces) - 1}
            for place, piece in enumerate(pieces)
        ]
        if is_gone:
            self._messages.append({"type": "http.disconnect"})

    async def __call__(self) -> Message:
        return self._messages.pop(0)

    @property
    def left(self) -> int:
        return len(self._messages)


async def read(form: Form) -> tuple[bytes, bytes]:
    """The part `a`, and the file `b` after it."""
    first = await form.small_part("a", most_bytes=1_000)
    await form.begin_part("b")
    parts: list[bytes] = []
    while True:
        message = await form.receive()
        parts.append(message["body"])
        if not message["more_body"]:
            return first, b"".join(parts)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=40),
    st.binary(max_size=200)
    | st.lists(st.sampled_from([b"\r", b"\n", b"--limit", b"--", b"\r\n--lim", b"x"])).map(b"".join),
    st.lists(st.integers(1, 30), min_size=1),
)
def test_a_part_is_what_was_sent_wherever_it_is_cut(small: bytes, file: bytes, cuts: list[int]) -> None:
    if b"\r\n--limit" in b"\r\n" + small + b"\r\n" or b"\r\n--limit" in b"\r\n" + file + b"\r\n":
        return  # that would be the boundary
    whole = a_form([("a", small), ("b", file)])
    pieces: list[bytes] = []
    while whole:
        size = cuts[len(pieces) % len(cuts)]
        pieces.append(whole[:size])
        whole = whole[size:]
    assert asyncio.run(read(Form(Coming(pieces), TYPE))) == (small, file)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=100) | st.binary(max_size=50).map(lambda junk: a_form([("a", b"1"), ("b", b"2")])[:-9] + junk)
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    if b"--limit--" in body:
        return
    with pytest.raises(Invalid):
        asyncio.run(read(Form(Coming([body]), TYPE)))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (a_form([("b", b"2"), ("a", b"1")]), "a"),
        (a_form([("a", b"1")]), "b"),
        (a_form([("a", b"1"), ("b", b"2"), ("c", b"3")]), "body"),
        (a_form([("a", b"1"), ("b", b"2")], end=b""), "body"),
        (b"", "body"),
    ],
    ids=["in another order", "without the file", "with two files", "without an end", "empty"],
)
async def test_a_form_of_other_parts_is_refused(body: bytes, wanted: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await read(Form(Coming([body]), TYPE))
    assert refusal.value.field == wanted


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "text/plain; boundary=x", f"multipart/form-data; boundary={'x' * 300}"]
)
def test_a_form_names_its_boundary(content_type: str) -> None:
    with pytest.raises(Invalid):
        Form(Coming([]), content_type)


@pytest.mark.parametrize(
    "body", [b"--limit?", b"--limit\r\n\x00: 1", b"--limit\r\na: b\rc", a_form([("a", b"1")])[:-2] + b"??"]
)
async def test_what_is_wrong_with_a_form_of_anybody_fills_no_log(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Invalid):
        await read(Form(Coming([body]), TYPE))
    assert caplog.records == []


async def test_a_small_part_is_bounded_and_nothing_more_is_asked_for() -> None:
    coming = Coming([a_form([("a", b"x" * 1_001)])[:-9], b"x", b"x"])
    with pytest.raises(TooLarge):
        await read(Form(coming, TYPE))
    assert coming.left == 2


async def test_a_form_that_goes_on_after_its_end_is_refused_in_the_end() -> None:
    whole = a_form([("a", b"1"), ("b", b"2")])
    assert await read(Form(Coming([whole, b"x" * MOST_BYTES_AFTER]), TYPE)) == (b"1", b"2")
    with pytest.raises(Invalid):
        await read(Form(Coming([whole, b"x" * MOST_BYTES_AFTER, b"x"]), TYPE))


async def test_a_client_that_goes_is_told_from_a_form_that_ends() -> None:
    with pytest.raises(ClientDisconnect):
        await read(Form(Coming([a_form([("a", b"1"), ("b", b"2")])[:-9]], is_gone=True), TYPE))
