"""A baseline gets a plan, a promotion an evaluation, what is to be computed a worker."""

import asyncio
from uuid import UUID
from zoneinfo import ZoneInfo

from cdt.database.reading import NOBODY
from cdt.domain.evaluations.events import Cancelled, Cause, PlanChanged, RecomputationRequested, Requested
from cdt.domain.evaluations.pacing import PRIORITY_BY_CAUSE
from cdt.domain.evaluations.windows import trailing_window
from cdt.domain.kernel import Envelope
from cdt.domain.registry.events import BaselineFollowed, BaselineSet, GridRefitted, Promoted, RolledBack
from cdt.predictions.versions import intake_states
from cdt.reactions.first_plans import make_first_plan
from cdt.reactions.requesting import request
from cdt.reactions.responding import Reacting, responds
from cdt.readmodels import evaluations, registry, tenancy
from cdt.workers import leases

NAME = "evaluations"


@responds(NAME, BaselineSet)
async def baseline_set(reacting: Reacting, event: BaselineSet, of: Envelope) -> None:
    """The version is watched from now on, by the plan that suits it if it has none; held against another, anew."""
    await make_first_plan(reacting, event, of, by=reacting.command(NAME, of, "plan"))
    if event.baseline.old is not None:
        await _measure_now(reacting, event.version_id, of, "live_change")


@responds(NAME, BaselineFollowed)
async def baseline_followed(reacting: Reacting, event: BaselineFollowed, of: Envelope) -> None:
    """What is held against other rows is measured anew."""
    await _measure_now(reacting, event.version_id, of, "live_change")


@responds(NAME, GridRefitted)
async def grid_refitted(reacting: Reacting, event: GridRefitted, of: Envelope) -> None:
    """So is what is counted on another grid."""
    await _measure_now(reacting, event.version_id, of, "live_change")


@responds(NAME, PlanChanged)
async def plan_changed(reacting: Reacting, event: PlanChanged, of: Envelope) -> None:
    """And what is judged by other rules."""
    await _measure_now(reacting, event.version_id, of, "plan_change")


@responds(NAME, Promoted)
async def promoted(reacting: Reacting, event: Promoted, of: Envelope) -> None:
    """Whoever serves is measured in its new environment at once, if it has been seen at all."""
    await _measure_now(reacting, event.version_id, of, "promotion")


@responds(NAME, RolledBack)
async def rolled_back(reacting: Reacting, event: RolledBack, of: Envelope) -> None:
    """The former champion serves again, and is measured again."""
    if event.serving.new is not None:
        await _measure_now(reacting, event.serving.new, of, "promotion")


@responds(NAME, Requested)
async def requested(reacting: Reacting, event: Requested, of: Envelope) -> None:
    """A lease says in Postgres that it is due; the job is a hint."""
    assert of.position is not None
    assert of.tenant.project_id is not None
    async with reacting.writer.transaction() as connection:
        await leases.open_lease(
            connection,
            fact=of.position,
            kind="evaluation",
            subject=of.stream_id,
            project_id=of.tenant.project_id,
            plan_id=event.plan_id,
            priority=PRIORITY_BY_CAUSE[event.cause],
        )
    if event.cause != "backfill":  # the next look hands over a few, and who takes up one goes on
        await reacting.queue.add_leased("evaluation", of.position, 1)


@responds(NAME, Cancelled)
async def cancelled(reacting: Reacting, event: Cancelled, of: Envelope) -> None:
    """Who computes it hears of it when they renew the lease; who would begin finds none.

    Told late, or once more, it leaves alone what was asked for since.
    """
    del event
    assert of.position is not None
    async with reacting.writer.transaction() as connection:
        await leases.end_of_subject(connection, of.stream_id, kind="evaluation", before=of.position)


@responds(NAME, RecomputationRequested)
async def recomputation_requested(reacting: Reacting, event: RecomputationRequested, of: Envelope) -> None:
    """So does an evaluation that is computed once more."""
    assert of.position is not None
    assert of.tenant.project_id is not None
    async with reacting.writer.transaction() as connection:
        await leases.open_lease(
            connection,
            fact=of.position,
            kind="recomputation",
            subject=event.evaluation_id,
            project_id=of.tenant.project_id,
        )
    await reacting.queue.add_leased("recomputation", of.position, 1)


async def _measure_now(reacting: Reacting, version_id: UUID, of: Envelope, cause: Cause) -> None:
    assert of.position is not None
    async with reacting.reader.at(of.position, NOBODY) as view:
        plan = next(iter(await evaluations.plans_of_versions(view, [version_id])), None)
        if plan is None or (cause == "promotion" and "promotion" not in plan.typed_policy.triggers):
            return
        versions, deployments = await asyncio.gather(
            registry.versions(view, [version_id]), registry.deployments_of_models(view, [plan.model_id])
        )
        if not versions:
            return
        project = next(iter(await tenancy.projects(view, [versions[0].project_id])), None)
    async with reacting.writer.transaction() as connection:
        state = (await intake_states(connection, [version_id])).get(version_id)
    if state is None or state.high_water is None:
        return
    window = trailing_window(plan.typed_policy, high_water=state.high_water)
    await request(
        reacting,
        versions[0],
        plan,
        deployments,
        cause=cause,
        window=window,
        zone=ZoneInfo("UTC" if project is None else project.time_zone),
        through_sequence=state.sequence,
        fact=of.position,
        by=reacting.command(NAME, of, cause),
    )
