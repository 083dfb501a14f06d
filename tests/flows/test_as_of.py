"""A random history, asked about at each of its positions and times, answers what was known then; rebuilt as well."""

import asyncio
from typing import Any

import psycopg
import pytest
from psycopg import sql

from cdt.database.notifications import PROJECTED
from cdt.database.reading import Reader, Scope
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.kernel import Position
from cdt.domain.tenancy.roles import Role
from cdt.readmodels import tenancy
from tests.api import Api, newest
from tests.flows.random_history import EVERYTHING, RandomHistory, known_of

STEPS = 40
SEED = 20261121


@pytest.fixture(scope="module")
async def histories(api: Api) -> list[RandomHistory]:
    """Two tenants' histories, made at the same time."""
    made = [RandomHistory(api, owner, SEED + number) for number, owner in enumerate(api.owners)]
    start = await newest(api)
    for each in made:
        each.known_from = {0: {}, start: {}}
    await asyncio.gather(*(each.go_on(STEPS) for each in made))
    return made


async def test_at_every_position_the_answer_is_what_was_known_then(api: Api, histories: list[RandomHistory]) -> None:
    for history in histories:
        for position in range(await newest(api) + 1):
            answer = await api.ask(EVERYTHING, {"asOf": str(position)}, by=history.by)

            assert known_of(answer) == history.known_at(position), position


async def test_at_every_recorded_time_the_answer_is_what_was_known_then(
    api: Api, histories: list[RandomHistory]
) -> None:
    history = histories[0]
    log = "{ auditLog(first: 200) { nodes { position recordedAt } } }"
    entries = (await api.ask(log, by=history.by))["auditLog"]["nodes"]
    last_at = {entry["recordedAt"]: int(entry["position"]) for entry in reversed(entries)}

    for time, position in last_at.items():
        answer = await api.ask(EVERYTHING, {"asOf": time}, by=history.by)

        assert known_of(answer) == history.known_at(position), time


async def test_a_rebuild_changes_no_answer_and_no_row(api: Api, histories: list[RandomHistory]) -> None:
    before = everything(api.dsn)

    await rebuild(api)

    after = everything(api.dsn)
    assert before.keys() == after.keys()
    for table, rows in before.items():
        assert after[table] == rows, table
    assert any(rows for table, rows in before.items() if table.endswith("_history"))
    history = histories[0]
    for position in range(0, await newest(api) + 1, 10):
        answer = await api.ask(EVERYTHING, {"asOf": str(position)}, by=history.by)
        assert known_of(answer) == history.known_at(position), position


async def test_at_every_position_the_members_are_those_of_then(api: Api) -> None:
    members: dict[int, dict[str, str]] = {}
    known = {str(api.owner.user_id): "owner"}
    start = await newest(api)
    for role in (Role.VIEWER, Role.MEMBER, Role.AUDITOR, Role.ADMIN, Role.VIEWER):
        someone = await api.make_member(role)
        known = {**known, str(someone.user_id): role.value}
        members[await newest(api)] = known
    reader = Reader(conninfo_as(api.dsn, DatabaseRole.API), connections=1)
    await reader.open()
    scope = Scope(organizations=(api.owner.organization_id,))
    try:
        for position in range(start + 1, await newest(api) + 1):
            seen: dict[str, str] = {}
            async with reader.at(Position(position), scope) as view:
                for user_id in {user for each in members.values() for user in each}:
                    for row in await tenancy.memberships_of(view, user_id):  # type: ignore[arg-type]
                        seen[user_id] = row.role
            assert seen == members[position]
    finally:
        await reader.close()


async def rebuild(api: Api) -> None:
    """Ask the follower for a rebuild, as `cdt rebuild` does, and wait for it."""
    rebuilt = asyncio.Event()
    async with api.projected.following(PROJECTED, lambda payload: payload.endswith(" all") and rebuilt.set()):
        with psycopg.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
            connection.execute("INSERT INTO work.rebuilds DEFAULT VALUES")
            connection.execute("NOTIFY cdt_rebuild")
        await asyncio.wait_for(rebuilt.wait(), 20)


def everything(dsn: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every read-model table, in order, but for when the follower moved."""
    with psycopg.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'read' AND tablename <> 'follower'"
        ).fetchall()
        return {
            table: connection.execute(
                sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1").format(sql.Identifier("read", table))
            ).fetchall()
            for (table,) in tables
        }
