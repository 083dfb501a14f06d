"""What a version's later behaviour is held against: setting it, letting it move, and fitting another grid."""

from datetime import datetime
from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.commands import registry as commands
from cdt.domain.errors import Conflict, Invalid
from cdt.domain.moments import check_window
from cdt.domain.registry import baselines as domain
from cdt.domain.registry.decisions import NoGrid
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Done, Info
from cdt.graphql.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    RateLimitedError,
    UnauthenticatedError,
)
from cdt.graphql.fields import mutation
from cdt.graphql.registry.baselines import MovingKind
from cdt.graphql.registry.subjects import version_row_of
from cdt.graphql.registry.types import Version
from cdt.graphql.scalars import PositionText
from cdt.readmodels import registry
from cdt.vault.secret import IDENTITIES
from cdt.workers import baselines
from cdt.workers.child import ChildFailed

BASELINE_SECONDS = 120.0
"""Fitting a million rows of 25 columns takes some seconds."""


class BaselineFailed(Conflict):
    """The baseline could not be computed ({why}); try again, with a shorter window if it is large."""


@strawberry.input(description="The rows that the version's later behaviour is measured against.")
class SetBaselineInput:
    """Predictions, with their labels, of a half-open window of predicted_at; send them first."""

    version_id: strawberry.ID
    predicted_from: datetime
    predicted_to: datetime
    command_id: str | None = None


@strawberry.input(description="Rows of before each window, for the version to be held against.")
class FollowBaselineInput:
    """From 1 to 400 days, SEASONAL from 7."""

    version_id: strawberry.ID
    kind: MovingKind
    days: int = 30
    command_id: str | None = None


@strawberry.input(description="The rows that another grid is fitted to; they are the baseline on it.")
class RefitGridInput:
    """As of `setBaseline`."""

    version_id: strawberry.ID
    predicted_from: datetime
    predicted_to: datetime
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="The version with its baseline; null when it can't be read yet.")
class SetBaselinePayload:
    """`lagging` says that the change is recorded but not readable yet."""

    version: Version | None
    position: PositionText | None
    lagging: bool


@needs(Permission.READ)
@strawberry.type(description="The version with what it is held against; null when it can't be read yet.")
class FollowBaselinePayload:
    """`lagging` says that the change is recorded but not readable yet."""

    version: Version | None
    position: PositionText | None
    lagging: bool


@needs(Permission.READ)
@strawberry.type(description="The version with its other grid; null when it can't be read yet.")
class RefitGridPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    version: Version | None
    position: PositionText | None
    lagging: bool


SetBaselineResult = Annotated[
    SetBaselinePayload
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("SetBaselineResult"),
]
FollowBaselineResult = Annotated[
    FollowBaselinePayload
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("FollowBaselineResult"),
]
RefitGridResult = Annotated[
    RefitGridPayload
    | NotFoundError
    | ConflictError
    | InvalidError
    | ForbiddenError
    | UnauthenticatedError
    | RateLimitedError,
    strawberry.union("RefitGridResult"),
]


@strawberry.type
class BaselineMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.WRITE_REGISTRY, "Fit the version's grid, if it has none, and profile a window as its baseline."
    )
    async def set_baseline(self, info: Info, input: SetBaselineInput) -> SetBaselineResult:  # noqa: A002
        """A default monitoring plan follows from it. A baseline that moved ends."""
        version, tenant = await version_row_of(info, input.version_id, Permission.WRITE_REGISTRY)
        fitted = await _fitted(info, version, (input.predicted_from, input.predicted_to), refits=False)
        done = await info.context.do(
            commands.set_baseline,
            version.model_id,
            version_id=version.id,
            fitted=fitted,
            by=await command_of(info, input, tenant),
        )
        shown = await _shown(info, done, version)
        return SetBaselinePayload(version=shown, position=done.position_text, lagging=done.lagging)

    @mutation(
        Permission.WRITE_REGISTRY,
        "Hold the version against rows of before each window, on its grid, until a baseline is set.",
    )
    async def follow_baseline(self, info: Info, input: FollowBaselineInput) -> FollowBaselineResult:  # noqa: A002
        """What was measured before stays as it is."""
        version, tenant = await version_row_of(info, input.version_id, Permission.WRITE_REGISTRY)
        done = await info.context.do(
            commands.follow_baseline,
            version.model_id,
            version_id=version.id,
            moving=domain.MovingBaseline(kind=input.kind.value, days=input.days),
            by=await command_of(info, input, tenant),
        )
        shown = await _shown(info, done, version)
        return FollowBaselinePayload(version=shown, position=done.position_text, lagging=done.lagging)

    @mutation(
        Permission.WRITE_REGISTRY,
        "Fit another grid to a window, which becomes the baseline on it; rows are counted on it from now on.",
    )
    async def refit_grid(self, info: Info, input: RefitGridInput) -> RefitGridResult:  # noqa: A002
        """What was measured before stays on the former grid. A baseline that moves goes on, on the new one."""
        version, tenant = await version_row_of(info, input.version_id, Permission.WRITE_REGISTRY)
        if version.grid_digest is None:
            raise NoGrid
        fitted = await _fitted(info, version, (input.predicted_from, input.predicted_to), refits=True)
        done = await info.context.do(
            commands.refit_grid,
            version.model_id,
            version_id=version.id,
            fitted=fitted,
            by=await command_of(info, input, tenant),
        )
        shown = await _shown(info, done, version)
        return RefitGridPayload(version=shown, position=done.position_text, lagging=done.lagging)


async def _fitted(
    info: Info, version: registry.Version, window: tuple[datetime, datetime], *, refits: bool
) -> domain.FittedBaseline:
    check_window(*window, fields=("predictedFrom", "predictedTo"))
    services = info.context.services
    try:
        fitted = await services.child.run(
            BASELINE_SECONDS,
            baselines.fit_baseline,
            services.system_conninfo,
            services.objects.storage.place,
            version.project_id,
            version.id,
            window,
            version.grid_digest,
            services.secret.key_for(IDENTITIES),
            refits=refits,
        )
    except ChildFailed as error:
        raise BaselineFailed(why=str(error)) from error
    if isinstance(fitted, baselines.Refused):
        raise Invalid(fitted.field, fitted.problem)
    return fitted


async def _shown(info: Info, done: Done, version: registry.Version) -> Version | None:
    return None if done.lagging else await Version.load(info, done.at, version.id)
