"""Packed segments: the same rows and digests, whoever reads, whenever, and whatever dies in between."""

import asyncio
import multiprocessing
import os
import random
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import numpy as np
import pandas
import pytest
from msgspec.structs import replace
from psycopg import AsyncConnection

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.predictions import kept_objects, packing
from cdt.predictions.column_reading import read_column
from cdt.predictions.columns import Labels, Predictions
from cdt.predictions.digests import digest_of_labels, digest_of_predictions
from cdt.predictions.errors import StoredRowsAreAway
from cdt.predictions.intake import Intake
from cdt.predictions.objects import Objects
from cdt.predictions.packing import DigestDiffers, Packed, pack, sweep
from cdt.predictions.reading import RowsAreMissing, each_labels, each_predictions, read_predictions
from cdt.predictions.segments import Segment, find_segments
from cdt.predictions.versions import NumberedVersion, Version, find_version
from cdt.storage.places import Folder
from cdt.storage.storage import MARK, Storage, StorageIsAway
from cdt.workers.compact import COMPACTING, compact_all
from tests.predictions.builders import a_label, a_row, an_intake, many_rows, send, send_labels


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return Objects(Storage(Folder(path=tmp_path / "objects")))


@pytest.fixture
async def system(dsn: str) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True) as connected:
        yield connected


@pytest.fixture
async def intake(dsn: str, objects: Objects) -> AsyncIterator[Intake]:
    taking_in = an_intake(dsn, objects=objects)
    await taking_in.open()
    yield taking_in
    await taking_in.close()


async def known(system: AsyncConnection[Any], version: Version) -> NumberedVersion:
    found = await find_version(system, version.version_id)
    assert found is not None
    return found


async def pack_all(system: AsyncConnection[Any], objects: Objects, version: Version) -> list[Packed]:
    numbered = await known(system, version)
    packed: list[Packed] = []
    while (each := await pack(system, objects, numbered)) is not None:
        packed.append(each)
    return packed


def plain(rows: Predictions | Labels) -> list[tuple[Any, ...]]:
    """The rows as they were sent, without the features."""
    truth = [rows.label.values[code] for code in rows.label.codes] if isinstance(rows, Labels) else [None] * len(rows)
    decided = [rows.decision.values[code] for code in rows.decision.codes]
    scores = [None if np.isnan(score) else score for score in rows.score.tolist()]
    return list(zip(rows.ids.to_pylist(), rows.predicted_at.tolist(), decided, scores, truth, strict=True))


async def read(
    system: AsyncConnection[Any], objects: Objects, segments: Sequence[Segment], version: Version
) -> dict[int, tuple[str, list[tuple[Any, ...]]]]:
    """By sequence, the digest computed anew and the rows."""
    found: dict[int, tuple[str, list[tuple[Any, ...]]]] = {}
    async for segment, rows in each_predictions(system, objects, segments, version.signature):
        found[segment.sequence] = digest_of_predictions(rows), plain(rows)
    async for segment, labels in each_labels(system, objects, segments, version.signature):
        found[segment.sequence] = digest_of_labels(labels), plain(labels)
    return found


async def some_of_everything(intake: Intake, version: Version) -> None:
    """Segments of one row and of many, as JSON and as Arrow, and labels among them; missing values too."""
    await send(intake, version, *many_rows(1_500))
    for number in range(5):
        await send(intake, version, a_row(f"one {number}", score=None, age=None, sex=None))
    await send_labels(intake, version, a_label("p3", "yes"), a_label("one 1", "no"))
    await send(intake, version, a_row("last", sex="ü\n", income=-0.0))
    await send_labels(intake, version, a_label("p3", "no"))


async def test_packed_segments_have_the_rows_and_digests_that_they_had(
    system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version
) -> None:
    await some_of_everything(intake, version)
    before = await find_segments(system, 1)
    rows = await read(system, objects, before, version)

    packed = await pack_all(system, objects, version)

    after = await find_segments(system, 1)
    assert [(each.segments, each.rows) for each in packed] == [(7, 1_506), (2, 4)]
    assert [(each.format, each.sequence, each.digest) for each in after] == [
        ("parquet", each.sequence, each.digest) for each in before
    ]
    assert await read(system, objects, after, version) == rows
    assert {number: digest for number, (digest, _) in rows.items()} == {each.sequence: each.digest for each in before}
    assert await (await system.execute("SELECT count(*) FROM predictions.payloads")).fetchone() == (0,)


async def test_who_found_segments_before_they_were_packed_reads_them_all_the_same(
    system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version
) -> None:
    await some_of_everything(intake, version)
    before = await find_segments(system, 1)
    rows = await read(system, objects, before, version)
    await pack_all(system, objects, version)
    packed_once = await find_segments(system, 1)
    await send(intake, version, *many_rows(2_000)[1_500:])
    await pack_all(system, objects, version)
    assert await sweep(system, objects, await known(system, version), seconds=0.0) == 1

    for found in (before, packed_once, [before[0], *packed_once[1:]]):
        assert await read(system, objects, found, version) == rows
        joined = await read_predictions(system, objects, found, version.signature)
        assert joined.ids.to_pylist() == [row[0] for _, (_, each) in sorted(rows.items()) for row in each if not row[4]]


async def test_rows_that_lie_nowhere_are_told_and_not_passed_over(
    system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version
) -> None:
    await send(intake, version, *many_rows(10))
    (packed,) = await pack_all(system, objects, version)
    await objects.storage.delete(packed.object_key)

    with pytest.raises(RowsAreMissing):
        await read_predictions(system, objects, await find_segments(system, 1), version.signature)


async def test_every_read_beside_packing_is_what_was_sent(
    dsn: str, system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version
) -> None:
    """Readers, writers and whoever packs and deletes run at once; each read is a prefix of what was acknowledged."""
    sent: list[str] = []
    over = asyncio.Event()
    reads = 0

    async def write() -> None:
        number = 0
        while number < 40 or (reads < 10 and number < 1_000):
            number += 1
            batch = [a_row(f"{number}-{row}") for row in range(number % 7 * 10 + 1)]
            await send(intake, version, *batch)
            sent.extend(row["prediction_id"] for row in batch)
        over.set()

    async def look() -> None:
        nonlocal reads
        async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True) as connection:
            while not over.is_set():
                acknowledged = len(sent)
                segments = await find_segments(connection, 1)
                await asyncio.sleep(0)
                found = await read_predictions(connection, objects, segments, version.signature)
                ids = found.ids.to_pylist()
                assert ids == sent[: len(ids)] or sent == ids[: len(sent)]
                assert len(ids) >= acknowledged
                reads += 1

    async def compact() -> None:
        while not over.is_set():
            await pack_all(system, objects, version)
            await sweep(system, objects, await known(system, version), seconds=0.0)

    await send(intake, version, a_row("first"))
    sent.append("first")
    await asyncio.gather(write(), look(), look(), compact())

    await pack_all(system, objects, version)
    segments = await find_segments(system, 1)
    assert (await read_predictions(system, objects, segments, version.signature)).ids.to_pylist() == sent
    assert reads >= 10
    assert {each.format for each in segments} == {"parquet"}


async def test_one_column_is_read_and_no_byte_of_another(
    system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version
) -> None:
    rows = many_rows(3_000)
    await send(intake, version, *rows)
    (packed,) = await pack_all(system, objects, version)
    segments = await find_segments(system, 1)
    fresh = Objects(objects.storage)
    await read_column(system, fresh, segments, version.signature, "sex")  # its footer is known from here on
    before = objects.storage.bytes_read

    ages = await read_column(system, fresh, segments, version.signature, "age")

    assert ages.tolist() == [row["features"]["age"] for row in rows]
    read_bytes = objects.storage.bytes_read - before
    (column,) = await sizes(objects, packed.object_key, "age")
    assert read_bytes == column < packed.bytes / 3


async def test_a_column_of_segments_that_were_thrown_away_meanwhile_is_that_of_the_others(
    system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version
) -> None:
    for name in ("a", "b", "c", "d"):
        await send(intake, version, *(a_row(f"{name}{row}", age=float(ord(name))) for row in range(300)))
    segments = await find_segments(system, 1)
    await system.execute(
        "WITH gone AS (DELETE FROM predictions.segments WHERE sequence IN (1, 3) RETURNING segment_id)"
        " DELETE FROM predictions.payloads WHERE segment_id IN (SELECT segment_id FROM gone)"
    )

    ages = await read_column(system, objects, segments, version.signature, "age")

    assert ages.tolist() == [float(ord("b"))] * 300 + [float(ord("d"))] * 300


async def sizes(objects: Objects, key: str, name: str) -> list[int]:
    _, footer = await objects._footer(key)
    groups = [footer.row_group(group) for group in range(footer.num_row_groups)]
    columns = [group.column(place) for group in groups for place in range(group.num_columns)]
    return [column.total_compressed_size for column in columns if column.path_in_schema == name]


async def test_of_an_object_only_the_row_groups_of_a_window_are_read(
    system: AsyncConnection[Any],
    intake: Intake,
    objects: Objects,
    version: Version,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(packing, "ROW_GROUP_ROWS", 100)
    days = [f"2026-02-{day:02}T12:00:00Z" for day in range(1, 21)]
    for day in days:
        await send(intake, version, *(a_row(f"{day} {row}", predicted_at=day) for row in range(50)))
    (packed,) = await pack_all(system, objects, version)
    segments = await find_segments(system, 1)
    window = [each for each in segments if each.predicted_from.day in (7, 8)]
    fresh = Objects(objects.storage)
    await read_column(system, fresh, segments[:1], version.signature, "sex")
    before = objects.storage.bytes_read

    found = await read_predictions(system, fresh, window, version.signature)

    assert found.ids.to_pylist() == [f"{day} {row}" for day in days[6:8] for row in range(50)]
    assert objects.storage.bytes_read - before < packed.bytes / 10 + 2_000


async def test_small_objects_are_packed_again_with_what_is_new(
    system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version
) -> None:
    for number in range(30):
        await send(intake, version, *(a_row(f"{number} {row}") for row in range(10)))
        await pack_all(system, objects, version)

    newest = await kept_objects.newest_objects(system, 1, "predictions", limit=100)
    assert len(newest) <= 4
    assert sum(each.rows for each in newest) == 300
    found = await read_predictions(system, objects, await find_segments(system, 1), version.signature)
    assert found.ids.to_pylist() == [f"{number} {row}" for number in range(30) for row in range(10)]


async def test_an_object_that_others_replaced_is_deleted_when_nobody_can_read_it_any_more(
    system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version
) -> None:
    for name in ("a", "b"):
        await send(intake, version, a_row(name))
        await pack_all(system, objects, version)
    numbered = await known(system, version)
    assert len(await objects.storage.keys()) == 2

    assert await sweep(system, objects, numbered) == 0
    assert await sweep(system, objects, numbered, seconds=0.0) == 1
    assert await sweep(system, objects, numbered, seconds=0.0) == 0

    assert len(await objects.storage.keys()) == 1
    found = await read_predictions(system, objects, await find_segments(system, 1), version.signature)
    assert found.ids.to_pylist() == ["a", "b"]


async def test_an_object_that_says_anything_else_is_not_taken_over(
    system: AsyncConnection[Any],
    intake: Intake,
    objects: Objects,
    version: Version,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(intake, version, *many_rows(20))
    shape = packing.PREDICTIONS
    shuffled = shape._replace(as_table=lambda rows: shape.as_table(rows).sort_by([("prediction_id", "descending")]))
    monkeypatch.setattr(packing, "PREDICTIONS", shuffled)

    with pytest.raises(DigestDiffers):
        await pack(system, objects, await known(system, version))

    (segment,) = await find_segments(system, 1)
    assert segment.object_key is None
    found = await read_predictions(system, objects, [segment], version.signature)
    assert found.ids.to_pylist() == [row["prediction_id"] for row in many_rows(20)]
    assert await sweep(system, objects, await known(system, version), seconds=0.0) == 1
    assert await objects.storage.keys() == []


async def test_a_version_that_can_not_be_packed_does_not_fill_the_storage(
    dsn: str,
    system: AsyncConnection[Any],
    intake: Intake,
    objects: Objects,
    version: Version,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(intake, version, *many_rows(20))
    shape = packing.PREDICTIONS
    shuffled = shape._replace(as_table=lambda rows: shape.as_table(rows).sort_by([("prediction_id", "descending")]))
    monkeypatch.setattr(packing, "PREDICTIONS", shuffled)

    for _ in range(3):
        with pytest.raises(DigestDiffers):
            await compact_all(conninfo_as(dsn, DatabaseRole.SYSTEM), objects, 1)
        await system.execute("UPDATE predictions.objects SET changed_at = changed_at - make_interval(hours => 2)")

    assert len(await objects.storage.keys()) == 1


async def test_while_the_storage_is_away_nothing_is_lost_and_rows_come_in(
    dsn: str, system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version, tmp_path: Path
) -> None:
    await send(intake, version, *many_rows(20))
    blocked = tmp_path / "objects"
    blocked.write_bytes(b"no folder")

    with pytest.raises(StorageIsAway):
        await pack(system, objects, await known(system, version))
    await send(intake, version, a_row("meanwhile"))
    assert (await send(intake, version, a_row("p1", predicted_at="2026-03-01T00:00:01Z", age=1.5))).duplicates == 1

    blocked.unlink()
    later = Objects(Storage(Folder(path=blocked)))
    assert [each.rows for each in await pack_all(system, later, version)] == [21]
    assert await sweep(system, later, await known(system, version), seconds=0.0) == 0


async def test_a_folder_that_is_not_mounted_is_no_empty_storage(
    system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version, tmp_path: Path
) -> None:
    await send(intake, version, *many_rows(20))
    await pack_all(system, objects, version)
    await send(intake, version, *many_rows(40))
    await pack_all(system, objects, version)  # the first object waits to be deleted
    mounted, folder = tmp_path / "mounted", tmp_path / "objects"
    folder.rename(mounted)
    folder.mkdir()
    await send(intake, version, a_row("meanwhile"))
    later = Objects(Storage(Folder(path=folder)))

    with pytest.raises(StorageIsAway):
        await pack(system, later, await known(system, version))
    with pytest.raises(StorageIsAway):
        await sweep(system, later, await known(system, version), seconds=0.0)
    with pytest.raises(StorageIsAway):
        await read_predictions(system, later, await find_segments(system, 1), version.signature)
    assert list(folder.rglob("*")) == []

    folder.rmdir()
    mounted.rename(folder)
    (folder / MARK).rmdir()  # as of a release that made none
    assert [each.rows for each in await pack_all(system, objects, version)] == [1]
    assert (folder / MARK).is_dir()
    assert await sweep(system, objects, await known(system, version), seconds=0.0) == 1
    assert len(await read_predictions(system, objects, await find_segments(system, 1), version.signature)) == 41


async def test_packed_rows_are_known_again_and_found_by_their_labels(
    system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version
) -> None:
    await send(intake, version, a_row("a", decision="no"), a_row("b"))
    await pack_all(system, objects, version)

    again = await send(intake, version, a_row("a", decision="no"))
    other = await send(intake, version, a_row("b", score=0.5))
    labelled = await send_labels(intake, version, a_label("a", "yes"))

    assert (again.accepted, again.duplicates) == (0, 1)
    assert [each.column for each in other.rejected] == ["score"]
    assert (labelled.accepted, labelled.waiting) == (1, 0)
    (segment,) = await find_segments(system, 1, kind="labels")
    async for _, labels in each_labels(system, objects, [segment], version.signature):
        assert plain(labels)[0][2::2] == ("no", "yes")


async def test_what_needs_packed_rows_is_told_to_come_again_and_the_rest_goes_in(
    dsn: str, system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version, tmp_path: Path
) -> None:
    await send(intake, version, a_row("a"))
    await pack_all(system, objects, version)
    (tmp_path / "objects").rename(tmp_path / "away")
    (tmp_path / "objects").write_bytes(b"no folder")
    fresh = an_intake(dsn, objects=Objects(Storage(Folder(path=tmp_path / "objects"))))
    await fresh.open()

    outcomes = await asyncio.gather(
        *(send(fresh, version, a_row(name)) for name in ("b", "a", "c")), return_exceptions=True
    )
    await fresh.close()

    assert [isinstance(each, StoredRowsAreAway) for each in outcomes] == [False, True, False]


async def test_an_object_holds_rows_of_one_project_and_lies_under_its_name(
    dsn: str, system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version
) -> None:
    other = replace(version, version_id=uuid4(), project_id=uuid4())
    for each in (version, other):
        await send(intake, each, a_row(str(each.project_id)))
        await pack_all(system, objects, each)

    keys = await objects.storage.keys()
    assert sorted(key.partition("/")[0] for key in keys) == sorted(str(each.project_id) for each in (version, other))
    for each in (version, other):
        (key,) = await objects.storage.keys(str(each.project_id))
        table = await objects.read(key, [(0, 1)], ["prediction_id"], texts=[])
        assert table.column("prediction_id").to_pylist() == [str(each.project_id)]


async def test_duckdb_opens_an_object_with_no_help(
    system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version, tmp_path: Path
) -> None:
    await some_of_everything(intake, version)
    predictions, labels = await pack_all(system, objects, version)
    folder = tmp_path / "objects"

    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        of_predictions = connection.read_parquet(str(folder / predictions.object_key))
        of_labels = connection.read_parquet(str(folder / labels.object_key))
        assert dict(zip(of_predictions.columns, map(str, of_predictions.types), strict=True)) == {
            "prediction_id": "VARCHAR",
            "predicted_at": "TIMESTAMP WITH TIME ZONE",
            "decision": "VARCHAR",
            "score": "DOUBLE",
            "age": "DOUBLE",
            "income": "DOUBLE",
            "sex": "VARCHAR",
        }
        assert of_predictions.aggregate("count(*), count(score), count(age), avg(age)").fetchall() == [
            (1_506, 1_501, 1_501, pytest.approx(sum(number % 90 + 0.5 for number in range(1_500)) / 1_501 + 40 / 1_501))
        ]
        assert of_predictions.filter("prediction_id = 'p7'").project(
            "predicted_at::text, decision, sex"
        ).fetchall() == [("2026-03-01 00:00:07+00", "yes", "f")]
        assert of_labels.project("prediction_id, label, sign").fetchall() == [
            ("p3", "yes", 1), ("one 1", "no", 1), ("p3", "yes", -1), ("p3", "no", 1),
        ]  # fmt: skip


async def test_pandas_opens_an_object_with_no_help(
    system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version, tmp_path: Path
) -> None:
    await some_of_everything(intake, version)
    predictions, labels = await pack_all(system, objects, version)

    of_predictions = pandas.read_parquet(tmp_path / "objects" / predictions.object_key)
    of_labels = pandas.read_parquet(tmp_path / "objects" / labels.object_key)

    assert list(of_predictions.columns) == [
        "prediction_id", "predicted_at", "decision", "score", "age", "income", "sex",
    ]  # fmt: skip
    assert (len(of_predictions), of_predictions["score"].count()) == (1_506, 1_501)
    (row,) = of_predictions[of_predictions["prediction_id"] == "p7"].to_dict("records")
    assert (row["predicted_at"].isoformat(), row["decision"], row["sex"]) == ("2026-03-01T00:00:07+00:00", "yes", "f")
    assert of_labels["label"].tolist() == ["yes", "no", "yes", "no"]


def _compact_until_killed(conninfo: str, folder: str) -> None:
    asyncio.run(compact_all(conninfo, Objects(Storage(Folder(path=Path(folder)))), 1))


async def test_whoever_is_killed_while_packing_loses_no_row_and_leaves_nothing_for_long(
    dsn: str, system: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version, tmp_path: Path
) -> None:
    """Killed at moments drawn anew each time, between the start of a process and its end."""
    conninfo = conninfo_as(dsn, DatabaseRole.SYSTEM)
    context = multiprocessing.get_context("fork")
    chance, sent = random.Random(7), list[str]()
    kills = 0
    for round_ in range(6):
        batch = [{**row, "prediction_id": f"{round_}-{row['prediction_id']}"} for row in many_rows(2_000)]
        await send(intake, version, *batch)
        sent += [row["prediction_id"] for row in batch]
        process = context.Process(target=_compact_until_killed, args=(conninfo, str(tmp_path / "objects")))
        process.start()
        await asyncio.to_thread(process.join, chance.uniform(0.02, 0.25))
        if process.is_alive():
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.join()
        found = await read_predictions(system, objects, await find_segments(system, 1), version.signature)
        assert found.ids.to_pylist() == sent
    assert kills > 0

    await system.execute("SELECT pg_advisory_lock(%s, 1)", (COMPACTING,))  # the server sees soon that its holder died
    await system.execute("SELECT pg_advisory_unlock(%s, 1)", (COMPACTING,))
    await compact_all(conninfo, objects, 1)
    await sweep(system, objects, await known(system, version), seconds=0.0)

    segments = await find_segments(system, 1)
    assert await objects.storage.keys() == sorted({each.object_key or "" for each in segments})
    assert (await read_predictions(system, objects, segments, version.signature)).ids.to_pylist() == sent
