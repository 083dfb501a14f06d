"""What a sender asks for besides: to look at a body first, and columns by the names that a file has."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet
import pytest

from cdt.bootstrap.api import api_services
from cdt.http.intake import IntakeRoutes
from cdt.http.intake_gate import ReadGate
from tests.api import Api
from tests.graphql.operations import a_model, a_version
from tests.graphql.test_intake_policy import change
from tests.http.sending import ARROW, CSV, ROW, Sender, client_of

PARQUET = "application/vnd.apache.parquet"
FOREIGN = (
    b"Key,When,Verdict,P,Age,Gender,Notes\na,2026-03-01T12:00:00Z,1,0.5,31,1,x\nb,2026-03-01T12:00:00Z,1,2,31,1,\n"
)
NAMES = {
    "Key": "prediction_id",
    "When": "predicted_at",
    "Verdict": "decision",
    "P": "score",
    "Age": "age",
    "Gender": "sex",
    "Notes": None,
}


@pytest.fixture(scope="module")
async def client(api: Api, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    folder: Path = tmp_path_factory.mktemp("spool")
    async with api_services(api.settings) as services:
        gate = ReadGate(lambda: services.admission, lambda: services.reader, lambda: services.policies)
        routes = IntakeRoutes(
            lambda: services.intake,
            gate,
            services.now,
            most_body_bytes=32 << 20,
            spool_folder=folder,
            rates=lambda: services.rates,
        )
        async with client_of(routes) as client:
            yield client


@pytest.fixture
async def sender(api: Api, client: httpx.AsyncClient) -> Sender:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    return Sender(client, version["id"], await api.make_key())


async def test_a_preview_says_what_is_wrong_and_stores_nothing(sender: Sender) -> None:
    body = ROW % b"a" + b"{}\n" + ROW % b"b"
    shown = await sender.send(body, asked={"preview": "true"})
    assert shown.status_code == 200
    assert shown.json() == {
        "rows": 3,
        "good": 2,
        "rejected": [{"row": 1, "column": "prediction_id", "reason": "is required"}],
        "rejectedCount": 1,
        "accepted": 2,
    }
    assert (await sender.send(ROW % b"a")).json()["accepted"] == 1  # it was not there


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("KEEP_MARKED", {"good": 1, "rejectedCount": 2, "accepted": 2, "marked": 1}),
        ("REJECT_BATCH", {"good": 1, "rejectedCount": 2, "accepted": 0, "batchRejected": True}),
    ],
)
async def test_a_preview_says_what_the_model_s_policy_would_make_of_the_rows(
    api: Api, client: httpx.AsyncClient, policy: str, told: dict[str, object]
) -> None:
    model = await a_model(api)
    sender = Sender(client, (await a_version(api, model["id"]))["id"], await api.make_key())
    await change(api, model, policy)
    body = ROW % b"a" + (ROW % b"b").replace(b"31", b'"old"') + b"{}\n"
    shown = (await sender.send(body, asked={"preview": "true"})).json()
    assert {name: value for name, value in shown.items() if name not in {"rows", "rejected"}} == told
    assert [each["row"] for each in shown["rejected"]] == [1, 2]
    receipt = (await sender.send(body)).json()
    assert (receipt["accepted"], receipt.get("marked")) == (told["accepted"], told.get("marked"))


async def test_a_preview_of_what_cannot_be_read_is_refused_as_the_body_would_be(sender: Sender) -> None:
    asked = {"preview": "true"}
    assert await sender.refused(b"prediction_id\n", kind=CSV, asked=asked) == (400, "INVALID", ["body"])
    assert await sender.refused(b"PAR1", kind=PARQUET, asked=asked) == (400, "INVALID", ["preview"])
    assert (await sender.refused(bytes(9 << 20), asked=asked))[:2] == (413, "TOO_LARGE")
    assert await sender.refused(b"", by=None, asked=asked) == (401, "UNAUTHENTICATED", None)


async def test_what_is_no_parameter_is_refused_rather_than_passed_over(sender: Sender) -> None:
    assert await sender.refused(ROW % b"a", asked={"previw": "true"}) == (400, "INVALID", ["previw"])
    assert await sender.refused(ROW % b"a", asked={"preview": "maybe"}) == (400, "INVALID", ["preview"])


async def test_columns_of_a_file_take_the_names_of_the_version(sender: Sender) -> None:
    asked = {"columns": json.dumps(NAMES)}
    answer = (await sender.send(FOREIGN, kind=CSV, asked=asked)).json()
    assert (answer["accepted"], answer["rejected"]) == (
        1,
        [{"row": 1, "column": "score", "reason": "must be at most 1"}],
    )
    plain = b"prediction_id,predicted_at,decision,score,age,sex\na,2026-03-01T12:00:00Z,1,0.5,31,1\n"
    assert (await sender.send(plain, kind=CSV)).json()["duplicates"] == 1  # the same row


async def test_columns_are_named_in_arrow_parquet_and_large_files_too(sender: Sender) -> None:
    rows = 120_000
    table = pa.table(
        {
            "Key": [f"{number:0120d}" for number in range(rows)],  # more than is held in memory
            "When": pa.array([1_772_366_400_000_000] * rows, type=pa.timestamp("us", "UTC")),
            "Verdict": ["1"] * rows,
            "Age": [31.0] * rows,
            "Gender": ["1"] * rows,
            "Notes": [None] * rows,
        }
    )
    asked = {"columns": json.dumps({name: own for name, own in NAMES.items() if name != "P"})}
    stream, file = io.BytesIO(), io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table, max_chunksize=10_000)
    pa.parquet.write_table(table.slice(0, 10), file)
    assert (await sender.send(file.getvalue(), kind=PARQUET, asked=asked)).json()["accepted"] == 10
    answer = (await sender.send(stream.getvalue(), kind=ARROW, asked=asked)).json()
    assert (answer["accepted"], answer["duplicates"]) == (rows - 10, 10)


@pytest.mark.parametrize(
    ("columns", "path"),
    [
        ("{", "columns"),
        ("[]", "columns"),
        ('{"Key": 1}', "columns"),
        ('{"Nowhere": "age"}', "columns"),
        ('{"Key": "age", "When": "age"}', "columns"),
        ('{"Key": null}', "body"),
        (json.dumps({f"column {number}": None for number in range(2_001)}), "columns"),
    ],
)
async def test_a_naming_that_means_nothing_is_refused(sender: Sender, columns: str, path: str) -> None:
    assert await sender.refused(FOREIGN, kind=CSV, asked={"columns": columns}) == (400, "INVALID", [path])


async def test_rows_that_have_no_columns_are_not_renamed(sender: Sender) -> None:
    assert await sender.refused(ROW % b"a", asked={"columns": "{}"}) == (400, "INVALID", ["columns"])


async def test_one_key_stands_for_a_body_and_its_naming_together(sender: Sender) -> None:
    asked = {"columns": json.dumps(NAMES)}
    first = await sender.send(FOREIGN, kind=CSV, asked=asked, **{"idempotency-key": "k"})
    same = await sender.send(FOREIGN, kind=CSV, asked=asked, **{"idempotency-key": "k"})
    other = {"columns": json.dumps(NAMES | {"P": None})}
    assert same.json() == first.json()
    assert await sender.refused(FOREIGN, kind=CSV, asked=other, **{"idempotency-key": "k"}) == (409, "CONFLICT", None)
