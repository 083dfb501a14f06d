"""What a model's facts add up to."""

from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.kernel import Decider, Digest, Event
from cdt.domain.registry.baselines import MovingBaseline
from cdt.domain.registry.dictionary import Dictionary
from cdt.domain.registry.events import (
    BaselineFollowed,
    BaselineSet,
    BaselineSource,
    ColumnsDescribed,
    DeploymentRole,
    Environment,
    GridRefitted,
    IntakePolicy,
    IntakePolicyChanged,
    ModelRegistered,
    Promoted,
    RolledBack,
    VersionAdded,
)
from cdt.domain.registry.signature import Signature
from cdt.domain.text import Text


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version, with the digests of its grid and baseline once they are set.

    source: what that baseline was made of. moving: what takes its place, if anything does.
    """

    id: UUID
    tag: str
    signature: Signature
    grid: Digest | None = None
    baseline: Digest | None = None
    source: BaselineSource | None = None
    moving: MovingBaseline | None = None


class RegisteredModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model: its versions by id, who serves where, and the champions that came before, newest last."""

    name: str | None = None
    description: Text = ""
    versions: dict[UUID, Version] = {}
    serving: dict[tuple[Environment, DeploymentRole], UUID] = {}
    former_champions: dict[Environment, tuple[UUID, ...]] = {}
    intake_policy: IntakePolicy = "reject_row"
    dictionary: Dictionary = ()

    @property
    def is_registered(self) -> bool:
        """Whether the model exists."""
        return self.name is not None

    def version_tagged(self, tag: str) -> Version | None:
        """The version with this tag, if there is one."""
        return next((version for version in self.versions.values() if version.tag == tag), None)


def evolve(model: RegisteredModel, event: Event) -> RegisteredModel:
    """The model after one more fact."""
    match event:
        case ModelRegistered():
            return replace(model, name=event.name, description=event.description)
        case VersionAdded():
            return _with(model, Version(id=event.version_id, tag=event.tag, signature=event.signature))
        case BaselineSet() | BaselineFollowed() | GridRefitted():
            return _with(model, _held_against(model.versions[event.version_id], event))
        case Promoted(role="champion"):
            former = model.former_champions.get(event.environment, ())
            if event.serving.old is not None:
                former = (*former, event.serving.old)
            return replace(
                model,
                serving={**model.serving, (event.environment, "champion"): event.version_id},
                former_champions={**model.former_champions, event.environment: former},
            )
        case Promoted():
            return replace(model, serving={**model.serving, (event.environment, event.role): event.version_id})
        case RolledBack(serving=serving) if serving.new is not None:
            return replace(
                model,
                serving={**model.serving, (event.environment, "champion"): serving.new},
                former_champions={
                    **model.former_champions,
                    event.environment: model.former_champions[event.environment][:-1],
                },
            )
        case IntakePolicyChanged() | ColumnsDescribed():
            return _said(model, event)
        case _:
            return model


def _said(model: RegisteredModel, event: IntakePolicyChanged | ColumnsDescribed) -> RegisteredModel:
    if isinstance(event, ColumnsDescribed):
        return replace(model, dictionary=event.columns.new)
    return replace(model, intake_policy=event.policy.new)


def _held_against(version: Version, event: BaselineSet | BaselineFollowed | GridRefitted) -> Version:
    match event:
        case BaselineFollowed():
            return replace(version, moving=event.moving.new)
        case GridRefitted():
            return replace(version, grid=event.grid.new, baseline=event.baseline.new, source="window")
        case BaselineSet():
            grid, baseline = event.grid.new, event.baseline.new
            return replace(version, grid=grid, baseline=baseline, source=event.source, moving=event.moving.new)


def _with(model: RegisteredModel, version: Version) -> RegisteredModel:
    return replace(model, versions={**model.versions, version.id: version})


registry = Decider(kind="model", initial=RegisteredModel(), evolve=evolve)
