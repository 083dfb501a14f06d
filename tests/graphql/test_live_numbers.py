"""Live numbers of a model and of a project: as a query, and as a state that moves."""

import json
from typing import Any

import pytest

from tests.api import Api, Socket, Someone, global_id
from tests.graphql.operations import a_model, a_version

NUMBERS = """
  ofId cursor predictions failed predictionsPerMinute successRate reason
  processingTime { p50Ms p95Ms calls relativeError reason }
  lastHour { minutes predictions failed }"""
OF_MODEL = f"query ($id: ID!, $at: AsOf) {{ model(id: $id, asOf: $at) {{ liveNumbers {{ {NUMBERS} }} }} }}"
OF_PROJECT = f"query ($id: ID!) {{ node(id: $id) {{ ... on Project {{ liveNumbers {{ {NUMBERS} }} }} }} }}"
WATCH = f"""
subscription ($model: ID!, $after: Cursor) {{ liveNumbers(modelId: $model, after: $after) {{ {NUMBERS} }} }}"""
WATCH_PROJECT = f"""
subscription ($project: ID!) {{ liveNumbers: projectLiveNumbers(projectId: $project) {{ {NUMBERS} }} }}"""


async def a_sender(api: Api, by: Someone | None = None) -> tuple[str, str]:
    model = await a_model(api, by=by)
    version = await a_version(api, model["id"], by=by)
    return model["id"], version["id"]


async def send(api: Api, version: str, *names: str, milliseconds: float | None = None) -> None:
    rows = [
        {"prediction_id": name, "predicted_at": "2026-01-01T00:00:00Z", "decision": "1",
         "features": {"age": 30, "sex": "1"}, "processing_ms": milliseconds}
        for name in names
    ]  # fmt: skip
    headers = {**api.owner.headers, "content-type": "application/json"}
    answer = await api.client.post(f"/v1/versions/{version}/predictions", content=json.dumps(rows), headers=headers)
    assert answer.json()["accepted"] == len(names)


async def fail(api: Api, version: str, body: object) -> tuple[int, Any]:
    answer = await api.client.post(f"/v1/versions/{version}/failures", json=body, headers=api.owner.headers)
    return answer.status_code, answer.json()


async def next_numbers(socket: Socket) -> dict[str, Any]:
    return (await socket.next())["liveNumbers"]


async def test_a_model_tells_what_came_in_what_failed_and_how_long_it_took(api: Api) -> None:
    model, version = await a_sender(api)
    await send(api, version, "a", "b", milliseconds=20)
    await send(api, version, "c")
    assert await fail(api, version, {"ids": ["x", "x"]}) == (200, {"accepted": 1, "duplicates": 1})
    numbers = (await api.ask(OF_MODEL, {"id": model}, by=api.owner))["model"]["liveNumbers"]
    assert (numbers["ofId"], numbers["predictions"], numbers["failed"]) == (model, 3, 1)
    assert (numbers["successRate"], numbers["reason"]) == (0.75, None)
    assert 3 / 5 <= numbers["predictionsPerMinute"] <= 3 / 4
    time = numbers["processingTime"]
    assert (time["calls"], time["reason"]) == (2, None)
    assert time["p50Ms"] == time["p95Ms"] == pytest.approx(20, rel=time["relativeError"])
    assert (sum(numbers["lastHour"]["predictions"]), sum(numbers["lastHour"]["failed"])) == (3, 1)


async def test_without_calls_there_is_no_rate_and_it_says_why(api: Api) -> None:
    model, _ = await a_sender(api)
    numbers = (await api.ask(OF_MODEL, {"id": model}, by=api.owner))["model"]["liveNumbers"]
    assert (numbers["successRate"], numbers["reason"]) == (None, "Nothing came in during these minutes.")
    assert numbers["processingTime"]["p95Ms"] is None
    assert numbers["processingTime"]["reason"] == "No prediction of these minutes came with its processing time."
    assert numbers["lastHour"] == {"minutes": [], "predictions": [], "failed": []}


async def test_a_project_tells_of_all_its_models(api: Api) -> None:
    owner = await api.make_owner("numbers")
    for name in ("one", "two"):
        _, version = await a_sender(api, owner)
        headers = {**owner.headers, "content-type": "application/json"}
        row = {
            "prediction_id": name, "predicted_at": "2026-01-01T00:00:00Z", "decision": "1",
            "features": {"age": 30, "sex": "1"},
        }  # fmt: skip
        answer = await api.client.post(f"/v1/versions/{version}/predictions", json=[row], headers=headers)
        assert answer.json()["accepted"] == 1
    numbers = (await api.ask(OF_PROJECT, {"id": owner.project}, by=owner))["node"]["liveNumbers"]
    assert numbers["predictions"] == 2
    async with api.socket(by=owner) as socket:
        await socket.subscribe(WATCH_PROJECT, {"project": owner.project})
        assert (await next_numbers(socket))["predictions"] == 2


async def test_live_numbers_are_of_now(api: Api) -> None:
    model, _ = await a_sender(api)
    position = (await api.ask("{ recordedTime { position } }", by=api.owner))["recordedTime"]["position"]
    assert await api.refused(OF_MODEL, {"id": model, "at": position}, by=api.owner) == "INVALID"


async def test_who_follows_is_told_the_present_and_what_came_since(api: Api) -> None:
    model, version = await a_sender(api)
    await send(api, version, "a")
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"model": model})
        first = await next_numbers(socket)
        assert first["predictions"] == 1
        await send(api, version, "b", "c")
        assert (await next_numbers(socket))["predictions"] == 3
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"model": model, "after": first["cursor"]})
        assert (await next_numbers(socket))["predictions"] == 3


async def test_others_numbers_can_t_be_followed(api: Api) -> None:
    model, _ = await a_sender(api)
    wrong = [
        ({"model": model}, "NOT_FOUND", api.stranger),
        ({"project": api.owner.project}, "NOT_FOUND", api.stranger),
        ({"project": global_id("Project", api.owner.organization_id)}, "NOT_FOUND", api.owner),
        ({"model": model, "after": "x"}, "INVALID", api.owner),
    ]
    for variables, code, by in wrong:
        async with api.socket(by=by) as socket:
            await socket.subscribe(WATCH if "model" in variables else WATCH_PROJECT, variables)
            (error,) = (await socket.receive())["payload"]["errors"]
            assert error["extensions"]["code"] == code


async def test_a_report_of_failures_names_calls(api: Api) -> None:
    _, version = await a_sender(api)
    for body in ({}, {"ids": []}, {"ids": [""]}, {"ids": ["x" * 181]}, {"ids": ["a"] * 10_001}, {"ids": ["a\x00"]}, 3):
        status, told = await fail(api, version, body)
        assert (status, told["code"]) == (400, "INVALID")
    answer = await api.client.post(
        f"/v1/versions/{version}/failures", json={"ids": ["a"]}, headers=api.stranger.headers
    )
    assert answer.status_code == 404
