"""Look-ups of scores and policies."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from strawberry.dataloader import DataLoader

from cdt.database.reading import View
from cdt.graphql.batching import one_by_id
from cdt.graphql.limits import spend
from cdt.predictions.versions import IntakeState, intake_states_at
from cdt.readmodels import trust

if TYPE_CHECKING:
    from cdt.graphql.context import At, Context

IntakeKey = tuple["At", UUID, UUID]
"""Where it is read, the version's project, and the version."""
PRODUCTION = "production"
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
"""Later than any row. What is known of a version now counts bodies of which no row was taken in as received, too."""


class TrustLoaders:
    """Look-ups by model and evaluation."""

    def __init__(self, context: "Context") -> None:
        """Reads as far as the context's grants reach."""
        self.policy_of_model = one_by_id(context, trust.policies_of_models, lambda row: row.about)
        self.default_policy_of_project = one_by_id(context, trust.default_policies_of_projects, lambda row: row.about)
        self.score_of_champion = one_by_id(context, _of_champions, lambda row: row.model_id)
        self.intake_of_version = _intake_by_version(context)
        self.score_of_evaluation = one_by_id(context, trust.scores_of_evaluations, lambda row: row.evaluation_id)


async def _of_champions(view: View, model_ids: list[UUID]) -> list[trust.RecordedScore]:
    return await trust.newest_of_champions(view, model_ids, environment=PRODUCTION)


def _intake_by_version(context: "Context") -> "DataLoader[IntakeKey, IntakeState | None]":
    """How much versions have taken in, of a project and as of their newest rows that were known at a position."""

    async def load(keys: list[IntakeKey]) -> list[IntakeState | None]:
        spend(len(keys))
        found: dict[IntakeKey, IntakeState] = {}
        for at in dict.fromkeys(key[0] for key in keys):
            wanted = [key for key in keys if key[0] == at]
            moment = LATEST if at.is_now else await context.services.reader.recorded_at(at.position)
            projects, versions = [key[1] for key in wanted], [key[2] for key in wanted]
            async with context.services.writer.transaction(list(dict.fromkeys(projects))) as connection:
                states = await intake_states_at(connection, versions, moment)
            found |= {(at, state.project_id, state.version_id): state for state in states.values()}
        return [found.get(key) for key in keys]

    return DataLoader(load_fn=load, cache=context.is_one_operation)
