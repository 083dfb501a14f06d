"""Rows of a version and how many there are: pages that hold together, filters, the past, and who may look."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from strawberry.relay import GlobalID

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from cdt.measures.grid import Grid
from cdt.predictions import documents
from cdt.predictions.folding import fold
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.versions import find_version
from tests.api import Api, newest
from tests.graphql.operations import a_model, a_version
from tests.graphql.test_evaluations import SET_BASELINE, START, WINDOW, a_sent_version, act
from tests.graphql.test_ingest import INGEST, LABEL, a_row

ROWS = """
query ($id: ID!, $first: Int, $after: Cursor, $filter: RowFilter, $asOf: AsOf) {
  version(id: $id, asOf: $asOf) {
    rows(first: $first, after: $after, filter: $filter) {
      nodes { predictionId predictedAt decision score values label }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""
VOLUME = """
query ($id: ID!, $from: DateTime, $to: DateTime, $asOf: AsOf) {
  version(id: $id, asOf: $asOf) { volume(from: $from, to: $to) { step startsAt predictions labels reason } }
}"""


@pytest.fixture
async def version(api: Api) -> str:
    return (await a_version(api, (await a_model(api))["id"]))["id"]


async def rows(api: Api, version: str, **asked: Any) -> dict[str, Any]:
    answer = await api.ask(ROWS, {"id": version, **asked}, by=api.owner)
    return answer["version"]["rows"]


async def refused(api: Api, document: str, **asked: Any) -> tuple[str, str]:
    """The code of the one error, and the field that it names."""
    answer = await api.post(document, asked, by=api.owner)
    (error,) = answer.json()["errors"]
    return error["extensions"]["code"], error["extensions"].get("field", "")


async def ids(api: Api, version: str, **asked: Any) -> list[str]:
    return [each["predictionId"] for each in (await rows(api, version, **asked))["nodes"]]


async def folded(api: Api, version: str) -> None:
    """Count everything that came in."""
    async with await psycopg.AsyncConnection.connect(
        conninfo_as(api.dsn, DatabaseRole.SYSTEM), autocommit=True
    ) as connection:
        numbered = await find_version(connection, UUID(GlobalID.from_id(version).node_id))
        assert numbered is not None
        cursor = await connection.execute(
            "SELECT grid_digest FROM read.registry_versions WHERE id = %s", (numbered.version_id,)
        )
        row = await cursor.fetchone()
        assert row is not None
        grid = Grid.from_json(await documents.get(connection, numbered.project_id, row[0]))
        await fold(connection, NO_OBJECTS, numbered, grid, hash_key=b"k", segment_ids=SegmentIds())


async def test_a_version_shows_what_was_sent_the_newest_first(api: Api, version: str) -> None:
    sent = [a_row(1), a_row(2, decision="0", score=None, features={"age": None, "sex": None}), a_row(31)]
    await act(api, INGEST, by=api.owner, versionId=version, rows=sent)
    await act(api, LABEL, by=api.owner, versionId=version, rows=[{"predictionId": "p-1", "label": "0"}])

    first = await rows(api, version, first=2)
    second = await rows(api, version, first=2, after=first["pageInfo"]["endCursor"])

    assert first["nodes"] == [
        {"predictionId": "p-31", "predictedAt": "2026-03-01T12:00:00+00:00", "decision": "1", "score": 0.25,
         "values": ["31", "1"], "label": None},
        {"predictionId": "p-2", "predictedAt": "2026-03-01T12:00:00+00:00", "decision": "0", "score": None,
         "values": [None, None], "label": None},
    ]  # fmt: skip
    assert [(each["predictionId"], each["label"]) for each in second["nodes"]] == [("p-1", "0")]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


async def test_rows_are_found_by_id_and_by_what_they_are(api: Api, version: str) -> None:
    sent = [a_row(number, decision=str(number % 2), score=number / 10) for number in range(10)]
    await act(api, INGEST, by=api.owner, versionId=version, rows=sent)
    young = {"columns": [{"column": "age", "atMost": 4}, {"column": "sex", "oneOf": ["1"]}], "decision": "1"}

    assert await ids(api, version, filter=young) == ["p-3", "p-1"]
    assert await ids(api, version, filter={"predictionId": "p-7"}) == ["p-7"]
    assert await ids(api, version, filter={"scoreAtLeast": 0.75}) == ["p-9", "p-8"]
    assert await ids(api, version, filter={"columns": [{"column": "age", "isMissing": True}]}) == []
    assert await ids(api, version, filter={"to": "2026-03-01T12:00:00Z"}) == []


async def test_the_past_shows_what_had_come_in_by_then(api: Api, version: str) -> None:
    await act(api, INGEST, by=api.owner, versionId=version, rows=[a_row(1)])
    await a_model(api)  # a fact after it
    then = str(await newest(api))
    await act(api, INGEST, by=api.owner, versionId=version, rows=[a_row(2)])

    assert await ids(api, version) == ["p-2", "p-1"]
    assert await ids(api, version, asOf=then) == ["p-1"]


@pytest.mark.parametrize(
    ("filter_", "field"),
    [
        ({"decision": "9"}, "filter.decision"),
        ({"from": "2026-03-01T12:00:00"}, "filter.from"),
        ({"predictionId": "a\x00"}, "filter.predictionId"),
        ({"columns": [{"column": "nowhere"}]}, "filter.columns.0.column"),
        ({"columns": [{"column": "age"}, {"column": "age", "oneOf": ["1"]}]}, "filter.columns.1.oneOf"),
        ({"columns": [{"column": "sex", "atMost": 1}]}, "filter.columns.0.atLeast"),
        ({"columns": [{"column": "sex", "oneOf": [str(number) for number in range(201)]}]}, "filter.columns.0.oneOf"),
        ({"columns": [{"column": "age"}] * 21}, "filter.columns"),
    ],
)
async def test_a_filter_that_means_nothing_is_refused(
    api: Api, version: str, filter_: dict[str, Any], field: str
) -> None:
    assert await refused(api, ROWS, id=version, filter=filter_) == ("INVALID", field)


async def test_a_cursor_of_another_list_is_refused(api: Api, version: str) -> None:
    assert await refused(api, ROWS, id=version, after="WyJhdWRpdCIsMV0") == ("INVALID", "")


async def test_a_stranger_sees_no_version_and_so_no_rows(api: Api, version: str) -> None:
    viewer = await api.make_member(Role.VIEWER)
    assert (await api.ask(ROWS, {"id": version}, by=api.stranger))["version"] is None
    assert (await api.ask(ROWS, {"id": version}, by=viewer))["version"]["rows"]["nodes"] == []


async def test_volume_counts_predictions_and_labels_by_hour_without_gaps(api: Api) -> None:
    version = await a_sent_version(api, 150)  # one a minute
    assert (await api.ask(VOLUME, {"id": version}, by=api.owner))["version"]["volume"]["reason"] == (
        "Rows are counted once the version has a baseline."
    )
    await act(api, SET_BASELINE, by=api.owner, versionId=version, **WINDOW)
    late = {
        "predictionId": "late",
        "predictedAt": "2026-01-01T04:30:00Z",
        "decision": "1",
        "features": {"age": 1, "sex": "1"},
    }
    await act(api, INGEST, by=api.owner, versionId=version, rows=[late])
    await act(api, LABEL, by=api.owner, versionId=version, rows=[{"predictionId": "61", "label": "0"}])
    await folded(api, version)

    whole = (await api.ask(VOLUME, {"id": version}, by=api.owner))["version"]["volume"]
    assert whole == {
        "step": "HOUR",
        "startsAt": [START.replace(hour=hour).isoformat() for hour in range(5)],
        "predictions": [60, 60, 30, 0, 1],
        "labels": [0, 1, 0, 0, 0],
        "reason": None,
    }
    part = await api.ask(
        VOLUME, {"id": version, "from": "2026-01-01T01:30:00Z", "to": "2026-01-01T03:00:00Z"}, by=api.owner
    )
    assert part["version"]["volume"]["predictions"] == [60, 30]


async def test_volume_of_a_long_window_is_by_days_and_costs_what_the_rows_do(api: Api) -> None:
    version = await a_sent_version(api, 30)
    await act(api, SET_BASELINE, by=api.owner, versionId=version, **WINDOW)
    later = {
        "predictionId": "x",
        "predictedAt": "2026-02-01T00:00:00Z",
        "decision": "1",
        "features": {"age": 1, "sex": "1"},
    }
    await act(api, INGEST, by=api.owner, versionId=version, rows=[later])
    await folded(api, version)
    asked = {"id": version, "from": "1900-01-01T00:00:00Z", "to": "9000-01-01T00:00:00Z"}
    found = (await api.ask(VOLUME, asked, by=api.owner))["version"]["volume"]
    assert (found["step"], len(found["startsAt"]), sum(found["predictions"])) == ("DAY", 32, 31)
    assert found["startsAt"][0] == datetime(2026, 1, 1, tzinfo=UTC).isoformat()


async def test_volume_refuses_the_past_and_windows_that_are_none(api: Api) -> None:
    version = await a_sent_version(api, 1)
    assert await refused(api, VOLUME, id=version, asOf=str(await newest(api))) == ("INVALID", "volume")
    backwards = {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    assert await refused(api, VOLUME, id=version, **backwards) == ("INVALID", "to")
    empty = {"id": (await a_version(api, (await a_model(api))["id"]))["id"]}
    assert (await api.ask(VOLUME, empty, by=api.owner))["version"]["volume"]["reason"] == "No rows have come in yet."
