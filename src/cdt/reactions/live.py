"""The live reading: every row that comes in moves it; what has moved far enough is recorded, at most once a minute.

Runs in a process of its own, so that it never delays the projection.
"""

import asyncio
import time
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection

from cdt.database.notifications import INTAKE, PROJECTED, Notifications
from cdt.domain.evaluations.pacing import is_worth_recording, may_record
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import Actor, Command, Tenant, derived_id
from cdt.domain.trust.formula import score
from cdt.domain.trust.score import Score
from cdt.domain.trust.sentences import sentence
from cdt.measures.readings import reading_from_profiles
from cdt.predictions import folded, live_readings
from cdt.predictions.live_windows import LiveWindow
from cdt.predictions.segments import each_labels, each_predictions, find_segments
from cdt.predictions.versions import NumberedVersion, find_version_numbered
from cdt.reactions.requesting import request
from cdt.reactions.responding import Reacting
from cdt.reactions.watched import Watched, watched
from cdt.workers import readings

log = structlog.get_logger()

LEADERSHIP = 0x_CD7_11FE
PACE_SECONDS = 0.2
"""Between two readings of one version: fast enough to feel live, slow enough for a hundred who watch."""
SEGMENTS_AT_ONCE = 500
FORGET_SECONDS = 3600.0
"""A version whose rows stopped is read from its profiles again when they go on."""


class _Version:
    """One version in memory."""

    def __init__(self, numbered: NumberedVersion) -> None:
        self.numbered = numbered
        self.watched: Watched | None = None
        self.is_stale = True
        self.window: LiveWindow | None = None
        self.touched_at = time.monotonic()


class Live:
    """Keeps the live reading of every version that takes in rows, while it leads."""

    def __init__(self, conninfo: str, reacting: Reacting, notifications: Notifications) -> None:
        """`conninfo` is the system's; `notifications` hear the intake and the projected channel."""
        self._conninfo = conninfo
        self._reacting = reacting
        self._notifications = notifications
        self._versions: dict[int, _Version] = {}
        self._dirty: set[int] = set()
        self._look_at_all = True
        self._woken = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping` is set; a lost connection ends leadership, and everything is read anew."""
        async with (
            self._notifications.following(INTAKE, self._hear_intake),
            self._notifications.following(PROJECTED, self._hear_projected),
        ):
            while not stopping.is_set():
                try:
                    async with await AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                        if await _take_leadership(connection):
                            self._versions.clear()
                            self._look_at_all = True
                            await self._lead(connection, stopping)
                except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                    log.warning("live_interrupted", error=str(error).strip())
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), 1.0)

    async def _lead(self, connection: AsyncConnection[Any], stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            began = time.monotonic()
            self._woken.clear()
            if self._look_at_all:
                self._look_at_all = False
                self._dirty |= await folded.numbers_behind(connection)
            dirty, self._dirty = self._dirty, set()
            for number in sorted(dirty):
                await self._refresh(connection, number)
            self._forget()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), 5.0)
            await asyncio.sleep(max(0.0, PACE_SECONDS - (time.monotonic() - began)))

    def _hear_intake(self, payload: str) -> None:
        if payload:
            self._dirty.add(int(payload.partition(" ")[0]))
        else:
            self._look_at_all = True
        self._woken.set()

    def _hear_projected(self, payload: str) -> None:
        contexts = set(payload.partition(" ")[2].split(","))
        if not payload or contexts & {"registry", "evaluations", "trust", "all"}:
            for number, each in self._versions.items():
                each.is_stale = True
                if contexts & {"registry", "trust"}:
                    self._dirty.add(number)
            if contexts & {"registry", "evaluations", "all"} or not payload:
                self._look_at_all = True
            self._woken.set()

    async def _refresh(self, connection: AsyncConnection[Any], number: int) -> None:
        version = await self._known(connection, number)
        if version is None:
            return
        version.touched_at = time.monotonic()
        if version.is_stale:
            version.is_stale = False
            await self._look_up(version)
        if version.watched is None:
            return
        if version.window is None:
            version.window = await self._load(connection, version, version.watched)
        more = await self._take_in(connection, version, version.window)
        if more:
            self._dirty.add(number)
            self._woken.set()
        await self._read(connection, version.watched, version.window)

    async def _known(self, connection: AsyncConnection[Any], number: int) -> _Version | None:
        if number not in self._versions:
            numbered = await find_version_numbered(connection, number)
            if numbered is None:
                return None
            self._versions[number] = _Version(numbered)
        return self._versions[number]

    async def _look_up(self, version: _Version) -> None:
        before = version.watched
        version.watched = await watched(self._reacting, version.numbered.version_id, before)
        after = version.watched
        if after is None or before is None or before.grid is not after.grid or before.plan.policy != after.plan.policy:
            version.window = None

    async def _load(self, connection: AsyncConnection[Any], version: _Version, known: Watched) -> LiveWindow:
        policy = known.plan.typed_policy
        window = LiveWindow(known.grid, window_seconds=policy.window_seconds)
        stored = await folded.stored(connection, version.numbered.number, known.grid.digest)
        if stored is not None:
            window.advance_to(stored.high_water)
            assert window.start is not None
            window.add_stored(await folded.hours(connection, version.numbered.number, since=window.start))
            window.sequence = stored.sequence
        return window

    async def _take_in(self, connection: AsyncConnection[Any], version: _Version, window: LiveWindow) -> bool:
        number, signature = version.numbered.number, version.numbered.signature
        segments = await find_segments(connection, number, after=window.sequence, limit=SEGMENTS_AT_ONCE)
        if not segments:
            return False
        newest = max(segment.predicted_to for segment in segments)
        window.advance_to(newest)
        assert window.start is not None
        wanted = [segment for segment in segments if segment.predicted_to >= window.start]
        async for _, predictions in each_predictions(connection, wanted, signature):
            window.add_predictions(predictions)
        async for _, labels in each_labels(connection, wanted, signature):
            window.add_labels(labels)
        window.sequence = segments[-1].sequence
        return len(segments) == SEGMENTS_AT_ONCE

    async def _read(self, connection: AsyncConnection[Any], known: Watched, window: LiveWindow) -> None:
        if window.start is None or window.end is None:
            return
        policy = known.plan.typed_policy
        reading = readings.judged(
            await asyncio.to_thread(reading_from_profiles, known.grid, known.baseline, window.profile(), known.rules),
            policy,
        )
        before = None if known.recorded is None else known.recorded.typed_score
        live = score(reading.results, known.policy, previous=before)
        since = None if known.recorded is None else known.recorded.window_end
        row = live_readings.LiveRow(
            version_id=known.version.id,
            project_id=known.version.project_id,
            sequence=window.sequence,
            position=known.position,
            computed_at=self._reacting.now(),
            reading=readings.live_document(
                reading,
                score=live,
                sentence=sentence(live, before, since=since),
                environment=known.environment,
                window_start=window.start,
                window_end=window.end,
            ),
        )
        await live_readings.write(connection, row)
        await self._record(known, window, live)

    async def _record(self, known: Watched, window: LiveWindow, live: Score) -> None:
        policy = known.plan.typed_policy
        recorded = None if known.recorded is None else known.recorded.value
        newest = known.newest_record
        is_due = may_record(
            policy,
            now=self._reacting.now(),
            last_requested_at=None if newest is None else newest.requested_at,
            is_one_in_flight=known.is_one_in_flight,
        )
        is_new = newest is None or newest.through_sequence < window.sequence
        if not (is_due and is_new) or not is_worth_recording(
            policy, live=live.value, recorded=recorded, threshold=known.policy.threshold
        ):
            return
        assert window.start is not None
        assert window.end is not None
        await request(
            self._reacting,
            known.version,
            known.plan,
            known.deployments,
            cause="live_change",
            window=Window(window.start, window.end),
            through_sequence=window.sequence,
            by=self._command(known, window.sequence),
        )

    def _command(self, known: Watched, sequence: int) -> Command:
        return Command(
            id=derived_id("live", known.version.id, sequence),
            actor=Actor("system", "live reading"),
            at=self._reacting.now(),
            tenant=Tenant(known.organization_id, known.version.project_id),
        )

    def _forget(self) -> None:
        cut = time.monotonic() - FORGET_SECONDS
        for number in [number for number, each in self._versions.items() if each.touched_at < cut]:
            del self._versions[number]


async def _take_leadership(connection: AsyncConnection[Any]) -> bool:
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (LEADERSHIP,))
    row = await cursor.fetchone()
    return row is not None and bool(row[0])
