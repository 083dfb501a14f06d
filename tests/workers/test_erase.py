"""Erasing as a worker does it: the subject's rows are gone from everywhere, and nothing else is."""

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from psycopg import AsyncConnection

from cdt.commands import compliance
from cdt.domain.compliance.events import ErasureCompleted, RowsErased
from cdt.domain.evaluations.slices import Condition, Slice
from cdt.domain.kernel import Digest, derived_id
from cdt.domain.registry.events import IntakePolicy
from cdt.measures.definitions import ReadingRules
from cdt.predictions import erasing, erasing_calls, erasures, holders, lookup, packing
from cdt.predictions.erasing import Erasing, Request
from cdt.predictions.kserve.calls import Half
from cdt.predictions.kserve.mapping import Mapping
from cdt.predictions.objects import Objects
from cdt.predictions.segments import Segment
from cdt.predictions.subjects import SubjectHashes
from cdt.predictions.versions import Version
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from cdt.workers import baselines, computing
from cdt.workers.alone import alone
from cdt.workers.compact import COMPACTING, compact_all
from cdt.workers.erase import ErasingTools, erase
from cdt.workers.specification import Specification
from tests.builders import an_id
from tests.predictions.builders import HASH_KEY, a_label, a_row, an_intake, as_ndjson, send, send_labels
from tests.predictions.quarantining import take, take_in_pieces
from tests.reactions.world import SMALL, START, World, some_rows
from tests.workers.rows_left import IN_POSTGRES, ids_left, profiles_are_of_the_rows

MARTIAN = "a martian from olympus mons"
"""What stands in the column `sex` of one subject's rows, and nowhere else."""

SLICES = (
    Slice(name="very rich, as martians are", conditions=(Condition(column="income", low=9e5),)),
    Slice(name="the young", conditions=(Condition(column="age", high=40.0), Condition(column="income", high=9e4))),
)
"""They are counted beside the profiles, and no more so once the rows have gone."""


def tools(world: World, folder: Path | None = None) -> ErasingTools:
    place = None if folder is None else Folder(path=folder)
    return ErasingTools(
        log=world.log, child=world.child, conninfo=world.system, place=place, hash_key=HASH_KEY, now=lambda: world.time
    )


async def a_version_with_a_martian(world: World) -> tuple[Version, list[str]]:
    """Many rows in many segments; every fifth of some is the martian's, whose labels were corrected."""
    version = await world.watched_version(replace(SMALL, slices=SLICES))
    theirs: list[str] = []
    for day in range(3):
        rows = some_rows(40, START + timedelta(days=day), timedelta(minutes=20), named=f"day {day}", seed=day)
        for row in rows[::5]:
            row["features"] |= {"sex": MARTIAN, "income": 1e6 + day}
            theirs.append(row["prediction_id"])
        await send(world.intake, version, *rows)
        await send_labels(world.intake, version, *(a_label(row["prediction_id"], "yes") for row in rows[:20]))
    for change in ("no", "yes", "no"):
        await send_labels(world.intake, version, a_label(theirs[0], change), a_label("day 0 1", change))
    alone = a_row("alone", predicted_at=(START + timedelta(hours=70)).isoformat(), sex=MARTIAN)
    await send(world.intake, version, alone)
    await send_labels(world.intake, version, a_label("alone", "no"))
    unfit = {"decision": "perhaps", "predicted_at": START.isoformat()}
    await take(
        world.intake,
        version,
        as_ndjson(
            a_row(theirs[0], income=1e6, sex=MARTIAN) | unfit,
            a_row("of somebody else", income=5.0) | unfit,
        ),
    )
    await world.fold(version)
    return version, [*theirs, "alone"]


async def request(world: World, version: Version, *, column: str | None, values: list[Any]) -> int:
    hashes = SubjectHashes(HASH_KEY, version.project_id, column)
    return await world.do(
        compliance.request_erasure,
        version.project_id,
        erasure_id=derived_id("erasure", column, *values),
        model_id=version.model_id,
        version_ids=[version.version_id],
        column=column,
        subjects=[hashes.of(value) for value in values],
        reason="They asked for it.",
    )


async def holds_anywhere(world: World, text: bytes, folder: Path | None = None) -> list[str]:
    """The tables of rows, and the files, in which the text stands."""
    found: list[str] = []
    tables = await world.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'predictions'")
    for (table,) in tables:
        rows = await world.rows(
            f"SELECT count(*) FROM predictions.{table} AS row WHERE position(%s::bytea IN"
            f" convert_to(row::text, 'UTF8')) > 0 OR row::text LIKE %s",
            text,
            f"%{text.hex()}%",
        )
        if rows != [(0,)]:
            found.append(table)
    if folder is not None:
        found += files_with(folder, text)
    return found


def files_with(folder: Path, text: bytes) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and text in path.read_bytes()]


async def erased(world: World) -> list[tuple[int, int, int, int]]:
    return [
        (each.event.predictions, each.event.labels, each.event.waiting_labels, each.event.segments)  # type: ignore[attr-defined]
        for each in await world.facts(RowsErased)
    ]


async def everything_but(world: World, version: Version, theirs: list[str], objects: Objects = IN_POSTGRES) -> Any:
    """The model: what readers must find when these are gone."""
    predictions, labels = await ids_left(world, version, objects)
    return [each for each in predictions if each not in theirs], [each for each in labels if each not in theirs]


@pytest.mark.parametrize("is_packed", [False, True], ids=["fresh", "packed"])
@pytest.mark.parametrize("column", [None, "sex", "income"])
async def test_the_rows_are_gone_from_everywhere_and_all_others_are_there(
    world: World, tmp_path: Path, column: str | None, is_packed: bool
) -> None:
    version, theirs = await a_version_with_a_martian(world)
    objects = Objects(Storage(Folder(path=tmp_path)))
    if is_packed:
        await compact_all(world.system, objects, (await world.numbered(version)).number)
    values: dict[str | None, list[Any]] = {None: theirs, "sex": [MARTIAN], "income": [1e6, 1e6 + 1, 1e6 + 2]}
    gone = [each for each in theirs if column != "income" or each != "alone"]
    before = await ids_left(world, version, objects)
    wanted = await everything_but(world, version, gone, objects)
    position = await request(world, version, column=column, values=values[column])
    assert await holds_anywhere(world, MARTIAN.encode(), tmp_path) != []

    await erase(tools(world, tmp_path), position)

    assert await ids_left(world, version, objects) == wanted
    await profiles_are_of_the_rows(world, version, objects)
    ((predictions, label_rows, waiting, segments),) = await erased(world)
    assert (predictions, waiting) == (len(gone), 0)
    assert label_rows == len(before[1]) - len(wanted[1])
    assert label_rows >= 12 + 6  # four of a day's rows, and three corrections, each of which takes one back
    assert len(await world.facts(ErasureCompleted)) == 1
    assert segments == len(await world.rows("SELECT 1 FROM predictions.tombstones"))
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        numbered = await world.numbered(version)
        await packing.sweep(connection, objects, numbered, seconds=0.0)
        if column == "sex":
            assert await holds_anywhere(world, MARTIAN.encode(), tmp_path) == []
    assert await world.rows("SELECT count(*) FROM predictions.identities WHERE segment_id = 0") == [(len(gone),)]
    assert await world.rows("SELECT DISTINCT prediction_id FROM predictions.label_corrections") == [("day 0 1",)]
    assert await world.rows("SELECT prediction_id FROM predictions.quarantine") == [("of somebody else",)]
    assert await world.rows(
        "SELECT count(*) FROM predictions.labelled WHERE segment_id NOT IN"
        " (SELECT segment_id FROM predictions.segments)"
    ) == [(0,)]


async def test_present_labels_stay_with_their_predictions(world: World) -> None:
    version, theirs = await a_version_with_a_martian(world)
    position = await request(world, version, column=None, values=theirs)
    await erase(tools(world), position)

    again = await send_labels(world.intake, version, *(a_label(f"day 1 {place}", "yes") for place in (1, 2, 19)))
    assert (again.accepted, again.duplicates) == (0, 3)
    corrected = await send_labels(world.intake, version, a_label("day 0 1", "yes"), a_label("day 2 3", "no"))
    assert corrected.corrected == 2
    await world.fold(version)
    await profiles_are_of_the_rows(world, version)


@pytest.mark.parametrize("policy", ["reject_row", "reject_batch"])
async def test_what_was_erased_leaves_nothing_in_quarantine_when_it_is_sent_again(
    world: World, policy: IntakePolicy
) -> None:
    version, theirs = await a_version_with_a_martian(world)
    await erase(tools(world), await request(world, version, column="sex", values=[MARTIAN]))
    again = a_row(theirs[0], predicted_at=START.isoformat(), sex=MARTIAN)
    strict = replace(version, policy=policy)

    receipt = await take(world.intake, strict, as_ndjson(again, a_row("new")))

    assert [each.column for each in receipt.rejected] == ["prediction_id"]
    assert receipt.accepted == (1 if policy == "reject_row" else 0)
    assert await holds_anywhere(world, MARTIAN.encode()) == []


@pytest.mark.parametrize("policy", ["reject_row", "keep_marked", "reject_batch"])
@pytest.mark.parametrize("is_large", [False, True], ids=["at once", "in pieces"])
async def test_a_row_of_an_erased_id_that_does_not_fit_leaves_nothing_in_quarantine_either(
    world: World, policy: IntakePolicy, *, is_large: bool
) -> None:
    version, theirs = await a_version_with_a_martian(world)
    await erase(tools(world), await request(world, version, column="sex", values=[MARTIAN]))
    same_day, next_day = START.isoformat(), (START + timedelta(days=1)).isoformat()
    unfit = {"income": "much"}
    sent = as_ndjson(
        a_row(theirs[0], predicted_at=same_day, sex=MARTIAN, **unfit),  # type: ignore[arg-type]
        a_row(theirs[0], sex=MARTIAN) | {"predicted_at": "some day"},
        a_row(theirs[0], predicted_at=next_day, sex="another", **unfit),  # type: ignore[arg-type]
        a_row("new", predicted_at=same_day, sex="another", **unfit),  # type: ignore[arg-type]
    )
    strict = replace(version, policy=policy)

    await (take_in_pieces if is_large else take)(world.intake, strict, sent)

    assert await holds_anywhere(world, MARTIAN.encode()) == []
    kept = await world.rows(
        "SELECT prediction_id FROM predictions.quarantine WHERE prediction_id <> 'of somebody else'"
    )
    assert sorted(kept) == [(theirs[0],), ("new",)]


async def test_a_label_of_an_erased_id_that_does_not_fit_leaves_nothing_in_quarantine_either(world: World) -> None:
    version, theirs = await a_version_with_a_martian(world)
    await erase(tools(world), await request(world, version, column="sex", values=[MARTIAN]))

    receipt = await take(
        world.intake, version, as_ndjson(a_label(theirs[0], MARTIAN), a_label("new", "perhaps")), kind="labels"
    )

    assert receipt.rejected_count == 2
    assert await holds_anywhere(world, MARTIAN.encode()) == []
    assert await world.rows("SELECT prediction_id FROM predictions.quarantine WHERE kind = 'labels'") == [("new",)]


@pytest.mark.parametrize("column", [None, "sex", "income"])
async def test_whatever_was_sent_in_a_number_s_place_an_erasure_finds_whose_it_is(
    world: World, column: str | None
) -> None:
    version = await world.watched_version()
    sent = (
        a_row("theirs", sex=MARTIAN, income=7.0) | {"prediction_id": 4711},
        a_row("others", sex=10**400, income=10**400),  # type: ignore[arg-type]
        a_row("others too", sex=None, income=[7.0]),  # type: ignore[arg-type]
    )
    await take(world.intake, version, as_ndjson(*sent))
    assert await world.rows("SELECT count(*) FROM predictions.quarantine") == [(3,)]
    values: dict[str | None, list[Any]] = {None: ["4711"], "sex": [MARTIAN], "income": [7.0]}

    await erase(tools(world), await request(world, version, column=column, values=values[column]))

    kept = await world.rows("SELECT prediction_id FROM predictions.quarantine ORDER BY number")
    assert kept == [("others",), ("others too",)]
    assert len(await world.facts(ErasureCompleted)) == 1


async def test_what_was_erased_is_refused_when_it_is_sent_again_and_so_is_its_label(world: World) -> None:
    version, theirs = await a_version_with_a_martian(world)
    await erase(tools(world), await request(world, version, column="sex", values=[MARTIAN]))

    again = await send(
        world.intake,
        version,
        a_row(theirs[0], predicted_at=START.isoformat()),
        a_row(theirs[0], predicted_at=START.isoformat()),
        a_row("new", predicted_at=START.isoformat(), sex=MARTIAN),
        a_row(theirs[0], predicted_at=(START + timedelta(days=1)).isoformat()),
    )
    reason = "is that of a prediction that was erased, and is not taken in again"
    assert (again.accepted, again.duplicates, again.rejected_count) == (2, 0, 2)
    assert [(each.row, each.column, each.reason) for each in again.rejected] == [
        (0, "prediction_id", reason),
        (1, "prediction_id", reason),
    ]
    labels = await send_labels(
        world.intake,
        version,
        a_label("day 1 1", "no"),
        a_label(theirs[1], "yes"),
        a_label(theirs[2], "yes", predicted_at=(START + timedelta(minutes=200)).isoformat()),
    )
    assert (labels.accepted, labels.waiting, labels.rejected_count) == (1, 0, 2)
    assert [(each.row, each.reason) for each in labels.rejected] == [(1, reason), (2, reason)]
    await world.fold(version)
    await profiles_are_of_the_rows(world, version)


async def test_a_label_of_what_was_erased_rejects_its_batch_where_one_row_does(world: World) -> None:
    version, theirs = await a_version_with_a_martian(world)
    await erase(tools(world), await request(world, version, column="sex", values=[MARTIAN]))
    whole = replace(version, policy="reject_batch")

    body = as_ndjson(a_label("day 1 31", "no"), a_label(theirs[1], "yes"), a_label("day 1 32", "yes"))
    receipt = await take(world.intake, whole, body, kind="labels", key="a key")

    assert (receipt.accepted, receipt.rejected_count, receipt.batch_rejected) == (0, 3, True)
    assert [each.row for each in receipt.rejected] == [1]
    assert await take(world.intake, whole, body, kind="labels", key="a key") == receipt
    kept = await world.rows(
        "SELECT prediction_id, row_number, reasons -> 0 ->> 'kind' FROM predictions.quarantine"
        " WHERE kind = 'labels' ORDER BY number"
    )
    assert kept == [("day 1 31", 0, "batch"), ("day 1 32", 2, "batch")]
    assert (await take(world.intake, whole, as_ndjson(a_label("day 1 31", "no")), kind="labels")).accepted == 1


async def test_labels_that_wait_for_an_id_go_too(world: World) -> None:
    version, _ = await a_version_with_a_martian(world)
    await send_labels(world.intake, version, a_label("not there", "yes"), a_label("nor this", "yes"))
    await erase(tools(world), await request(world, version, column=None, values=["not there"]))
    assert await world.rows("SELECT prediction_id FROM predictions.waiting_labels") == [("nor this",)]
    assert await erased(world) == [(0, 0, 1, 0)]


async def test_the_tombstones_say_which_segments_lost_how_many_rows(world: World) -> None:
    version, theirs = await a_version_with_a_martian(world)
    number = (await world.numbered(version)).number
    before = dict(await world.rows("SELECT sequence, digest FROM predictions.segments"))
    await erase(tools(world), await request(world, version, column="sex", values=[MARTIAN]))

    after = dict(await world.rows("SELECT sequence, digest FROM predictions.segments"))
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        tombstones = await erasures.tombstones_of(connection, number, derived_id("erasure", "sex", MARTIAN))
    changed = {sequence for sequence in before if after.get(sequence) != before[sequence]}
    assert {each.sequence for each in tombstones} == changed
    for each in tombstones:
        assert (each.digest_before, each.digest_after) == (before[each.sequence], after.get(each.sequence))
    assert sum(each.rows for each in tombstones if each.kind == "predictions") == len(theirs)
    assert any(each.digest_after is None for each in tombstones)
    (fact,) = await world.facts(RowsErased)
    assert fact.event.tombstones == erasures.digest_of_tombstones(tombstones)  # type: ignore[attr-defined]


@pytest.mark.parametrize("is_packed", [False, True], ids=["fresh", "packed"])
async def test_an_erasure_that_dies_at_any_step_is_finished_by_the_next(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_packed: bool
) -> None:
    monkeypatch.setattr(erasing, "SEGMENTS_AT_ONCE", 2)
    version, theirs = await a_version_with_a_martian(world)
    numbered = await world.numbered(version)
    objects = Objects(Storage(Folder(path=tmp_path)))
    if is_packed:
        await compact_all(world.system, objects, numbered.number)
        await send(world.intake, version, a_row("fresh", predicted_at=START.isoformat(), sex=MARTIAN))
        await world.fold(version)
        theirs = [*theirs, "fresh"]
    wanted = await everything_but(world, version, theirs, objects)
    before = await ids_left(world, version, objects)
    hashes = SubjectHashes(HASH_KEY, version.project_id, "sex")
    asked = Request(erasure_id=an_id(1), column="sex", subjects=frozenset([hashes.of(MARTIAN)]))

    class Died(Exception):
        pass

    places = [
        (erasing.swapping, "move_identities"),
        (erasing.swapping, "put_in_place"),
        (erasing, "uncount_predictions"),
        (erasing, "uncount_labels"),
        (erasing.folds, "revise"),
        (erasing.erasures, "keep_tombstone"),
        (erasing, "write_object"),
    ]
    chance = random.Random(7)
    for module, name in places:
        true = getattr(module, name)

        async def dying(*given: Any, name: str = name, true: Any = true, **more: Any) -> Any:
            done = await true(*given, **more)
            if chance.random() < 0.15:
                raise Died(name)
            return done

        monkeypatch.setattr(module, name, dying)
    deaths, is_more = 0, True
    while is_more:
        async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
            try:
                while is_more:
                    is_more = await Erasing(connection, objects, numbered, asked, hash_key=HASH_KEY).step()
            except Died:
                deaths += 1
        predictions, labels = await ids_left(world, version, objects)
        assert set(wanted[0]) <= set(predictions) <= set(before[0])
        assert len(set(predictions)) == len(predictions)
        assert set(wanted[1]) <= set(labels) <= set(before[1])
        await profiles_are_of_the_rows(world, version, objects)
    assert deaths >= 5
    assert await ids_left(world, version, objects) == wanted
    assert await world.rows("SELECT predictions, phase FROM predictions.erasing") == [(len(theirs), "done")]


async def test_nothing_is_erased_while_it_is_held_or_packed_and_it_goes_on_after_that(world: World) -> None:
    version, theirs = await a_version_with_a_martian(world)
    number = (await world.numbered(version)).number
    position = await request(world, version, column="sex", values=[MARTIAN])
    hold = {"hold_id": an_id(1), "reason": "A lawsuit."}
    await world.do(compliance.place_hold, world.project_id, model_id=None, **hold)
    before = await ids_left(world, version)
    await erase(tools(world), position)
    assert await ids_left(world, version) == before
    await world.do(compliance.lift_hold, world.project_id, **hold)

    async with (
        await AsyncConnection.connect(world.system, autocommit=True) as connection,
        alone(connection, COMPACTING, number) as is_alone,
    ):
        assert is_alone
        await erase(tools(world), position)
    assert await ids_left(world, version) == before
    assert await erased(world) == []

    async with world.writer.transaction() as connection:
        assert await erasures.due(connection) == [position]
    await erase(tools(world), position)
    await world.settle()
    assert [each[0] for each in await erased(world)] == [len(theirs)]
    async with world.writer.transaction() as connection:
        assert await erasures.due(connection) == []
    await erase(tools(world), position)
    assert len(await erased(world)) == 1


async def test_a_version_without_rows_is_done_at_once(world: World) -> None:
    version = await world.version(await world.model())
    position = await request(world, version, column="sex", values=[MARTIAN])
    await erase(tools(world), position)
    assert await erased(world) == [(0, 0, 0, 0)]
    assert len(await world.facts(ErasureCompleted)) == 1


async def test_a_storage_that_is_away_leaves_everything_and_the_next_job_does_it(world: World, tmp_path: Path) -> None:
    version, theirs = await a_version_with_a_martian(world)
    objects = Objects(Storage(Folder(path=tmp_path / "there")))
    await compact_all(world.system, objects, (await world.numbered(version)).number)
    wanted = await everything_but(world, version, theirs, objects)
    position = await request(world, version, column="sex", values=[MARTIAN])
    (tmp_path / "file").write_bytes(b"")

    before = await ids_left(world, version, objects)
    await erase(tools(world, tmp_path / "file"), position)
    assert await ids_left(world, version, objects) == before
    assert await erased(world) == []

    await erase(tools(world, tmp_path / "there"), position)
    assert await ids_left(world, version, objects) == wanted


async def test_an_evaluation_reads_again_when_rows_go_while_it_reads(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, theirs = await a_version_with_a_martian(world)
    position = await request(world, version, column="sex", values=[MARTIAN])
    true = computing.read_labels

    async def erasing_meanwhile(*given: Any, **more: Any) -> Any:
        await erase(tools(world), position)  # the second time there is nothing to do
        return await true(*given, **more)

    monkeypatch.setattr(computing, "read_labels", erasing_meanwhile)
    window = Specification(
        version_id=version.version_id, grid=Digest("a" * 64), baseline=Digest("a" * 64), window_start=START,
        window_end=START + timedelta(days=30), through_sequence=10**6, policy=SMALL, rules=ReadingRules(),
    )  # fmt: skip
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        segments, predictions, labels = await computing.rows_of(connection, IN_POSTGRES, version.project_id, window)
    assert not set(theirs) & {*predictions.ids.to_pylist(), *labels.ids.to_pylist()}
    assert {each.digest for each in segments} == {
        digest for (digest,) in await world.rows("SELECT digest FROM predictions.segments")
    }


async def test_a_baseline_reads_again_when_rows_go_while_it_reads(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, theirs = await a_version_with_a_martian(world)
    position = await request(world, version, column="sex", values=[MARTIAN])
    true = baselines.read_labels

    async def erasing_meanwhile(*given: Any, **more: Any) -> Any:
        await erase(tools(world), position)
        return await true(*given, **more)

    monkeypatch.setattr(baselines, "read_labels", erasing_meanwhile)
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        predictions, labels = await baselines.rows_between(
            connection, IN_POSTGRES, await world.numbered(version), START, START + timedelta(days=30)
        )
    assert not set(theirs) & {*predictions.ids.to_pylist(), *labels.ids.to_pylist()}
    assert len(predictions) == len((await ids_left(world, version))[0])


@pytest.mark.parametrize("kind", ["predictions", "labels"])
async def test_who_looks_up_a_row_whose_segment_is_just_written_anew_finds_it_there(
    world: World, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, _ = await a_version_with_a_martian(world)
    position = await request(world, version, column="sex", values=[MARTIAN])
    module = holders if kind == "predictions" else lookup
    find = module.find_segments_by_id
    left = [position]

    async def found_just_before(connection: AsyncConnection[Any], segment_ids: Sequence[int]) -> list[Segment]:
        found = await find(connection, segment_ids)
        if left:
            await erase(tools(world), left.pop())
        return found

    monkeypatch.setattr(module, "find_segments_by_id", found_just_before)
    if kind == "labels":
        intake = an_intake(world.dsn)  # which has not looked anything up before
        await intake.open()
        receipt = await send_labels(intake, version, a_label("day 1 31", "no"))
        await intake.close()
        assert (receipt.accepted, receipt.waiting) == (1, 0)
    else:
        row = some_rows(40, START + timedelta(days=1), timedelta(minutes=20), named="day 1", seed=1)[31]
        receipt = await send(world.intake, version, row)
        assert (receipt.accepted, receipt.duplicates) == (0, 1)
    assert left == []


@pytest.mark.parametrize("column", [None, "sex", "income"])
async def test_calls_that_wait_for_their_other_half_go_too(
    world: World, monkeypatch: pytest.MonkeyPatch, column: str | None
) -> None:
    """Those of the subject, and what can't be read, from which nobody can tell whose it is."""
    monkeypatch.setattr(erasing_calls, "CALLS_AT_ONCE", 2)
    version = await world.version(await world.model())
    theirs = msgspec.json.encode({"instances": [[30, 2, "f"], [40, 1e6, MARTIAN]]})
    others = b'{"instances": [[30, 2, "f"], [40, 3, null]]}'
    halves: list[Half] = [
        Half("theirs", "request", theirs, None),
        Half("others", "request", others, None),
        Half("answer", "answer", b'{"predictions": ["yes", "no"]}', None),
        Half("broken", "request", b"{", None),
        Half("failed", "answer", b'{"error": "no model"}', None),
        Half("short", "request", b'{"instances": [[30]]}', None),
    ]
    for half in halves:
        await world.intake.calls.take(version, half, Mapping(), now=world.time)
    values: dict[str | None, list[Any]] = {None: ["theirs-1", "answer-0"], "sex": [MARTIAN], "income": [1e6]}
    await erase(tools(world), await request(world, version, column=column, values=values[column]))

    left = {each for (each,) in await world.rows("SELECT call_id FROM predictions.calls")}
    assert left == {"others", "failed"} | ({"short"} if column is None else {"answer"})
    assert await holds_anywhere(world, MARTIAN.encode()) == []


async def test_calls_of_a_version_on_hold_stay(world: World) -> None:
    version = await world.version(await world.model())
    theirs = msgspec.json.encode({"instances": [[40, 1e6, MARTIAN]]})
    await world.intake.calls.take(version, Half("theirs", "request", theirs, None), Mapping(), now=world.time)
    position = await request(world, version, column="sex", values=[MARTIAN])
    await world.do(compliance.place_hold, world.project_id, model_id=None, hold_id=an_id(1), reason="A lawsuit.")
    await erase(tools(world), position)
    assert await world.rows("SELECT call_id FROM predictions.calls") == [("theirs",)]
