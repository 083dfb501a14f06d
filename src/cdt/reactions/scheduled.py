"""Plans whose schedule says that the window up to now is due."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from cdt.commands import schedules
from cdt.database.reading import NOBODY
from cdt.domain.evaluations.decisions import EvaluationDiffers
from cdt.domain.evaluations.windows import trailing_window
from cdt.domain.kernel import Actor, Command, Tenant, derived_id
from cdt.predictions.versions import intake_states
from cdt.reactions.looking import others_go_on
from cdt.reactions.requesting import request
from cdt.reactions.responding import Reacting
from cdt.readmodels import evaluations, registry, tenancy


class _Next(NamedTuple):
    """When a plan is due next, and by which rules and when that was reckoned."""

    schedule: str
    time_zone: str
    due: datetime
    reckoned_at: datetime


class Schedules:
    """Looks for them. A time that is due is served once, however many processes look and whenever they die.

    Of times that went by while nobody looked the last is served. Without new rows since the plan was served last,
    nothing is measured again.
    """

    def __init__(self, reacting: Reacting) -> None:
        self._reacting = reacting
        self._next: dict[UUID, _Next] = {}

    async def look_for_schedules(self) -> None:
        """Ask for every evaluation that is due by now."""
        async with self._reacting.reader.at(None, NOBODY) as view:
            plans = await evaluations.scheduled_plans(view)
            found = await tenancy.projects(view, sorted({plan.project_id for plan in plans})) if plans else []
        projects = {project.id: project for project in found if project.archived_at is None}
        self._next = {plan.id: self._next[plan.id] for plan in plans if plan.id in self._next}
        for plan in plans:
            project = projects.get(plan.project_id)
            if project is not None:
                with others_go_on(plan=str(plan.id)):
                    await self._look_at(plan, project)

    async def _look_at(self, plan: evaluations.Plan, project: tenancy.Project) -> None:
        schedule, zone, now = plan.typed_policy.schedule, ZoneInfo(project.time_zone), self._reacting.now()
        assert schedule is not None
        known = self._next.get(plan.id)
        if known is not None and now < known.reckoned_at:
            known = None  # the clock was ahead: what it made of the next time is far off
        if known is None or (known.schedule, known.time_zone) != (schedule, project.time_zone):
            known = _Next(schedule, project.time_zone, schedules.next_after(schedule, _changed_at(plan), zone), now)
        if known.due <= now:
            await self._ask(plan, project, zone, schedules.last_until(schedule, now, zone))
            known = known._replace(due=schedules.next_after(schedule, now, zone), reckoned_at=now)
        self._next[plan.id] = known

    async def _ask(self, plan: evaluations.Plan, project: tenancy.Project, zone: ZoneInfo, due: datetime) -> None:
        async with self._reacting.reader.at(None, NOBODY) as view:
            version = next(iter(await registry.versions(view, [plan.version_id])), None)
            deployments = await registry.deployments_of_models(view, [plan.model_id])
            last = await evaluations.newest_by_cause(view, plan.id, "schedule")
        async with self._reacting.writer.transaction() as connection:
            state = (await intake_states(connection, [plan.version_id])).get(plan.version_id)
        if version is None or state is None or state.high_water is None:
            return
        if last is not None and last.through_sequence >= state.sequence and last.requested_at >= _changed_at(plan):
            return
        by = Command(
            id=derived_id("schedule", plan.id, due),
            actor=Actor("system", "schedule"),
            at=self._reacting.now(),
            tenant=Tenant(project.organization_id, project.id),
        )
        try:
            await request(
                self._reacting,
                version,
                plan,
                deployments,
                cause="schedule",
                window=trailing_window(plan.typed_policy, high_water=state.high_water),
                zone=zone,
                through_sequence=state.sequence,
                due=due,
                by=by,
            )
        except EvaluationDiffers:  # it was served before somebody changed the plan
            return


def _changed_at(plan: evaluations.Plan) -> datetime:
    return plan.changed_at or plan.made_at
