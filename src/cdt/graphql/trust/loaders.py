"""Look-ups of scores and policies."""

from typing import TYPE_CHECKING
from uuid import UUID

from cdt.database.reading import View
from cdt.graphql.batching import one_by_id
from cdt.readmodels import trust

if TYPE_CHECKING:
    from cdt.graphql.context import Context

PRODUCTION = "production"


class TrustLoaders:
    """Look-ups by model and evaluation."""

    def __init__(self, context: "Context") -> None:
        """Reads as far as the context's grants reach."""
        self.policy_of_model = one_by_id(context, trust.policies_of_models, lambda row: row.about)
        self.default_policy_of_project = one_by_id(context, trust.default_policies_of_projects, lambda row: row.about)
        self.score_of_champion = one_by_id(context, _of_champions, lambda row: row.model_id)
        self.score_of_evaluation = one_by_id(context, trust.scores_of_evaluations, lambda row: row.evaluation_id)


async def _of_champions(view: View, model_ids: list[UUID]) -> list[trust.RecordedScore]:
    return await trust.newest_of_champions(view, model_ids, environment=PRODUCTION)
