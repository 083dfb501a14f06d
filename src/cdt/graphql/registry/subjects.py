"""What a command is about: seen under the tenant's policy and allowed, or refused before any stream is loaded."""

from strawberry import relay

from cdt.domain.errors import NotFound
from cdt.domain.kernel import Tenant
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Info
from cdt.graphql.ids import id_of
from cdt.readmodels import registry


async def model_of(info: Info, global_id: relay.GlobalID, permission: Permission) -> tuple[registry.Model, Tenant]:
    """The model and whose it is; NotFound when it can't be seen, Forbidden when only seeing is allowed."""
    at, grants = await info.context.at(), await info.context.grants()
    model = await info.context.loaders.registry.model.load((at, id_of(global_id, "Model")))
    if model is None:
        raise NotFound(kind="model")
    grants.require(permission, model.project_id)
    return model, grants.tenant(model.project_id)


async def version_of(info: Info, global_id: relay.GlobalID, permission: Permission) -> tuple[registry.Version, Tenant]:
    """The version and whose it is; NotFound when it can't be seen, Forbidden when only seeing is allowed."""
    at, grants = await info.context.at(), await info.context.grants()
    version = await info.context.loaders.registry.version.load((at, id_of(global_id, "Version")))
    if version is None:
        raise NotFound(kind="version")
    grants.require(permission, version.project_id)
    return version, grants.tenant(version.project_id)
