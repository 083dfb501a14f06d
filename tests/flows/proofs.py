"""What must hold of a database whatever has happened to it, proved from its segments and its log."""

import sys
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec.structs import replace
from psycopg import AsyncConnection, sql
from psycopg.rows import class_row

from cdt.database.log_pages import StoredRow
from cdt.database.mapper import decode as decode_event
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.trust.formula import score
from cdt.domain.trust.policy import DEFAULT_POLICY
from cdt.measures.grid import Grid
from cdt.measures.packing import decode
from cdt.measures.profile import Profile, empty, merge
from cdt.measures.quality import Span
from cdt.measures.readings import reading_from_profiles
from cdt.predictions import documents
from cdt.predictions.columns import EPOCH, MICROSECOND
from cdt.predictions.folded import MARK
from cdt.predictions.objects import Objects
from cdt.predictions.quarantine.tallies import received
from cdt.predictions.reading import read_labels, read_predictions
from cdt.predictions.samples import in_force, sample_of
from cdt.predictions.segments import Segment, find_segments
from cdt.predictions.versions import NumberedVersion, find_version
from cdt.workers import readings
from tests.flows.ledger import Ledger
from tests.flows.whole import until

Tables = dict[str, list[str]]


EACH_ONCE = ("evaluations.Requested", "evaluations.Completed", "trust.Scored")


class Proofs:
    """Looks as the system, which sees every row."""

    def __init__(self, dsn: str, version_id: UUID, objects: Objects) -> None:
        self._conninfo = conninfo_as(dsn, DatabaseRole.SYSTEM, application="cdt-proofs")
        self._version_id = version_id
        self._objects = objects

    async def value(self, statement: str) -> Any:
        """A statement's only value."""
        async with await self._connected() as connection:
            row = await (await connection.execute(statement.encode())).fetchone()
            return None if row is None else row[0]

    async def quiet(self) -> None:
        """Wait until everything recorded is projected, everything taken in is read, and no work is open."""
        try:
            await until(self._is_quiet, "all work is done")
        except AssertionError:
            sys.stdout.write(
                await self.value(
                    "SELECT concat_ws(E'\\n', (SELECT follower::text FROM follower),"
                    " (SELECT string_agg(lease::text, E'\\n') FROM work.leases AS lease WHERE state = 'due'),"
                    " (SELECT string_agg(reaction::text, E'\\n') FROM work.reactions AS reaction),"
                    " (SELECT string_agg(sequence::text, E'\\n') FROM predictions.versions),"
                    " (SELECT string_agg(sequence::text, E'\\n') FROM predictions.live_readings))"
                )
            )
            raise

    async def _is_quiet(self) -> bool:
        return not await self.value(
            "SELECT (SELECT position FROM follower) < (SELECT max(notification_id) FROM log.cdt_events)"
            " OR EXISTS (SELECT FROM work.leases WHERE state = 'due')"
            " OR EXISTS (SELECT FROM predictions.waiting_labels)"
            " OR EXISTS (SELECT FROM predictions.versions AS version LEFT JOIN predictions.live_readings AS live"
            " ON live.version_id = version.version_id AND live.sequence = version.sequence"
            " WHERE live.version_id IS NULL)"
        )

    async def every_acknowledged_row_is_there_once(self, ledger: Ledger) -> None:
        """As many rows as ids, and of each what was sent."""
        async with await self._connected() as connection:
            version, segments = await self._segments(connection)
            rows = await read_predictions(connection, self._objects, segments, version.signature)
        counted = Counter(rows.ids.to_pylist())
        assert set(ledger.predictions) - set(counted) == set(), "lost"
        assert {each: count for each, count in counted.items() if count > 1} == {}, "twice"
        classes = rows.decision.values
        assert {
            row_id: (EPOCH + at * MICROSECOND, classes[code], score)
            for row_id, at, code, score in zip(
                rows.ids.to_pylist(),
                rows.predicted_at.tolist(),
                rows.decision.codes.tolist(),
                rows.score.tolist(),
                strict=True,
            )
        } == {
            row_id: (datetime.fromisoformat(row["predicted_at"]), row["decision"], row["score"])
            for row_id, row in ledger.predictions.items()
        }

    async def files_are_settled(self, count: int) -> bool:
        """Whether so many files were taken in, or refused."""
        return await self.value("SELECT count(*) FROM predictions.files WHERE state <> 'waiting'") == count

    async def every_file_was_taken_in_once(self, ledger: Ledger) -> None:
        """All of its rows; from now on they are among those that were acknowledged."""
        async with await self._connected() as connection:
            cursor = await connection.execute(
                "SELECT split_part(split_part(file_key, '/', 3), '.', 1)::int, state, accepted, duplicates, rejected"
                " FROM predictions.files ORDER BY 1"
            )
            found = await cursor.fetchall()
        assert found == [(number, "taken", len(rows), 0, 0) for number, rows in enumerate(ledger.files)]
        for rows in ledger.files:
            ledger.predictions.update((row["prediction_id"], row) for row in rows)

    async def rows_were_packed(self) -> int:
        """Into objects, and nothing is kept in both places; how many rows."""
        assert not await self.value(
            "SELECT EXISTS (SELECT FROM predictions.payloads JOIN predictions.segments USING (segment_id)"
            " WHERE format = 'parquet')"
        )
        packed = await self.value("SELECT coalesce(sum(rows), 0)::bigint FROM predictions.objects WHERE state = 'kept'")
        assert packed == await self.value(
            "SELECT coalesce(sum(rows), 0)::bigint FROM predictions.segments WHERE format = 'parquet'"
        )
        return packed

    async def every_acknowledged_label_holds_once(self, ledger: Ledger) -> None:
        """Of each prediction the label that was acknowledged last, and no other; also of those that came before it."""
        assert ledger.early
        async with await self._connected() as connection:
            version, segments = await self._segments(connection)
            rows = await read_labels(connection, self._objects, segments, version.signature)
        holding, added = in_force(rows), Counter[str]()
        for row_id, sign in zip(rows.ids.to_pylist(), rows.sign.tolist(), strict=True):
            added[row_id] += sign
        assert {each: count for each, count in added.items() if count != 1} == {}
        names = [holding.label.values[code] for code in holding.label.codes.tolist()]
        assert dict(zip(holding.ids.to_pylist(), names, strict=True)) == ledger.labels

    async def totals_are_those_of_the_segments(self) -> None:
        """What a version says it took in is what lies there."""
        differing = await self.value(
            "SELECT count(*) FROM predictions.versions AS version WHERE (sequence, predictions) IS DISTINCT FROM"
            " (SELECT (max(sequence), sum(rows) FILTER (WHERE kind = 'predictions')) FROM predictions.segments"
            " WHERE version_number = version.number) OR sequence <> (SELECT count(*) FROM predictions.segments"
            " WHERE version_number = version.number)"
        )
        assert differing == 0

    async def the_live_reading_is_that_of_the_rows(self) -> None:
        """Counted anew from every segment, the same bits; likewise what was folded."""
        async with await self._connected() as connection, connection.transaction():
            version, segments = await self._segments(connection)
            grid, baseline, policy = await self._watching(connection, version)
            cursor = await connection.execute(
                "SELECT sequence, reading FROM predictions.live_readings WHERE version_id = %s", (self._version_id,)
            )
            row = await cursor.fetchone()
            assert row is not None
            assert row[0] == segments[-1].sequence
            live = row[1]
            window = [datetime.fromisoformat(live[name]) for name in ("window_start", "window_end")]
            profile = await _counted(connection, self._objects, version, segments, grid, *window)
            newest = max(each.predicted_to for each in segments if each.kind == "predictions")
            rules, span = readings.rules_of(policy, grid), Span(window[0], window[1], newest)
            came_in = await received(connection, version.number, start=window[0], end=window[1])
            measured = reading_from_profiles(grid, baseline, profile, rules, span=span, received=came_in)
            reading = readings.judged(measured, policy)
            assert live["reading"] == msgspec.json.decode(msgspec.json.encode(replace(reading, definitions={})))
            assert live["score"]["value"] == score(reading.results, DEFAULT_POLICY, previous=None).value
            await self._folded_is_counted(connection, version, segments, grid)

    async def every_evaluation_is_completed_once(self) -> int:
        """Nothing is stuck, nothing was given up, nothing was recorded twice; how many there are.

        A live record that had to wait a minute for the one before it may be asked for at any moment: it is waited for.
        """

        async def when_all_are_scored() -> dict[str, tuple[int, int]] | None:
            found = await self._facts_of_evaluations()
            return found if len({found.get(topic) for topic in EACH_ONCE}) == 1 else None

        found = await until(when_all_are_scored, "every evaluation is completed and scored")
        assert "evaluations.Failed" not in found
        count, streams = found["evaluations.Requested"]
        assert count == streams
        return count

    async def _facts_of_evaluations(self) -> dict[str, tuple[int, int]]:
        """By topic how many facts there are, and of how many streams."""
        async with await self._connected() as connection:
            cursor = await connection.execute(
                "SELECT topic, count(*), count(DISTINCT originator_id) FROM log.cdt_events"
                " WHERE topic LIKE 'evaluations.%' OR topic LIKE 'trust.Scored%' GROUP BY topic"
            )
            return {topic: (facts, streams) for topic, facts, streams in await cursor.fetchall()}

    async def no_window_is_recorded_twice(self) -> None:
        """A window that closed has one record."""
        assert (
            await self.value(
                "SELECT count(*) - count(DISTINCT (plan_id, window_start)) FROM evaluations_evaluations"
                " WHERE cause = 'window_closed'"
            )
            == 0
        )

    async def every_command_is_recorded_once(self, ledger: Ledger) -> None:
        """Each command that was answered is in the log; no command recorded the same fact of a thing twice."""
        async with await self._connected() as connection, connection.cursor(row_factory=class_row(StoredRow)) as cursor:
            await cursor.execute(
                "SELECT originator_id, originator_version, topic, state, notification_id, recorded_at"
                " FROM log.cdt_events"
            )
            facts = [decode_event(*row) for row in await cursor.fetchall()]
        assert set(ledger.commands) <= {str(fact.command_id) for fact in facts}
        counted = Counter((fact.stream_id, fact.command_id, type(fact.event)) for fact in facts)
        assert {fact: count for fact, count in counted.items() if count > 1} == {}

    async def nothing_is_parked(self) -> None:
        """No projection and no reaction gave up on a fact."""
        assert await self.value("SELECT count(*) FROM parked") == 0
        assert await self.value("SELECT count(*) FROM work.parked_reactions") == 0

    async def read_models(self) -> tuple[int, Tables]:
        """Every row of every read-model table and history, as text, and the position they stand at."""
        async with await self._connected() as connection, connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor = await connection.execute("SELECT position FROM follower")
            row = await cursor.fetchone()
            assert row is not None
            position = row[0]
            cursor = await connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'read' AND tablename <> 'follower'"
            )
            tables: Tables = {}
            for (name,) in await cursor.fetchall():
                statement = sql.SQL("SELECT t::text FROM read.{} AS t ORDER BY 1").format(sql.Identifier(name))
                tables[name] = [row[0] for row in await (await connection.execute(statement)).fetchall()]
        return position, tables

    async def _connected(self) -> AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)

    async def _segments(self, connection: AsyncConnection[Any]) -> tuple[NumberedVersion, list[Segment]]:
        version = await find_version(connection, self._version_id)
        assert version is not None
        return version, await find_segments(connection, version.number)

    async def _watching(
        self, connection: AsyncConnection[Any], version: NumberedVersion
    ) -> tuple[Grid, Profile, PlanPolicy]:
        cursor = await connection.execute(
            "SELECT version.grid_digest, version.baseline_digest, plan.policy FROM registry_versions AS version"
            " JOIN evaluations_plans AS plan ON plan.version_id = version.id WHERE version.id = %s",
            (self._version_id,),
        )
        row = await cursor.fetchone()
        assert row is not None
        grid = Grid.from_json(await documents.get(connection, version.project_id, row[0]))
        baseline = decode(grid, await documents.get(connection, version.project_id, row[1]))
        return grid, baseline, msgspec.convert(row[2], PlanPolicy)

    async def _folded_is_counted(
        self, connection: AsyncConnection[Any], version: NumberedVersion, segments: list[Segment], grid: Grid
    ) -> None:
        cursor = await connection.execute(
            "SELECT sequence FROM predictions.folds WHERE version_number = %s AND grid = %s",
            (version.number, MARK + grid.digest),
        )
        row = await cursor.fetchone()
        if row is None:
            return
        cursor = await connection.execute(
            "SELECT payload FROM predictions.profiles WHERE version_number = %s", (version.number,), binary=True
        )
        folded = empty(grid)
        for (payload,) in await cursor.fetchall():
            folded = merge(folded, decode(grid, payload))
        before = [segment for segment in segments if segment.sequence <= row[0]]
        long_ago, far_ahead = EPOCH, EPOCH + timedelta(days=36_500)
        assert folded == await _counted(connection, self._objects, version, before, grid, long_ago, far_ahead)


async def _counted(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    segments: list[Segment],
    grid: Grid,
    start: datetime,
    end: datetime,
) -> Profile:
    bounds = {"predicted_from": start, "predicted_to": end}
    predictions = await read_predictions(connection, objects, segments, version.signature, **bounds)
    labels = await read_labels(connection, objects, segments, version.signature, **bounds)
    return sample_of(grid, predictions, labels).profile(grid)
