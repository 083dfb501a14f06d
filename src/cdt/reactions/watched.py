"""What a live reading needs to know besides its rows: grid, baseline, plan, policy, and the score before."""

from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from cdt.database.reading import NOBODY
from cdt.domain.kernel import Position
from cdt.domain.trust.policy import DEFAULT_POLICY, TrustPolicy
from cdt.measures.definitions import ReadingRules
from cdt.measures.grid import Grid
from cdt.measures.packing import decode
from cdt.measures.profile import Profile
from cdt.predictions import documents
from cdt.reactions.responding import Reacting
from cdt.readmodels import evaluations, registry, tenancy, trust
from cdt.workers.readings import rules_of


class Watched(NamedTuple):
    """A version that has a baseline and a plan, as known at a position.

    baseline: the one that was set, which counts unless another moves. zone: the project's.
    """

    position: Position
    organization_id: UUID
    version: registry.Version
    plan: evaluations.Plan
    deployments: list[registry.Deployment]
    environment: str
    policy: TrustPolicy
    policy_since: Position | None
    recorded: trust.RecordedScore | None
    newest_record: evaluations.Evaluation | None
    is_one_in_flight: bool
    zone: ZoneInfo
    grid: Grid
    baseline: Profile
    rules: ReadingRules

    def says_the_same_as(self, before: "Watched | None") -> bool:
        """Whether nothing is known that was not known before."""
        return before is not None and before._replace(position=self.position) == self


async def watched(reacting: Reacting, version_id: UUID, before: Watched | None) -> Watched | None:
    """The version as known now; None while it has no baseline or plan. Grid and baseline are kept from `before`."""
    async with reacting.reader.at(None, NOBODY) as view:
        version = next(iter(await registry.versions(view, [version_id])), None)
        if version is None or version.grid_digest is None or version.baseline_digest is None:
            return None
        plan = next(iter(await evaluations.plans_of_versions(view, [version_id])), None)
        if plan is None:
            return None
        deployments = await registry.deployments_of_models(view, [version.model_id])
        environment = registry.environment_of(version_id, deployments)
        policy = next(iter(await trust.policies_of_models(view, [version.model_id])), None)
        recorded = next(iter(await trust.newest_of_versions(view, [version_id], environment=environment)), None)
        newest_record = await evaluations.newest_by_cause(view, plan.id, "live_change")
        in_flight = await evaluations.in_flight(view, [plan.id])
        project = next(iter(await tenancy.projects(view, [version.project_id])), None)
        position = view.position
    if project is None:  # deleted: nobody looks at it any more
        return None
    grid, baseline = await _grid_and_baseline(reacting, version, before)
    return Watched(
        position=position,
        organization_id=project.organization_id,
        version=version,
        plan=plan,
        deployments=deployments,
        environment=environment,
        policy=DEFAULT_POLICY if policy is None else policy.typed_policy,
        policy_since=None if policy is None else Position(policy.since),
        recorded=recorded,
        newest_record=newest_record,
        is_one_in_flight=bool(in_flight),
        zone=ZoneInfo(project.time_zone),
        grid=grid,
        baseline=baseline,
        rules=rules_of(plan.typed_policy, grid),
    )


async def _grid_and_baseline(
    reacting: Reacting, version: registry.Version, before: Watched | None
) -> tuple[Grid, Profile]:
    assert version.grid_digest is not None
    assert version.baseline_digest is not None
    if before is not None and (before.version.grid_digest, before.version.baseline_digest) == (
        version.grid_digest,
        version.baseline_digest,
    ):
        return before.grid, before.baseline
    async with reacting.writer.transaction([version.project_id]) as connection:
        grid = Grid.from_json(await documents.get(connection, version.project_id, version.grid_digest))
        return grid, decode(grid, await documents.get(connection, version.project_id, version.baseline_digest))
