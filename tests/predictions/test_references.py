"""The rows of a baseline that moves: folded or not, as of any sequence, counted as a plain model counts them."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
import pytest
from psycopg import AsyncConnection

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.registry.baselines import MovingBaseline, Reference, Span, reference_of
from cdt.measures.profile import Profile, empty
from cdt.predictions import folding, references
from cdt.predictions.columns import Labels, Predictions, microseconds
from cdt.predictions.counting import add_labels, add_predictions
from cdt.predictions.folding import fold
from cdt.predictions.intake import Intake
from cdt.predictions.objects import NO_OBJECTS
from cdt.predictions.reading import each_labels, each_predictions
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import NumberedVersion, Version
from tests.predictions.builders import HASH_KEY, a_label, a_row, send, send_labels
from tests.predictions.test_folding import GRID, a_grid, everything, fold_all, known

FIRST = datetime(2025, 10, 12, tzinfo=UTC)
ZONES = [ZoneInfo(key) for key in ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York")]
"""The clocks of two are changed in these weeks."""


async def a_history(intake: Intake, version: Version) -> list[int]:
    """Eight weeks of rows, labels and corrections in batches that overlap in time; the sequences."""
    chance, sequences = random.Random(4), [0]
    names: list[str] = []
    for batch in range(12):
        rows = [
            a_row(
                f"{batch} {number}",
                predicted_at=(FIRST + timedelta(minutes=15 * chance.randrange(batch * 300, batch * 300 + 2_000)))
                .isoformat(),
                age=chance.uniform(18, 90),
                income=chance.choice([None, chance.uniform(0, 1e5)]),
                sex=chance.choice("fm"),
                decision=chance.choice(["yes", "no"]),
            )
            for number in range(25)
        ]  # fmt: skip
        sequences.append((await send(intake, version, *rows)).sequence or 0)
        names += [row["prediction_id"] for row in rows]
        labelled = chance.sample(names, 12)  # some of them again: corrections
        labels = [a_label(each, chance.choice(["yes", "no"])) for each in labelled]
        sequences.append((await send_labels(intake, version, *labels)).sequence or 0)
    return sequences


async def told_row_by_row(
    connection: AsyncConnection[Any], version: NumberedVersion, spans: tuple[Span, ...], through: int
) -> tuple[Profile, list[int]]:
    """The model: each row is looked at by itself."""

    def chosen(rows: Any) -> Any:
        held = [any(microseconds(span.start) <= moment < microseconds(span.end) for span in spans)
                for moment in rows.predicted_at.tolist()]  # fmt: skip
        return rows.where(np.array(held, dtype=np.bool_))

    profile, touched = empty(GRID), []
    segments = await find_segments(connection, version.number, to=through)
    async for segment, rows in each_predictions(connection, NO_OBJECTS, segments, version.signature):
        part: Predictions = chosen(rows)
        profile = add_predictions(profile, part)
        touched += [segment.sequence] * bool(len(part))
    async for segment, truths in each_labels(connection, NO_OBJECTS, segments, version.signature):
        some: Labels = chosen(truths)
        profile = add_labels(profile, some)
        touched += [segment.sequence] * bool(len(some))
    return profile, sorted(touched)


def a_reference(chance: random.Random) -> Reference:
    """Of a window that begins at some quarter of an hour, half of them at a full one."""
    moving = MovingBaseline(kind=chance.choice(["trailing", "seasonal"]), days=chance.randrange(7, 40))
    quarters = chance.choice([4, 1]) * chance.randrange(1, 1_000)
    start = FIRST + timedelta(days=20, minutes=15 * quarters)
    return reference_of(moving, start, start + timedelta(hours=chance.randrange(1, 150)), chance.choice(ZONES))


@pytest.mark.parametrize("folded_to", [0, 9, 24])
async def test_whatever_is_folded_the_rows_are_those_of_the_times_and_of_the_sequence(
    connection: AsyncConnection[Any],
    intake: Intake,
    version: Version,
    folded_to: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ways: set[tuple[bool, bool]] = set()
    exact = references._exact_hours

    async def noticed(*about: Any) -> references.Hours:
        hours = await exact(*about)
        ways.add((bool(hours.payloads), bool(hours.later)))
        return hours

    monkeypatch.setattr(references, "_exact_hours", noticed)
    sequences = await a_history(intake, version)
    numbered = await known(connection, version)
    if folded_to:
        monkeypatch.setattr(folding, "PAGE_SEGMENTS", folded_to)
        await fold(connection, NO_OBJECTS, numbered, GRID, hash_key=HASH_KEY, segment_ids=SegmentIds())
    chance = random.Random(folded_to)
    for _ in range(30):
        reference, through = a_reference(chance), chance.choice([*sequences[6:], *sequences[-2:] * 20])
        counted = await references.count(
            connection, NO_OBJECTS, numbered, GRID, reference.spans, through_sequence=through
        )
        profile, touched = await told_row_by_row(connection, numbered, reference.spans, through)
        assert counted.profile == profile
        assert set(touched) <= {segment.sequence for segment in counted.segments}
        assert all(segment.sequence <= through for segment in counted.segments)
    assert (
        ways
        == {
            0: {(False, False)},
            9: {(False, False), (True, False)},
            24: {(False, False), (True, False), (True, True)},
        }[folded_to]
    )


async def test_of_no_time_nothing_is_read(connection: AsyncConnection[Any], intake: Intake, version: Version) -> None:
    await send(intake, version, a_row("p"))
    numbered = await known(connection, version)
    assert await references.count(connection, NO_OBJECTS, numbered, GRID, (), through_sequence=9) == (empty(GRID), [])


async def test_hours_are_those_that_begin_in_the_times(
    connection: AsyncConnection[Any], intake: Intake, version: Version
) -> None:
    for hour in range(4):
        moment = (FIRST + timedelta(hours=hour, minutes=45)).isoformat()
        await send(intake, version, a_row(f"p {hour}", predicted_at=moment))
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    half_past = Span(FIRST + timedelta(minutes=30), FIRST + timedelta(hours=2, minutes=30))
    hours = await references.hours_of(connection, numbered.number, GRID.digest, (half_past,))
    assert (len(hours.payloads), hours.sequence) == (2, 4)
    assert await references.hours_of(connection, numbered.number, "another", (half_past,)) == ([], 0, ())


async def test_whoever_dies_while_another_grid_is_folded_leaves_every_count_right(
    dsn: str, connection: AsyncConnection[Any], intake: Intake, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = a_grid(scores=1.0)
    sequences = await a_history(intake, version)
    numbered = await known(connection, version)
    await fold_all(connection, numbered)
    weeks = (Span(FIRST, FIRST + timedelta(days=56)),)
    before = await references.count(connection, NO_OBJECTS, numbered, GRID, weeks, through_sequence=sequences[-1])
    monkeypatch.setattr(folding, "PAGE_SEGMENTS", 7)
    ids = SegmentIds()
    await fold(connection, NO_OBJECTS, numbered, other, hash_key=HASH_KEY, segment_ids=ids)

    async def die(*_: Any, **__: Any) -> int:
        connection.pgconn.finish()
        raise psycopg.OperationalError

    monkeypatch.setattr(folding, "meet_waiting_labels", die)
    with pytest.raises(psycopg.OperationalError):
        await fold(connection, NO_OBJECTS, numbered, other, hash_key=HASH_KEY, segment_ids=ids)
    monkeypatch.undo()
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True) as again:
        on_former = await references.count(again, NO_OBJECTS, numbered, GRID, weeks, through_sequence=sequences[-1])
        halfway = await references.count(again, NO_OBJECTS, numbered, other, weeks, through_sequence=sequences[-1])
        await fold_all(again, numbered, other)
        folded = await references.count(again, NO_OBJECTS, numbered, other, weeks, through_sequence=sequences[-1])
        assert (await everything(again, numbered, other)) == folded.profile == halfway.profile
    assert on_former == before
    assert folded.profile.rows == before.profile.rows == 300
