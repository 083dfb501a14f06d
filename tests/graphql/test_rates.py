"""Limits at the API: refused with the time to wait over every transport, counted per operation, never in the way."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLUnionType
from redis.asyncio import Redis
from websockets.exceptions import ConnectionClosed

from cdt.embedded import EmbeddedValkey
from cdt.graphql.audit.queries import audit_cursor
from cdt.graphql.schema import build_schema
from tests.api import Api, Socket, Someone, client_of, opened, running, serving, settings_of
from tests.graphql.operations import SIGN_IN, a_model, a_version

VIEWER = "{ viewer { id } }"
NEWER = {"accept": "application/graphql-response+json"}
ROW = b'{"prediction_id":"%d","predicted_at":"2026-03-01T12:00:00Z","decision":"1","features":{"age":31,"sex":"1"}}\n'
MANY = 1_000_000


@pytest.fixture(scope="module")
async def api(module_dsn: str, valkey: EmbeddedValkey) -> AsyncIterator[Api]:
    """An API without limits; tests serve others beside it."""
    unlimited = dict.fromkeys(LIMITS, 0)
    async with running(settings_of(module_dsn, valkey.url, **unlimited)) as api:
        yield api


LIMITS = ["limit_sign_ins", "limit_ingest_requests", "limit_ingest_rows", "limit_query_cost", "limit_mutations"]


class Client:
    """Asks another API process of the same installation."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def ask(self, document: str, variables: Any = None, *, by: Someone | None = None, **headers: str) -> Any:
        given = {**(by.headers if by else {}), **headers}
        return await self.client.post("/graphql", json={"query": document, "variables": variables}, headers=given)


@pytest.fixture
async def limited(api: Api, own_valkey: str) -> AsyncIterator[Any]:
    """Makes processes with limits, each on its own and with a Redis that knows nothing yet."""
    async with AsyncExitStack() as stack:

        async def make(**limits: float) -> Client:
            settings = replace(api.settings, redis_url=own_valkey, **limits)
            _, address = await stack.enter_async_context(serving(settings))
            return Client(await stack.enter_async_context(client_of(address)))

        yield make


@pytest.fixture(scope="module")
async def server(state_folder: Path) -> AsyncIterator[EmbeddedValkey]:
    server = EmbeddedValkey(state_folder / "valkey-of-limits")
    await asyncio.to_thread(server.start)
    yield server
    await asyncio.to_thread(server.stop)


@pytest.fixture
async def own_valkey(server: EmbeddedValkey) -> str:
    await asyncio.to_thread(server.restart_if_dead)
    redis: Redis = Redis.from_url(server.url)
    await redis.flushdb()
    await redis.aclose()
    return server.url


@pytest.mark.parametrize("headers", [{}, NEWER])
async def test_too_many_queries_are_answered_429_with_the_time_to_wait(
    api: Api, limited: Any, headers: dict[str, str]
) -> None:
    client = await limited(limit_query_cost=2)
    answers = [await client.ask(VIEWER, by=api.owner, **headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["ratelimit"] for answer in answers[:2]] == ['"query";r=1;t=30', '"query";r=0;t=60']
    assert {answer.headers["ratelimit-policy"] for answer in answers[:2]} == {'"query";q=2;w=60'}
    refused = answers[2]
    (error,) = refused.json()["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert 29.0 < error["extensions"]["retryAfterSeconds"] <= 30.0
    assert (refused.headers["retry-after"], refused.headers["ratelimit"]) == ("30", '"query";r=0;t=30')
    assert "data" not in refused.json() or refused.json()["data"] is None


async def test_a_query_costs_one_and_one_for_each_row(api: Api, limited: Any) -> None:
    for n in range(3):
        await a_model(api, name=f"priced {n}")
    client = await limited(limit_query_cost=100)
    document = '{ models(first: 50, filter: { search: "priced" }) { nodes { name } } }'

    answer = await client.ask(document, by=api.owner)

    assert len(answer.json()["data"]["models"]["nodes"]) == 3
    assert answer.headers["ratelimit"].startswith('"query";r=96;')


async def test_each_mutation_of_an_operation_counts_and_its_refusal_is_data(api: Api, limited: Any) -> None:
    client = await limited(limit_mutations=2)
    document = """mutation ($a: RegisterModelInput!, $b: RegisterModelInput!, $c: RegisterModelInput!) {
      a: registerModel(input: $a) { __typename }
      b: registerModel(input: $b) { __typename }
      c: registerModel(input: $c) { __typename ... on RateLimitedError { code message retryAfterSeconds } }
    }"""
    variables = {name: {"projectId": api.owner.project, "name": f"counted {name}"} for name in "abc"}

    answer = await client.ask(document, variables, by=api.owner)

    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["a"]["__typename"], data["b"]["__typename"]) == ("RegisterModelPayload",) * 2
    assert (data["c"]["__typename"], data["c"]["code"]) == ("RateLimitedError", "RATE_LIMITED")
    assert 0 < data["c"]["retryAfterSeconds"] <= 30.0


async def test_signing_in_many_times_in_one_operation_is_many_tries(limited: Any) -> None:
    client = await limited(limit_sign_ins=2)
    fields = "".join(
        f'm{n}: signIn(input: {{ email: "{n}@example.com", password: "wrong" }}) {{ __typename }} ' for n in range(4)
    )

    answer = await client.ask(f"mutation {{ {fields} }}")

    assert [each["__typename"] for each in answer.json()["data"].values()] == [
        "UnauthenticatedError", "UnauthenticatedError", "RateLimitedError", "RateLimitedError",
    ]  # fmt: skip


async def test_a_person_is_limited_with_any_token_and_another_is_not(api: Api, limited: Any) -> None:
    client = await limited(limit_query_cost=1)

    assert (await client.ask(VIEWER, by=api.owner)).status_code == 200
    assert (await client.ask(VIEWER, by=api.owner)).status_code == 429
    assert (await client.ask(VIEWER, by=api.stranger)).status_code == 200
    assert (await client.ask(VIEWER)).status_code == 200
    assert (await client.ask(VIEWER)).status_code == 429


async def test_whoever_is_behind_a_trusted_proxy_is_counted_apart(limited: Any) -> None:
    client = await limited(limit_query_cost=1)
    asked = [("192.0.2.1", 200), ("192.0.2.2", 200), ("192.0.2.1", 429), ("2001:db8::1", 200), ("2001:db8::2", 429)]

    for address, status in asked:
        assert (await client.ask(VIEWER, **{"x-forwarded-for": address})).status_code == status, address


async def test_a_socket_is_told_of_each_operation_and_stays_open(api: Api, limited: Any) -> None:
    client = await limited(limit_query_cost=2)
    other = replace(api, client=client.client)

    async with other.socket(by=api.owner) as socket:
        for name in ("1", "2"):
            await socket.subscribe(VIEWER, named=name)
            assert (await socket.next())["viewer"]
            assert (await socket.receive())["type"] == "complete"
        for name, document in (("3", VIEWER), ("4", "subscription { auditLog { node { action } } }")):
            await socket.subscribe(document, named=name)
            message = await socket.receive()
            assert message["type"] == "error"
            (error,) = message["payload"]
            assert error["extensions"]["code"] == "RATE_LIMITED"
            assert 0 < error["extensions"]["retryAfterSeconds"] <= 60.0
        await socket.send("ping")
        assert (await socket.receive())["type"] == "pong"


async def test_requests_with_rows_and_rows_are_counted_apart(api: Api, limited: Any) -> None:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    client = await limited(limit_ingest_requests=10, limit_ingest_rows=60)
    path, headers = f"/v1/versions/{version['id']}/predictions", {"content-type": "application/x-ndjson"}

    async def send(count: int, start: int) -> httpx.Response:
        body = b"".join(ROW % n for n in range(start, start + count))
        return await client.client.post(path, content=body, headers=headers | api.owner.headers)

    first, second, third = await send(1, 0), await send(100, 1), await send(1, 200)

    assert first.headers["ratelimit-policy"] == '"ingest";q=10;w=60, "rows";q=60;w=60'
    assert first.headers["ratelimit"] == '"ingest";r=9;t=6, "rows";r=59;t=1'
    assert (second.status_code, second.json()["accepted"]) == (200, 100)
    assert (third.status_code, third.json()["code"]) == (429, "RATE_LIMITED")
    assert third.headers["ratelimit"] == f'"rows";r=0;t={third.headers["retry-after"]}'
    assert 40 <= int(third.headers["retry-after"]) <= 42


async def test_nobody_known_may_not_try_keys_for_ever(limited: Any) -> None:
    client = await limited(limit_ingest_requests=2)
    path, headers = f"/v1/versions/{'0' * 32}/labels", {"authorization": "Bearer cdt_x"}

    answers = [await client.client.post(path, headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]


async def test_processes_share_their_limits(api: Api, limited: Any) -> None:
    one, other = await limited(limit_query_cost=60), await limited(limit_query_cost=60)
    statuses: list[int] = []
    async with asyncio.timeout(20):
        while 429 not in statuses:
            statuses += [(await client.ask(VIEWER, by=api.owner)).status_code for client in (one, other)]

    assert 60 <= statuses.count(200) < 120


async def test_a_redis_that_dies_in_the_middle_is_noticed_by_nobody(
    api: Api, limited: Any, own_valkey: str, server: EmbeddedValkey
) -> None:
    client = await limited(limit_query_cost=MANY)
    few = await limited(limit_query_cost=3)

    async def ask() -> list[int]:
        return [(await client.ask(VIEWER, by=api.owner)).status_code for _ in range(50)]

    before = await ask()
    asking = asyncio.create_task(ask())
    await asyncio.to_thread(server.stop)
    during = [*await asking, *await ask()]
    limited_still = [(await few.ask(VIEWER, by=api.owner)).status_code for _ in range(4)]
    await asyncio.to_thread(server.start)
    after = await ask()

    assert {*before, *during, *after} == {200}
    assert limited_still == [200, 200, 200, 429]


async def test_without_a_limit_no_header_tells_of_one(api: Api) -> None:
    answer = await api.post(VIEWER, by=api.owner)

    assert [name for name in answer.headers if name.startswith("ratelimit")] == []


def test_every_mutation_can_answer_that_it_was_too_much() -> None:
    mutations = build_schema()._schema.mutation_type
    assert mutations is not None
    for name, field in mutations.fields.items():
        kind = getattr(field.type, "of_type", field.type)
        assert isinstance(kind, GraphQLUnionType), name
        assert "RateLimitedError" in {each.name for each in kind.types}, name


async def test_the_right_password_costs_no_more_than_a_try(api: Api, limited: Any) -> None:
    client = await limited(limit_sign_ins=1)
    variables = {"input": {"email": "ada@example.com", "password": "correct horse battery staple"}}

    answers = [(await client.ask(SIGN_IN, variables)).json()["data"]["signIn"] for _ in range(2)]

    assert "accessToken" in answers[0]
    assert (answers[1]["__typename"], answers[1]["code"]) == ("RateLimitedError", "RATE_LIMITED")


FOLLOW = f'subscription {{ auditLog(after: "{audit_cursor(0)}") {{ cursor }} }}'


async def test_a_person_follows_so_many_things_at_once_and_more_when_one_has_ended(api: Api) -> None:
    async with serving(replace(api.settings, streams_per_person=3)) as (_, address):
        async with AsyncExitStack() as stack:
            socket = await greeted(stack, address, api.owner)
            for name in ("1", "2"):
                assert (await answer_to(socket, FOLLOW, name))["type"] == "next"

            refused = await answer_to(socket, FOLLOW, "3")
            assert refused["type"] == "error"
            assert refused["payload"][0]["extensions"] == {"code": "RATE_LIMITED", "retryAfterSeconds": 10.0}
            assert (await answer_to(socket, VIEWER, "4"))["type"] == "next"  # what has one answer is not followed

            other = await stack.enter_async_context(opened(address))
            await other.send(json.dumps({"type": "connection_init", "payload": api.owner.headers}))
            with pytest.raises(ConnectionClosed) as closed:
                await other.recv()
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
                1013,
                "RATE_LIMITED: No more than 3 WebSockets and subscriptions at once; close some, or try again in 10 s.",
            )
            stranger = await greeted(stack, address, api.stranger)
            assert (await answer_to(stranger, FOLLOW, "1"))["type"] == "next"

            await socket.send("complete", id="1")
            await follows_again(socket)
        async with AsyncExitStack() as stack:
            await follows_again(await greeted(stack, address, api.owner))


async def test_an_event_stream_counts_as_one_until_it_is_closed(api: Api) -> None:
    url, headers = "/graphql/stream", {**api.owner.headers, "accept": "text/event-stream"}
    async with (
        serving(replace(api.settings, streams_per_person=1)) as (_, address),
        client_of(address) as client,
    ):
        async with client.stream("POST", url, json={"query": FOLLOW}, headers=headers) as open_one:
            assert "next" in await anext(open_one.aiter_lines())
            refused = await client.post(url, json={"query": FOLLOW}, headers=headers)
            assert '"code":"RATE_LIMITED"' in refused.text
        async with asyncio.timeout(10):
            while not await begins(client, url, headers):
                pass


async def begins(client: httpx.AsyncClient, url: str, headers: dict[str, str]) -> bool:
    async with client.stream("POST", url, json={"query": FOLLOW}, headers=headers) as stream:
        lines = stream.aiter_lines()
        return "next" in await anext(lines) and "RATE_LIMITED" not in await anext(lines)


async def greeted(stack: AsyncExitStack, address: str, by: Someone) -> Socket:
    """A WebSocket to another process that has said hello, as soon as there is room for it."""
    async with asyncio.timeout(10):
        while True:
            socket = Socket(await stack.enter_async_context(opened(address)))
            with suppress(ConnectionClosed):
                await socket.hello(by)
                return socket


async def follows_again(socket: Socket) -> None:
    """What has ended is counted no more, soon."""
    async with asyncio.timeout(10):
        while (await answer_to(socket, FOLLOW, "again"))["type"] != "next":
            pass


async def answer_to(socket: Socket, document: str, named: str) -> dict[str, Any]:
    """The first message to an operation, whatever comes to others before."""
    await socket.subscribe(document, named=named)
    while True:
        message = await socket.receive()
        if message.get("id") == named:
            return message
