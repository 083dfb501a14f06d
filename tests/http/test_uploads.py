"""Files beside a GraphQL operation: one path with all bodies, and nothing is read of who may not send."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from cdt.http.ids import id_in
from cdt.http.spool import IN_MEMORY_BYTES
from tests.api import Api, Someone
from tests.graphql.operations import a_model, a_version
from tests.http.sending import ROW

FIELDS = """
... on IngestReceipt { accepted duplicates rejectedCount waiting receiptId }
... on Failure { code message path }
"""
PREDICTIONS = f"mutation ($input: UploadPredictionsInput!) {{ uploadPredictions(input: $input) {{ {FIELDS} }} }}"
LABELS = f"mutation ($input: UploadLabelsInput!) {{ uploadLabels(input: $input) {{ {FIELDS} }} }}"
CSRF = {"x-csrf-token": "1"}


class Uploader:
    """Uploads files to a version, as its owner unless told otherwise."""

    def __init__(self, api: Api, version_id: str) -> None:
        self.api = api
        self.version_id = version_id

    def parts(self, query: str = PREDICTIONS, **given: Any) -> dict[str, str]:
        variables = {"input": {"versionId": self.version_id, "format": "NDJSON", "file": None, **given}}
        return {
            "operations": json.dumps({"query": query, "variables": variables}),
            "map": json.dumps({"0": ["variables.input.file"]}),
        }

    async def post(
        self, file: bytes, parts: dict[str, str], *, by: Someone | None = None, headers: dict[str, str] = CSRF
    ) -> httpx.Response:
        by = by or self.api.owner
        return await self.api.client.post(
            "/graphql", data=parts, files={"0": ("rows", file)}, headers={**by.headers, **headers}
        )

    async def send(self, file: bytes, query: str = PREDICTIONS, *, by: Someone | None = None, **given: Any) -> Any:
        answer = (await self.post(file, self.parts(query, **given), by=by)).json()
        assert "errors" not in answer, answer
        (told,) = answer["data"].values()
        return told

    async def stored(self) -> int:
        """How many predictions the version has."""
        conninfo = conninfo_as(self.api.dsn, DatabaseRole.SYSTEM)
        async with await psycopg.AsyncConnection.connect(conninfo) as connection:
            cursor = await connection.execute(
                "SELECT predictions FROM predictions.versions WHERE version_id = %s",
                (id_in(self.version_id, "Version"),),
            )
            row = await cursor.fetchone()
            return 0 if row is None else row[0]


@pytest.fixture
async def uploader(api: Api) -> Uploader:
    return Uploader(api, (await a_version(api, (await a_model(api))["id"]))["id"])


async def test_a_file_beside_the_operation_is_taken_in_once_under_its_key(uploader: Uploader) -> None:
    body = ROW % b"a" + ROW % b"b" + b"{}\n"
    first = await uploader.send(body, key="march")
    assert (first["accepted"], first["rejectedCount"]) == (2, 1)
    assert await uploader.send(body, key="march") == first
    other = await uploader.send(ROW % b"c", key="march")
    assert other["code"] == "CONFLICT"
    assert (await uploader.send(body))["duplicates"] == 2
    assert await uploader.stored() == 2


async def test_a_table_s_columns_may_have_names_of_their_own(uploader: Uploader) -> None:
    body = b"Id,predicted_at,decision,age,sex,Notes\na,2026-03-01T12:00:00Z,1,31,1,ignored\n"
    columns = {"Id": "prediction_id", "Notes": None}
    assert (await uploader.send(body, format="CSV", columns=columns))["accepted"] == 1
    refused = await uploader.send(ROW % b"b", columns=columns)
    assert (refused["code"], refused["path"]) == ("INVALID", ["columns"])


async def test_a_file_of_labels_finds_its_predictions(uploader: Uploader) -> None:
    await uploader.send(ROW % b"a")
    told = await uploader.send(b"prediction_id,label\na,1\nb,0\n", LABELS, format="CSV")
    assert (told["accepted"], told["waiting"]) == (2, 1)


async def test_a_file_that_does_not_fit_the_memory_is_taken_in_whole(uploader: Uploader) -> None:
    rows = IN_MEMORY_BYTES // 4_000
    note = b"x" * 4_000
    body = b"prediction_id,predicted_at,decision,age,sex,note\n" + b"".join(
        b"%d,2026-03-01T12:00:00Z,1,31,1,%s\n" % (number, note) for number in range(rows)
    )
    assert len(body) > IN_MEMORY_BYTES
    assert (await uploader.send(body, format="CSV", columns={"note": None}))["accepted"] == rows


async def test_without_the_header_that_no_form_sends_it_is_refused(uploader: Uploader) -> None:
    answer = await uploader.post(ROW % b"a", uploader.parts(), headers={})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    assert await uploader.stored() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"operations": "{"},
        {"operations": "[]"},
        {"operations": '{"query": "{ projects { totalCount } }"}'},
        {"operations": '{"query": "subscription { x }", "variables": {"input": {"file": null}}}'},
        {"operations": '{"query": "", "variables": {"input": {"file": null}}}'},
        {"map": "{}"},
        {"map": '{"0": []}'},
        {"map": '{"0": ["variables.input.file", "variables.input.key"]}'},
        {"map": '{"1": ["variables.input.file"]}'},
        {"map": '{"0": ["query"]}'},
        {"map": '{"0": ["variables.input.format"]}'},
        {"map": '{"0": ["variables.input.format.deeper"]}'},
        {"map": '{"0": ["variables.other"]}'},
    ],
)
async def test_a_malformed_request_is_refused_and_leaves_nothing(uploader: Uploader, wrong: dict[str, str]) -> None:
    answer = await uploader.post(ROW % b"a", uploader.parts() | wrong)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "INVALID")
    assert await uploader.stored() == 0


async def test_one_file_is_for_one_field(uploader: Uploader) -> None:
    query = f"""mutation ($input: UploadPredictionsInput!) {{
        a: uploadPredictions(input: $input) {{ {FIELDS} }} b: uploadPredictions(input: $input) {{ {FIELDS} }} }}"""
    answer = (await uploader.post(ROW % b"a", uploader.parts(query))).json()["data"]
    assert (answer["a"]["accepted"], answer["b"]["code"], answer["b"]["path"]) == (1, "INVALID", ["file"])


async def test_nothing_that_is_written_in_an_operation_is_a_file(api: Api, uploader: Uploader) -> None:
    variables = json.loads(uploader.parts(file="rows")["operations"])["variables"]
    assert await api.refused(PREDICTIONS, variables, by=api.owner) == "INVALID"


async def test_who_may_not_send_rows_is_refused_before_the_file_is_sent(api: Api, uploader: Uploader) -> None:
    reader = await api.make_member(Role.VIEWER)
    for by, code in ((reader, "FORBIDDEN"), (api.stranger, "NOT_FOUND"), (None, "UNAUTHENTICATED")):
        request = httpx.Request(
            "POST",
            f"{api.address}/graphql",
            data=uploader.parts(),
            files={"0": ("rows", b"x" * 1_000_000)},
            headers={**CSRF, **({} if by is None else by.headers)},
        )
        answer = await sent_in_part(request, before=b"x" * 1_000)
        (told,) = answer["data"].values()
        assert told["code"] == code


async def test_a_file_that_breaks_off_leaves_nothing(api: Api, uploader: Uploader) -> None:
    request = httpx.Request(
        "POST",
        f"{api.address}/graphql",
        data=uploader.parts(key="k"),
        files={"0": ("rows", ROW % b"a" + ROW % b"b")},
        headers={**CSRF, **api.owner.headers},
    )
    await sent_in_part(request, before=ROW % b"b", is_answered=False)
    assert (await uploader.send(ROW % b"c", key="k"))["accepted"] == 1
    assert await uploader.stored() == 1


async def sent_in_part(request: httpx.Request, *, before: bytes, is_answered: bool = True) -> Any:
    """What is answered to a request of which all was sent that stands before something."""
    address = urlsplit(str(request.url))
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = [f"{request.method} {address.path} HTTP/1.1", *(f"{name}: {text}" for name, text in request.headers.items())]
    body, _, rest = (await request.aread()).partition(before)
    assert rest
    writer.write("\r\n".join([*head, "", ""]).encode() + body)
    await writer.drain()
    try:
        if not is_answered:
            return None
        told = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in told.lower().split(b"\r\n") if b"content-length" in line)
        return json.loads(await reader.readexactly(length))
    finally:
        writer.close()
