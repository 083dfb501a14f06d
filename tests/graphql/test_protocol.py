"""What is not an operation: told as an error in the protocol's own words, over every transport, and nothing breaks."""

from contextlib import suppress
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed

from tests.api import Api, opened

SYNTAX = "subscription {"
UNKNOWN = "subscription { nothing }"


async def errors_over_a_socket(api: Api, document: str) -> list[dict[str, Any]]:
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(document)
        message = await socket.receive()
        assert message["type"] == "error", message
        await socket.send("ping")  # the socket lives on
        assert (await socket.receive())["type"] == "pong"
    return message["payload"]


@pytest.mark.parametrize("document", [SYNTAX, UNKNOWN, "", "{", "fragment a on Query { viewer { id } }"])
async def test_over_a_socket_what_cannot_be_executed_is_an_error(api: Api, document: str) -> None:
    with capture_logs() as lines:
        (error, *_) = await errors_over_a_socket(api, document)

    assert error["message"]
    assert [line for line in lines if line["log_level"] == "error"] == []


@pytest.mark.parametrize("document", [SYNTAX, UNKNOWN, ""])
async def test_as_an_event_stream_what_cannot_be_executed_is_an_error(api: Api, document: str) -> None:
    with capture_logs() as lines:
        answer = await api.client.post(
            "/graphql/stream", json={"query": document}, headers={**api.owner.headers, "accept": "text/event-stream"}
        )

    assert "errors" in answer.text or answer.status_code == 400
    assert [line for line in lines if line["log_level"] == "error"] == []


@pytest.mark.parametrize(
    "accept", ["application/json", "*/*", "text/event-stream", "application/graphql-response+json"]
)
async def test_a_subscription_by_post_is_told_where_to_go(api: Api, accept: str) -> None:
    answer = await api.client.post(
        "/graphql", json={"query": "subscription { auditLog { cursor } }"},
        headers={**api.owner.headers, "accept": accept},
    )  # fmt: skip

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert "/graphql/stream" in error["message"]
    assert error["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_of_two_operations_one_must_be_named(api: Api, accept: str) -> None:
    document = "query a { viewer { id } } query b { viewer { name } }"
    headers = {**api.owner.headers, "accept": accept}

    unnamed = await api.client.post("/graphql", json={"query": document}, headers=headers)
    wrong = await api.client.post("/graphql", json={"query": document, "operationName": "c"}, headers=headers)
    named = await api.client.post("/graphql", json={"query": document, "operationName": "b"}, headers=headers)

    assert "operationName" in unnamed.json()["errors"][0]["message"]
    assert unnamed.json().get("data") is None
    assert wrong.json()["errors"]
    assert named.json() == {"data": {"viewer": {"name": "Ada"}}}


@pytest.mark.parametrize(
    "message",
    ["[]", "1", "null", '"x"', "{}", '{"type": 1}', '{"type": "subscribe", "id": "1", "payload": 5}',
     '{"type": "subscribe", "id": "1"}', '{"type": "subscribe", "id": 1, "payload": {"query": "{ a }"}}',
     '{"type": "complete"}', '{"type": "next", "id": "1"}', "{", "\x00"],
)  # fmt: skip
async def test_what_is_no_message_closes_the_socket_with_a_reason(api: Api, message: str) -> None:
    with capture_logs() as lines:
        async with api.socket(by=api.owner) as socket:
            await socket.connection.send(message)
            code = await socket.ends()

    assert code in {4400, 1007, 4409}
    assert [line for line in lines if line["log_level"] == "error"] == []


async def test_bytes_are_no_message(api: Api) -> None:
    async with api.socket(by=api.owner) as socket:
        await socket.connection.send(b"\x00\xff")
        assert await socket.ends() in {4400, 1003}


@pytest.mark.parametrize("message", ["[]", "5", '{"type": "connection_init", "payload": 5}'])
async def test_what_is_no_greeting_closes_the_socket_with_a_reason(api: Api, message: str) -> None:
    async with opened(api.address) as connection:
        await connection.send(message)
        with suppress(ConnectionClosed):
            async for _ in connection:
                pass

    assert connection.close_code in {4400, 4403}
