"""What comes in, as a state: the present at once, then what is newer, with rates that end at nothing."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cdt.graphql.predictions import hub
from tests.api import Api, Socket
from tests.graphql.operations import a_model, a_version, promoted

WATCH = """
subscription ($model: ID!, $after: Cursor) {
  ingestion(modelId: $model, after: $after) { cursor predictions labels rejected rowsPerSecond labelsPerSecond }
}"""


async def a_watched_model(api: Api) -> tuple[str, str]:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    return model["id"], version["id"]


async def send(api: Api, version: str, count: int, *, named: str) -> None:
    """So many rows, and one that no version takes."""
    row: dict[str, Any] = {
        "predicted_at": datetime(2026, 1, 1, tzinfo=UTC).isoformat(), "decision": "1", "score": 0.5,
        "features": {"age": 30, "sex": "1"},
    }  # fmt: skip
    rows = [{**row, "prediction_id": f"{named} {number}"} for number in range(count)]
    answer = await api.client.post(
        f"/v1/versions/{version}/predictions",
        content="\n".join(map(json.dumps, [*rows, {**row, "prediction_id": f"{named} bad", "decision": "2"}])),
        headers={**api.owner.headers, "content-type": "application/x-ndjson"},
    )
    assert answer.json()["accepted"] == count


async def next_state(socket: Socket) -> dict[str, Any]:
    return (await socket.next())["ingestion"]


async def test_the_present_then_what_came_and_at_last_that_nothing_comes(api: Api) -> None:
    model, version = await a_watched_model(api)
    await send(api, version, 3, named="before")
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"model": model})
        first = await next_state(socket)
        assert (first["predictions"], first["rejected"], first["rowsPerSecond"]) == (3, 1, None)

        await send(api, version, 7, named="after")
        second, third = await next_state(socket), await next_state(socket)

    assert (second["predictions"], second["rejected"]) == (10, 2)
    assert 0 < second["rowsPerSecond"] <= 7 / hub.COUNTED_SECONDS
    assert (third["predictions"], third["rowsPerSecond"], third["labelsPerSecond"]) == (10, 0.0, 0.0)


async def test_a_cursor_holds_back_what_is_not_newer(api: Api) -> None:
    model, version = await a_watched_model(api)
    await send(api, version, 1, named="before")
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"model": model})
        seen = await next_state(socket)
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"model": model, "after": seen["cursor"]})
        await send(api, version, 1, named="after")

        assert (await next_state(socket))["predictions"] == 2


async def test_another_champion_is_counted_from_its_beginning(api: Api) -> None:
    model, old = await a_watched_model(api)
    for number in range(3):
        await send(api, old, 5, named=f"old {number}")
    await promoted(api, old)
    new = (await a_version(api, model, "2.0"))["id"]
    await send(api, new, 2, named="new")
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"model": model})
        seen = await next_state(socket)
        await promoted(api, new)
        assert [seen["predictions"], (await next_state(socket))["predictions"]] == [15, 2]
    async with api.socket(by=api.owner) as socket:  # the cursor was of the former
        await socket.subscribe(WATCH, {"model": model, "after": seen["cursor"]})
        assert (await next_state(socket))["predictions"] == 2


async def test_many_who_watch_are_one_look(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    model, version = await a_watched_model(api)
    await send(api, version, 1, named="one")
    looks: list[list[Any]] = []
    look = hub.intake_states

    async def counting(connection: Any, versions: list[Any]) -> Any:
        looks.append(versions)
        return await look(connection, versions)

    monkeypatch.setattr(hub, "intake_states", counting)
    async with api.socket(by=api.owner) as socket:
        for number in range(20):
            await socket.subscribe(WATCH, {"model": model}, named=str(number))
        states = [await next_state(socket) for _ in range(20)]

    assert {each["predictions"] for each in states} == {1}
    assert len(looks) < 5  # and not 20


async def test_nobody_else_learns_that_the_model_exists(api: Api) -> None:
    model, _ = await a_watched_model(api)
    async with api.socket(by=api.stranger) as socket:
        await socket.subscribe(WATCH, {"model": model})
        message = await asyncio.wait_for(socket.receive(), 10)

    errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
    assert errors[0]["extensions"]["code"] == "NOT_FOUND"
