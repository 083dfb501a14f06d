"""Look-ups of models, versions and deployments."""

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING
from uuid import UUID

from cdt.graphql.batching import many_by_id, one_by_id
from cdt.graphql.limits import spend
from cdt.readmodels import registry

if TYPE_CHECKING:
    from cdt.graphql.context import At, Context


class RegistryLoaders:
    """Look-ups by id and by model."""

    def __init__(self, context: "Context") -> None:
        """Reads as far as the context's grants reach."""
        self._context = context
        self.model = one_by_id(context, registry.models, lambda row: row.id)
        self.dictionary = one_by_id(context, registry.dictionaries, lambda row: row.id)
        self.version = one_by_id(context, registry.versions, lambda row: row.id)
        self.versions_of_model = many_by_id(context, registry.versions_of_models, lambda row: row.model_id)
        self.deployments_of_model = many_by_id(context, registry.deployments_of_models, lambda row: row.model_id)

    async def model_acted_on(
        self, at: "At", once: Awaitable[None] | None, *, model_id: UUID, version_id: UUID | None = None
    ) -> registry.Model | None:
        """A model that was acted on, `once` that can be read.

        Its deployments and that version come in the same round trip, since they are asked for next; without the
        loaders' batches, which would be of one each.
        """
        spend(1)
        async with self._context.view(at, once=once) as view:
            models, deployments, versions = await asyncio.gather(
                registry.models(view, [model_id]),
                registry.deployments_of_models(view, [model_id]),
                registry.versions(view, [] if version_id is None else [version_id]),
            )
        self.deployments_of_model.prime((at, model_id), deployments)
        for each in versions:
            self.version.prime((at, each.id), each)
        return models[0] if models else None
