"""What is acknowledged stays, whoever dies; what fails leaves nothing; nobody holds up another version for long."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from msgspec.structs import replace
from psycopg import AsyncConnection

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.predictions import flushing, identities
from cdt.predictions.errors import Busy, DatabaseIsAway, Stopping
from cdt.predictions.folding import fold
from cdt.predictions.intake import Intake
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.reading import read_labels, read_predictions
from cdt.predictions.receipts import Receipt
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import Version, find_version, intake_states, register_version
from tests.predictions.builders import HASH_KEY, a_label, a_row, an_intake, many_rows, send, send_labels
from tests.predictions.test_folding import GRID


@pytest.fixture
async def system(dsn: str) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True) as connected:
        yield connected


async def stored_ids(system: AsyncConnection[Any], version: Version) -> list[str]:
    known = await find_version(system, version.version_id)
    if known is None:
        return []
    segments = await find_segments(system, known.number)
    return (await read_predictions(system, NO_OBJECTS, segments, version.signature)).ids.to_pylist()


async def test_sequences_are_numbered_in_the_order_of_their_commits(
    dsn: str, system: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    other = an_intake(dsn)
    await other.open()
    seen: list[int] = []

    async def watch() -> None:
        while len(seen) < 2 or seen[-1] < 60:
            state = (await intake_states(system, [version.version_id])).get(version.version_id)
            if state is None:
                continue
            cursor = await system.execute("SELECT count(*), max(sequence) FROM predictions.segments")
            row = await cursor.fetchone()
            assert row is not None
            count, newest = row
            assert newest is None or count == newest  # no number is there before a smaller one
            seen.append(state.sequence)

    async def write(into: Intake, name: str) -> None:
        for number in range(30):
            await send(into, version, a_row(f"{name} {number}"))

    await asyncio.gather(watch(), write(intake, "one"), write(other, "other"))
    await other.close()
    assert seen == sorted(seen)


SENDER = """
import asyncio, sys
from uuid import UUID
from tests.predictions.builders import SIGNATURE, a_label, a_row, an_intake, many_rows, send, send_labels
from cdt.predictions.versions import Version

async def main():
    ids = {"version_id": UUID(sys.argv[2]), "project_id": UUID(sys.argv[3]), "model_id": UUID(int=1)}
    version = Version(**ids, signature=SIGNATURE)
    intake = an_intake(sys.argv[1])
    await intake.open()
    run = sys.argv[4]
    async def rows(lane):
        for number in range(10_000):
            name = f"{run}-{lane}-{number}"
            await send(intake, version, a_row(name))
            print(name, flush=True)
    async def large():
        for number in range(100):
            batch = many_rows(3_000)
            for row in batch:
                row["prediction_id"] = f"{run}-large-{number}-{row['prediction_id']}"
            await send(intake, version, *batch)
            for row in batch:
                print(row["prediction_id"], flush=False)
            sys.stdout.flush()
    async def labels():
        for number in range(10_000):
            await send_labels(intake, version, a_label(f"{run}-0-{number}", "yes"))
            print(f"label {run}-0-{number}", flush=True)
    await asyncio.gather(*(rows(lane) for lane in range(8)), large(), labels())

asyncio.run(main())
"""


async def test_whoever_is_killed_what_was_acknowledged_is_there_once(
    dsn: str, system: AsyncConnection[Any], version: Version
) -> None:
    acknowledged: list[str] = []
    for run in range(4):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SENDER, dsn, str(version.version_id), str(version.project_id), str(run),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        kill_after = 200 + 3_500 * run
        while len(acknowledged) < kill_after and (line := await process.stdout.readline()):
            acknowledged.append(line.decode().strip())
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += [line.decode().strip() async for line in process.stdout if line.endswith(b"\n")]
        await process.wait()
    known = await find_version(system, version.version_id)
    assert known is not None
    ids = SegmentIds()
    while not (await fold(system, NO_OBJECTS, known, GRID, hash_key=HASH_KEY, segment_ids=ids)).is_all:
        pass
    stored = await stored_ids(system, version)
    labels = await read_labels(system, NO_OBJECTS, await find_segments(system, known.number), version.signature)
    state = (await intake_states(system, [version.version_id]))[version.version_id]
    cursor = await system.execute("SELECT prediction_id FROM predictions.waiting_labels")
    labelled = {*labels.ids.to_pylist(), *(row[0] for row in await cursor.fetchall())}
    assert len(stored) == len(set(stored)) == state.predictions
    assert {name for name in acknowledged if not name.startswith("label")} <= set(stored)
    assert {name.removeprefix("label ") for name in acknowledged if name.startswith("label")} <= labelled
    assert len(labels) == len(set(labels.ids.to_pylist())) == state.labels


async def test_a_process_that_stops_finishes_what_it_accepted_and_takes_nothing_more(
    system: AsyncConnection[Any], dsn: str, version: Version
) -> None:
    intake = an_intake(dsn)
    await intake.open()
    await send(intake, version, a_row("first"))
    accepted = [asyncio.create_task(send(intake, version, a_row(f"p{number}"))) for number in range(20)]
    accepted.append(asyncio.create_task(send(intake, version, *many_rows(3_000))))
    await asyncio.gather(accepted[0])
    await intake.close()
    assert sum(receipt.accepted for receipt in await asyncio.gather(*accepted)) == 3_000
    with pytest.raises(Stopping):
        await send(intake, version, a_row("late"))
    assert len(await stored_ids(system, version)) == 3_001


async def test_when_the_database_goes_away_senders_are_told_and_it_recovers(
    postgres: Any, dsn: str, intake: Intake, version: Version
) -> None:
    await send(intake, version, a_row("before"), key="k")
    with psycopg.connect(postgres.dsn_for("postgres", "postgres"), autocommit=True) as superuser:
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (psycopg.conninfo.conninfo_to_dict(dsn)["dbname"],),
        )
    outcomes = await asyncio.gather(
        *(send(intake, version, a_row(f"p{number}"), key=f"p{number}") for number in range(5)), return_exceptions=True
    )
    assert {type(each) for each in outcomes} <= {Receipt, DatabaseIsAway}
    assert DatabaseIsAway in {type(each) for each in outcomes}
    again = [await send(intake, version, a_row(f"p{number}"), key=f"p{number}") for number in range(5)]
    assert [each.accepted for each in again] == [1] * 5
    assert (await send(intake, version, a_row("before"), key="k")).accepted == 1


async def test_what_waits_is_bounded(dsn: str, version: Version) -> None:
    intake = an_intake(dsn, most_waiting_rows=100)
    await intake.open()
    outcomes = await asyncio.gather(*(send(intake, version, *many_rows(60)) for _ in range(5)), return_exceptions=True)
    await intake.close()
    assert {type(each) for each in outcomes} == {Receipt, Busy}
    assert any(isinstance(each, Receipt) for each in outcomes)


async def test_a_body_that_fails_by_itself_does_not_fail_the_others(
    system: AsyncConnection[Any], intake: Intake, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = flushing.Taking.plan

    def broken(taking: Any, ids: SegmentIds) -> Any:
        if "bad" in taking.claims.ids:
            raise RuntimeError
        return plan(taking, ids)

    monkeypatch.setattr(flushing.Taking, "plan", broken)
    sent = [send(intake, version, a_row(name)) for name in ("a", "bad", "b")]
    outcomes = await asyncio.gather(*sent, return_exceptions=True)
    assert [type(each) for each in outcomes] == [Receipt, RuntimeError, Receipt]
    assert sorted(await stored_ids(system, version)) == ["a", "b"]


async def test_ids_that_share_a_hash_are_told_apart(
    dsn: str, system: AsyncConnection[Any], intake: Intake, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    def weak(prediction_id: str, _key: bytes, attempt: int = 0) -> int:
        return (len(prediction_id) + attempt) % 64

    def weak_hashes(ids: list[str], key: bytes) -> Any:
        return identities.np.array([weak(each, key) for each in ids], dtype=identities.np.int64)

    monkeypatch.setattr(identities, "hash_of", weak)
    monkeypatch.setattr(identities, "hashes_of", weak_hashes)
    monkeypatch.setattr("cdt.predictions.lookup.hash_of", weak)
    names = [f"{number:02}" for number in range(12)]
    await send(intake, version, *(a_row(name) for name in names[:5]))
    second = await send(intake, version, *(a_row(name) for name in names[3:8]), a_row(names[7]))
    receipts = await asyncio.gather(*(send(intake, version, a_row(name)) for name in names))
    assert (second.accepted, second.duplicates) == (3, 3)
    assert [receipt.accepted for receipt in receipts] == [0] * 8 + [1] * 4
    assert sorted(await stored_ids(system, version)) == names
    labelled = await send_labels(intake, version, *(a_label(name, "yes") for name in [*names, "zz"]))
    assert (labelled.accepted, labelled.waiting) == (13, 1)


async def test_a_version_that_somebody_locks_holds_up_no_other(dsn: str, intake: Intake, version: Version) -> None:
    other = replace(version, version_id=uuid4(), project_id=uuid4())
    await send(intake, version, a_row("first"))
    await send(intake, other, a_row("first"))
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM)) as locking:
        await locking.execute(
            "SELECT FROM predictions.versions WHERE version_id = %s FOR UPDATE", (version.version_id,)
        )
        outcomes = await asyncio.gather(
            send(intake, version, a_row("a")), send(intake, other, a_row("a")), return_exceptions=True
        )
        assert isinstance(outcomes[0], Busy)
        assert isinstance(outcomes[1], Receipt)
        await locking.rollback()
    assert (await send(intake, version, a_row("a"))).accepted == 1


TABLES = (
    *("versions", "segments", "payloads", "identities", "labelled", "waiting_labels", "receipts"),
    *("folds", "profiles", "live_readings"),
)


async def test_the_api_sees_and_writes_only_the_rows_of_the_projects_it_was_given(
    dsn: str, system: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    await send(intake, version, a_row("a"), key="k")
    await send_labels(intake, version, a_label("a", "yes"), a_label("b", "yes"))
    known = await find_version(system, version.version_id)
    assert known is not None
    await fold(system, NO_OBJECTS, known, GRID, hash_key=HASH_KEY, segment_ids=SegmentIds())
    counts: dict[UUID | None, set[str]] = {}
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.API), autocommit=True) as api:
        for project in (version.project_id, uuid4(), None):
            async with api.transaction():
                if project is not None:
                    await api.execute("SELECT set_config('cdt.projects', %s, true)", (f"{{{project}}}",))
                rows = [
                    await (await api.execute(f"SELECT count(*) FROM predictions.{table}")).fetchone()  # type: ignore[arg-type]
                    for table in TABLES
                ]
                counts[project] = {table for table, row in zip(TABLES, rows, strict=True) if row != (0,)}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await register_version(api, replace(version, version_id=uuid4()))
        for statement in ("DELETE FROM predictions.segments", "UPDATE predictions.payloads SET payload = ''"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await api.execute(statement)
    assert counts[version.project_id] == set(TABLES) - {"live_readings"}
    others = [seen for project, seen in counts.items() if project != version.project_id]
    assert others == [set(), set()]
