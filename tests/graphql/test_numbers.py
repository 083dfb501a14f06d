"""Versions that predict numbers in the API: their signature, their rows, and what is told of them."""

import asyncio
import csv
import io
import random
from typing import Any
from uuid import UUID

import pytest
from strawberry.relay import GlobalID

from cdt.commands import evaluations as commands
from tests.api import Api, a_system_command
from tests.graphql.operations import ADD_VERSION, a_model, act
from tests.graphql.test_ingest import AT, INGEST, LABEL

SIGNATURE = {
    "columns": [{"name": "area", "kind": "NUMBER"}, {"name": "sex", "kind": "CATEGORY"}],
    "number": {"minimum": 0, "unit": "EUR"},
    "groups": [{"name": "sex", "column": "sex"}],
}
SIGNED = """
query ($id: ID!) {
  version(id: $id) {
    signature { classes positiveClass number { minimum maximum unit } }
    rows { nodes { predictionId decision score prediction label } }
    labelCorrections { nodes { before after } }
  }
}"""
PROPOSED = "query ($id: ID!) { version(id: $id) { plan { proposal { outputs } } } }"
CHANGE = """
mutation ($input: ChangePlanInput!) {
  changePlan(input: $input) { ... on ChangePlanPayload { plan { measures outputs } } ... on Failure { message path } }
}"""


async def a_version(api: Api, signature: dict[str, Any] = SIGNATURE) -> dict[str, Any]:
    model = await a_model(api)
    return await act(api, ADD_VERSION, by=api.owner, modelId=model["id"], tag="1", signature=signature)


def a_row(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "predictionId": f"p-{number}", "predictedAt": AT, "prediction": 100.0 + number,
        "features": {"area": number, "sex": "f"}, **fields,
    }  # fmt: skip


async def test_rows_and_labels_are_numbers_by_rows_and_by_columns(api: Api) -> None:
    version = (await a_version(api))["version"]["id"]
    sent = [a_row(1), a_row(2, prediction=-1.0), {**a_row(3), "decision": "yes"}]

    answer = await act(api, INGEST, by=api.owner, versionId=version, rows=sent)
    assert answer["accepted"] == 1
    assert [(each["row"], each["column"]) for each in answer["rejected"]] == [(1, "prediction"), (2, "decision")]
    columns = {
        "predictionIds": ["p-4", "p-5"], "predictedAt": [AT, AT], "predictions": [1.5, 2],
        "features": {"area": [1, 2], "sex": ["f", None]},
    }  # fmt: skip
    assert (await act(api, INGEST, by=api.owner, versionId=version, columns=columns))["accepted"] == 2
    labels = {"predictionIds": ["p-1", "p-4"], "numbers": [99.5, 2.0]}
    assert (await act(api, LABEL, by=api.owner, versionId=version, columns=labels))["accepted"] == 2
    again = [{"predictionId": "p-1", "number": 98.25}, {"predictionId": "p-5", "label": "dear"}]
    answer = await act(api, LABEL, by=api.owner, versionId=version, rows=again)
    assert (answer["corrected"], [each["column"] for each in answer["rejected"]]) == (1, ["label"])

    found = (await api.ask(SIGNED, {"id": version}, by=api.owner))["version"]
    assert found["signature"] == {
        "classes": [], "positiveClass": None, "number": {"minimum": 0.0, "maximum": None, "unit": "EUR"},
    }  # fmt: skip
    rows = {each["predictionId"]: each for each in found["rows"]["nodes"]}
    assert rows["p-1"] == {
        "predictionId": "p-1", "decision": None, "score": None, "prediction": 101.0, "label": "98.25",
    }  # fmt: skip
    assert rows["p-5"]["label"] is None
    assert found["labelCorrections"]["nodes"] == [{"before": "99.5", "after": "98.25"}]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"classes": ["no", "yes"], "positiveClass": "yes"}, "signature.number"),
        ({"number": {"minimum": 2, "maximum": 1}}, "signature.number"),
        ({"number": {"unit": "x" * 21}}, "signature.number.unit"),
        ({"number": None}, "signature.classes"),
    ],
)
async def test_a_signature_is_of_classes_or_of_a_number(api: Api, changes: dict[str, Any], field: str) -> None:
    refused = await a_version(api, {**SIGNATURE, **changes})

    assert refused["path"][-len(field.split(".")) :] == field.split(".")


async def test_an_uploaded_baseline_has_its_truth_beside_it_and_a_plan_takes_what_suits_numbers(api: Api) -> None:
    added = (await a_version(api))["version"]
    version, model = added["id"], added["model"]["id"]
    chance = random.Random(4)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["prediction", "label", "area", "sex"])
    for _ in range(200):
        area = chance.uniform(20, 90)
        writer.writerow([area * 12, area * 12 + chance.gauss(0, 30), area, chance.choice("fm")])
    answer = await api.client.post(
        f"/v1/versions/{version}/baseline",
        content=text.getvalue(),
        headers={**api.owner.headers, "content-type": "text/csv"},
    )
    assert (answer.status_code, answer.json()["rows"], answer.json()["labelledRows"]) == (200, 200, 200)

    model_id, version_id = (UUID(GlobalID.from_id(each).node_id) for each in (model, version))
    by = a_system_command(api.owner.tenant)
    position = await asyncio.to_thread(commands.make_plan, api.log, version_id, model_id=model_id, by=by)
    assert position is not None
    await api.settle(position)
    plan = (await api.ask(PROPOSED, {"id": version}, by=api.owner))["version"]["plan"]
    assert plan["proposal"]["outputs"] == ["SCORE", "LABEL"]
    for wanted, message in (
        ({"measures": ["f1"]}, "'f1' is of versions that decide among classes"),
        ({"measures": [], "outputs": ["DECISION"]}, "a version that predicts numbers makes no decisions"),
    ):
        refused = await act(api, CHANGE, by=api.owner, versionId=version, reason="more", **wanted)
        assert message in refused["message"]
