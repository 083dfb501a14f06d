"""What KServe's inference logger sends: requests and answers become predictions, once, whichever comes first."""

import asyncio
import csv
import io
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import psycopg
import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from tests.api import Api
from tests.graphql.operations import a_model, a_version
from tests.http.kserve_events import ANSWER, REQUEST, Logger, headers_of
from tests.http.sending import Sender

V1, V1_ANSWER = {"instances": [[31, "1"], [44, "2"]]}, {"predictions": [1, 0]}
V2 = {
    "id": "7",
    "inputs": [
        {"name": "age", "shape": [2], "datatype": "FP32", "data": [31.0, 44.0]},
        {"name": "sex", "shape": [2, 1], "datatype": "BYTES", "data": [["1"], ["2"]]},
    ],
}
V2_ANSWER = {
    "model_name": "credit",
    "id": "7",
    "outputs": [
        {"name": "predict", "shape": [2], "datatype": "INT64", "data": [1, 0], "parameters": {"content_type": "np"}},
        {"name": "predict_proba", "shape": [2, 2], "datatype": "FP64", "data": [0.25, 0.75, 0.5, 0.5]},
    ],
}


@pytest.fixture
async def sender(api: Api) -> Sender:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    return Sender(api.client, version["id"], await api.make_key())


@pytest.fixture
def logger(sender: Sender) -> Logger:
    return Logger(sender)


async def rows(sender: Sender, api: Api) -> list[tuple[Any, ...]]:
    """What is stored: id, time, decision, score, age, sex."""
    answer = await api.client.get(
        f"/v1/versions/{sender.version_id}/predictions", params={"format": "csv"}, headers=api.owner.headers
    )
    assert answer.status_code == 200, answer.text
    return sorted(map(tuple, list(csv.reader(io.StringIO(answer.text)))[1:]))


def taken(accepted: int, *, duplicates: int = 0) -> tuple[str, int, int]:
    return "taken", accepted, duplicates


def outcome(told: dict[str, Any]) -> tuple[str, int, int]:
    return told["state"], told["receipt"]["accepted"], told["receipt"]["duplicates"]


def reasons(told: dict[str, Any]) -> list[tuple[int, str | None, str]]:
    assert told["receipt"]["accepted"] == 0
    return [(each["row"], each["column"], each["reason"]) for each in told["receipt"]["rejected"]]


async def test_a_request_and_its_answer_become_predictions_at_the_time_of_the_answer(
    api: Api, sender: Sender, logger: Logger
) -> None:
    assert outcome(await logger.call(V1, V1_ANSWER, call_id="0009174a")) == taken(2)
    stored = await rows(sender, api)
    assert [(each[0], each[2], each[4:]) for each in stored] == [
        ("0009174a-0", "1", ("31", "1")),
        ("0009174a-1", "0", ("44", "2")),
    ]
    assert {datetime.fromisoformat(each[1]) for each in stored} == {datetime(2026, 3, 1, 12, 0, 0, 128953, UTC)}


async def test_tensors_of_the_second_protocol_are_columns_by_name_and_outputs_as_they_are_mapped(
    api: Api, sender: Sender
) -> None:
    logger = Logger(sender, parameters="?decision=predict&score=predict_proba")
    assert outcome(await logger.call(V2, V2_ANSWER, call_id="v2")) == taken(2)
    assert [each[2:] for each in await rows(sender, api)] == [("1", "0.75", "31", "1"), ("0", "0.5", "44", "2")]


async def test_the_answer_may_come_first_and_both_at_once(sender: Sender, logger: Logger) -> None:
    first = await logger.send(ANSWER, V1_ANSWER, call_id="late")
    assert first.json() == {"state": "waiting"}
    assert outcome((await logger.send(REQUEST, V1, call_id="late")).json()) == taken(2)
    told = await asyncio.gather(
        *(logger.send(kind, V1 if kind == REQUEST else V1_ANSWER, call_id="at once") for kind in (REQUEST, ANSWER) * 3)
    )
    assert {answer.status_code for answer in told} == {200}
    assert {outcome(each) for each in (answer.json() for answer in told) if each["state"] == "taken"} == {taken(2)}


async def test_what_the_logger_repeats_changes_nothing_and_leaves_nothing(api: Api, logger: Logger) -> None:
    told = await logger.call(V1, V1_ANSWER, call_id="again")
    for kind, body in ((REQUEST, V1), (ANSWER, V1_ANSWER), (ANSWER, {"predictions": [0, 0]})):
        assert (await logger.send(kind, body, call_id="again")).json() == told
    conninfo = conninfo_as(api.settings.database_url or "", DatabaseRole.SYSTEM)
    async with await psycopg.AsyncConnection.connect(conninfo) as connection:
        left = await connection.execute("SELECT count(*) FROM predictions.calls WHERE call_id = 'again'")
        assert await left.fetchone() == (0,)


async def test_an_answer_that_is_an_error_is_a_failure_however_often_it_comes(
    api: Api, sender: Sender, logger: Logger
) -> None:
    assert await logger.call(V1, {"error": "model is not ready"}, call_id="broken") == {"state": "failed"}
    assert (await logger.send(ANSWER, V1_ANSWER, call_id="broken")).json() == {"state": "failed"}
    assert (await logger.send(REQUEST, V1, call_id="broken")).json() == {"state": "failed"}
    assert await rows(sender, api) == []


async def test_an_event_may_come_as_one_object(api: Api, sender: Sender, logger: Logger) -> None:
    event = {"specversion": "1.0", "id": "whole", "source": "/", "datacontenttype": "application/json"}
    asked = event | {"type": "io.kserve.inference.request", "data": V1}
    answer = msgspec.json.encode(V1_ANSWER)
    answered = event | {"type": "io.kserve.inference.response", "data_base64": b64encode(answer).decode()}
    for body in (asked, answered):
        told = await sender.send(
            msgspec.json.encode(body), kind="application/cloudevents+json; charset=utf-8", to="kserve"
        )
        assert (told.status_code, told.content) == (200, b"")
    assert len(await rows(sender, api)) == 2


async def test_who_accepts_no_json_is_answered_without_a_body(logger: Logger) -> None:
    for kind, body in ((REQUEST, V1), (ANSWER, V1_ANSWER)):
        answer = await logger.send(kind, body, call_id="quiet", accept="*/*")
        assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")


async def test_without_a_time_it_was_when_the_event_came(api: Api, sender: Sender) -> None:
    before = datetime.now(UTC)
    for kind, body in ((REQUEST, V1), (ANSWER, V1_ANSWER)):
        headers = headers_of(kind, "timeless")
        del headers["ce-time"]
        await sender.send(msgspec.json.encode(body), kind="", to="kserve", **headers)
    (at,) = {datetime.fromisoformat(each[1]) for each in await rows(sender, api)}
    assert before <= at <= datetime.now(UTC)


async def test_bad_calls_are_rejected_with_the_reason(logger: Logger) -> None:
    good = [[31, "1"]]
    for request, answer, expected in (
        ({"instances": good}, V1_ANSWER, (0, None, "the request has 1 instances, and the answer 2")),
        ({"instances": [[31]]}, {"predictions": [1]}, (0, None, "has 1 values, and 2 columns stand in their places")),
        ({"instances": [["x", "1"]]}, {"predictions": [1]}, (0, "age", "must be a number or null, not text")),
        ({"instances": [{"age": 3}]}, {"predictions": [1]}, (0, "sex", "is required; write null where a row has none")),
        ({"instances": good}, {"predictions": [7]}, (0, "decision", "must be one of '0' and '1', not 7")),
        ({}, {"predictions": [1]}, (0, None, "the request has neither instances nor inputs")),
        ({"instances": good}, {"detail": "?"}, (0, None, "the answer has neither predictions nor outputs")),
    ):
        assert reasons(await logger.call(request, answer)) == [expected]


async def test_a_bad_instance_leaves_the_others(logger: Logger) -> None:
    told = await logger.call({"instances": [[31, "1"], ["x", "1"], [33, "2"]]}, {"predictions": [1, 1, 1]})
    assert outcome(told) == taken(2)
    assert [each["row"] for each in told["receipt"]["rejected"]] == [1]


async def test_what_is_no_event_of_an_inference_is_refused(sender: Sender, logger: Logger) -> None:
    async def refused(**given: str) -> tuple[int, list[str] | None]:
        answer = await logger.send(REQUEST, V1, call_id="x", **given)
        return answer.status_code, answer.json()["path"]

    assert await refused(**{"ce-type": "org.example.other"}) == (400, ["type"])
    assert await refused(**{"ce-id": "x" * 181}) == (400, ["id"])
    assert await refused(**{"ce-id": "a%00b"}) == (400, ["id"])
    assert await refused(**{"ce-time": "yesterday"}) == (400, ["time"])
    assert await refused(**{"ce-specversion": "2.0"}) == (400, ["specversion"])
    assert await refused(**{"content-type": "application/octet-stream"}) == (400, ["datacontenttype"])
    assert await sender.refused(b"{}", to="kserve") == (400, "INVALID", ["ce-id"])
    assert await sender.refused(b"{", to="kserve", kind="application/cloudevents+json") == (400, "INVALID", ["body"])
    for parameters, name in (
        ("?threshold=2", "threshold"),
        ("?columns=age", "columns"),
        ("?columns=age,age,sex", "columns"),
        ("?other=1", "other"),
        ("?score=a&score=b", "score"),
        ("?score", "query"),
    ):
        answer = await Logger(sender, parameters=parameters).send(REQUEST, V1, call_id="x")
        assert (answer.status_code, answer.json()["path"]) == (400, [name])
    large = await logger.send(REQUEST, b" " * (4 << 20) + b"{}", call_id="x")
    assert (large.status_code, large.json()["code"]) == (413, "TOO_LARGE")


async def test_a_key_may_come_as_the_password_of_the_url(api: Api, sender: Sender) -> None:
    key = sender.by.headers["authorization"].removeprefix("Bearer ")
    send = api.client.post
    path, body = f"/v1/versions/{sender.version_id}/kserve", msgspec.json.encode(V1)
    headers = headers_of(REQUEST, "by password")
    assert (await send(path, content=body, headers=headers, auth=httpx.BasicAuth("key", key))).status_code == 200
    token = api.owner.headers["authorization"].removeprefix("Bearer ")
    for wrong in (token, "cdt_x", ""):
        assert (await send(path, content=body, headers=headers, auth=httpx.BasicAuth("key", wrong))).status_code == 401
    assert (await send(path, content=body, headers=headers | {"authorization": "Basic w6k="})).status_code == 401


async def test_only_who_may_send_rows_may_send_events(api: Api, sender: Sender) -> None:
    body, headers = msgspec.json.encode(V1), headers_of(REQUEST, "mine")
    viewer = await api.make_member(Role.VIEWER)
    assert (await sender.refused(body, to="kserve", by=viewer, **headers))[0] == 403
    assert (await sender.refused(body, to="kserve", by=api.stranger, **headers))[0] == 404
