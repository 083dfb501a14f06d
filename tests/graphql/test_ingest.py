"""Rows and labels by GraphQL: rows and columns alike, bad ones named, one receipt for one key."""

import json
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from strawberry.relay import GlobalID

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from tests.api import Api, global_id
from tests.graphql.operations import FAILURE, a_model, a_version, act

RECEIPT = """... on IngestReceipt {
  accepted duplicates rejected { row column reason } rejectedCount corrected waiting sequence receiptId
}"""
INGEST = f"mutation ($input: IngestPredictionsInput!) {{ ingestPredictions(input: $input) {{ {RECEIPT} {FAILURE} }} }}"
LABEL = f"mutation ($input: IngestLabelsInput!) {{ ingestLabels(input: $input) {{ {RECEIPT} {FAILURE} }} }}"
AT = "2026-03-01T12:00:00Z"
RECEIVED = {
    "accepted": 0, "duplicates": 0, "rejected": [], "rejectedCount": 0, "corrected": 0, "waiting": 0, "sequence": "1",
    "receiptId": None,
}  # fmt: skip
NO_VERSION = {
    "__typename": "NotFoundError", "code": "NOT_FOUND", "path": None,
    "message": "There is no such version, or you may not see it.",
}  # fmt: skip


@pytest.fixture
async def version(api: Api) -> str:
    return (await a_version(api, (await a_model(api))["id"]))["id"]


def a_row(number: int, **fields: Any) -> dict[str, Any]:
    """A prediction of somebody of that age."""
    return {
        "predictionId": f"p-{number}", "predictedAt": AT, "decision": "1", "score": 0.25,
        "features": {"age": number, "sex": "1"}, **fields,
    }  # fmt: skip


def as_columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The same rows as parallel arrays."""
    return {
        "predictionIds": [row["predictionId"] for row in rows],
        "predictedAt": [row["predictedAt"] for row in rows],
        "decisions": [row["decision"] for row in rows],
        "scores": [row["score"] for row in rows],
        "features": {name: [row["features"][name] for row in rows] for name in ("age", "sex")},
    }


async def kept(api: Api, version: str) -> list[tuple[str, int, str]]:
    """Kind, number of rows and digest of each segment of a version, in order."""
    number = UUID(GlobalID.from_id(version).node_id)
    async with await psycopg.AsyncConnection.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
        found = await connection.execute(
            "SELECT kind, rows, digest FROM predictions.segments JOIN predictions.versions ON number = version_number"
            " WHERE version_id = %s ORDER BY segments.sequence",
            (number,),
        )
        return await found.fetchall()


async def test_rows_and_columns_give_the_same_receipt_and_the_same_rows(api: Api) -> None:
    nobody = {"age": None, "sex": None}
    rows = [a_row(1), a_row(2, decision="0", score=None), a_row(3, decision="2"), a_row(4, features=nobody)]
    by_rows, by_columns = [(await a_version(api, (await a_model(api))["id"]))["id"] for _ in range(2)]

    first = await act(api, INGEST, by=api.owner, versionId=by_rows, rows=rows)
    second = await act(api, INGEST, by=api.owner, versionId=by_columns, columns=as_columns(rows))

    assert first == second == RECEIVED | {
        "accepted": 3, "rejectedCount": 1,
        "rejected": [{"row": 2, "column": "decision", "reason": "must be one of '0' and '1', not '2'"}],
    }  # fmt: skip
    assert await kept(api, by_rows) == await kept(api, by_columns)
    assert [(kind, count) for kind, count, _ in await kept(api, by_rows)] == [("predictions", 3)]


async def test_a_bad_row_is_named_by_row_and_column_and_the_good_ones_go_in(api: Api, version: str) -> None:
    answer = await act(
        api, INGEST, by=api.owner, versionId=version,
        rows=[
            a_row(0),
            a_row(1, predictionId=""),
            a_row(2, predictionId="a\x00b"),
            a_row(3, predictionId="x" * 201),
            a_row(4, predictedAt="yesterday"),
            a_row(5, predictedAt="2026-03-01T12:00:00"),
            a_row(6, predictedAt="1969-12-31T23:59:59Z"),
            a_row(7, score=1.5),
            a_row(8, features={"age": "old", "sex": "1"}),
            a_row(9, features={"age": 9}),
            a_row(10, features={"age": 9, "sex": "1", "size": 1}),
            a_row(11, features=[1, 2]),
            a_row(12, features={"age": 9, "sex": "x" * 1_001}),
            a_row(0),
        ],
    )  # fmt: skip

    assert (answer["accepted"], answer["duplicates"], answer["rejectedCount"]) == (1, 1, 12)
    assert [(each["row"], each["column"], each["reason"]) for each in answer["rejected"]] == [
        (1, "prediction_id", "is empty"),
        (2, "prediction_id", "has control characters"),
        (3, "prediction_id", "has more than 200 characters"),
        (4, "predicted_at", "must be a time as in 2026-03-01T12:00:00Z"),
        (5, "predicted_at", "needs a time zone, as in 2026-03-01T12:00:00Z"),
        (6, "predicted_at", "lies before 1970 or more than a day ahead of now"),
        (7, "score", "must be at most 1"),
        (8, "age", "must be a number or null, not text"),
        (9, "sex", "is required; write null where a row has none"),
        (10, "size", "is not among the version's columns"),
        (11, "features", "must be an object, not a list"),
        (12, "sex", "has more than 1000 characters"),
    ]


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
async def test_a_feature_beyond_all_floats_is_rejected_by_row_and_column(api: Api, version: str, number: str) -> None:
    document = f"""mutation ($version: ID!, $at: String!) {{
      ingestPredictions(input: {{ versionId: $version, columns: {{
        predictionIds: ["a", "b"], predictedAt: [$at, $at], decisions: ["1", "1"],
        features: {{ age: [{number}, 31], sex: ["1", "1"] }}
      }} }}) {{ {RECEIPT} {FAILURE} }}
    }}"""

    answer = await api.ask(document, {"version": version, "at": AT}, by=api.owner)

    assert answer["ingestPredictions"] == RECEIVED | {
        "accepted": 1, "rejectedCount": 1, "rejected": [{"row": 0, "column": "age", "reason": "must be finite"}],
    }  # fmt: skip


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_a_body_with_what_is_no_json_number_is_refused_whole(api: Api, version: str, number: str) -> None:
    rows = [a_row(1), a_row(2, features={"age": "NUMBER", "sex": "1"})]
    body = json.dumps({"query": INGEST, "variables": {"input": {"versionId": version, "rows": rows}}})
    headers = {**api.owner.headers, "content-type": "application/json"}

    answer = await api.client.post("/graphql", content=body.replace('"NUMBER"', number), headers=headers)

    message = "Unable to parse request body as JSON"
    assert (answer.status_code, answer.json()) == (
        400, {"errors": [{"message": message, "extensions": {"code": "INVALID"}}]},
    )  # fmt: skip
    assert await kept(api, version) == []


async def test_an_empty_batch_is_refused(api: Api, version: str) -> None:
    empty = {"predictionIds": [], "predictedAt": [], "decisions": [], "features": {}}
    for document, fields in (
        (INGEST, {"rows": []}), (INGEST, {"columns": empty}),
        (LABEL, {"rows": []}), (LABEL, {"columns": {"predictionIds": [], "labels": []}}),
    ):  # fmt: skip
        assert await act(api, document, by=api.owner, versionId=version, **fields) == invalid(
            "rows", "send at least one row"
        )


async def test_either_rows_or_columns_are_given(api: Api, version: str) -> None:
    for fields in ({}, {"rows": [a_row(1)], "columns": as_columns([a_row(1)])}):
        answer = await act(api, INGEST, by=api.owner, versionId=version, **fields)
        assert answer == invalid("rows", "give either rows or columns")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("predictedAt", [AT]), ("decisions", ["1"]), ("scores", [0.5]),
        ("features.age", {"age": [1], "sex": ["1", "2"]}),
    ],
)  # fmt: skip
async def test_columns_are_equally_long(api: Api, version: str, field: str, value: Any) -> None:
    columns = as_columns([a_row(1), a_row(2)]) | {field.partition(".")[0]: value}

    answer = await act(api, INGEST, by=api.owner, versionId=version, columns=columns)

    assert answer == invalid(f"columns.{field}", "it is an array of 2 values, as long as predictionIds")
    assert await kept(api, version) == []


@pytest.mark.parametrize("features", ["age", [1], {"age": 1}, 1])
async def test_features_by_column_are_an_object_of_arrays(api: Api, version: str, features: Any) -> None:
    columns = as_columns([a_row(1)]) | {"features": features}

    answer = await act(api, INGEST, by=api.owner, versionId=version, columns=columns)

    assert answer == invalid("columns.features", "it is an object with an array for each column")


async def test_the_same_key_answers_the_same_receipt_by_rows_and_by_columns(api: Api, version: str) -> None:
    rows = [a_row(1), a_row(2, decision="7")]
    first = await act(api, INGEST, by=api.owner, versionId=version, rows=rows, key="once")
    again = await act(api, INGEST, by=api.owner, versionId=version, columns=as_columns(rows), key="once")

    assert again == first
    assert (first["accepted"], first["rejectedCount"]) == (1, 1)
    assert first["receiptId"] is not None
    assert len(await kept(api, version)) == 1


async def test_the_same_key_with_other_content_is_a_conflict(api: Api, version: str) -> None:
    await act(api, INGEST, by=api.owner, versionId=version, rows=[a_row(1)], key="once")
    answer = await act(api, INGEST, by=api.owner, versionId=version, rows=[a_row(2)], key="once")

    assert answer == {
        "__typename": "ConflictError", "code": "CONFLICT", "path": None,
        "message": "This idempotency key was already used for another body; use a new one.",
    }  # fmt: skip
    assert len(await kept(api, version)) == 1


@pytest.mark.parametrize("key", ["", "a\x00b", "x" * 201, "é"])
async def test_a_key_is_short_and_printable(api: Api, version: str, key: str) -> None:
    label = {"predictionId": "p-1", "label": "1"}
    for document, row in ((INGEST, a_row(1)), (LABEL, label)):
        answer = await act(api, document, by=api.owner, versionId=version, rows=[row], key=key)
        assert answer == invalid("key", "write 1 to 200 printable ASCII characters")
    assert await kept(api, version) == []


async def test_a_label_finds_its_prediction_or_waits_and_another_corrects_it(api: Api, version: str) -> None:
    await act(api, INGEST, by=api.owner, versionId=version, rows=[a_row(1), a_row(2)])
    labels = [{"predictionId": "p-1", "label": "1"}, {"predictionId": "p-9", "label": "0", "predictedAt": AT}]

    first = await act(api, LABEL, by=api.owner, versionId=version, rows=labels)
    again = await act(api, LABEL, by=api.owner, versionId=version, rows=labels[:1])
    other = await act(api, LABEL, by=api.owner, versionId=version, rows=[{"predictionId": "p-1", "label": "0"}])

    assert first == RECEIVED | {"accepted": 2, "waiting": 1, "sequence": first["sequence"]}
    assert (again["accepted"], again["duplicates"]) == (0, 1)
    assert (other["accepted"], other["corrected"]) == (1, 1)


async def test_labels_by_rows_and_by_columns_are_the_same_labels(api: Api) -> None:
    receipts: list[Any] = []
    digests: list[Any] = []
    rows = [{"predictionId": f"p-{number}", "label": str(number), "predictedAt": AT} for number in (1, 0, 2)]
    columns = {
        "predictionIds": ["p-1", "p-0", "p-2"], "labels": ["1", "0", "2"], "predictedAt": [AT, AT, AT],
    }  # fmt: skip
    for fields in ({"rows": rows}, {"columns": columns}):
        version = (await a_version(api, (await a_model(api))["id"]))["id"]
        await act(api, INGEST, by=api.owner, versionId=version, rows=[a_row(0), a_row(1), a_row(2)])
        receipts.append(await act(api, LABEL, by=api.owner, versionId=version, **fields))
        digests.append(await kept(api, version))

    assert receipts[0] == receipts[1] == RECEIVED | {
        "accepted": 2, "rejectedCount": 1, "sequence": "2",
        "rejected": [{"row": 2, "column": "label", "reason": "must be one of '0' and '1', not '2'"}],
    }  # fmt: skip
    assert digests[0] == digests[1]


async def test_a_key_of_the_project_sends_and_somebody_who_only_reads_may_not(api: Api, version: str) -> None:
    key, viewer = await api.make_key(), await api.make_member(Role.VIEWER)
    labels = [{"predictionId": "p-1", "label": "1"}]
    for document, rows in ((INGEST, [a_row(1)]), (LABEL, labels)):
        answer = await act(api, document, by=key, versionId=version, rows=rows)
        assert answer.get("accepted") == 1, answer
        refused = await act(api, document, by=viewer, versionId=version, rows=rows)
        assert refused["__typename"] == "ForbiddenError"
        refused = await act(api, document, by=None, versionId=version, rows=rows)
        assert refused["__typename"] == "UnauthenticatedError"


async def test_somebody_elses_version_is_answered_as_one_that_is_not_there(api: Api, version: str) -> None:
    for document, rows in ((INGEST, [a_row(1)]), (LABEL, [{"predictionId": "p-1", "label": "1"}])):
        for by, named in ((api.stranger, version), (api.owner, global_id("Version", uuid4()))):
            answer = await act(api, document, by=by, versionId=named, rows=rows)
            assert answer == NO_VERSION
    assert await kept(api, version) == []


def invalid(field: str, problem: str) -> dict[str, Any]:
    """The failure that names a field."""
    return {
        "__typename": "InvalidError", "code": "INVALID", "message": f"{field}: {problem}", "path": field.split("."),
    }  # fmt: skip


async def test_over_a_socket_each_mutation_is_a_message_and_has_its_own_answer(api: Api, version: str) -> None:
    sent = {
        "first": (INGEST, {"rows": [a_row(1), a_row(2)], "key": "a"}),
        "bad": (INGEST, {"rows": [a_row(3, score=2)], "key": "b"}),
        "again": (INGEST, {"rows": [a_row(1), a_row(2)], "key": "a"}),
        "label": (LABEL, {"rows": [{"predictionId": "p-1", "label": "1"}]}),
    }
    answers: dict[str, Any] = {}
    async with api.socket(by=api.owner) as socket:
        for name, (document, fields) in sent.items():
            await socket.subscribe(document, {"input": {"versionId": version, **fields}}, named=name)
            message = await socket.receive()
            assert (message["type"], message["id"]) == ("next", name)
            (answers[name],) = message["payload"]["data"].values()
            assert await socket.receive() == {"type": "complete", "id": name}

    assert (answers["first"]["accepted"], answers["bad"]["rejectedCount"], answers["label"]["accepted"]) == (2, 1, 1)
    assert answers["again"] == answers["first"]
