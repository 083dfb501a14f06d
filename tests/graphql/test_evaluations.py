"""Setting a baseline and asking for an evaluation: what each answers, records once, and refuses."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from strawberry.relay import GlobalID

from cdt.commands import evaluations as commands
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.domain.evaluations.plan import DEFAULT_POLICY
from cdt.domain.evaluations.windows import window_of
from cdt.domain.kernel import EvaluationId
from cdt.domain.tenancy.roles import Role
from cdt.predictions import folds
from cdt.predictions.versions import find_version
from cdt.workers import leases
from cdt.workers.progress import READING_SHARE, Progress
from tests.api import Api, Someone, a_system_command, global_id, newest
from tests.domain.builders import A_DIGEST
from tests.graphql.operations import FAILURE, a_model, a_version, act

SET_BASELINE = f"""
mutation ($input: SetBaselineInput!) {{
  setBaseline(input: $input) {{ ... on SetBaselinePayload {{ position lagging version {{ id tag }} }} {FAILURE} }}
}}"""
REQUEST = f"""
mutation ($input: RequestEvaluationInput!) {{
  requestEvaluation(input: $input) {{
    ... on RequestEvaluationPayload {{ position lagging evaluation {{ id state windowStart windowEnd }} }}
    {FAILURE}
  }}
}}"""
START = datetime(2026, 1, 1, tzinfo=UTC)
WINDOW = {"predictedFrom": "2026-01-01T00:00:00Z", "predictedTo": "2026-01-02T00:00:00Z"}
ASKED = {"windowStart": "2026-01-01T00:00:00Z", "windowEnd": "2026-01-02T00:00:00Z"}
YEARS = "a window lies between the years 1900 and 9000"
NO_VERSION = {
    "__typename": "NotFoundError", "code": "NOT_FOUND", "path": None,
    "message": "There is no such version, or you may not see it.",
}  # fmt: skip


async def a_sent_version(api: Api, count: int, *, model: str | None = None) -> str:
    """A version of which so many rows have come in on one day."""
    version = (await a_version(api, model or (await a_model(api))["id"]))["id"]
    rows = [
        {
            "prediction_id": str(number), "predicted_at": (START + timedelta(minutes=number)).isoformat(),
            "decision": str(number % 2), "score": 0.5, "features": {"age": 20 + number, "sex": str(1 + number % 2)},
        }
        for number in range(count)
    ]  # fmt: skip
    if rows:
        answer = await api.client.post(
            f"/v1/versions/{version}/predictions",
            content="\n".join(map(json.dumps, rows)),
            headers={**api.owner.headers, "content-type": "application/x-ndjson"},
        )
        assert answer.json()["accepted"] == count
    return version


@pytest.fixture(scope="module")
async def watched(api: Api) -> str:
    """A version with a baseline, and the plan that watches it."""
    model = await a_model(api)
    version = await a_sent_version(api, 40, model=model["id"])
    await act(api, SET_BASELINE, by=api.owner, versionId=version, **WINDOW)
    model_id, version_id = (UUID(GlobalID.from_id(each).node_id) for each in (model["id"], version))
    by = a_system_command(api.owner.tenant)
    position = await asyncio.to_thread(commands.make_plan, api.log, version_id, model_id=model_id, by=by)
    assert position is not None
    await api.settle(position)
    return version


async def test_a_baseline_is_set_once_for_one_command(api: Api) -> None:
    version = await a_sent_version(api, 30)
    fields = {"versionId": version, **WINDOW, "commandId": str(uuid4())}
    first = await act(api, SET_BASELINE, by=api.owner, **fields)
    again = await act(api, SET_BASELINE, by=api.owner, **fields)
    same = await act(api, SET_BASELINE, by=api.owner, versionId=version, **WINDOW)

    assert again == first
    assert first == {
        "position": str(await newest(api)), "lagging": False, "version": {"id": version, "tag": "1.0"},
    }  # fmt: skip
    assert same["position"] is None


@pytest.mark.parametrize(
    ("count", "window", "path", "problem"),
    [
        (29, {}, "predictedFrom", "the window holds 29 predictions; a baseline needs 30"),
        (0, {}, "versionId", "no rows came in for this version yet; send its reference rows first"),
        (0, {"predictedTo": "2026-01-01T00:00:00Z"}, "predictedTo", "the window ends after it starts"),
        (0, {"predictedFrom": "2026-01-01T00:00:00"}, "predictedFrom", "times need a time zone"),
        (0, {"predictedFrom": "0001-01-01T00:00:00+14:00"}, "predictedFrom", YEARS),
        (0, {"predictedTo": "9999-12-31T23:59:59-14:00"}, "predictedTo", YEARS),
        (0, {"commandId": "x"}, "commandId", "give a UUID, or leave it out"),
    ],
)  # fmt: skip
async def test_a_baseline_that_nothing_could_be_held_against_is_refused(
    api: Api, count: int, window: dict[str, Any], path: str, problem: str
) -> None:
    version = await a_sent_version(api, count if "commandId" not in window else 30)
    before = await newest(api)

    answer = await act(api, SET_BASELINE, by=api.owner, **{"versionId": version, **WINDOW, **window})

    assert answer == {
        "__typename": "InvalidError", "code": "INVALID", "message": f"{path}: {problem}", "path": [path],
    }  # fmt: skip
    assert await newest(api) == before


async def test_an_evaluation_is_asked_for_once_over_the_same_rows(api: Api, watched: str) -> None:
    fields = {"versionId": watched, **ASKED, "commandId": str(uuid4())}
    first = await act(api, REQUEST, by=api.owner, **fields)
    again = await act(api, REQUEST, by=api.owner, **fields)
    same = await act(api, REQUEST, by=api.owner, versionId=watched, **ASKED)

    assert again == first
    assert first["position"] == str(await newest(api))
    assert first["evaluation"] | {"id": None} == {
        "id": None, "state": "REQUESTED", "windowStart": "2026-01-01T00:00:00+00:00",
        "windowEnd": "2026-01-02T00:00:00+00:00",
    }  # fmt: skip
    assert (same["position"], same["evaluation"]) == (None, first["evaluation"])


async def test_the_same_window_is_another_evaluation_once_rows_have_gone(api: Api, watched: str) -> None:
    window = {"windowStart": "2026-01-01T00:00:00Z", "windowEnd": "2026-01-01T06:00:00Z"}
    first = await act(api, REQUEST, by=api.owner, versionId=watched, **window)
    version_id = UUID(GlobalID.from_id(watched).node_id)
    async with api.writer.transaction([api.owner.project_id]) as connection:
        version = await find_version(connection, version_id)
        assert version is not None
        await folds.revise(connection, version.number)
    again = await act(api, REQUEST, by=api.owner, versionId=watched, **window)
    same = await act(api, REQUEST, by=api.owner, versionId=watched, **window)

    assert again["position"] == str(await newest(api))
    assert again["evaluation"] == first["evaluation"] | {"id": again["evaluation"]["id"]}
    assert again["evaluation"]["id"] != first["evaluation"]["id"]
    assert (same["position"], same["evaluation"]) == (None, again["evaluation"])


async def test_what_is_known_of_a_window_now_stands_beside_what_was_known_then(api: Api, watched: str) -> None:
    window = {"windowStart": "2026-01-01T06:00:00Z", "windowEnd": "2026-01-01T12:00:00Z"}
    first = await act(api, REQUEST, by=api.owner, versionId=watched, **window)
    await complete(api, first["evaluation"]["id"], labels=0)
    alone = await of_same_window(api, first["evaluation"]["id"])
    position = await newest(api)
    await api.client.post(
        f"/v1/versions/{watched}/labels",
        content=json.dumps({"prediction_id": "7", "label": "1"}),
        headers={**api.owner.headers, "content-type": "application/x-ndjson"},
    )
    again = await act(api, REQUEST, by=api.owner, versionId=watched, **window)
    await complete(api, again["evaluation"]["id"], labels=10)

    now = [
        {"id": again["evaluation"]["id"], "labelCoverage": 0.25},
        {"id": first["evaluation"]["id"], "labelCoverage": 0},
    ]
    assert alone == now[1:]
    assert await of_same_window(api, first["evaluation"]["id"]) == now
    assert await of_same_window(api, again["evaluation"]["id"]) == now
    assert await of_same_window(api, first["evaluation"]["id"], as_of=str(position)) == now[1:]


async def complete(api: Api, evaluation: str, *, labels: int) -> None:
    """As a worker records it, of 40 rows."""
    position = await asyncio.to_thread(
        commands.complete_evaluation,
        api.log,
        EvaluationId(UUID(GlobalID.from_id(evaluation).node_id)),
        rows=40,
        labels=labels,
        rows_digest=A_DIGEST,
        results=(),
        results_digest=A_DIGEST,
        libraries={},
        processor="any",
        by=a_system_command(api.owner.tenant),
    )
    assert position is not None
    await api.settle(position)


async def of_same_window(api: Api, evaluation: str, *, as_of: str | None = None) -> list[dict[str, Any]]:
    """The records of its window."""
    document = """query ($id: ID!, $asOf: AsOf) {
      evaluation(id: $id, asOf: $asOf) { ofSameWindow { id labelCoverage } }
    }"""
    answer = await api.ask(document, {"id": evaluation, "asOf": as_of}, by=api.owner)
    return answer["evaluation"]["ofSameWindow"]


@pytest.mark.parametrize(
    ("window", "path", "problem"),
    [
        ({"windowEnd": "2026-01-01T00:00:00Z"}, "windowEnd", "the window ends after it starts"),
        ({"windowStart": "2026-01-01T00:00:00"}, "windowStart", "times need a time zone"),
        ({"windowStart": "0001-01-01T00:00:00+14:00"}, "windowStart", YEARS),
        ({"windowEnd": "9999-12-31T23:59:59-14:00"}, "windowEnd", YEARS),
        ({"commandId": "x"}, "commandId", "give a UUID, or leave it out"),
    ],
)  # fmt: skip
async def test_a_window_that_is_none_is_refused(
    api: Api, watched: str, window: dict[str, Any], path: str, problem: str
) -> None:
    answer = await act(api, REQUEST, by=api.owner, **{"versionId": watched, **ASKED, **window})

    assert answer == {
        "__typename": "InvalidError", "code": "INVALID", "message": f"{path}: {problem}", "path": [path],
    }  # fmt: skip


async def test_a_window_ends_at_the_latest_with_that_of_the_newest_prediction(api: Api, watched: str) -> None:
    newest_one = START + timedelta(minutes=39)
    end = window_of(newest_one, DEFAULT_POLICY, ZoneInfo("UTC")).end

    taken = await act(api, REQUEST, by=api.owner, versionId=watched, **ASKED | {"windowEnd": end.isoformat()})
    beyond = (end + timedelta(microseconds=1)).isoformat()
    refused = await act(api, REQUEST, by=api.owner, versionId=watched, **ASKED | {"windowEnd": beyond})

    assert taken["evaluation"]["windowEnd"] == end.isoformat()
    assert (refused["code"], refused["path"]) == ("INVALID", ["windowEnd"])
    assert refused["message"] == (
        "windowEnd: it lies beyond the rows; the newest prediction is of 2026-01-01T00:39:00+00:00"
    )


async def test_without_a_baseline_there_is_nothing_to_evaluate(api: Api) -> None:
    version = await a_sent_version(api, 0)

    answer = await act(api, REQUEST, by=api.owner, versionId=version, **ASKED)

    assert (answer["__typename"], answer["message"]) == (
        "ConflictError", "The version has no baseline to be measured against; set one first.",
    )  # fmt: skip


async def test_somebody_elses_version_is_answered_as_one_that_is_not_there(api: Api, watched: str) -> None:
    for document, fields in ((SET_BASELINE, WINDOW), (REQUEST, ASKED)):
        for by, named in ((api.stranger, watched), (api.owner, global_id("Version", uuid4()))):
            assert await act(api, document, by=by, versionId=named, **fields) == NO_VERSION
        answer = await act(api, document, by=api.owner, versionId=global_id("Model", uuid4()), **fields)
        assert answer == NO_VERSION


async def test_who_only_reads_may_do_neither(api: Api, watched: str) -> None:
    viewer, key = await api.make_member(Role.VIEWER), await api.make_key()
    before = await newest(api)
    refusals: list[tuple[Someone | None, str]] = [
        (viewer, "ForbiddenError"), (key, "ForbiddenError"), (None, "UnauthenticatedError"),
    ]  # fmt: skip
    for document, fields in ((SET_BASELINE, WINDOW), (REQUEST, ASKED)):
        for by, kind in refusals:
            assert (await act(api, document, by=by, versionId=watched, **fields))["__typename"] == kind
    assert await newest(api) == before


CANCEL = f"""
mutation ($input: CancelEvaluationInput!) {{
  cancelEvaluation(input: $input) {{
    ... on CancelEvaluationPayload {{ position evaluation {{ id state completedAt }} }}
    {FAILURE}
  }}
}}"""


async def test_an_evaluation_is_cancelled_while_it_is_not_over(api: Api, watched: str) -> None:
    window = ASKED | {"windowEnd": "2026-01-01T09:00:00Z"}
    asked = (await act(api, REQUEST, by=api.owner, versionId=watched, **window))["evaluation"]["id"]

    cancelled = await act(api, CANCEL, by=api.owner, evaluationId=asked)
    again = await act(api, CANCEL, by=api.owner, evaluationId=asked)

    assert cancelled["evaluation"]["state"] == again["evaluation"]["state"] == "CANCELLED"
    assert again["position"] is None
    once_more = await act(api, REQUEST, by=api.owner, versionId=watched, **window)
    assert once_more["evaluation"] | {"windowStart": None, "windowEnd": None} == {
        "id": asked, "state": "REQUESTED", "windowStart": None, "windowEnd": None,
    }  # fmt: skip
    await complete(api, asked, labels=0)
    over = await act(api, CANCEL, by=api.owner, evaluationId=asked)
    assert (over["__typename"], over["message"]) == (
        "ConflictError", "The evaluation was already completed; its record stays.",
    )  # fmt: skip


RETRY = f"""
mutation ($input: RetryEvaluationInput!) {{
  retryEvaluation(input: $input) {{
    ... on RetryEvaluationPayload {{ position evaluation {{ id state completedAt failure windowEnd }} }}
    {FAILURE}
  }}
}}"""


async def give_up(api: Api, evaluation: str) -> None:
    position = await asyncio.to_thread(
        commands.give_up_evaluation,
        api.log,
        EvaluationId(UUID(GlobalID.from_id(evaluation).node_id)),
        attempts=4,
        reason="it takes too long",
        by=a_system_command(api.owner.tenant),
    )
    assert position is not None
    await api.settle(position)


async def test_what_was_given_up_or_cancelled_is_tried_again_as_it_was_asked_for(api: Api, watched: str) -> None:
    window = ASKED | {"windowEnd": "2026-01-01T10:00:00Z"}
    asked = (await act(api, REQUEST, by=api.owner, versionId=watched, **window))["evaluation"]["id"]
    wanted = {
        "id": asked, "state": "REQUESTED", "completedAt": None, "failure": None,
        "windowEnd": "2026-01-01T10:00:00+00:00",
    }  # fmt: skip

    under_way = await act(api, RETRY, by=api.owner, evaluationId=asked)
    await give_up(api, asked)
    tried = await act(api, RETRY, by=api.owner, evaluationId=asked)
    await act(api, CANCEL, by=api.owner, evaluationId=asked)
    once_more = await act(api, RETRY, by=api.owner, evaluationId=asked)
    await complete(api, asked, labels=0)
    over = await act(api, RETRY, by=api.owner, evaluationId=asked)

    assert (under_way["position"], under_way["evaluation"]) == (None, wanted)
    assert tried["evaluation"] == once_more["evaluation"] == wanted
    assert (over["__typename"], over["message"]) == (
        "ConflictError", "The evaluation was already completed; its record stays.",
    )  # fmt: skip


async def test_who_only_reads_tries_nothing_again(api: Api, watched: str) -> None:
    window = ASKED | {"windowEnd": "2026-01-01T11:00:00Z"}
    asked = (await act(api, REQUEST, by=api.owner, versionId=watched, **window))["evaluation"]["id"]
    viewer = await api.make_member(Role.VIEWER)
    assert (await act(api, RETRY, by=viewer, evaluationId=asked))["__typename"] == "ForbiddenError"
    assert (await act(api, RETRY, by=api.stranger, evaluationId=asked))["__typename"] == "NotFoundError"


PROGRESS = """
query ($id: ID!) {
  evaluation(id: $id) { progress { step share rowsRead rowsToRead attempt failures lastError } }
}"""


async def test_an_evaluation_says_how_far_it_is_until_it_is_over(api: Api, watched: str) -> None:
    window = ASKED | {"windowEnd": "2026-01-01T12:00:00Z"}
    asked = await act(api, REQUEST, by=api.owner, versionId=watched, **window)
    evaluation, fact = asked["evaluation"]["id"], int(asked["position"])
    system = conninfo_as(api.dsn, DatabaseRole.SYSTEM, application="cdt-test")
    told = [(await api.ask(PROGRESS, {"id": evaluation}, by=api.owner))["evaluation"]["progress"]]
    writer = Writer(system, connections=1)
    await writer.open()
    async with writer.transaction() as connection:
        await leases.open_lease(
            connection, fact=fact, kind="evaluation", subject=UUID(GlobalID.from_id(evaluation).node_id),
            project_id=api.owner.project_id,
        )  # fmt: skip
    told.append((await api.ask(PROGRESS, {"id": evaluation}, by=api.owner))["evaluation"]["progress"])
    assert await leases.claim(writer, fact, 1, worker="a worker") is not None
    async with writer.transaction() as connection:
        progress = Progress(connection, fact, 1, clock=lambda: 0.0)
        await progress.begin(80)
        await progress.read(20)
        await progress.begin(80)
    told.append((await api.ask(PROGRESS, {"id": evaluation}, by=api.owner))["evaluation"]["progress"])
    await writer.close()
    await complete(api, evaluation, labels=0)
    told.append((await api.ask(PROGRESS, {"id": evaluation}, by=api.owner))["evaluation"]["progress"])

    waiting = {
        "step": "WAITING", "share": 0, "rowsRead": None, "rowsToRead": None, "attempt": 1, "failures": 0,
        "lastError": None,
    }  # fmt: skip
    reading = {"step": "READING", "share": READING_SHARE / 4, "rowsRead": 20, "rowsToRead": 80}
    assert told == [None, waiting, {**waiting, **reading}, None]


async def test_who_only_reads_cancels_nothing(api: Api, watched: str) -> None:
    window = ASKED | {"windowEnd": "2026-01-01T10:00:00Z"}
    asked = (await act(api, REQUEST, by=api.owner, versionId=watched, **window))["evaluation"]["id"]
    viewer = await api.make_member(Role.VIEWER)
    for by, kind in ((viewer, "ForbiddenError"), (api.stranger, "NotFoundError"), (None, "UnauthenticatedError")):
        assert (await act(api, CANCEL, by=by, evaluationId=asked))["__typename"] == kind
