"""Calls by the minute: counted with the predictions, once, however they come in; quantiles within the stated error."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import AsyncConnection

from cdt.domain.registry.signature import Column, Signature
from cdt.predictions import minutes
from cdt.predictions.bodies import Bodies, Sent
from cdt.predictions.decoding.csv_bodies import predictions_of_csv
from cdt.predictions.decoding.json_bodies import predictions_of_json
from cdt.predictions.digests import digest_of_rows
from cdt.predictions.durations import MOST_MS, RELATIVE_ERROR, SHORTEST_MS, Durations, added, counted
from cdt.predictions.intake import Intake
from cdt.predictions.kserve import calls
from cdt.predictions.kserve.calls import Half
from cdt.predictions.kserve.mapping import Mapping
from cdt.predictions.live_numbers import figures_of
from cdt.predictions.minutes import Minute, Minutes
from cdt.predictions.payloads import predictions_as_json
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import TimedRow, columns_of
from cdt.predictions.versions import Version
from tests.predictions.builders import NOW, SIGNATURE, a_row, as_ndjson, many_rows, rows_of, send

TIMES = st.lists(st.floats(0, MOST_MS, allow_nan=False), min_size=1, max_size=200)
SHARES = st.floats(0.01, 1.0)


async def kept(connection: AsyncConnection[Any], version: Version) -> tuple[int, int, Durations]:
    """Predictions, failures and times of all minutes together."""
    read = await minutes.of_model(connection, version.model_id, minutes=60)
    return (
        sum(each.predictions for each in read.minutes),
        sum(each.failed for each in read.minutes),
        added(each.durations for each in read.minutes),
    )


@given(TIMES, SHARES)
def test_a_quantile_is_within_the_stated_error(times: list[float], share: float) -> None:
    exact = float(np.quantile(times, share, method="inverted_cdf"))
    found = counted(np.array(times)).quantile(share)
    assert found is not None
    assert abs(found - max(exact, SHORTEST_MS)) <= max(exact, SHORTEST_MS) * RELATIVE_ERROR * (1 + 1e-9)


@given(st.lists(TIMES, min_size=1, max_size=4))
def test_counts_of_parts_add_up_to_those_of_the_whole(parts: list[list[float]]) -> None:
    whole = counted(np.array([time for part in parts for time in part]))
    assert added(counted(np.array(part)) for part in parts) == whole
    assert sum(whole.counts) == sum(map(len, parts))


def test_no_times_have_no_quantile() -> None:
    assert counted(np.array([np.nan])) == Durations((), ())
    assert counted(np.array([])).quantile(0.5) is None


async def test_predictions_and_their_times_are_counted_once(
    intake: Intake, version: Version, connection: AsyncConnection[Any]
) -> None:
    rows = [a_row("a") | {"processing_ms": 20.0}, a_row("b") | {"processing_ms": 400}, a_row("c")]
    await send(intake, version, *rows)
    await send(intake, version, *rows, a_row("d"), {"bad": 1})
    expected = counted(np.array([20.0, 400.0]))
    assert await kept(connection, version) == (4, 0, expected)
    await send(intake, version, *(row | {"processing_ms": 20.0} for row in many_rows(2_000)))
    predictions, _, durations = await kept(connection, version)
    assert (predictions, sum(durations.counts)) == (2_004, 2_002)


async def test_a_body_whose_key_was_used_counts_nothing(
    intake: Intake, version: Version, connection: AsyncConnection[Any]
) -> None:
    for _ in range(2):
        await send(intake, version, a_row("a") | {"processing_ms": 1}, key="k")
    assert (await kept(connection, version))[0] == 1


def test_a_row_is_stored_and_digested_alike_with_its_time_and_without() -> None:
    plain, (timed,) = rows_of(a_row("a")), rows_of(a_row("a") | {"processing_ms": 7.5})
    assert isinstance(timed, TimedRow)
    assert predictions_as_json([timed]) == predictions_as_json(plain)
    assert digest_of_rows([timed], SIGNATURE) == digest_of_rows(plain, SIGNATURE)
    assert columns_of(plain, SIGNATURE).processing_ms is None


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        (-1, "must be at least 0"),
        (MOST_MS * 2, "must be at most 8.64e+07"),
        ("fast", "must be a number or null, not text"),
    ],
)
def test_a_time_that_can_be_none_is_rejected(time: object, reason: str) -> None:
    rejections = Rejections()
    body = msgspec.json.encode([a_row("a") | {"processing_ms": time}])
    assert predictions_of_json(body, SIGNATURE, now=NOW, rejections=rejections) == []
    assert [(each.column, each.reason) for each in rejections.reported] == [("processing_ms", reason)]


def test_a_column_of_times_is_read_unless_the_version_has_one_of_its_name() -> None:
    body = b"prediction_id,predicted_at,decision,age,processing_ms\na,2026-03-01T12:00:00Z,yes,3,12.5\n"
    body += b"b,2026-03-01T12:00:00Z,yes,3,\nc,2026-03-01T12:00:00Z,yes,3,-1\n"
    signature = Signature(columns=(Column("age", "number"),), classes=("no", "yes"), positive_class="yes")
    rejections = Rejections()
    rows = predictions_of_csv(body, signature, now=NOW, rejections=rejections)
    assert rows.processing_ms is not None
    assert rows.processing_ms.tolist() == pytest.approx([12.5, np.nan], nan_ok=True)
    assert [(each.row, each.column, each.reason) for each in rejections.reported] == [
        (2, "processing_ms", "must be at least 0")
    ]
    columns = (Column("age", "number"), Column("processing_ms", "number"))
    both = Signature(columns=columns, classes=("no", "yes"), positive_class="yes")
    rows = predictions_of_csv(body, both, now=NOW, rejections=Rejections())
    assert rows.processing_ms is None
    assert len(rows) == 3


async def test_failures_count_once_and_a_late_answer_takes_its_own_back(
    intake: Intake, version: Version, connection: AsyncConnection[Any]
) -> None:
    await send(intake, version, a_row("a"))
    assert await intake.calls.report(version, ["x", "y", "x"]) == 2
    assert await intake.calls.report(version, ["y", "z"]) == 1
    for call_id in ("error", "late"):
        half = Half(call_id, "request", b'{"instances": [[40, 1000, "f"]]}', NOW - timedelta(milliseconds=250))
        await intake.calls.take(version, half, Mapping(), now=NOW)
    soon = datetime.now(UTC) + timedelta(hours=1)
    assert await calls.count_overdue(connection, before=soon - timedelta(hours=2), most=10) == 0
    for expected in (2, 0):
        assert await calls.count_overdue(connection, before=soon, most=10) == expected
        assert await kept(connection, version) == (1, 5, Durations())
    for call_id, body in (("error", b'{"error": "?"}'), ("late", b'{"predictions": ["yes"]}')):
        await intake.calls.take(version, Half(call_id, "answer", body, NOW), Mapping(), now=NOW)
    assert await kept(connection, version) == (2, 4, counted(np.array([250.0])))


async def test_old_minutes_are_forgotten(intake: Intake, version: Version, connection: AsyncConnection[Any]) -> None:
    await send(intake, version, a_row("a"))
    assert await minutes.sweep(connection, before=datetime.now(UTC) - timedelta(hours=1), most=10) == 0
    assert await minutes.sweep(connection, before=datetime.now(UTC) + timedelta(hours=1), most=10) == 1
    assert await kept(connection, version) == (0, 0, Durations())


def test_figures_are_of_the_present_minute_and_the_four_before_it() -> None:
    present = datetime(2026, 3, 1, 12, 10, tzinfo=UTC)
    past = [
        Minute(present - timedelta(minutes=ago), 60, 20, counted(np.full(60, float(ago + 1))))
        for ago in (70, 59, 5, 4, 0)
    ]
    figures = figures_of(Minutes(past, present + timedelta(seconds=30)))
    assert (figures.since, figures.predictions, figures.failed) == (present - timedelta(minutes=4), 120, 40)
    assert figures.predictions_per_minute == 120 / 4.5
    assert figures.success_rate == 0.75
    assert (figures.p50_ms, figures.p95_ms) == (pytest.approx(1, rel=0.02), pytest.approx(5, rel=0.02))
    assert [each.minute for each in figures.minutes] == [each.minute for each in past[1:]]
    empty = figures_of(Minutes([], present))
    assert (empty.predictions_per_minute, empty.success_rate, empty.p50_ms) == (0, None, None)


async def test_a_large_body_counts_when_it_is_there(
    intake: Intake, version: Version, connection: AsyncConnection[Any]
) -> None:
    bodies = Bodies(lambda: intake, lambda: NOW, most_bytes=1 << 30)
    body = as_ndjson(*(row | {"processing_ms": 20.0} for row in many_rows(3_000)))

    async def confirm() -> None:
        assert await kept(connection, version) == (0, 0, Durations())

    sent = Sent(version, "predictions", "application/x-ndjson", None, None)
    receipt = await bodies.take_file(BytesIO(body), sent, confirm=confirm)
    assert receipt.accepted == 3_000
    assert await kept(connection, version) == (3_000, 0, counted(np.full(3_000, 20.0)))
