"""What surrounds every request: an id, hard headers, a bound on the body, and no trace of what broke."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from cdt import asgi
from cdt.http.requests import BodyLimit, RequestLog
from cdt.observability import IDS_IN_CONTEXT
from tests.api import Api


def client_of(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://cdt")


def answering(response: Response) -> ASGIApp:
    """An application that reads the body and answers."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Request(scope, receive).body()
        await response(scope, receive, send)

    return app


@asynccontextmanager
async def impolite(address: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection that is torn off in the end."""
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    yield reader, writer
    writer.transport.abort()


async def nothing_comes() -> Any:
    await asyncio.Event().wait()


async def breaking(_scope: Any, _receive: Any, _send: Any) -> None:
    raise RuntimeError("the password is hunter2")


async def test_every_answer_has_an_id_of_its_own_and_hard_headers(api: Api) -> None:
    answers = [await api.client.get(path) for path in ("/healthz", "/nowhere.txt", "/v1/nowhere", "/metrics")]

    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "server" not in answer.headers


async def test_what_breaks_is_logged_under_the_id_and_answered_without_a_trace() -> None:
    with capture_logs(processors=IDS_IN_CONTEXT) as lines:
        answer = await client_of(RequestLog(breaking)).get("/somewhere")

    assert answer.status_code == 500
    assert answer.json() == {
        "code": "UNEXPECTED", "path": None,
        "message": "Something went wrong on our side; it is logged under this request's id.",
    }  # fmt: skip
    (line,) = [each for each in lines if each["event"] == "request_broke"]
    assert line["request_id"] == answer.headers["x-request-id"]
    assert line["path"] == "/somewhere"


async def test_what_breaks_in_the_middle_of_an_answer_ends_it() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"a part"
        raise RuntimeError("in the middle")

    with capture_logs() as lines, pytest.raises(RuntimeError, match="in the middle"):
        await client_of(RequestLog(StreamingResponse(parts()))).get("/")

    assert [line["event"] for line in lines] == ["request_broke"]


@pytest.mark.parametrize(
    ("status", "level"),
    [(200, []), (404, []), (503, [("request_failed", "warning")]), (500, [("request_failed", "error")])],
)
async def test_what_fails_is_an_error_and_what_is_not_to_be_had_just_now_a_warning(
    status: int, level: list[tuple[str, str]]
) -> None:
    with capture_logs() as lines:
        await client_of(RequestLog(PlainTextResponse("", status_code=status))).get("/readyz")

    assert [(line["event"], line["log_level"]) for line in lines] == level


async def test_what_breaks_is_logged_once() -> None:
    with capture_logs() as lines:
        await client_of(RequestLog(breaking)).get("/somewhere")

    assert [line["event"] for line in lines] == ["request_broke"]


@pytest.mark.parametrize("accept", ["*/*", "application/graphql-response+json"])
async def test_a_client_that_goes_before_it_has_said_all_is_no_error(api: Api, accept: str) -> None:
    with capture_logs() as lines:
        async with impolite(api.address) as (_, writer):
            writer.write(
                f"POST /graphql HTTP/1.1\r\nhost: cdt\r\naccept: {accept}\r\ncontent-type: application/json\r\n"
                'content-length: 100\r\n\r\n{"query":'.encode()
            )
            await writer.drain()
        assert (await api.client.get("/healthz")).status_code == 200

    assert [line for line in lines if line["log_level"] in {"warning", "error"}] == []


@pytest.mark.parametrize(
    ("error", "event", "level", "code"),
    [
        (RuntimeError("the password is hunter2"), "socket_broke", "error", 1011),
        (psycopg.OperationalError("gone"), "database_away", "warning", 1013),
    ],
)
async def test_a_socket_that_breaks_is_logged_and_closed(error: Exception, event: str, level: str, code: int) -> None:
    sent: list[Any] = []

    async def app(*_: Any) -> None:
        raise error

    async def send(message: Any) -> None:
        sent.append(message)

    with capture_logs() as lines:
        await RequestLog(app)({"type": "websocket", "path": "/graphql"}, nothing_comes, send)

    assert [(line["event"], line["log_level"]) for line in lines] == [(event, level)]
    assert sent == [{"type": "websocket.close", "code": code}]


@pytest.mark.parametrize(("size", "status"), [(0, 200), (10, 200), (11, 413), (10_000, 413)])
async def test_a_body_is_bounded_by_its_stated_length(size: int, status: int) -> None:
    limited = BodyLimit(answering(PlainTextResponse("taken")), limits={"/small": 10}, seconds=60.0)

    assert (await client_of(limited).post("/small", content=b"x" * size)).status_code == status


@pytest.mark.parametrize(("parts", "status"), [(1, 200), (2, 200), (3, 413), (1_000, 413)])
async def test_a_body_of_unstated_length_is_bounded_as_it_comes_in(parts: int, status: int) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(parts):
            yield b"x" * 5

    limited = BodyLimit(answering(PlainTextResponse("taken")), limits={"/small": 10}, seconds=60.0)

    answer = await client_of(limited).post("/small", content=body())

    assert answer.status_code == status
    if status == 413:
        assert answer.json()["code"] == "TOO_LARGE"
        assert "10" in answer.json()["message"]


async def parts_until(event: asyncio.Event) -> AsyncIterator[bytes]:
    yield b"{"
    await event.wait()


async def test_a_body_that_does_not_arrive_in_time_is_given_up(api: Api) -> None:
    limited = BodyLimit(answering(PlainTextResponse("taken")), limits={"": 10}, seconds=0.1)

    answer = await client_of(limited).post("/", content=parts_until(asyncio.Event()))

    assert (answer.status_code, answer.json()["code"], answer.headers["connection"]) == (408, "TOO_SLOW", "close")


@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream"])
@pytest.mark.parametrize("accept", ["*/*", "text/event-stream", "application/graphql-response+json"])
async def test_an_operation_that_does_not_arrive_in_time_is_given_up(api: Api, path: str, accept: str) -> None:
    impatient = asgi.build(replace(api.settings, body_seconds=0.1))
    headers = {"content-type": "application/json", "accept": accept}

    async with impatient.router.lifespan_context(impatient):
        answer = await client_of(impatient).post(path, content=parts_until(asyncio.Event()), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (408, "TOO_SLOW")


async def test_an_answer_may_take_longer_than_its_request() -> None:
    async def slow_app(scope: Any, receive: Any, send: Any) -> None:
        await Request(scope, receive).body()
        deadline_has_passed = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, deadline_has_passed.set)
        await deadline_has_passed.wait()
        await PlainTextResponse("at last")(scope, receive, send)

    answer = await client_of(BodyLimit(slow_app, limits={"": 10}, seconds=0.02)).post("/", content=b"x")

    assert answer.text == "at last"


async def test_elsewhere_bodies_are_not_bounded_here() -> None:
    limited = BodyLimit(answering(PlainTextResponse("taken")), limits={"/small": 10}, seconds=60.0)

    assert (await client_of(limited).post("/large", content=b"x" * 1_000)).status_code == 200


async def test_a_health_check_says_that_the_process_lives(api: Api) -> None:
    answer = await api.client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_readiness_names_every_part_and_what_is_missing(api: Api) -> None:
    answer = await api.client.get("/readyz")

    state = answer.json()
    assert state["database"] == "ok"
    assert state["redis"] == "ok"
    assert state["follower"]["state"] == "ok"
    assert state["worker"] == "no worker has beaten for 30 s: evaluations wait"
    assert (answer.status_code, state["status"]) == (503, "not ready")


async def test_the_metrics_are_those_of_prometheus(api: Api) -> None:
    answer = await api.client.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert "cdt_follower_lag_events 0.0" in lines
    assert "cdt_parked_events 0.0" in lines
