"""What is due by time: work that nobody does, segments to fold, windows that have closed, labels that came late."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import structlog
from psycopg import AsyncConnection

from cdt.database.log import is_lost_connection
from cdt.database.reading import NOBODY
from cdt.domain.evaluations.events import Cause
from cdt.domain.evaluations.pacing import is_restatement_due
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.windows import Window, is_closed, window_of
from cdt.domain.kernel import Actor, Command, Position, Tenant, derived_id
from cdt.predictions import folded, kept_objects, kept_receipts, unsealed
from cdt.predictions.columns import EPOCH
from cdt.predictions.packing import DELETE_AFTER_SECONDS
from cdt.predictions.versions import IntakeState, NumberedVersion, find_version, intake_states
from cdt.reactions.removing import ask_for_removals
from cdt.reactions.requesting import request
from cdt.reactions.responding import Reacting
from cdt.readmodels import evaluations, registry, tenancy
from cdt.vault import sessions
from cdt.workers import leases, mails

log = structlog.get_logger()

TICK_SECONDS = 5.0
FOLD_AFTER_SEGMENTS = 50
FOLD_AFTER_SECONDS = 60.0
WINDOWS_A_TICK = 6
"""Closed windows that one version asks for at once: a version that took in years is recorded step by step."""
LONGEST_FOLD_PAUSE = timedelta(minutes=5)
"""Between two tries to fold a version that gets no further, as when its rows kill whoever folds them."""
PACK_EVERY = timedelta(seconds=15)
PACK_AFTER_SEGMENTS = 5_000
PACK_AFTER_SECONDS = 3_600.0
"""So many fresh segments or seconds, besides rows, and a version's are packed into an object."""
REMOVE_EVERY = timedelta(seconds=15)
TIDY_EVERY = timedelta(hours=1)
SESSIONS_A_TICK = 1_000
"""Refresh tokens that are forgotten at once: a few milliseconds, also after a release that finds years of them."""
RECEIPTS_A_TICK = 20_000
"""The same of receipts: some fifty milliseconds, and fourteen million in an hour."""
SEGMENTS_A_TICK = 100
"""The same of a body that is taken back: a million rows, a few seconds; the rest waits for the next look."""
RESTATED_FOR = timedelta(days=400)
QUIET = timedelta(hours=1)


class _Fold(NamedTuple):
    """That a version was to be folded: how far it was then, and when it is tried again if it gets no further."""

    sequence: int
    pause: timedelta
    again_at: datetime


class Clock:
    """Looks every few seconds, while reactions lead; everything it asks for is safe to be asked twice."""

    def __init__(
        self,
        reacting: Reacting,
        *,
        tick_seconds: float = TICK_SECONDS,
        pack_after_rows: int | None = None,
        receipt_days: int = 0,
        further: Sequence[Callable[[], Awaitable[None]]] = (),
    ) -> None:
        """`tick_seconds` lie between two looks; so many fresh rows are packed. None says that there is nowhere to.

        receipt_days: for how long the receipts of rows are kept; 0 is for ever. further: what else is looked at.
        """
        self._reacting = reacting
        self._tick_seconds = tick_seconds
        self._asked_until: Position | None = None
        self._folds: dict[int, _Fold] = {}
        self._tidy_at: datetime | None = None
        self._pack_after_rows = pack_after_rows
        self._pack_at: datetime | None = None
        self._remove_at: datetime | None = None
        self._receipt_days = receipt_days
        self._further = further

    async def run(self) -> None:
        """Until cancelled, or the database goes away.

        Leadership begins here. Whoever led before may have asked for what it never heard the answer to, this clock too.
        """
        self._asked_until = None
        while True:
            await self.tick()
            await asyncio.sleep(self._tick_seconds)

    async def tick(self) -> None:
        """One look at everything that can be due."""
        looks = (self.sweep, self.take_back, self._fold, self._pack, self._remove, self._tidy, self._windows)
        for look in (*looks, *self._further):
            with _others_go_on(look=getattr(look, "__name__", "further")):
                await look()

    async def sweep(self) -> None:
        """Hand over what is due in Postgres and nobody does: Redis may have lost it."""
        async with self._reacting.writer.transaction() as connection:
            due = await leases.due(connection)
        for each in due:
            await self._reacting.queue.add_leased(each.kind, each.fact, each.attempt)

    async def take_back(self) -> None:
        """Take back bodies that nobody goes on writing, so that their rows can be sent again."""
        async with self._reacting.writer.transaction() as connection:
            bodies = await unsealed.abandoned(connection)
            for body_id in bodies:
                await unsealed.give_up(connection, body_id)
        left = SEGMENTS_A_TICK
        for body_id in bodies:
            is_more = True
            while is_more and left:
                left -= 1
                async with self._reacting.writer.transaction() as connection:
                    is_more = await unsealed.discard_segment(connection, body_id)
            if is_more:
                return
            log.info("body_taken_back", body_id=str(body_id))

    async def _fold(self) -> None:
        async with self._reacting.writer.transaction() as connection:
            behind = await folded.behind(connection, segments=FOLD_AFTER_SEGMENTS, seconds=FOLD_AFTER_SECONDS)
        before, self._folds = self._folds, {}
        for each in behind:
            asked = before.get(each.number)
            if asked is not None and asked.sequence == each.sequence and self._reacting.now() < asked.again_at:
                self._folds[each.number] = asked
                continue
            self._folds[each.number] = self._asked_to_fold(each, asked)
            await self._reacting.queue.add_fold(each.number)

    def _asked_to_fold(self, behind: folded.Behind, before: _Fold | None) -> _Fold:
        pause = timedelta(seconds=self._tick_seconds)
        if before is not None and before.sequence == behind.sequence:
            pause = min(2 * before.pause, LONGEST_FOLD_PAUSE)
        return _Fold(behind.sequence, pause, self._reacting.now() + pause)

    async def _pack(self) -> None:
        """What could not be packed, because the storage is away, say, is asked for again by the next look."""
        now = self._reacting.now()
        if self._pack_after_rows is None or (self._pack_at is not None and now < self._pack_at):
            return
        self._pack_at = now + PACK_EVERY
        async with self._reacting.writer.transaction() as connection:
            due = await kept_objects.due(
                connection,
                rows=self._pack_after_rows,
                segments=PACK_AFTER_SEGMENTS,
                seconds=PACK_AFTER_SECONDS,
                delete_after=DELETE_AFTER_SECONDS,
            )
        for number in due:
            await self._reacting.queue.add_compaction(number)

    async def _remove(self) -> None:
        now = self._reacting.now()
        if self._remove_at is None or now >= self._remove_at:
            self._remove_at = now + REMOVE_EVERY
            await ask_for_removals(self._reacting)

    async def _tidy(self) -> None:
        now = self._reacting.now()
        if self._tidy_at is not None and now < self._tidy_at:
            return
        async with self._reacting.writer.transaction() as connection:
            await mails.throw_away(connection, now=now)
            ended = await sessions.sweep(connection, now=now, most=SESSIONS_A_TICK)
        forgotten = 0
        if self._receipt_days:
            async with self._reacting.writer.transaction() as connection:
                before = now - timedelta(days=self._receipt_days)
                forgotten = await kept_receipts.sweep(connection, before=before, most=RECEIPTS_A_TICK)
        if ended < SESSIONS_A_TICK and forgotten < RECEIPTS_A_TICK:  # else there may be more, for the next look
            self._tidy_at = now + TIDY_EVERY

    async def _windows(self) -> None:
        if not await self._sees_what_was_asked():
            return
        async with self._reacting.reader.at(None, NOBODY) as view:
            plans = await evaluations.every_plan(view)
        async with self._reacting.writer.transaction() as connection:
            states = await intake_states(connection, [plan.version_id for plan in plans])
        for plan in plans:
            state = states.get(plan.version_id)
            if state is not None and state.high_water is not None:
                with _others_go_on(plan=str(plan.id)):
                    await self._windows_of(plan, state)

    async def _sees_what_was_asked(self) -> bool:
        """Whether the read models know what this clock, and any before it, has asked for: else it would ask again."""
        if self._asked_until is None:
            self._asked_until = await self._reacting.reader.newest_position()
        return await self._reacting.reader.projected_position() >= self._asked_until

    async def _windows_of(self, plan: evaluations.Plan, state: IntakeState) -> None:
        policy = plan.typed_policy
        assert state.high_water is not None
        async with self._reacting.reader.at(None, NOBODY) as view:
            version = next(iter(await registry.versions(view, [plan.version_id])))
            project = next(iter(await tenancy.projects(view, [plan.project_id])), None)
            newest = await evaluations.newest_by_cause(view, plan.id, "window_closed")
            recorded = await evaluations.newest_of_windows(view, plan.id, ending_after=state.high_water - RESTATED_FOR)
            deployments = await registry.deployments_of_models(view, [plan.model_id])
        if project is None or version.grid_digest is None:
            return  # a project that was deleted is watched no more
        # of an upload nobody knows when its rows were predicted, so that every window counts
        after = (version.baseline_to or EPOCH) if newest is None else newest.window_end
        completed = [each for each in recorded if each.state == "completed"]
        async with self._reacting.writer.transaction() as connection:
            numbered = await find_version(connection, plan.version_id)
            assert numbered is not None
            zone = ZoneInfo(project.time_zone)
            closed = await _closed_windows(connection, numbered, version.grid_digest, after, policy, zone)
            restated = [each for each in completed if await self._is_restatement_due(connection, numbered, state, each)]
        for window in closed:
            await self._ask(plan, version, deployments, project, window, "window_closed", state.sequence)
        for each in restated:
            window = Window(each.window_start, each.window_end)
            await self._ask(plan, version, deployments, project, window, "restatement", state.sequence)

    async def _is_restatement_due(
        self,
        connection: AsyncConnection[Any],
        version: NumberedVersion,
        state: IntakeState,
        recorded: evaluations.Evaluation,
    ) -> bool:
        if state.kept_from is not None and recorded.window_start < state.kept_from:
            return False  # of what was recorded not all is left
        found = await folded.coverage(connection, version.number, start=recorded.window_start, end=recorded.window_end)
        if not found.rows or not recorded.rows:
            return False
        has_newer_labels = found.labelled_through > recorded.through_sequence
        if found.labelled_through and not has_newer_labels:
            return False  # the hours' coverage is not the window's where that begins or ends within an hour
        newest = found.labelled_at or state.last_received_at
        return is_restatement_due(
            recorded_coverage=(recorded.labels or 0) / recorded.rows,
            coverage=found.labels / found.rows,
            has_newer_labels=has_newer_labels,
            are_labels_quiet=newest is not None and self._reacting.now() - newest > QUIET,
        )

    async def _ask(
        self,
        plan: evaluations.Plan,
        version: registry.Version,
        deployments: Sequence[registry.Deployment],
        project: tenancy.Project,
        window: Window,
        cause: Cause,
        sequence: int,
    ) -> None:
        closes = cause == "window_closed"  # once, with whatever has come in by then
        by = Command(
            id=derived_id("clock", plan.id, cause, window.start, window.end, None if closes else sequence),
            actor=Actor("system", "clock"),
            at=self._reacting.now(),
            tenant=Tenant(project.organization_id, project.id),
        )
        asked_at = await request(
            self._reacting,
            version,
            plan,
            deployments,
            cause=cause,
            window=window,
            zone=ZoneInfo(project.time_zone),
            through_sequence=sequence,
            by=by,
        )
        if asked_at is not None:
            self._asked_until = asked_at


async def _closed_windows(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    grid_digest: str,
    after: datetime,
    policy: PlanPolicy,
    zone: ZoneInfo,
) -> list[Window]:
    """The first windows after a moment that have closed and hold rows, as far as these are folded.

    A window without rows says nothing that could be right or wrong: a gap of a year is passed over in one step. Of
    windows that share an hour with rows, which those shorter than an hour do, each counts as holding them.
    """
    stored = await folded.stored(connection, version.number, grid_digest)
    windows: list[Window] = []
    while stored is not None and len(windows) < WINDOWS_A_TICK:
        hour = await folded.next_hour(connection, version.number, after=after)
        if hour is None:
            break
        window = window_of(max(hour, after), policy, zone)
        if not is_closed(window, policy, high_water=stored.high_water):
            break
        windows.append(window)
        after = window.end
    return windows


@contextmanager
def _others_go_on(**about: str) -> Generator[None]:
    """What is wrong with one thing is told, and does not hold up the others."""
    try:
        yield
    except Exception as error:
        if is_lost_connection(error):
            raise
        log.exception("clock_failed", **about)
