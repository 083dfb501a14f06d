"""The live reading: every row that comes in moves it; what has moved far enough is recorded, at most once a minute.

Runs beside the reactions in a process of their own, so that it never delays the projection.
"""

import asyncio
import math
import time
from contextlib import suppress
from itertools import islice
from typing import Any

import structlog
from msgspec import UNSET
from psycopg import AsyncConnection

from cdt.background import beside
from cdt.database.leading import take_leadership
from cdt.database.log import is_lost_connection
from cdt.database.notifications import INTAKE, PROJECTED, Notifications
from cdt.domain.evaluations.windows import Window
from cdt.domain.trust.formula import score
from cdt.domain.trust.score import Score
from cdt.domain.trust.sentences import sentence
from cdt.measures.readings import reading_from_profiles
from cdt.predictions import folded, live_loading, live_readings
from cdt.predictions.live_windows import LiveWindow
from cdt.predictions.objects import NO_OBJECTS, Objects
from cdt.predictions.quarantine.tallies import received
from cdt.predictions.versions import find_version_numbered, revision_of
from cdt.reactions import live_baselines, live_records
from cdt.reactions.live_baselines import Held
from cdt.reactions.live_versions import LiveVersion
from cdt.reactions.responding import Reacting
from cdt.reactions.watched import Watched, watched
from cdt.workers import readings

log = structlog.get_logger()

LEADERSHIP = 0x_CD7_11FE
PACE_SECONDS = 0.2
"""Between two readings of one version: fast enough to feel live, slow enough for a hundred who watch."""
ANEW_AT_ONCE = 10
"""Readings that are only looked at because this process is new to them, between two that have news."""
LOOK_AROUND_SECONDS = 3.0
"""Between two looks for readings that other weights, policies or deployments may have made old."""
IDLE_SECONDS = 5.0
"""Between two looks when nobody says that there is news."""
REST_SECONDS = 30.0
"""After a version could not be read, before it is tried again."""
FORGET_SECONDS = 3600.0
"""A version whose rows stopped is read from its profiles again when they go on."""


class Live:
    """Keeps the live reading of every version that takes in rows, while it leads."""

    def __init__(
        self, conninfo: str, reacting: Reacting, notifications: Notifications, objects: Objects = NO_OBJECTS
    ) -> None:
        """`conninfo` is the system's; `notifications` hear the intake and the projected channel."""
        self._conninfo = conninfo
        self._objects = objects
        self._reacting = reacting
        self._notifications = notifications
        self._versions: dict[int, LiveVersion] = {}
        self._dirty: set[int] = set()
        self._anew: set[int] = set()
        self._resting_until: dict[int, float] = {}
        self._look_at_all = True
        self._look_around = False
        self._looked_around_at = -math.inf
        self._woken = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping` is set; a lost connection ends leadership, and everything is read anew."""
        async with (
            self._notifications.following(INTAKE, self._hear_intake),
            self._notifications.following(PROJECTED, self._hear_projected),
            beside(self._wake_at(stopping), name="end of live readings"),
        ):
            while not stopping.is_set():
                try:
                    async with await AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                        if await take_leadership(connection, LEADERSHIP):
                            await self._begin()
                            await self._lead(connection, stopping)
                except Exception as error:
                    if not is_lost_connection(error):
                        raise
                    log.warning("live_interrupted", error=str(error).strip())
                with suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await stopping.wait()

    async def _wake_at(self, stopping: asyncio.Event) -> None:
        """Whoever waits for rows when it is told to stop ends at once."""
        await stopping.wait()
        self._woken.set()

    async def _begin(self) -> None:
        """Know nothing: whoever led before may have asked for records, and policies may have changed meanwhile."""
        self._versions.clear()
        self._anew.clear()
        self._look_at_all = self._look_around = True
        self._looked_around_at = -math.inf

    async def _lead(self, connection: AsyncConnection[Any], stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            began = time.monotonic()
            self._woken.clear()
            if self._look_at_all:
                self._look_at_all = False
                self._dirty |= await folded.numbers_behind(connection)
            await self._refill(connection)
            for number in sorted(self._due()):
                await self._try(connection, number)
            self._forget()
            if not self._anew:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AROUND_SECONDS if self._look_around else IDLE_SECONDS):
                        await self._woken.wait()
            await asyncio.sleep(max(0.0, PACE_SECONDS - (time.monotonic() - began)))

    async def _refill(self, connection: AsyncConnection[Any]) -> None:
        """Look at every reading again, when what it is judged by may have changed: quiet versions are in no memory."""
        now = time.monotonic()
        if self._look_around and now - self._looked_around_at >= LOOK_AROUND_SECONDS:
            self._look_around, self._looked_around_at = False, now
            self._anew |= await folded.numbers_read(connection)

    def _due(self) -> set[int]:
        """What has news, and some of what is only to be looked at; what rests stays for later."""
        looked_at = set(islice(self._anew, ANEW_AT_ONCE))
        self._anew -= looked_at
        now = self._reacting.now()
        looked_at |= {number for number, each in self._versions.items() if each.may_be_anew(now)}
        resting = {number for number, until in self._resting_until.items() if until > time.monotonic()}
        due, self._dirty = (self._dirty | looked_at) - resting, self._dirty & resting
        return due

    async def _try(self, connection: AsyncConnection[Any], number: int) -> None:
        """Read one version; what is wrong with it is told, and does not hold up the others."""
        try:
            await self._refresh(connection, number)
        except Exception as error:
            if is_lost_connection(error):
                raise
            log.exception("live_reading_failed", version=number)
            self._versions.pop(number, None)  # it may have taken in a part
            self._resting_until[number] = time.monotonic() + REST_SECONDS
            self._dirty.add(number)
        else:
            self._resting_until.pop(number, None)

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
            if not payload or contexts & {"registry", "trust", "all"}:
                self._look_around = True
            if contexts & {"registry", "evaluations", "all"} or not payload:
                self._look_at_all = True
            self._woken.set()

    async def _refresh(self, connection: AsyncConnection[Any], number: int) -> None:
        version = await self._known(connection, number)
        if version is None:
            return
        version.touched_at = time.monotonic()
        await self._heed_removals(connection, version)
        before = version.watched
        if version.is_stale or (before is not None and before.position < version.asked_until):
            version.is_stale = False
            await self._look_up(version)
        known = version.watched
        if known is None:
            return
        has_news = version.window is None or version.wants_record or not known.says_the_same_as(before)
        if version.window is None:
            version.window = await live_loading.load(
                connection, version.numbered, known.grid, window_seconds=known.plan.typed_policy.window_seconds
            )
        read_before = version.window.sequence
        if await live_loading.take_in(connection, self._objects, version.numbered, version.window):
            self._dirty.add(number)
            self._woken.set()
        if version.window.is_spent:
            version.window = None
            self._dirty.add(number)
            self._woken.set()
            return
        held_before = version.held
        version.held = await live_baselines.held(connection, version.numbered, known, version.window, held_before)
        is_held_anew = held_before is None or version.held.profile is not held_before.profile
        if await self._received_more(connection, version, version.window) or (
            has_news or is_held_anew or version.window.sequence > read_before
        ):
            await self._read(connection, version, known, version.window, version.held)

    async def _received_more(self, connection: AsyncConnection[Any], version: LiveVersion, window: LiveWindow) -> bool:
        """Whether rows came that were not taken in as they were: of these no segment tells."""
        if window.start is None or window.end is None:
            return False
        before = version.received
        number = version.numbered.number
        version.received = await received(connection, number, start=window.start, end=window.end)
        return version.received != before

    async def _known(self, connection: AsyncConnection[Any], number: int) -> LiveVersion | None:
        if number not in self._versions:
            numbered = await find_version_numbered(connection, number)
            if numbered is None:
                return None
            # a record may have been asked for by who led before, or by us before the version was dropped or forgotten
            self._versions[number] = LiveVersion(numbered, await self._reacting.reader.newest_position())
        return self._versions[number]

    async def _heed_removals(self, connection: AsyncConnection[Any], version: LiveVersion) -> None:
        """Count anew when rows that were counted have gone."""
        number, revision = version.numbered.number, version.numbered.revision
        if await revision_of(connection, number) != revision:
            numbered = await find_version_numbered(connection, number)
            if numbered is not None:
                version.numbered, version.window, version.held = numbered, None, None

    async def _look_up(self, version: LiveVersion) -> None:
        before = version.watched
        version.watched = await watched(self._reacting, version.numbered.version_id, before)
        after = version.watched
        if after is None or before is None or before.grid is not after.grid or before.plan.policy != after.plan.policy:
            version.window = None

    async def _read(
        self, connection: AsyncConnection[Any], version: LiveVersion, known: Watched, window: LiveWindow, held: Held
    ) -> None:
        if window.start is None or window.end is None:
            return
        policy = known.plan.typed_policy
        measured = await asyncio.to_thread(
            reading_from_profiles,
            known.grid,
            held.profile,
            window.profile(),
            known.rules,
            span=window.span,
            received=version.received,
        )
        reading = readings.judged(measured, policy, reference=held.reference or UNSET)
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
        await self._record(version, known, window, live)

    async def _record(self, version: LiveVersion, known: Watched, window: LiveWindow, live: Score) -> None:
        is_told = version.held is None or version.held.is_whole  # else rows of its baseline are to be folded first
        version.wants_record = is_told and live_records.is_wanted(known, live, sequence=window.sequence)
        knows_what_was_asked = known.position >= version.asked_until
        if not (version.wants_record and knows_what_was_asked):
            return
        if not live_records.is_due(known, now=self._reacting.now()):
            return
        assert window.start is not None
        assert window.end is not None
        asked_at = await live_records.ask(
            self._reacting, known, Window(window.start, window.end), sequence=window.sequence
        )
        version.asked_until = max(version.asked_until, asked_at or version.asked_until)
        version.wants_record = False

    def _forget(self) -> None:
        cut = time.monotonic() - FORGET_SECONDS
        for number in [number for number, each in self._versions.items() if each.touched_at < cut]:
            del self._versions[number]
