"""Windows that have closed, and those of which labels came late."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from cdt.database.reading import NOBODY, View
from cdt.domain.evaluations.events import Cause
from cdt.domain.evaluations.pacing import is_restatement_due
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import Actor, Command, Position, Tenant, derived_id
from cdt.predictions import folded
from cdt.predictions.closed_windows import closed_windows
from cdt.predictions.columns import EPOCH
from cdt.predictions.versions import IntakeState, NumberedVersion, find_version, intake_states
from cdt.reactions.looking import others_go_on
from cdt.reactions.requesting import request
from cdt.reactions.responding import Reacting
from cdt.readmodels import evaluations, registry, tenancy

WINDOWS_A_TICK = 6
"""Closed windows that one version asks for at once: a version that took in years is recorded step by step."""
RESTATED_FOR = timedelta(days=400)
QUIET = timedelta(hours=1)


class _Recorded(NamedTuple):
    """Of a closed window: what was asked for last, and what is done; the same unless that was given up or cancelled."""

    newest: evaluations.Evaluation
    completed: evaluations.Evaluation


class ClosedWindows:
    """Looks for them. Everything that is asked for is safe to be asked twice."""

    def __init__(self, reacting: Reacting) -> None:
        self._reacting = reacting
        self._asked_until: Position | None = None

    def forget(self) -> None:
        """Whoever led before may have asked for what it never heard the answer to."""
        self._asked_until = None

    async def look(self) -> None:
        """Ask for what has closed since, and for what is to be measured again."""
        if not await self._sees_what_was_asked():
            return
        async with self._reacting.reader.at(None, NOBODY) as view:
            plans = await evaluations.every_plan(view)
        async with self._reacting.writer.transaction() as connection:
            states = await intake_states(connection, [plan.version_id for plan in plans])
        for plan in plans:
            state = states.get(plan.version_id)
            if state is not None and state.high_water is not None:
                with others_go_on(plan=str(plan.id)):
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
            recorded = await _recorded(view, plan.id, ending_after=state.high_water - RESTATED_FOR)
            deployments = await registry.deployments_of_models(view, [plan.model_id])
        if project is None or version.grid_digest is None:
            return  # a project that was deleted is watched no more
        # of an upload nobody knows when its rows were predicted, so that every window counts
        after = (version.baseline_to or EPOCH) if newest is None else newest.window_end
        async with self._reacting.writer.transaction() as connection:
            numbered = await find_version(connection, plan.version_id)
            assert numbered is not None
            zone = ZoneInfo(project.time_zone)
            closed = await closed_windows(
                connection,
                numbered.number,
                version.grid_digest,
                after=after,
                policy=policy,
                zone=zone,
                most=WINDOWS_A_TICK,
            )
            restated = [
                each.completed
                for each in (recorded if "labels" in policy.triggers else ())
                if await self._is_restatement_due(connection, numbered, state, policy, each)
            ]
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
        policy: PlanPolicy,
        window: _Recorded,
    ) -> bool:
        recorded = window.completed
        if state.kept_from is not None and recorded.window_start < state.kept_from:
            return False  # of what was recorded not all is left
        found = await folded.coverage(connection, version.number, start=recorded.window_start, end=recorded.window_end)
        if not found.rows or not recorded.rows:
            return False
        has_newer_labels = found.labelled_through > window.newest.through_sequence
        if found.labelled_through and not has_newer_labels:
            return False  # the hours' coverage is not the window's where that begins or ends within an hour
        newest = found.labelled_at or state.last_received_at
        are_labels_quiet = newest is not None and self._reacting.now() - newest > QUIET
        if window.newest.state != "completed" and not are_labels_quiet:
            return False  # what was given up or cancelled is not begun anew with every label
        return is_restatement_due(
            recorded_coverage=(recorded.labels or 0) / recorded.rows,
            coverage=found.labels / found.rows,
            has_newer_labels=has_newer_labels,
            are_labels_quiet=are_labels_quiet,
            least_label_share=policy.least_label_share,
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


async def _recorded(view: View, plan_id: UUID, *, ending_after: datetime) -> list[_Recorded]:
    """The windows that have a record and of which nothing is being computed."""
    newest = await evaluations.newest_of_windows(view, plan_id, ending_after=ending_after)
    completed = {(each.window_start, each.window_end): each for each in newest if each.state == "completed"}
    if any(each.state in {"failed", "cancelled"} for each in newest):
        done = await evaluations.newest_of_windows(view, plan_id, ending_after=ending_after, is_completed=True)
        completed = {(each.window_start, each.window_end): each for each in done}
    return [
        _Recorded(each, completed[each.window_start, each.window_end])
        for each in newest
        if each.state != "requested" and (each.window_start, each.window_end) in completed
    ]
