"""Look-ups of models, versions and deployments."""

from typing import TYPE_CHECKING

from cdt.graphql.batching import many_by_id, one_by_id
from cdt.readmodels import registry

if TYPE_CHECKING:
    from cdt.graphql.context import Context


class RegistryLoaders:
    """Look-ups by id and by model."""

    def __init__(self, context: "Context") -> None:
        """Reads as far as the context's grants reach."""
        self.model = one_by_id(context, registry.models, lambda row: row.id)
        self.version = one_by_id(context, registry.versions, lambda row: row.id)
        self.versions_of_model = many_by_id(context, registry.versions_of_models, lambda row: row.model_id)
        self.deployments_of_model = many_by_id(context, registry.deployments_of_models, lambda row: row.model_id)
