"""Rows as a file over HTTP: what came in comes out, in each form, for those who may read it."""

import asyncio
import io
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import httpx
import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from starlette.applications import Starlette

from cdt.bootstrap.api import api_services
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from cdt.graphql.services import Services
from cdt.http import rows_export
from cdt.http.ids import id_in
from cdt.http.intake_gate import ReadGate
from cdt.http.read_entry import ReadEntry
from cdt.http.rows_export import RowsExport
from cdt.predictions import exporting
from cdt.predictions.columns import Predictions
from cdt.predictions.objects import Objects
from cdt.predictions.segments import Segment, find_segments
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from cdt.workers.compact import compact_all
from tests.api import Api, Someone
from tests.graphql.operations import a_model, a_version

WAIT_SECONDS = 10.0

ROWS = b"".join(
    b'{"prediction_id":"e%d","predicted_at":"2026-03-0%dT12:00:00Z","decision":"%d","score":%s,'
    b'"features":{"age":%d,"sex":%s}}\n'
    % (day, day, day % 2, b"null" if day == 4 else b"0.25", 20 + day, b"null" if day == 5 else b'"1"')
    for day in range(1, 8)
)


class Sender:
    """Sends rows of a version, and asks for them."""

    def __init__(self, api: Api, version_id: str, key: Someone) -> None:
        self.api = api
        self.version_id = version_id
        self.key = key

    async def send(self, body: bytes, *, kind: str = "application/x-ndjson", to: str = "predictions") -> Any:
        path, headers = f"/v1/versions/{self.version_id}/{to}", {"content-type": kind, **self.key.headers}
        answer = await self.api.client.post(path, content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def get(self, kind: str = "predictions", *, by: Someone | None = None, **params: str) -> httpx.Response:
        headers = (by or self.api.owner).headers
        return await self.api.client.get(f"/v1/versions/{self.version_id}/{kind}", params=params, headers=headers)


@pytest.fixture
async def sender(api: Api) -> Sender:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    return Sender(api, version["id"], await api.make_key())


def read(answer: httpx.Response, form: str) -> Any:
    assert answer.status_code == 200, answer.text
    content = io.BytesIO(answer.content)
    match form:
        case "parquet":
            return pyarrow.parquet.read_table(content)
        case "arrow":
            return pa.ipc.open_stream(content).read_all()
        case _:
            convert = pyarrow.csv.ConvertOptions(strings_can_be_null=True, column_types={"decision": pa.string()})
            return pyarrow.csv.read_csv(content, convert_options=convert)


@pytest.mark.parametrize("form", ["parquet", "arrow", "csv"])
async def test_a_window_of_rows_comes_out_in_each_form(api: Api, sender: Sender, form: str) -> None:
    assert (await sender.send(ROWS))["accepted"] == 7
    window = {"from": "2026-03-02T12:00:00Z", "to": "2026-03-06T14:00:00+02:00"}

    answer = await sender.get(format=form, **window)

    table = read(answer, form)
    assert table.column("prediction_id").to_pylist() == ["e2", "e3", "e4", "e5"]
    assert table.column("predicted_at")[0].as_py().isoformat() == "2026-03-02T12:00:00+00:00"
    assert table.column("decision").to_pylist() == ["0", "1", "0", "1"]
    assert table.column("score").to_pylist() == [0.25, 0.25, None, 0.25]
    assert [int(age) for age in table.column("age").to_pylist()] == [22, 23, 24, 25]
    assert [text and str(text) for text in table.column("sex").to_pylist()] == ["1", "1", "1", None]
    assert f'-predictions.{form}"' in answer.headers["content-disposition"]


@pytest.mark.parametrize(("form", "kind"), [("csv", "text/csv"), ("arrow", "application/vnd.apache.arrow.stream")])
async def test_what_comes_out_can_be_sent_again_and_is_the_same(
    api: Api,
    sender: Sender,
    form: str,
    kind: str,
) -> None:
    await sender.send(ROWS)

    again = await sender.send((await sender.get(format=form)).content, kind=kind)

    assert (again["accepted"], again["duplicates"]) == (0, 7), again


@pytest.mark.parametrize("form", ["parquet", "arrow", "csv"])
async def test_a_large_file_is_made_in_small_parts_and_others_are_answered_meanwhile(
    api: Api, sender: Sender, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    await sender.send(ROWS)
    made: list[int] = []
    answered: list[bool] = []
    as_table, loop = exporting.PREDICTIONS.as_table, asyncio.get_running_loop()

    def while_others_are_answered(rows: Predictions) -> Any:
        made.append(len(rows))
        if len(rows):
            is_answered = threading.Event()
            loop.call_soon_threadsafe(is_answered.set)
            answered.append(is_answered.wait(WAIT_SECONDS))  # never, if it were made where others are answered
        return as_table(rows)

    monkeypatch.setattr(exporting, "PREDICTIONS", exporting.PREDICTIONS._replace(as_table=while_others_are_answered))
    monkeypatch.setattr(exporting, "ROW_GROUP_ROWS", 3)

    table = read(await sender.get(format=form), form)

    assert table.column("prediction_id").to_pylist() == [f"e{day}" for day in range(1, 8)]
    assert made == [0, 3, 3, 1]
    assert answered == [True, True, True]


async def test_of_many_segments_few_are_known_at_once_and_what_comes_meanwhile_is_not_among_them(
    api: Api, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ROWS.splitlines(keepends=True)
    for line in lines[:6]:
        await sender.send(line)
    found: list[int] = []

    async def finding(connection: Any, number: int, **asked: Any) -> list[Segment]:
        segments = await find_segments(connection, number, **asked)
        found.append(len(segments))
        if len(found) == 2:
            await sender.send(lines[6])
        return segments

    monkeypatch.setattr(exporting, "find_segments", finding)
    monkeypatch.setattr(exporting, "SEGMENTS_AT_ONCE", 2)

    table = read(await sender.get(**{"from": "2026-03-02T00:00:00Z"}), "parquet")

    assert table.column("prediction_id").to_pylist() == [f"e{day}" for day in range(2, 7)]
    assert found == [2, 2, 1]


async def test_labels_come_out_with_what_their_predictions_said(api: Api, sender: Sender) -> None:
    await sender.send(ROWS)
    await sender.send(b'{"prediction_id":"e1","label":"0"}\n{"prediction_id":"e2","label":"1"}\n', to="labels")
    await sender.send(b'{"prediction_id":"e1","label":"1"}\n', to="labels")

    table = read(await sender.get("labels"), "parquet")

    assert list(
        zip(*(table.column(name).to_pylist() for name in ("prediction_id", "label", "sign", "decision")), strict=True)
    ) == [("e1", "0", 1, "1"), ("e2", "1", 1, "0"), ("e1", "0", -1, "1"), ("e1", "1", 1, "1")]


async def test_a_window_without_rows_is_a_file_without_rows(api: Api, sender: Sender) -> None:
    await sender.send(ROWS)
    for form in ("parquet", "arrow", "csv"):
        table = read(await sender.get(format=form, to="2020-01-01T00:00:00Z"), form)
        assert (table.num_rows, table.column_names[:2]) == (0, ["prediction_id", "predicted_at"])


async def test_who_may_not_read_gets_nothing_and_anothers_version_is_unknown(
    api: Api,
    sender: Sender,
) -> None:
    await sender.send(ROWS)
    path = f"/v1/versions/{sender.version_id}/predictions"
    viewer, stranger = await api.make_member(Role.VIEWER), api.stranger

    assert (await api.client.get(path)).status_code == 401
    assert (await api.client.get(path, headers=stranger.headers)).status_code == 404
    assert (await api.client.get(path, headers=viewer.headers)).status_code == 200
    assert (await api.client.get("/v1/versions/x/predictions", headers=api.owner.headers)).status_code == 404
    refused = await sender.get(by=sender.key)
    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("params", "field"),
    [({"format": "xlsx"}, "format"), ({"from": "yesterday"}, "from"), ({"to": "2026-03-01T00:00:00"}, "to")],
)
async def test_what_can_not_be_meant_is_named(
    api: Api,
    sender: Sender,
    params: dict[str, str],
    field: str,
) -> None:
    answer = await sender.get(**params)

    assert (answer.status_code, answer.json()["code"], answer.json()["path"]) == (400, "INVALID", [field])


async def test_a_version_without_rows_is_told_so(api: Api, sender: Sender) -> None:
    assert (await sender.get()).status_code == 404


async def test_packed_rows_come_out_too_and_while_they_can_not_be_read_that_is_told(
    api: Api, sender: Sender, tmp_path: Path
) -> None:
    await sender.send(ROWS)
    system = conninfo_as(api.dsn, DatabaseRole.SYSTEM)
    version_id = id_in(sender.version_id, "Version")
    assert version_id is not None
    with psycopg.connect(system) as connection:
        row = connection.execute(
            "SELECT number FROM predictions.versions WHERE version_id = %s", (version_id,)
        ).fetchone()
    assert row is not None
    place = Folder(path=tmp_path / "objects")
    assert await compact_all(system, Objects(Storage(place)), row[0]) == 7

    away = await sender.get()
    assert (away.status_code, away.json()["code"]) == (503, "UNAVAILABLE")
    assert int(away.headers["retry-after"]) > 0

    async with (
        api_services(replace(api.settings, storage=str(place.path))) as services,
        _client_of(services) as client,
    ):
        answer = await client.get(f"/v1/versions/{sender.version_id}/predictions", headers=api.owner.headers)
    table = read(answer, "parquet")
    assert table.column("prediction_id").to_pylist() == [f"e{day}" for day in range(1, 8)]

    for path in (tmp_path / "objects").rglob("*.parquet"):  # a backup that is older than the database's
        path.unlink()
    async with (
        api_services(replace(api.settings, storage=str(place.path))) as services,
        _client_of(services) as client,
    ):
        lost = await client.get(f"/v1/versions/{sender.version_id}/predictions", headers=api.owner.headers)
    assert (lost.status_code, lost.json()["code"]) == (503, "UNAVAILABLE")


async def test_files_that_wait_for_the_storage_leave_connections_to_others(
    api: Api, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sender.send(ROWS)
    each_part, answering, all_wait, reading = exporting.each_part, asyncio.Event(), asyncio.Event(), 0

    def look() -> None:
        if (reading, turns.waiting) == (rows_export.READING_AT_ONCE, 8 - rows_export.READING_AT_ONCE):
            all_wait.set()

    async def waiting(*given: Any) -> Any:
        nonlocal reading
        reading += 1
        look()
        await answering.wait()
        async for part in each_part(*given):
            yield part

    turns = Turns(rows_export.READING_AT_ONCE, look)
    monkeypatch.setattr(exporting, "each_part", waiting)
    async with api_services(api.settings) as services, _client_of(services, turns) as client:
        path = f"/v1/versions/{sender.version_id}/predictions"
        asked = [asyncio.create_task(client.get(path, headers=api.owner.headers)) for _ in range(8)]
        async with asyncio.timeout(WAIT_SECONDS):
            await all_wait.wait()  # for the storage or for their turn
        async with services.writer.transaction() as connection:
            await connection.execute("SELECT 1")
        answering.set()
        answers = await asyncio.gather(*asked)
    assert {read(answer, "parquet").num_rows for answer in answers} == {7}


class Turns(asyncio.Semaphore):
    """Says when the number of those that wait for one changes."""

    def __init__(self, value: int, tell: Callable[[], None]) -> None:
        super().__init__(value)
        self.waiting = 0
        self._tell = tell

    async def acquire(self) -> Literal[True]:
        self.waiting += 1
        self._tell()
        try:
            return await super().acquire()
        finally:
            self.waiting -= 1


def _client_of(services: Services, turns: asyncio.Semaphore | None = None) -> httpx.AsyncClient:
    gate = ReadGate(lambda: services.admission, lambda: services.reader, lambda: services.policies)
    entry = ReadEntry(gate, lambda: services.journal, lambda: services.rates)
    export = RowsExport(entry, lambda: services.writer, lambda: services.objects)
    if turns is not None:
        export._turns = turns
    transport = httpx.ASGITransport(app=Starlette(routes=export.routes()))
    return httpx.AsyncClient(transport=transport, base_url="http://cdt")


async def test_an_export_is_among_the_security_events(api: Api, sender: Sender) -> None:
    await sender.send(ROWS)
    await sender.get()

    with psycopg.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
        found = connection.execute(
            "SELECT count(*) FROM security.occurrences WHERE kind = 'exported' AND reason = 'predictions'"
        ).fetchone()
    assert found is not None
    assert found[0] >= 1
