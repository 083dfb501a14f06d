"""The export of the audit trail: for those who may read it, of what they may see, and provable without the database."""

import asyncio
import io

import psycopg
import pytest

from cdt.audit.chain import ExportIsWrong, verify
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from tests.api import Api
from tests.graphql.operations import a_model

PATH = "/v1/audit/export"


async def test_an_export_proves_itself_and_fails_when_a_byte_is_changed(api: Api) -> None:
    await a_model(api, name="in the export")
    answer = await api.client.get(PATH, headers=api.owner.headers)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    verified = verify(io.BytesIO(answer.content), expect=None)
    assert verified.entries > 0
    assert verify(io.BytesIO(answer.content), expect=verified.head) == verified
    with pytest.raises(ExportIsWrong):
        verify(io.BytesIO(answer.content.replace(b"in the export", b"in the exporT")), expect=None)


async def test_an_export_ends_where_it_is_told_to(api: Api) -> None:
    until = (await api.ask("{ recordedTime { position } }", by=api.owner))["recordedTime"]["position"]
    first = await api.client.get(PATH, params={"until": until}, headers=api.owner.headers)
    await a_model(api)
    again = await api.client.get(PATH, params={"until": until}, headers=api.owner.headers)

    assert f"cdt-audit-until-{until}.ndjson" in first.headers["content-disposition"]
    assert (
        verify(io.BytesIO(first.content), expect=None).entries == verify(io.BytesIO(again.content), expect=None).entries
    )


async def test_an_export_holds_nothing_of_others(api: Api) -> None:
    await a_model(api, name="a secret name")

    answer = await api.client.get(PATH, headers=api.stranger.headers)

    assert "a secret name" not in answer.text
    assert str(api.owner.project_id) not in answer.text


async def test_who_may_not_read_the_trail_gets_no_export(api: Api) -> None:
    viewer, key = await api.make_member(Role.VIEWER), await api.make_key()

    nobody = await api.client.get(PATH)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "UNAUTHENTICATED")
    for someone in (viewer, key):
        answer = await api.client.get(PATH, headers=someone.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    "parameters",
    [
        {"until": "0"},
        {"until": "-1"},
        {"until": ""},
        {"until": "soon"},
        {"until": "1.5"},
        {"until": "٣"},
        {"until": "9" * 18},
        {"until": "9" * 5_000},
        {"project": "not a UUID"},
        {"project": "\x00"},
    ],
)
async def test_a_parameter_that_can_mean_nothing_is_refused(api: Api, parameters: dict[str, str]) -> None:
    answer = await api.client.get(PATH, params=parameters, headers=api.owner.headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")


async def test_an_export_with_a_gap_is_not_made(api: Api) -> None:
    def park(statement: str) -> None:
        with psycopg.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM), autocommit=True) as connection:
            connection.execute(statement.encode())

    await a_model(api)
    await asyncio.to_thread(
        park,
        "INSERT INTO parked (position, handler, stream_id, topic, error)"
        " VALUES (1, 'audit.entry_written', gen_random_uuid(), 'registry.ModelRegistered', 'because')",
    )
    try:
        answer = await api.client.get(PATH, headers=api.owner.headers)
    finally:
        await asyncio.to_thread(park, "UPDATE parked SET handler = 'registry.model_registered'")

    assert (answer.status_code, answer.json()["code"]) == (503, "INCOMPLETE")
    assert (await api.client.get(PATH, headers=api.owner.headers)).status_code == 200  # what others miss, it does not
