"""The plan that a version begins with, when its first baseline is set."""

from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

import structlog

from cdt.commands import evaluations as commands
from cdt.database.reading import NOBODY
from cdt.domain.evaluations.decisions import PlanExists
from cdt.domain.evaluations.following import follow
from cdt.domain.evaluations.kinds import fitted
from cdt.domain.evaluations.plan import DEFAULT_POLICY
from cdt.domain.evaluations.proposing import Proposal, propose
from cdt.domain.kernel import Command, Envelope
from cdt.domain.registry.events import BaselineSet
from cdt.predictions.documents import DocumentIsMissing
from cdt.reactions.responding import Reacting
from cdt.readmodels import evaluations, registry
from cdt.workers.proposing import shape_of_fact

log = structlog.get_logger()


async def make_first_plan(reacting: Reacting, event: BaselineSet, of: Envelope, *, by: Command) -> None:
    """Watch a version that has no plan by the one that suits it, as known when its baseline was set."""
    assert of.position is not None
    async with reacting.reader.at(of.position, NOBODY) as view:
        if await evaluations.plans_of_versions(view, [event.version_id]):
            return
        every = await registry.versions_of_models(view, [of.stream_id])
        newer = [each.id for each in every].index(event.version_id)
        former = every[newer + 1 :]
        plans = await evaluations.plans_of_versions(view, [each.id for each in former])
    plan_by_version = {each.version_id: each for each in plans}
    before = next((each for each in former if each.id in plan_by_version), None)
    proposal = await _proposal(reacting, event, of, every[newer], before, plan_by_version)
    with suppress(PlanExists):
        await reacting.act(
            commands.make_plan,
            event.version_id,
            model_id=of.stream_id,
            policy=proposal.policy,
            because=proposal.because,
            by=by,
        )


async def _proposal(
    reacting: Reacting,
    event: BaselineSet,
    of: Envelope,
    version: registry.Version,
    before: registry.Version | None,
    plan_by_version: Mapping[UUID, evaluations.Plan],
) -> Proposal:
    """The plan of the version before it, if somebody had changed that; else what suits this one."""
    assert of.recorded_at is not None
    if before is not None and (plan := plan_by_version[before.id]).is_somebodys:
        signature = version.typed_signature
        attributes = [group.name for group in signature.groups]
        return follow(
            plan.typed_policy,
            tag=before.tag,
            columns=signature.columns,
            attributes=attributes,
            classes=signature.classes,
            is_of_numbers=signature.is_of_numbers,
        )
    try:
        async with reacting.writer.transaction([version.project_id]) as connection:
            shape = await shape_of_fact(connection, version.project_id, event, former=before, until=of.recorded_at)
    except DocumentIsMissing:
        log.warning("plan_not_proposed", version=str(version.id), exc_info=True)
        return Proposal(fitted(DEFAULT_POLICY, is_of_numbers=version.typed_signature.is_of_numbers), ())
    return propose(shape)
