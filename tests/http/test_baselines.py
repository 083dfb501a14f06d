"""Reference rows as a body: whatever its form, the baseline is that of the rows, which are not kept."""

import csv
import gzip
import io
import json
import random
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from cdt.domain.tenancy.roles import Role
from cdt.http.spool import IN_MEMORY_BYTES
from cdt.predictions import uploads
from cdt.predictions.decoding import ARROW, CSV, JSON, NDJSON, PARQUET
from cdt.predictions.sampling import Sample
from tests.api import Api, newest
from tests.graphql.key_operations import a_key
from tests.graphql.operations import a_model, a_version, act
from tests.graphql.test_baselines import FOLLOW, baseline_of
from tests.graphql.test_evaluations import SET_BASELINE
from tests.http.sending import Sender

START = datetime(2026, 1, 1, tzinfo=UTC)


def some_rows(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Rows of a baseline, every third without a truth."""
    chance = random.Random(seed)
    return [
        {
            "decision": str(number % 2), "score": chance.random(),
            "features": {"age": chance.choice([None, chance.uniform(18, 90)]), "sex": chance.choice("12")},
            "label": None if number % 3 == 0 else chance.choice("01"),
        }
        for number in range(count)
    ]  # fmt: skip


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(
        [{**each["features"], **{k: v for k, v in each.items() if k != "features"}} for each in rows]
    )


def ndjson(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in rows)


def as_json(rows: list[dict[str, Any]]) -> bytes:
    return json.dumps({"rows": rows}).encode()


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    table = table_of(rows).to_pylist()
    writer = csv.DictWriter(text, list(table[0]))
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue().encode()


def arrow(rows: list[dict[str, Any]]) -> bytes:
    return written(table_of(rows), ARROW)


def parquet(rows: list[dict[str, Any]]) -> bytes:
    return written(table_of(rows), PARQUET)


def written(table: pa.Table, kind: str) -> bytes:
    sink = io.BytesIO()
    if kind == PARQUET:
        pa.parquet.write_table(table, sink)
    elif kind == CSV:
        pa.csv.write_csv(table, sink)
    else:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()


FORMS = {NDJSON: ndjson, JSON: as_json, CSV: as_csv, ARROW: arrow, PARQUET: parquet}


async def a_sender(api: Api, model: str | None = None) -> Sender:
    version = await a_version(api, model or (await a_model(api))["id"], tag=f"{random.random()}")
    return Sender(api.client, version["id"], api.owner)


async def upload(sender: Sender, body: bytes, kind: str = NDJSON, **given: str) -> dict[str, Any]:
    answer = await sender.send(body, kind=kind, to="baseline", **given)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_baseline_is_what_the_same_rows_as_predictions_would_make(api: Api) -> None:
    rows, model = some_rows(60), (await a_model(api))["id"]
    sent, uploaded = await a_sender(api, model), await a_sender(api, model)
    named = [{**each, "prediction_id": str(number), "predicted_at": (START + timedelta(minutes=number)).isoformat()}
             for number, each in enumerate(rows)]  # fmt: skip
    predictions = [{key: value for key, value in each.items() if key != "label"} for each in named]
    labels = [{"prediction_id": each["prediction_id"], "label": each["label"]} for each in named if each["label"]]
    await sent.send(ndjson(predictions))
    await sent.send(ndjson(labels), to="labels")
    window = {"predictedFrom": START.isoformat(), "predictedTo": (START + timedelta(days=1)).isoformat()}
    await act(api, SET_BASELINE, by=api.owner, versionId=sent.version_id, **window)
    body = ndjson(named)  # ids and times are passed over

    told = await upload(uploaded, body)

    of_predictions = await baseline_of(api, sent.version_id)
    assert told == {
        "rows": 60, "labelledRows": 40, "rejected": [], "rejectedCount": 0, "every": 1,
        "grid": of_predictions["gridDigest"], "baseline": of_predictions["digest"],
        "body": sha256(body).hexdigest(), "position": str(await newest(api)),
    }  # fmt: skip
    assert await baseline_of(api, uploaded.version_id) == {
        "source": "UPLOAD", "rows": 60, "digest": told["baseline"], "gridDigest": told["grid"],
        "bodyDigest": told["body"], "predictedFrom": None, "moving": None,
    }  # fmt: skip


@pytest.mark.parametrize("kind", FORMS)
async def test_every_form_says_the_same_and_what_is_said_again_is_no_event(api: Api, kind: str) -> None:
    rows, sender = some_rows(50), await a_sender(api)
    first = await upload(sender, ndjson(rows))
    again = await upload(sender, FORMS[kind](rows), kind)

    assert again | {"body": None} == first | {"body": None, "every": None, "position": None}
    if kind != PARQUET:
        packed = await upload(sender, gzip.compress(FORMS[kind](rows)), kind, **{"content-encoding": "gzip"})
        assert packed == again


@pytest.mark.parametrize("kind", [CSV, ARROW, PARQUET])
async def test_a_file_s_columns_may_have_names_of_their_own(api: Api, kind: str) -> None:
    rows, sender = some_rows(50), await a_sender(api)
    first = await upload(sender, ndjson(rows))
    table = table_of(rows)
    names = {f"The {name}": name for name in table.column_names}
    foreign = table.rename_columns([*names]).append_column("Notes", [["x"] * 50])
    answer = await sender.send(
        written(foreign, kind), kind=kind, to="baseline", asked={"columns": json.dumps({**names, "Notes": None})}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["baseline"] == first["baseline"]
    assert await sender.refused(ndjson(rows), to="baseline", asked={"columns": "{}"}) == (400, "INVALID", ["columns"])
    assert await sender.refused(b"", kind=CSV, to="baseline", asked={"preview": "true"}) == (
        400, "INVALID", ["preview"],
    )  # fmt: skip


async def test_bad_rows_are_named_and_the_good_ones_are_the_baseline(api: Api) -> None:
    rows, sender = some_rows(40), await a_sender(api)
    bad = {
        3: {"decision": "2"}, 5: {"score": 1.5}, 7: {"label": "maybe"}, 9: {"features": {"age": "x", "sex": "1"}}
    }  # fmt: skip
    mixed = [{**each, **bad.get(number, {})} for number, each in enumerate(rows)]
    told = await upload(sender, ndjson(mixed))
    alone = await upload(sender, ndjson([each for number, each in enumerate(rows) if number not in bad]))
    ragged = await upload(sender, as_csv(rows) + b"1,2\n", CSV)

    assert (told["rows"], told["rejectedCount"], alone["position"]) == (36, 4, None)
    assert [(each["row"], each["column"]) for each in told["rejected"]] == [
        (3, "decision"), (5, "score"), (7, "label"), (9, "age")
    ]  # fmt: skip
    assert told["rejected"][2]["reason"] == "must be one of '0' and '1', not 'maybe'"
    assert [each["row"] for each in ragged["rejected"]] == [40]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code", "told"),
    [
        (ndjson(some_rows(29)), NDJSON, 400, "INVALID", "body: it holds 29 good rows, and a baseline needs 30"),
        (b"", NDJSON, 400, "INVALID", "body: it holds 0 good rows, and a baseline needs 30"),
        (b"[]", JSON, 400, "INVALID", "body: it holds 0 good rows, and a baseline needs 30"),
        (b'{"decision": 1}\n' * 40, NDJSON, 400, "INVALID",
         "body: it holds 0 good rows, and a baseline needs 30; of 40 bad ones the first is row 0, 'features': is required"),  # noqa: E501
        (b"age,sex\n1,2\n", CSV, 400, "INVALID", "body: the column 'decision' is missing"),
        (b"decision,age,sex,shoe\n1,1,2,4\n", CSV, 400, "INVALID",
         "body: the column 'shoe' is not among the version's columns"),
        (b"not Arrow", ARROW, 400, "INVALID", "body: it is no Arrow IPC stream that can be read"),
        (b"not Parquet", PARQUET, 400, "INVALID", None),
        (b"{}", "application/xml", 415, "UNSUPPORTED_MEDIA_TYPE", None),
    ],
)  # fmt: skip
async def test_what_makes_no_baseline_is_refused_and_nothing_is_recorded(
    api: Api, body: bytes, kind: str, status: int, code: str, told: str | None
) -> None:
    sender = await a_sender(api)
    before = await newest(api)
    answer = await sender.send(body, kind=kind, to="baseline")
    said = answer.json()

    assert (answer.status_code, said["code"]) == (status, code), said
    assert told is None or said["message"] == told
    assert await newest(api) == before


async def test_only_who_may_write_the_registry_sets_a_baseline(api: Api) -> None:
    sender, body = await a_sender(api), ndjson(some_rows(40))
    ingesting, _ = await a_key(api, permissions=["INGEST"])
    writing, _ = await a_key(api, permissions=["WRITE"])
    viewer = await api.make_member(Role.VIEWER)

    refused = {
        who: await sender.refused(body, to="baseline", by=by)
        for who, by in (("nobody", None), ("a sender", ingesting), ("a viewer", viewer), ("a stranger", api.stranger))
    }
    told = await sender.send(body, to="baseline", by=writing)

    assert refused == {
        "nobody": (401, "UNAUTHENTICATED", None), "a sender": (403, "FORBIDDEN", None),
        "a viewer": (403, "FORBIDDEN", None), "a stranger": (404, "NOT_FOUND", None),
    }  # fmt: skip
    assert told.json()["rows"] == 40


async def test_an_upload_ends_what_moves_though_its_rows_are_the_same(api: Api) -> None:
    sender, body = await a_sender(api), ndjson(some_rows(40))
    first = await upload(sender, body)
    followed = await act(api, FOLLOW, by=api.owner, versionId=sender.version_id, kind="TRAILING", days=7)
    again = await upload(sender, body)

    assert followed["version"]["baseline"]["moving"]["days"] == 7
    assert again["baseline"] == first["baseline"]
    assert again["position"] == str(await newest(api))
    assert (await baseline_of(api, sender.version_id))["moving"] is None


@pytest.mark.parametrize("kind", [NDJSON, PARQUET])
async def test_of_many_rows_every_eighth_fits_the_grid_and_all_are_counted(
    api: Api, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    rows, sender, model = some_rows(400), await a_sender(api), (await a_model(api))["id"]
    monkeypatch.setattr(uploads, "Sample", partial(Sample, most_rows=60))
    told = await upload(sender, FORMS[kind](rows), kind)
    monkeypatch.undo()
    alone = await upload(await a_sender(api, model), ndjson(rows[::8]))

    assert (told["rows"], told["every"]) == (400, 8)
    assert (alone["rows"], alone["grid"]) == (50, told["grid"])
    assert (await upload(sender, ndjson(rows)))["position"] is None


async def test_a_body_that_does_not_fit_the_memory_is_counted_from_the_disk(api: Api) -> None:
    rows, sender = some_rows(2_000), await a_sender(api)
    line, times = ndjson(rows), 42
    body = line * times
    assert len(body) > IN_MEMORY_BYTES
    told = await upload(sender, body)
    packed = await upload(sender, gzip.compress(body, 1), **{"content-encoding": "gzip"})

    assert (told["rows"], told["every"], told["rejectedCount"]) == (2_000 * times, 1, 0)
    assert packed == told | {"every": None, "position": None}


async def test_whoever_goes_away_leaves_nothing(api: Api) -> None:
    sender = await a_sender(api)
    before = await newest(api)

    async def parts() -> Any:
        yield ndjson(some_rows(40))
        raise httpx.ReadError("gone")

    with pytest.raises(httpx.ReadError):
        await sender.send(parts(), to="baseline")
    assert await newest(api) == before
