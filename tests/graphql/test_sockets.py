"""The WebSocket: nobody is let in without a token or from a foreign page, and bad messages end one connection alone."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import websockets
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.api import PASSWORD, Api, Someone, opened
from tests.graphql.operations import a_model

AUDIT = "subscription { auditLog { node { action } } }"


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        {"authorization": ""},
        {"authorization": "Bearer "},
        {"authorization": "Bearer x.y.z"},
        {"authorization": 1},
        {"authorization": None},
        {"Authorization": ["Bearer"]},
        {"authorization": "Bearer cdt_" + "x" * 38},
        "Bearer x",
    ],
)
async def test_a_socket_without_a_good_token_is_closed(api: Api, payload: Any) -> None:
    async with opened(api.address) as connection:
        await connection.send(as_message("connection_init", payload=payload))
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(connection.recv(), 10)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code in {4403, 4400}


async def test_a_socket_whose_token_has_ended_is_closed(api: Api) -> None:
    assert api.owner.user_id is not None
    token = api.tokens.issue(api.owner.user_id, now=datetime.now(UTC) - timedelta(hours=2)).text

    with pytest.raises(ConnectionClosed):
        async with api.socket(by=Someone(token, api.owner.organization_id, api.owner.project_id)):
            pass


async def test_a_token_admits_in_the_first_message_or_in_the_header(api: Api) -> None:
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe("{ viewer { name } }")
        assert await socket.next() == {"viewer": {"name": "Ada"}}
    async with opened(api.address, additional_headers=api.owner.headers) as connection:
        await connection.send(as_message("connection_init"))
        assert "connection_ack" in str(await connection.recv())


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_page_of_another_origin_is_refused_before_it_can_speak(api: Api, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(api.address, origin=websockets.Origin(origin)):
            pass

    assert refused.value.response.status_code == 403


async def test_a_page_of_our_own_is_let_in(api: Api) -> None:
    async with api.socket(by=api.owner, origin=api.address) as socket:
        await socket.send("ping")
        assert (await socket.receive())["type"] == "pong"


async def test_who_speaks_before_saying_hello_is_closed(api: Api) -> None:
    async with opened(api.address) as connection:
        await connection.send(as_message("subscribe", id="1", payload={"query": AUDIT}))
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(connection.recv(), 10)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize(
    "message",
    ["", "x", "null", "1", "[]", "{}", '{"type": "nonsense"}', '{"type": 1}', b"\x00", '{"type": "subscribe"}',
     '{"type": "subscribe", "id": "1", "payload": null}',
     "[" * 100_000],
)  # fmt: skip
async def test_a_message_that_is_none_ends_its_connection_alone(api: Api, message: str | bytes) -> None:
    async with api.socket(by=api.owner) as other, api.socket(by=api.owner) as socket:
        await socket.connection.send(message)
        await socket.ends()

        await other.subscribe("{ __typename }")
        assert await other.next() == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "ä" * 300}], 4400),
        ([{"type": "subscribe", "id": "i" * 300, "payload": {"query": AUDIT}}] * 2, 4409),
    ],
)
async def test_a_clients_long_words_close_its_socket_with_the_code_that_is_meant(
    api: Api, caplog: pytest.LogCaptureFixture, messages: list[dict[str, Any]], code: int
) -> None:
    async with api.socket(by=api.owner) as socket:
        for each in messages:
            await socket.connection.send(json.dumps(each))
        assert await socket.ends() == code

    assert caplog.records == []


async def test_a_closed_tab_is_no_error(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as lines:
        async with api.socket(by=api.owner) as socket:
            for number in range(5):
                await socket.subscribe(AUDIT, named=str(number))
            await socket.subscribe(AUDIT, named="0")  # a second one of a name closes the socket while others start
            assert await socket.ends() == 4409
        await a_model(api)

    assert (lines, caplog.records) == ([], [])


async def test_a_sockets_new_token_ends_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    document = "mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }"
    fields = {"email": api.owner.email, "password": PASSWORD}
    monkeypatch.setattr("cdt.access.tokens.LIFETIME", timedelta(0))
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(document, {"input": fields})
        assert await socket.next() == {"signIn": {"__typename": "SignInPayload"}}
        assert (await socket.receive())["type"] == "complete"
        await socket.subscribe("{ viewer { id } }", named="2")
        assert await socket.next() == {"viewer": None}
        assert (await socket.receive())["type"] == "complete"
        await socket.subscribe("{ models { totalCount } }", named="3")
        assert "UNAUTHENTICATED" in str(await socket.receive())


async def test_an_operation_that_can_mean_nothing_is_answered_with_an_error(api: Api) -> None:
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe("subscription { nothing }")
        answer = await socket.receive()

    assert answer["type"] == "error"
    assert answer["payload"][0]["message"] == "Cannot query field 'nothing' on type 'Subscription'."


async def test_a_subscription_needs_its_permission(api: Api) -> None:
    async with api.socket(by=await api.make_key()) as socket:
        await socket.subscribe(AUDIT)
        answer = await socket.receive()

    assert "FORBIDDEN" in str(answer)


async def test_a_message_may_be_only_so_large(api: Api) -> None:
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe("{ __typename }", {"x": "x" * (17 * 1024 * 1024)})
        assert await socket.ends() == 1009


async def test_a_completed_subscription_sends_no_more(api: Api) -> None:
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(AUDIT, named="first")
        await socket.send("complete", id="first")
        await socket.subscribe(AUDIT, named="second")
        await a_model(api)
        message = await socket.receive()

    assert (message["type"], message["id"]) == ("next", "second")


def as_message(kind: str, **rest: Any) -> str:
    return json.dumps({"type": kind, **rest})
