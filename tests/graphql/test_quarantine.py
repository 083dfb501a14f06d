"""Rejected rows are listed, mended and sent again, thrown away and downloaded, by whoever may."""

import csv
from typing import Any

import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from cdt.bootstrap.api import api_services
from cdt.domain.tenancy.roles import Role
from cdt.http.intake_gate import ReadGate
from cdt.http.quarantine_export import QuarantineExport
from cdt.http.read_entry import ReadEntry
from tests.api import Api, Someone, global_id
from tests.graphql.operations import FAILURE, a_model, a_version, act
from tests.graphql.test_ingest import AT, INGEST, LABEL, a_row
from tests.graphql.test_intake_policy import change

ROW = """number kind state key row sent reasons { column kind reason } predictionId predictedAt resolvedBy
  discardedBy { id } settledAt"""
LIST = f"""
query ($id: ID!, $first: Int, $after: Cursor, $filter: QuarantineFilter, $asOf: AsOf) {{
  version(id: $id, asOf: $asOf) {{
    quarantine(first: $first, after: $after, filter: $filter) {{
      totalCount nodes {{ {ROW} }} pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}"""
RESUBMIT = f"""
mutation ($input: ResubmitQuarantinedInput!) {{
  resubmitQuarantined(input: $input) {{
    ... on IngestReceipt {{ accepted duplicates rejected {{ row column reason }} rejectedCount sequence }}
    {FAILURE}
  }}
}}"""
DISCARD = f"""
mutation ($input: DiscardQuarantinedInput!) {{
  discardQuarantined(input: $input) {{ ... on DiscardQuarantinedPayload {{ discarded position lagging }} {FAILURE} }}
}}"""


@pytest.fixture
async def version(api: Api) -> str:
    """With three rejected rows: an age that is none, no decision of the classes, and a column too many; and a label."""
    version = (await a_version(api, (await a_model(api))["id"]))["id"]
    rows = [
        a_row(0), a_row(1, features={"age": "old", "sex": "1"}), a_row(2, decision="2"),
        a_row(3, features={"age": 1, "sex": "1", "more": 0}),
    ]  # fmt: skip
    await act(api, INGEST, by=api.owner, versionId=version, rows=rows, key="k-1")
    await act(api, LABEL, by=api.owner, versionId=version, rows=[{"predictionId": "p-0", "label": "?"}])
    return version


async def listed(api: Api, version: str, by: Someone | None = None, **fields: Any) -> dict[str, Any]:
    answer = await api.ask(LIST, {"id": version, **fields}, by=by or api.owner)
    return answer["version"]["quarantine"]


async def states(api: Api, version: str) -> list[tuple[str, str]]:
    return [(row["number"], row["state"]) for row in (await listed(api, version))["nodes"]][::-1]


async def resubmit(api: Api, version: str, *rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return await act(api, RESUBMIT, **{"by": api.owner, "versionId": version, "rows": list(rows), **fields})


def cell(column: str, value: Any) -> dict[str, Any]:
    return {"column": column, "value": value}


async def test_rejected_rows_are_listed_newest_first_with_what_was_sent(api: Api, version: str) -> None:
    answer = await listed(api, version)

    assert answer["totalCount"] == 4
    assert [row["number"] for row in answer["nodes"]] == ["4", "3", "2", "1"]
    assert answer["nodes"][3] == {
        "number": "1", "kind": "PREDICTIONS", "state": "OPEN", "key": "k-1", "row": 1, "predictionId": "p-1",
        "sent": {
            "prediction_id": "p-1", "predicted_at": AT, "decision": "1", "score": 0.25,
            "features": {"age": "old", "sex": "1"},
        },
        "reasons": [{"column": "age", "kind": "TYPE", "reason": "must be a number, not 'old'"}],
        "predictedAt": "2026-03-01T12:00:00+00:00", "resolvedBy": None, "discardedBy": None, "settledAt": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"reason": "TYPE"}, ["1"]),
        ({"column": "decision"}, ["2"]),
        ({"column": "decision", "reason": "TYPE"}, []),
        ({"kind": "LABELS"}, ["4"]),
        ({"kind": "PREDICTIONS", "states": ["OPEN"]}, ["3", "2", "1"]),
        ({"states": ["RESOLVED", "DISCARDED"]}, []),
        ({"states": []}, []),
        ({"receivedFrom": "2020-01-01T00:00:00Z"}, ["4", "3", "2", "1"]),
        ({"receivedTo": "2020-01-01T00:00:00Z"}, []),
        ({"column": "\x00"}, []),
    ],
)
async def test_rows_are_found_by_what_is_wrong_with_them(
    api: Api, version: str, wanted: dict[str, Any], numbers: list[str]
) -> None:
    answer = await listed(api, version, filter=wanted)

    assert ([row["number"] for row in answer["nodes"]], answer["totalCount"]) == (numbers, len(numbers))


async def test_pages_follow_one_another(api: Api, version: str) -> None:
    first = await listed(api, version, first=3)
    second = await listed(api, version, first=3, after=first["pageInfo"]["endCursor"])

    assert [row["number"] for page in (first, second) for row in page["nodes"]] == ["4", "3", "2", "1"]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second)] == [True, False]


async def test_a_quarantine_has_no_past(api: Api, version: str) -> None:
    position = (await api.ask("{ recordedTime { position } }", by=api.owner))["recordedTime"]["position"]

    assert await api.refused(LIST, {"id": version, "asOf": position}, by=api.owner) == "INVALID"


async def test_mended_rows_go_in_and_are_settled_by_their_batch(api: Api, version: str) -> None:
    rows = [
        {"number": "1", "cells": [cell("age", 41)]},
        {"number": "2", "cells": [cell("decision", "1"), cell("score", None)]},
        {"number": "3", "cells": [{"column": "more", "isRemoved": True}]},
    ]
    receipt = await resubmit(api, version, *rows, key="mended")
    again = await resubmit(api, version, *rows, key="mended")

    assert (receipt["accepted"], receipt["rejectedCount"], again) == (3, 0, receipt)
    assert await states(api, version) == [("1", "RESOLVED"), ("2", "RESOLVED"), ("3", "RESOLVED"), ("4", "OPEN")]
    assert [row["resolvedBy"] for row in (await listed(api, version))["nodes"]] == [None, "mended", "mended", "mended"]


async def test_without_a_key_the_same_again_is_the_same_batch(api: Api, version: str) -> None:
    row = {"number": "1", "cells": [cell("age", 41)]}
    first = await resubmit(api, version, row)

    assert (first["accepted"], await resubmit(api, version, row)) == (1, first)


async def test_without_a_key_what_was_rejected_again_is_tried_anew_and_what_was_taken_in_is_not(
    api: Api, version: str
) -> None:
    first, second = {"number": "1", "cells": [cell("age", 41)]}, {"number": "2"}
    found = await api.ask("query ($id: ID!) { version(id: $id) { model { id } } }", {"id": version}, by=api.owner)
    model = found["version"]["model"]
    await change(api, model, "REJECT_BATCH")
    rejected = [await resubmit(api, version, first, second) for _ in range(2)]
    await change(api, model, "REJECT_ROW")
    accepted = await resubmit(api, version, first, second)

    assert [(each["accepted"], each["rejectedCount"]) for each in rejected] == [(0, 2), (0, 2)]
    assert (accepted["accepted"], accepted["rejectedCount"]) == (1, 1)
    assert await resubmit(api, version, first, second) == accepted
    assert (await states(api, version))[:2] == [("1", "RESOLVED"), ("2", "OPEN")]


async def test_a_row_that_is_rejected_again_stays_with_what_was_sent_now(api: Api, version: str) -> None:
    receipt = await resubmit(api, version, {"number": "1", "cells": [cell("age", "young")]}, {"number": "2"})

    assert (receipt["accepted"], receipt["rejectedCount"]) == (0, 2)
    rows = (await listed(api, version, filter={"kind": "PREDICTIONS"}))["nodes"]
    assert [(row["number"], row["state"], row["sent"]["features"]["age"]) for row in rows] == [
        ("3", "OPEN", 1), ("2", "OPEN", 2), ("1", "OPEN", "young"),
    ]  # fmt: skip


async def test_a_row_can_be_replaced_as_a_whole(api: Api, version: str) -> None:
    row = {"prediction_id": "p-0", "label": "1"}

    assert (await resubmit(api, version, {"number": "4", "row": row}))["accepted"] == 1


async def test_a_label_that_is_sent_again_and_replaces_another_names_who_did_that(api: Api, version: str) -> None:
    await act(api, LABEL, by=api.owner, versionId=version, rows=[{"predictionId": "p-0", "label": "0"}])
    receipt = await resubmit(api, version, {"number": "4", "cells": [cell("label", "1"), cell("reason", "a slip")]})
    document = """query ($id: ID!) {
      version(id: $id) { labelCorrections { nodes { predictionId reason by { id } } } }
    }"""
    found = await api.ask(document, {"id": version}, by=api.owner)

    assert receipt["accepted"] == 1
    (correction,) = found["version"]["labelCorrections"]["nodes"]
    assert (correction["predictionId"], correction["reason"]) == ("p-0", "a slip")
    assert correction["by"]["id"] == global_id("User", str(api.owner.user_id))


async def test_what_was_settled_is_not_sent_again_as_something_else(api: Api, version: str) -> None:
    await resubmit(api, version, {"number": "1", "cells": [cell("age", 41)]})
    other = await resubmit(api, version, {"number": "1", "cells": [cell("age", 42)]})
    await act(api, DISCARD, by=api.owner, versionId=version, numbers=["2"], reason="a test")
    gone = await resubmit(api, version, {"number": "2", "cells": [cell("decision", "1")]})

    assert (other["__typename"], other["message"]) == ("ConflictError", "Row 1 of the quarantine is resolved already.")
    assert (gone["__typename"], gone["message"]) == ("ConflictError", "Row 2 of the quarantine is discarded already.")


@pytest.mark.parametrize(
    ("rows", "answer"),
    [
        ([], "InvalidError"),
        ([{"number": "-1"}], "InvalidError"),
        ([{"number": "9" * 30}], "InvalidError"),
        ([{"number": "1"}, {"number": "1"}], "InvalidError"),
        ([{"number": "1"}, {"number": "4"}], "InvalidError"),
        ([{"number": "1", "row": [1]}], "InvalidError"),
        ([{"number": str(number)} for number in range(1, 1_002)], "InvalidError"),
        ([{"number": "99"}], "NotFoundError"),
    ],
)
async def test_what_can_not_be_sent_again_is_refused(
    api: Api, version: str, rows: list[dict[str, Any]], answer: str
) -> None:
    assert (await resubmit(api, version, *rows))["__typename"] == answer


async def test_rows_that_are_thrown_away_are_gone_with_a_reason(api: Api, version: str) -> None:
    fields = {"by": api.owner, "versionId": version, "numbers": ["1", "2", "77"], "reason": "a test of ours"}
    first, second = await act(api, DISCARD, **fields), await act(api, DISCARD, **fields)
    rows = (await listed(api, version, filter={"states": ["DISCARDED"]}))["nodes"]
    document = "query { auditLog(first: 1) { nodes { action } } }"

    assert (first["discarded"], second["discarded"]) == (2, 0)
    assert [(row["number"], row["sent"], row["predictionId"]) for row in rows] == [("2", None, None), ("1", None, None)]
    assert all(row["discardedBy"]["id"] for row in rows)
    assert (await api.ask(document, by=api.owner))["auditLog"]["nodes"] == [{"action": "registry.QuarantineSettled"}]


async def test_only_whoever_may_act_does(api: Api, version: str) -> None:
    viewer = await api.make_member(Role.VIEWER)
    row = {"number": "1", "cells": [cell("age", 41)]}

    assert (await listed(api, version, viewer))["totalCount"] == 4
    for by, answer in ((viewer, "ForbiddenError"), (api.stranger, "NotFoundError")):
        assert (await resubmit(api, version, row, by=by))["__typename"] == answer
        discarded = await act(api, DISCARD, by=by, versionId=version, numbers=["1"], reason="a test")
        assert discarded["__typename"] == answer
    assert (await api.ask(LIST, {"id": version}, by=api.stranger))["version"] is None


async def download(api: Api, version: str, by: Someone | None, **query: str) -> httpx.Response:
    async with api_services(api.settings) as services:
        gate = ReadGate(lambda: services.admission, lambda: services.reader, lambda: services.policies)
        entry = ReadEntry(gate, lambda: services.journal, lambda: services.rates)
        export = QuarantineExport(entry, lambda: services.writer)
        transport = httpx.ASGITransport(app=Starlette(routes=export.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://cdt") as client:
            headers = {} if by is None else by.headers
            return await client.get(f"/v1/versions/{version}/quarantine", params=query, headers=headers)


async def test_rejected_rows_come_out_as_they_can_be_sent_again(api: Api, version: str) -> None:
    ndjson = await download(api, version, api.owner)
    labels = await download(api, version, api.owner, kind="labels", format="csv")
    rows = [msgspec.json.decode(line) for line in ndjson.content.splitlines()]
    table = list(csv.reader((await download(api, version, api.owner, format="csv")).text.splitlines()))

    assert [row["prediction_id"] for row in rows] == ["p-1", "p-2", "p-3"]
    assert table == [
        ["prediction_id", "predicted_at", "decision", "score", "age", "sex"], ["p-1", AT, "1", "0.25", "old", "1"],
        ["p-2", AT, "2", "0.25", "2", "1"], ["p-3", AT, "1", "0.25", "1", "1"],
    ]  # fmt: skip
    assert labels.text.splitlines() == ["prediction_id,label,predicted_at,reason", "p-0,?,,"]
    assert "rejected-predictions.ndjson" in ndjson.headers["content-disposition"]


async def test_a_download_is_for_whoever_may_read(api: Api, version: str) -> None:
    answers = [
        await download(api, version, None), await download(api, version, api.stranger),
        await download(api, version, await api.make_key()), await download(api, version, api.owner, format="xml"),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [401, 404, 403, 400]
