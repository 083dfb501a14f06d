"""Postgres goes away and comes back: the API says so in its own words, stays up, and goes on by itself."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cdt.bootstrap.tables import prepare_database
from cdt.database import log, pools
from cdt.embedded import EmbeddedPostgres, EmbeddedValkey
from cdt.graphql.scalars import cursor_of
from tests.api import PASSWORD, Api, running, settings_of
from tests.graphql.operations import REGISTER, SIGN_IN, a_model

UNAVAILABLE = "The database can't be reached just now; try again in a moment."
PATIENCE_SECONDS = 1.0
FOLLOW = """
subscription ($after: Cursor) {
  auditLog(after: $after, filter: { action: "registry.ModelRegistered" }) { node { subjectId } }
}"""


@pytest.fixture(scope="module")
def own_postgres(state_folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server that this module may stop."""
    server = EmbeddedPostgres(state_folder / "fragile", durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
async def api(own_postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> AsyncIterator[Api]:
    prepare_database(own_postgres.dsn)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pools, "PATIENCE_SECONDS", PATIENCE_SECONDS)
        patch.setattr(log, "PATIENCE_SECONDS", PATIENCE_SECONDS)
        async with running(settings_of(own_postgres.dsn, valkey.url)) as api:
            yield api


async def test_what_needs_the_database_says_that_it_is_away_and_all_comes_back(
    api: Api, own_postgres: EmbeddedPostgres
) -> None:
    before = await a_model(api, name="before")
    key = await api.make_key()
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(FOLLOW, {"after": cursor_of("audit", 0)})
        assert (await socket.next())["auditLog"]["node"]["subjectId"] == before["id"]

        await asyncio.to_thread(own_postgres.stop)

        assert (await api.client.get("/healthz")).status_code == 200
        ready = await api.client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
        assert ready.json()["database"].startswith("away")
        assert (await api.ask("{ viewer { id } }", by=api.owner))["viewer"]
        for answer in await asyncio.gather(
            api.post("{ models { totalCount } }", by=api.owner),
            api.post(REGISTER, {"input": {"projectId": api.owner.project, "name": "meanwhile"}}, by=api.owner),
            api.post(SIGN_IN, {"input": {"email": "ada@example.com", "password": PASSWORD}}),
        ):
            (error,) = answer.json()["errors"]
            assert (error["message"], error["extensions"]["code"]) == (UNAVAILABLE, "UNAVAILABLE")
            assert "Traceback" not in answer.text
        by_key = await api.client.post("/graphql", json={"query": "{ viewer { id } }"}, headers=key.headers)
        assert (by_key.status_code, by_key.json()["code"]) == (503, "UNAVAILABLE")
        assert by_key.headers["retry-after"] == "1"

        await asyncio.to_thread(own_postgres.start)

        async with asyncio.timeout(20):
            afterwards = await insisting(api, "afterwards")
            assert await ask_until_there(api) == ["afterwards", "before"]
        assert (await socket.next())["auditLog"]["node"]["subjectId"] == afterwards["id"]
    assert (await api.client.get("/readyz")).json()["database"] == "ok"


async def test_connections_that_die_are_replaced_before_anybody_gets_one(
    api: Api, own_postgres: EmbeddedPostgres
) -> None:
    await asyncio.gather(*(api.ask("{ models { totalCount } }", by=api.owner) for _ in range(30)))
    heard = asyncio.Event()
    async with api.projected.following("cdt_projected", lambda payload: payload or heard.set()):
        with psycopg.connect(own_postgres.dsn) as connection, suppress(psycopg.errors.AdminShutdown):
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name LIKE 'cdt%' AND pid <> pg_backend_pid()"
            )
        await asyncio.wait_for(heard.wait(), 10)
    async with asyncio.timeout(10):
        await ask_until_there(api)

    answers = await asyncio.gather(*(api.post("{ models { totalCount } }", by=api.owner) for _ in range(30)))

    assert [answer.json() for answer in answers if "errors" in answer.json()] == []


async def insisting(api: Api, name: str) -> dict[str, Any]:
    """A new model, asked for until it is there; the same commandId, so that it is made once."""
    fields = {"projectId": api.owner.project, "name": name, "commandId": str(api.owner.organization_id)}
    while True:
        answer = (await api.post(REGISTER, {"input": fields}, by=api.owner)).json()
        if "errors" not in answer and answer["data"]["registerModel"]["model"] is not None:
            return answer["data"]["registerModel"]["model"]


async def ask_until_there(api: Api) -> list[str]:
    """The names of the models, asked for until they are answered."""
    while True:
        answer = (await api.post("{ models { nodes { name } } }", by=api.owner)).json()
        if "errors" not in answer:
            return [node["name"] for node in answer["data"]["models"]["nodes"]]
