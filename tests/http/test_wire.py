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
from starlette.types import ASGIApp, Receive, Scope, Send

from cdt.http.gate import Bounds, Gate
from cdt.http.small_bodies import Answer, Tell
from cdt.http.wire import HttpProtocol, SocketProtocol
from tests.api import Server

HEAD = b"POST /rows HTTP/1.1\r\nhost: cdt\r\n"
GET = b"GET /rows HTTP/1.1\r\nhost: cdt\r\n\r\n"


class Small:
    """Takes every POST of text as a small body, and answers when it is told to."""

    def __init__(self) -> None:
        self.under_way = 0
        self.tells: list[tuple[bytes, Tell]] = []
        self.is_asked = asyncio.Event()

    def concerns(self, _url: bytes, headers: dict[bytes, bytes]) -> bool:
        return headers.get(b"content-type") == b"text/plain"

    def begin(self, _url: bytes, _headers: dict[bytes, bytes], body: bytes, _address: str, tell: Tell) -> bool:
        if body == b"no":
            return False
        self.under_way += 1
        self.tells.append((body, tell))
        self.is_asked.set()
        return True

    def answer(self, number: int, answer: Answer | ASGIApp | None = None) -> None:
        body, tell = self.tells[number]
        self.under_way -= 1
        tell(Answer(b"content-length: %d\r\n" % len(body), body) if answer is None else answer)


class Served:
    """A server that tells what it was asked."""

    def __init__(self, gate: Gate, port: int) -> None:
        self.gate, self.port = gate, port
        self.small_bodies = Small()
        self.running: Any = None
        self.asked: list[tuple[str, dict[bytes, bytes], bytes]] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.is_asked = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
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
                given,
                port=0,
                http=partial(HttpProtocol, gate=gate),
                ws=partial(SocketProtocol, gate=gate),
                interface="asgi3",
                proxy_headers=False,
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        task = asyncio.create_task(server.serve())
        await asyncio.wait_for(server.has_started.wait(), 10)
        given.running = server
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


SMALL = HEAD + b"content-type: text/plain\r\ncontent-length: 2\r\n\r\n"


async def test_a_small_body_is_answered_past_the_application_and_the_connection_stays(served: Any) -> None:
    server = await served()

    async with server.connected() as (reader, writer):
        for number, body in enumerate((b"ab", b"cd")):
            writer.write(SMALL + body)
            await asyncio.wait_for(server.small_bodies.is_asked.wait(), 10)
            server.small_bodies.is_asked.clear()
            server.small_bodies.answer(number)
            told = await reader.readuntil(body)
            assert told.startswith(b"HTTP/1.1 200 OK\r\ndate: ")
            assert b"connection" not in told
        writer.write(GET)
        await reader.readuntil(b"ok")

    assert [asked[0] for asked in server.asked] == ["GET"]


async def test_what_the_short_way_does_not_take_goes_to_the_application_whole(served: Any) -> None:
    server = await served()

    assert await server.say(SMALL + b"no" + SMALL[:-4] + b"\r\nconnection: close\r\n\r\nno") == [
        (200, "ok"),
        (200, "ok"),
    ]
    assert [asked[2] for asked in server.asked] == [b"no", b"no"]
    assert server.small_bodies.tells == []


async def test_a_small_body_that_is_not_there_whole_goes_to_the_application(served: Any) -> None:
    server = await served()

    async with server.connected() as (reader, writer):
        writer.write(SMALL + b"a")
        await asyncio.sleep(0)
        while not server.running.server_state.tasks:  # noqa: ASYNC110
            await asyncio.sleep(0)
        writer.write(b"b")
        await reader.readuntil(b"ok")

    assert server.asked[0][2] == b"ab"
    assert server.small_bodies.tells == []


async def test_what_comes_behind_a_small_body_waits_for_its_answer(served: Any) -> None:
    server = await served()

    async with server.connected() as (reader, writer):
        writer.write(SMALL + b"ab" + SMALL + b"cd" + GET)
        await asyncio.wait_for(server.small_bodies.is_asked.wait(), 10)
        assert server.asked == []
        server.small_bodies.answer(0)
        await reader.readuntil(b"ab")
        await reader.readuntil(b"ok")
        await reader.readuntil(b"ok")

    assert [(asked[0], asked[2]) for asked in server.asked] == [("POST", b"cd"), ("GET", b"")]


async def test_a_wrong_request_behind_a_small_body_ends_the_connection_after_its_answer(served: Any) -> None:
    server = await served()

    async with server.connected() as (reader, writer):
        writer.write(SMALL + b"ab" + b"nonsense\r\n\r\n")
        await asyncio.wait_for(server.small_bodies.is_asked.wait(), 10)
        server.small_bodies.answer(0)
        told = await asyncio.wait_for(reader.read(), 10)

    assert told.endswith(b"\r\nconnection: close\r\n\r\nab")


async def test_an_application_may_answer_a_small_body_in_its_turn(served: Any) -> None:
    server = await served()

    async def refuse(scope: Scope, _receive: Receive, send: Send) -> None:
        path = scope["path"].encode()
        await send({"type": "http.response.start", "status": 503, "headers": [(b"content-length", b"%d" % len(path))]})
        await send({"type": "http.response.body", "body": path})

    async with server.connected() as (reader, writer):
        writer.write(SMALL + b"ab" + GET)
        await asyncio.wait_for(server.small_bodies.is_asked.wait(), 10)
        server.small_bodies.answer(0, refuse)
        told = await reader.readuntil(b"ok")

    assert answers_in(told) == [(503, "/rows"), (200, "ok")]


async def test_small_bodies_count_among_the_requests_that_are_answered_at_once(served: Any) -> None:
    server = await served(requests_at_once=1)

    async with server.connected() as (reader, writer):
        writer.write(SMALL + b"ab")
        await asyncio.wait_for(server.small_bodies.is_asked.wait(), 10)
        assert await server.say(GET) == [(503, "BUSY")]
        server.small_bodies.answer(0)
        await reader.readuntil(b"ab")


async def test_a_server_that_stops_answers_the_small_bodies_it_has_begun(served: Any) -> None:
    server = await served()

    async with server.connected() as (reader, writer):
        writer.write(SMALL + b"ab")
        await asyncio.wait_for(server.small_bodies.is_asked.wait(), 10)
        server.running.should_exit = True
        (connection,) = server.running.server_state.connections
        while connection.cycle.keep_alive:  # noqa: ASYNC110
            await asyncio.sleep(0)
        server.small_bodies.answer(0)
        told = await asyncio.wait_for(reader.read(), 10)

    assert told.endswith(b"\r\nconnection: close\r\n\r\nab")


async def test_who_has_gone_is_not_answered(served: Any) -> None:
    server = await served()

    async with server.connected() as (_, writer):
        writer.write(SMALL + b"ab")
        await asyncio.wait_for(server.small_bodies.is_asked.wait(), 10)
    while len(server.gate):  # noqa: ASYNC110
        await asyncio.sleep(0)
    server.small_bodies.answer(0)

    assert len(server.gate) == 0


async def test_who_reads_no_answers_is_not_answered_any_more(served: Any) -> None:
    server = await served()
    large = Answer(b"content-length: 20000000\r\n", bytes(20_000_000))

    async with server.connected() as (_, writer):
        writer.write(SMALL + b"ab")
        await asyncio.wait_for(server.small_bodies.is_asked.wait(), 10)
        server.small_bodies.answer(0, large)
        writer.write(SMALL + b"cd")
        while not server.asked:  # noqa: ASYNC110
            await asyncio.sleep(0)

    assert server.asked[0][2] == b"cd"
    assert len(server.small_bodies.tells) == 1
