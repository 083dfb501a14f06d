"""The wire: what a request is, is said in one way only; who says it slowly, at length or too often is refused."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from cdt.http.gate import Bounds, Gate
from cdt.http.wire import HttpProtocol, SocketProtocol
from tests.api import Server

HEAD = b"POST /rows HTTP/1.1\r\nhost: cdt\r\n"
GET = b"GET /rows HTTP/1.1\r\nhost: cdt\r\n\r\n"


class Served:
    """A server that tells what it was asked."""

    def __init__(self, gate: Gate, port: int) -> None:
        self.gate, self.port = gate, port
        self.asked: list[tuple[str, dict[bytes, bytes], bytes]] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.is_asked = asyncio.Event()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await receive()
            return
        body = await Request(scope, receive).body()
        self.asked.append((scope["method"], dict(scope["headers"]), body))
        self.is_asked.set()
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def say(self, *parts: bytes) -> list[tuple[int, str]]:
        """Say it all, and answer each status with its code until the server ends the connection."""
        async with self.connected() as (reader, writer):
            for part in parts:
                writer.write(part)
                await writer.drain()
            return answers_in(await asyncio.wait_for(reader.read(), 10))

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        yield reader, writer
        writer.transport.abort()


def answers_in(text: bytes) -> list[tuple[int, str]]:
    """Status and code of each answer."""
    found: list[tuple[int, str]] = []
    while text:
        head, _, rest = text.partition(b"\r\n\r\n")
        headers = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
        length = int(headers[b"content-length"])
        body, text = rest[:length], rest[length:]
        found.append((int(head.split()[1]), json.loads(body)["code"] if body.startswith(b"{") else body.decode()))
    return found


@pytest.fixture
async def served() -> AsyncIterator[Callable[..., Any]]:
    """Makes servers with bounds."""
    running: list[tuple[Server, asyncio.Task[None]]] = []

    async def make(*, proxies: tuple[str, ...] = (), **bounds: Any) -> Served:
        gate = Gate(Bounds(**bounds), is_proxy=proxies.__contains__)
        given = Served(gate, 0)
        server = Server(
            uvicorn.Config(
                given.app,
                port=0,
                http=partial(HttpProtocol, gate=gate),
                ws=partial(SocketProtocol, gate=gate),
                interface="asgi3",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        task = asyncio.create_task(server.serve())
        await asyncio.wait_for(server.has_started.wait(), 10)
        given.port = server.servers[0].sockets[0].getsockname()[1]
        running.append((server, task))
        return given

    yield make
    for server, task in running:
        server.should_exit = True
        await task


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"content-length: 1\r\ncontent-length: 1\r\n\r\na", 400),
        (b"content-length: 1\r\ncontent-length: 2\r\n\r\na", 400),
        (b"content-length: 1, 1\r\n\r\na", 400),
        (b"content-length: +1\r\n\r\na", 400),
        (b"content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"transfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n0\r\n\r\n", 400),
        (b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400),
        (b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        (b"transfer-encoding: identity\r\n\r\n", 400),
        (b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
        (b"transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400),
        (b"content-length : 1\r\n\r\na", 400),
        (b"x: a\r\n b\r\n\r\n", 400),
        (b"x: a\x00b\r\n\r\n", 400),
        (b"a b: c\r\n\r\n", 400),
        (b"x: a\nhost: other\r\n\r\n", 400),
        (b"host: other\r\n\r\n", 400),
        (b"authorization: Bearer a\r\nauthorization: Bearer b\r\n\r\n", 400),
        (b"Authorization: Bearer a\r\nAUTHORIZATION: Bearer a\r\n\r\n", 400),
        (b"content-type: text/csv\r\ncontent-type: text/csv\r\n\r\n", 400),
        (b"idempotency-key: a\r\nidempotency-key: b\r\n\r\n", 400),
        (b"origin: http://a\r\norigin: http://b\r\n\r\n", 400),
        (b"transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400),
        (b"transfer-encoding: chunked\r\n\r\n1;a\nb\r\n0\r\n\r\n", 400),
        (b"connection: upgrade\r\nupgrade: websocket\r\ncontent-length: 2\r\n\r\nab", 400),
        (b"connection: upgrade\r\nupgrade: h2c\r\ncontent-length: 2\r\n\r\nab", 400),
    ],
)
async def test_what_can_be_understood_in_two_ways_is_refused_once_and_ends_the_connection(
    served: Any, said: bytes, status: int
) -> None:
    server = await served()

    assert await server.say(HEAD + said) == [(status, "MALFORMED")]
    assert server.asked == []


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nhost: cdt\r\n\r\n", 505),
        (b"GET / HTTP/0.9\r\nhost: cdt\r\n\r\n", 505),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"CONNECT evil.example:443 HTTP/1.1\r\nhost: cdt\r\n\r\n", 400),
        (b"GET / HTTP/1.1\nhost: cdt\n\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET /\x80 HTTP/1.1\r\nhost: cdt\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
    ],
)
async def test_what_is_no_request_is_refused(served: Any, said: bytes, status: int) -> None:
    server = await served()

    assert await server.say(said) == [(status, "MALFORMED")]
    assert server.asked == []


async def test_what_follows_a_refused_request_is_never_answered(served: Any) -> None:
    server = await served()

    assert await server.say(HEAD + b"host: other\r\ncontent-length: 0\r\n\r\n" + GET, GET) == [(400, "MALFORMED")]
    assert server.asked == []


async def test_a_wrong_request_behind_a_good_one_waits_for_its_answer(served: Any) -> None:
    server = await served()

    assert await server.say(GET + HEAD + b"host: other\r\n\r\n") == [(200, "ok"), (400, "MALFORMED")]


async def test_what_can_not_be_parsed_behind_a_good_one_ends_the_connection_after_its_answer(served: Any) -> None:
    server = await served()

    assert await server.say(GET + b"nonsense\r\n\r\n") == [(200, "ok")]


async def test_headers_that_come_after_the_body_are_none(served: Any) -> None:
    server = await served()
    body = b"2\r\nab\r\n0\r\nauthorization: Bearer a\r\nx-forwarded-for: 192.0.2.1\r\n\r\n"

    async with server.connected() as (reader, writer):
        writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n" + body)
        await reader.readuntil(b"ok")

    assert server.asked == [("POST", {b"host": b"cdt", b"transfer-encoding": b"chunked"}, b"ab")]


async def test_headers_that_do_not_come_in_time_are_given_up(served: Any) -> None:
    server = await served(header_seconds=0.1)

    assert await server.say(HEAD[:1]) == [(408, "TOO_SLOW")]
    assert await server.say(HEAD) == [(408, "TOO_SLOW")]
    assert await server.say(HEAD + b"x: a\r\n", b"y: b\r\n") == [(408, "TOO_SLOW")]
    assert server.asked == []


async def test_a_connection_over_which_nothing_comes_is_closed_without_a_word(served: Any) -> None:
    server = await served(header_seconds=0.1)

    assert await server.say() == []
    assert server.asked == []


async def test_the_second_requests_headers_have_a_deadline_too(served: Any) -> None:
    server = await served(header_seconds=0.1)

    assert await server.say(GET, HEAD) == [(200, "ok"), (408, "TOO_SLOW")]


async def test_a_trickle_of_headers_does_not_put_the_deadline_off(served: Any) -> None:
    server = await served(header_seconds=0.2)

    async with server.connected() as (reader, writer):
        writer.write(HEAD)
        answer = asyncio.create_task(reader.read(10_000))
        while not answer.done():
            writer.write(b"x: a\r\n")
            await asyncio.wait({answer}, timeout=0.02)

        assert answers_in(answer.result()) == [(408, "TOO_SLOW")]


async def test_a_connection_that_waits_between_requests_is_not_given_up(served: Any) -> None:
    server = await served(header_seconds=0.1)

    async with server.connected() as (reader, writer):
        for _ in range(2):
            writer.write(GET)
            await reader.readuntil(b"ok")
            looked_twice = asyncio.Event()
            asyncio.get_running_loop().call_later(0.2, looked_twice.set)
            await looked_twice.wait()

    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"x: " + b"a" * 1_000, 431),
        (b"x: " + b"a" * 900, 200),
        (b"\r\n".join(b"x%d: a" % n for n in range(9)), 200),
        (b"\r\n".join(b"x%d: a" % n for n in range(10)), 431),
    ],
)
async def test_headers_are_bounded_in_size_and_number(served: Any, said: bytes, status: int) -> None:
    server = await served(header_bytes=1_000, headers=11)

    (answer,) = await server.say(HEAD + said + b"\r\nconnection: close\r\n\r\n")

    assert answer[0] == status
    assert len(server.asked) == (status == 200)


async def test_a_header_without_an_end_is_not_gathered(served: Any) -> None:
    server = await served(header_bytes=1_000)

    assert await server.say(HEAD + b"x: " + b"a" * 5_000) == [(431, "TOO_LARGE")]
    assert await server.say(b"GET /" + b"a" * 5_000) == [(431, "TOO_LARGE")]


async def test_a_body_is_no_header(served: Any) -> None:
    server = await served(header_bytes=1_000)

    head = HEAD + b"connection: close\r\ncontent-length: 5000\r\n\r\n"
    assert await server.say(head, b"a" * 2_500, b"a" * 2_500) == [(200, "ok")]


async def test_an_address_holds_so_many_connections_and_no_more(served: Any) -> None:
    server = await served(connections_of_one=2)

    async with server.connected(), server.connected():
        assert await server.say(GET) == [(503, "BUSY")]
    while len(server.gate):  # noqa: ASYNC110  what was torn off is noticed in a moment
        await asyncio.sleep(0)
    assert await server.say(GET.replace(b"host", b"connection: close\r\nhost")) == [(200, "ok")]


async def test_a_trusted_proxy_holds_more(served: Any) -> None:
    server = await served(connections_of_one=1, connections=3, proxies=("127.0.0.1",))

    async with server.connected(), server.connected(), server.connected():
        assert await server.say(GET) == [(503, "BUSY")]


async def test_a_web_socket_counts_as_long_as_it_is_open(served: Any) -> None:
    server = await served(connections_of_one=1)
    upgrade = (
        b"GET /graphql HTTP/1.1\r\nhost: cdt\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )

    async with server.connected() as (reader, writer):
        writer.write(upgrade)
        assert b"101" in await reader.readline()
        assert await server.say(GET) == [(503, "BUSY")]
    while len(server.gate):  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_so_many_requests_are_answered_at_once_and_no_more(served: Any) -> None:
    server = await served(requests_at_once=1)
    server.may_answer.clear()

    async with server.connected() as (reader, writer):
        writer.write(GET)
        await server.is_asked.wait()
        assert await server.say(GET) == [(503, "BUSY")]
        server.may_answer.set()
        await reader.readuntil(b"ok")


@pytest.mark.parametrize(
    "bound", ["header_seconds", "header_bytes", "headers", "connections", "connections_of_one", "requests_at_once"]
)
async def test_no_bound_is_no_bound(served: Any, bound: str) -> None:
    server = await served(**{bound: 0})

    said = HEAD + b"x: " + b"a" * 20_000 + b"\r\nconnection: close\r\n\r\n"
    assert await server.say(said) == [(200, "ok")]
