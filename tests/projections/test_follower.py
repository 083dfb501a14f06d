"""The follower: everything recorded becomes visible, at one position; poison is parked, a rebuild heals."""

import asyncio
from contextlib import asynccontextmanager

import psycopg
import pytest
from structlog.testing import capture_logs

from cdt.database.log import Log
from cdt.database.notifications import PROJECTED, Notifications
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.kernel import Envelope
from cdt.domain.registry import decisions
from cdt.domain.registry.events import ModelRegistered, VersionAdded
from cdt.domain.registry.state import registry
from cdt.projections.follower import Follower
from cdt.projections.rebuild import Rebuild
from cdt.projections.writing import HANDLERS, View
from tests.builders import A_SIGNATURE, a_command, an_id


@asynccontextmanager
async def following(dsn: str):
    stopping = asyncio.Event()
    follower = Follower(conninfo_as(dsn, DatabaseRole.SYSTEM), conninfo_as(dsn, DatabaseRole.OWNER))
    task = asyncio.create_task(follower.run(stopping))
    notifications = Notifications(conninfo_as(dsn, DatabaseRole.API), PROJECTED)
    await notifications.open()
    try:
        yield notifications
    finally:
        stopping.set()
        await task
        await notifications.close()


@pytest.fixture
def log(dsn: str):
    with Log(conninfo_as(dsn, DatabaseRole.API), connections=2) as log:
        yield log


def register(log: Log, number: int) -> int:
    position = log.decide(
        registry, an_id(number), lambda s: decisions.register(s, name=f"model {number}", description=""),
        by=a_command(id=an_id(number)),
    )  # fmt: skip
    assert position
    return position


def add_version(log: Log, model: int, number: int) -> int:
    position = log.decide(
        registry, an_id(model),
        lambda s: decisions.add_version(s, version_id=an_id(number), tag=str(number), signature=A_SIGNATURE),
        by=a_command(id=an_id(number)),
    )  # fmt: skip
    assert position
    return position


def rows(dsn: str, query: str) -> list[tuple]:
    with psycopg.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
        return connection.execute(query.encode()).fetchall()


async def test_what_is_recorded_becomes_visible_with_its_history(dsn: str, log: Log) -> None:
    async with following(dsn) as projected:
        first = await asyncio.to_thread(register, log, 1)
        last = await asyncio.to_thread(add_version, log, 1, 11)

        assert await projected.wait_for(last, seconds=5)

    assert rows(dsn, "SELECT name, version_count, since FROM registry_models") == [("model 1", 1, last)]
    assert rows(dsn, f"SELECT version_count FROM registry_models_at({first})") == [(0,)]
    assert rows(dsn, "SELECT action FROM audit_entries ORDER BY position") == [
        ("registry.ModelRegistered",), ("registry.VersionAdded",),
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["check_violation", "program_limit_exceeded"])
async def test_a_failing_projection_is_parked_and_the_others_go_on(dsn: str, log: Log, state: str) -> None:
    poisoned = register(log, 1)
    with psycopg.connect(conninfo_as(dsn, DatabaseRole.OWNER)) as connection:
        connection.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = TG_ARGV[0]; END $$"
        )
        connection.execute(
            f"CREATE TRIGGER refuse BEFORE INSERT ON registry_models FOR EACH ROW WHEN (NEW.name = 'model 1')"
            f" EXECUTE FUNCTION refuse('{state}')"
        )
    later = add_version(log, 1, 11)
    good = register(log, 2)

    async with following(dsn) as projected:
        assert await projected.wait_for(good, seconds=5)

    assert rows(dsn, "SELECT position, handler FROM parked ORDER BY position") == [
        (poisoned, "registry.model_registered")
    ]
    assert rows(dsn, "SELECT name FROM registry_models") == [("model 2",)]
    assert rows(dsn, "SELECT count(*) FROM audit_entries") == [(3,)]
    assert later


async def test_a_projection_that_breaks_in_the_middle_of_a_page_leaves_nothing_of_its_first_try(
    dsn: str, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(view: View, event: VersionAdded, of: Envelope) -> None:
        view.write("UPDATE registry_models SET version_count = 100, since = %(position)s WHERE id = %(stream_id)s")
        raise KeyError("broken")

    monkeypatch.setitem(HANDLERS, VersionAdded, [("registry.broken", broken)])
    register(log, 1)
    add_version(log, 1, 11)
    last = register(log, 2)

    async with following(dsn) as projected:
        assert await projected.wait_for(last, seconds=5)

    assert rows(dsn, "SELECT handler FROM parked") == [("registry.broken",)]
    assert rows(dsn, "SELECT name, version_count FROM registry_models ORDER BY name") == [
        ("model 1", 0),
        ("model 2", 0),
    ]
    assert rows(dsn, "SELECT count(*) FROM audit_entries") == [(3,)]


async def test_a_rebuild_heals_what_was_parked(dsn: str, log: Log) -> None:
    register(log, 1)
    with psycopg.connect(conninfo_as(dsn, DatabaseRole.OWNER)) as connection:
        connection.execute("ALTER TABLE registry_models ADD CONSTRAINT poison CHECK (name <> 'model 1')")
    last = register(log, 2)
    async with following(dsn) as projected:
        assert await projected.wait_for(last, seconds=5)
        rebuilt = asyncio.Event()
        async with projected.following(PROJECTED, lambda payload: payload.endswith(" all") and rebuilt.set()):
            with psycopg.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as connection:
                connection.execute("INSERT INTO work.rebuilds DEFAULT VALUES")
                connection.execute("NOTIFY cdt_rebuild")
            await asyncio.wait_for(rebuilt.wait(), 10)
        afterwards = await asyncio.to_thread(register, log, 3)
        assert await projected.wait_for(afterwards, seconds=5)

    assert rows(dsn, "SELECT name FROM registry_models ORDER BY name") == [("model 1",), ("model 2",), ("model 3",)]
    assert rows(dsn, "SELECT count(*) FROM parked") == [(0,)]


async def test_pages_that_fail_are_done_slowly_and_the_next_ones_fast_also_in_a_rebuild(
    dsn: str, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_view: View, event: ModelRegistered, _of: Envelope) -> None:
        if event.name in {"model 9", "model 19"}:
            raise KeyError(event.name)

    monkeypatch.setitem(HANDLERS, ModelRegistered, [*HANDLERS[ModelRegistered], ("registry.broken", broken)])
    for number in range(1, 15):
        register(log, number)
    async with following(dsn) as projected:
        with capture_logs() as lines:
            for number in range(15, 25):  # a page each
                position = await asyncio.to_thread(register, log, number)
                assert await projected.wait_for(position, seconds=5)
    assert [line["event"] for line in lines].count("page_failed") == 2  # those of 9 and of 19, and no other

    rebuild = Rebuild(conninfo_as(dsn, DatabaseRole.OWNER))
    await rebuild.fill()
    assert await rebuild.put_in_place() == position

    assert rows(dsn, "SELECT position, handler FROM parked ORDER BY position") == [
        (9, "registry.broken"), (19, "registry.broken"),
    ]  # fmt: skip
    assert rows(dsn, "SELECT count(*) FROM registry_models") == [(24,)]


async def test_one_follower_leads_and_another_takes_over(dsn: str, log: Log) -> None:
    async with following(dsn) as first:
        position = await asyncio.to_thread(register, log, 1)
        assert await first.wait_for(position, seconds=5)
        async with following(dsn) as second:
            with psycopg.connect(dsn) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.locktype = 'advisory'"
                    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            position = await asyncio.to_thread(register, log, 2)
            assert await second.wait_for(position, seconds=5)
    assert rows(dsn, "SELECT count(*) FROM registry_models") == [(2,)]
