"""Labels that replace others: who replaced what, when and why, in whatever form they were sent."""

from typing import Any

import pytest

from tests.api import Api, newest
from tests.graphql.operations import a_model, a_version, act
from tests.graphql.test_ingest import AT, INGEST, LABEL, a_row

CORRECTIONS = """
query ($id: ID!, $first: Int, $after: Cursor, $predictionId: String, $asOf: AsOf) {
  version(id: $id, asOf: $asOf) {
    labelCorrections(first: $first, after: $after, predictionId: $predictionId) {
      nodes { predictionId predictedAt before after reason by { name } }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""


@pytest.fixture
async def version(api: Api) -> str:
    """With three predictions, each of them labelled."""
    version = (await a_version(api, (await a_model(api))["id"]))["id"]
    await act(api, INGEST, by=api.owner, versionId=version, rows=[a_row(number) for number in range(3)])
    await label(api, version, *[{"predictionId": f"p-{number}", "label": "0"} for number in range(3)])
    return version


async def label(api: Api, version: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return await act(api, LABEL, by=api.owner, versionId=version, rows=list(rows))


async def corrections(api: Api, version: str, **asked: Any) -> dict[str, Any]:
    return (await api.ask(CORRECTIONS, {"id": version, **asked}, by=api.owner))["version"]["labelCorrections"]


async def told(api: Api, version: str, **asked: Any) -> list[tuple[str, str, str, str | None]]:
    """Prediction, label before and after, and reason; the newest first."""
    nodes = (await corrections(api, version, **asked))["nodes"]
    return [(each["predictionId"], each["before"], each["after"], each["reason"]) for each in nodes]


async def test_a_correction_is_kept_with_its_reason_and_who_sent_it(api: Api, version: str) -> None:
    receipt = await label(
        api,
        version,
        {"predictionId": "p-0", "label": "1", "reason": "the client paid after all"},
        {"predictionId": "p-1", "label": "0", "reason": "looked at once more"},
        {"predictionId": "p-2", "label": "1"},
    )

    assert (receipt["corrected"], receipt["duplicates"]) == (2, 1)
    assert await told(api, version) == [("p-2", "0", "1", None), ("p-0", "0", "1", "the client paid after all")]
    (newest_one, _) = (await corrections(api, version))["nodes"]
    assert (newest_one["predictedAt"], newest_one["by"]) == ("2026-03-01T12:00:00+00:00", {"name": "Ada"})


async def test_each_correction_of_one_label_is_told(api: Api, version: str) -> None:
    for text, reason in (("1", "first"), ("0", "second"), ("1", None)):
        await label(api, version, {"predictionId": "p-1", "label": text, "reason": reason})
    await label(api, version, {"predictionId": "p-2", "label": "1"})

    assert await told(api, version, predictionId="p-1") == [
        ("p-1", "0", "1", None), ("p-1", "1", "0", "second"), ("p-1", "0", "1", "first"),
    ]  # fmt: skip
    first = await corrections(api, version, first=3)
    assert first["pageInfo"]["hasNextPage"]
    assert await told(api, version, first=3, after=first["pageInfo"]["endCursor"]) == [("p-1", "0", "1", "first")]


async def test_the_past_knows_the_corrections_that_were_recorded_by_then(api: Api, version: str) -> None:
    await label(api, version, {"predictionId": "p-0", "label": "1"})
    await a_model(api)  # a fact after it
    then = str(await newest(api))
    await label(api, version, {"predictionId": "p-1", "label": "1"})

    assert len(await told(api, version)) == 2
    assert await told(api, version, asOf=then) == [("p-0", "0", "1", None)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"prediction_id":"p-0","label":"1","reason":"x"}\n', "application/x-ndjson"),
        (b'[{"prediction_id":"p-0","label":"1","reason":"x"}]', "application/json"),
        (b"prediction_id,label,reason\np-0,1,x\np-1,0,\n", "text/csv"),
    ],
)
async def test_every_form_has_reasons(api: Api, version: str, body: bytes, kind: str) -> None:
    answer = await api.client.post(
        f"/v1/versions/{version}/labels", content=body, headers={**api.owner.headers, "content-type": kind}
    )
    assert answer.json()["corrected"] == 1
    assert await told(api, version) == [("p-0", "0", "1", "x")]


async def test_columns_have_reasons_too(api: Api, version: str) -> None:
    columns = {"predictionIds": ["p-0", "p-1"], "labels": ["1", "1"], "predictedAt": [AT, AT], "reasons": ["x", None]}
    assert (await act(api, LABEL, by=api.owner, versionId=version, columns=columns))["corrected"] == 2
    assert await told(api, version) == [("p-1", "0", "1", None), ("p-0", "0", "1", "x")]
    short = await act(api, LABEL, by=api.owner, versionId=version, columns={**columns, "reasons": ["x"]})
    assert (short["code"], short["path"]) == ("INVALID", ["columns", "reasons"])


@pytest.mark.parametrize("reason", ["x" * 501, "a\x00b"])
@pytest.mark.parametrize("form", ["ndjson", "csv"])
async def test_a_reason_that_cannot_be_kept_is_a_bad_row(api: Api, version: str, reason: str, form: str) -> None:
    if form == "csv":
        answer = await api.client.post(
            f"/v1/versions/{version}/labels",
            content=f"prediction_id,label,reason\np-0,1,{reason}\n",
            headers={**api.owner.headers, "content-type": "text/csv"},
        )
        rejected = answer.json()["rejected"]
    else:
        rejected = (await label(api, version, {"predictionId": "p-0", "label": "1", "reason": reason}))["rejected"]
    assert [each["column"] for each in rejected] == ["reason"]
    assert await told(api, version) == []
