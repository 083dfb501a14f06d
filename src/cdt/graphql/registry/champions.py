"""The version that a model's trust is that of."""

from collections.abc import Sequence
from uuid import UUID

from cdt.graphql.context import At, Info
from cdt.readmodels import registry


async def champion_of(info: Info, at: At, model_id: UUID) -> registry.Deployment | None:
    """The production champion; None while none was promoted."""
    return champion_among(await info.context.loaders.registry.deployments_of_model.load((at, model_id)))


def champion_among(deployments: Sequence[registry.Deployment]) -> registry.Deployment | None:
    """The production champion of a model's deployments."""
    return next((row for row in deployments if (row.environment, row.role) == ("production", "champion")), None)


async def watched_version_of(info: Info, at: At, model_id: UUID) -> registry.Version | None:
    """The version that screens show of a model: its production champion, else its newest."""
    champion = await champion_of(info, at, model_id)
    if champion is not None:
        return await info.context.loaders.registry.version.load((at, champion.version_id))
    versions = await info.context.loaders.registry.versions_of_model.load((at, model_id))
    return versions[0] if versions else None
