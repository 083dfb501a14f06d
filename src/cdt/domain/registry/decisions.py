"""What may happen next to a model."""

from uuid import UUID

from cdt.domain.errors import Conflict, Invalid, NotFound
from cdt.domain.kernel import Change, Digest, Event
from cdt.domain.registry import baselines
from cdt.domain.registry import dictionary as dictionaries
from cdt.domain.registry.baselines import FittedBaseline, MovingBaseline
from cdt.domain.registry.dictionary import ColumnMeaning, Dictionary
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
    QuarantineSettled,
    RolledBack,
    Settlement,
    VersionAdded,
)
from cdt.domain.registry.signature import Signature, check
from cdt.domain.registry.state import RegisteredModel, Version
from cdt.domain.text import Text, described, named, reasoned

MOST_SETTLED_ROWS = 1_000
"""At once: an event has room for as many numbers."""


class ModelExists(Conflict):
    """A model with this id is already registered with another name or description."""


class VersionExists(Conflict):
    """The version {tag!r} already exists with another signature; a version never changes, so add a new tag."""


class BaselineIsSet(Conflict):
    """The version's grid is fitted already; ask again to count rows on it, or refit the grid."""


class NoGrid(Conflict):
    """The version has no grid yet that rows could be counted on; set a baseline first."""


class NothingToRollBackTo(Conflict):
    """There was no champion in {environment} before the present one."""


def register(model: RegisteredModel, *, name: str, description: Text) -> list[Event]:
    """Make the model known."""
    name = named("name", name)
    if model.is_registered:
        if (model.name, model.description) == (name, description):
            return []
        raise ModelExists
    return [ModelRegistered(name=name, description=described("description", description))]


def add_version(model: RegisteredModel, *, version_id: UUID, tag: str, signature: Signature) -> list[Event]:
    """Add an immutable version; the same tag with the same signature again changes nothing."""
    _require_registered(model)
    tag = named("tag", tag)
    check(signature)
    existing = model.version_tagged(tag)
    if existing is not None and existing.signature == signature:
        return []
    if existing is not None:
        raise VersionExists(tag=tag)
    return [VersionAdded(version_id=version_id, tag=tag, signature=signature)]


def set_baseline(
    model: RegisteredModel,
    *,
    version_id: UUID,
    fitted: FittedBaseline,
    source: BaselineSource = "window",
    body: Digest | None = None,
) -> list[Event]:
    """Name what the version's later behaviour is measured against. The grid stays; another baseline may follow."""
    version = _version(model, version_id)
    if (version.grid, version.baseline, version.source, version.moving) == (
        fitted.grid,
        fitted.baseline,
        source,
        None,
    ):
        return []
    if version.grid is not None and version.grid != fitted.grid:
        raise BaselineIsSet
    return [
        BaselineSet(
            version_id=version_id,
            grid=Change(version.grid, fitted.grid),
            baseline=Change(version.baseline, fitted.baseline),
            rows=fitted.rows,
            labelled_rows=fitted.labelled_rows,
            predicted_from=fitted.predicted_from,
            predicted_to=fitted.predicted_to,
            source=source,
            body=body,
            moving=Change(version.moving, None),
            days=fitted.days,
            busy_days=fitted.busy_days,
        )
    ]


def follow_baseline(model: RegisteredModel, *, version_id: UUID, moving: MovingBaseline) -> list[Event]:
    """Hold the version against rows of before each window; the baseline that was set stays beside it, unused."""
    version = _version(model, version_id)
    baselines.check(moving)
    if version.grid is None:
        raise NoGrid
    if version.moving == moving:
        return []
    return [BaselineFollowed(version_id=version_id, moving=Change(version.moving, moving))]


def refit_grid(model: RegisteredModel, *, version_id: UUID, fitted: FittedBaseline) -> list[Event]:
    """Count on another grid from now on. A baseline that moves goes on moving, on that grid."""
    version = _version(model, version_id)
    if version.grid is None or version.baseline is None:
        raise NoGrid
    if (version.grid, version.baseline) == (fitted.grid, fitted.baseline):
        return []
    if fitted.predicted_from is None or fitted.predicted_to is None:
        raise Invalid("predictedFrom", "a grid is fitted to a window of predictions")
    return [
        GridRefitted(
            version_id=version_id,
            grid=Change(version.grid, fitted.grid),
            baseline=Change(version.baseline, fitted.baseline),
            rows=fitted.rows,
            labelled_rows=fitted.labelled_rows,
            predicted_from=fitted.predicted_from,
            predicted_to=fitted.predicted_to,
        )
    ]


def promote(
    model: RegisteredModel, *, version_id: UUID, environment: Environment, role: DeploymentRole, reason: Text
) -> list[Event]:
    """Let a version serve in an environment."""
    version = _version(model, version_id)
    serving = model.serving.get((environment, role))
    if serving == version.id:
        return []
    return [
        Promoted(
            version_id=version.id,
            environment=environment,
            role=role,
            serving=Change(serving, version.id),
            reason=reasoned(reason),
        )
    ]


def roll_back(model: RegisteredModel, *, environment: Environment, reason: Text) -> list[Event]:
    """Let the champion before the present one serve again."""
    _require_registered(model)
    former = model.former_champions.get(environment, ())
    if not former:
        raise NothingToRollBackTo(environment=environment)
    serving = model.serving.get((environment, "champion"))
    return [RolledBack(environment=environment, serving=Change(serving, former[-1]), reason=reasoned(reason))]


def describe_columns(model: RegisteredModel, *, dictionary: Dictionary) -> list[Event]:
    """Say what the columns mean to people. It replaces all that was said before."""
    _require_registered(model)
    dictionaries.check(
        dictionary, {each.name for version in model.versions.values() for each in version.signature.columns}
    )
    said = tuple(sorted((each for each in dictionary if each.title is not None or each.labels), key=_name_of))
    return [] if said == model.dictionary else [ColumnsDescribed(columns=Change(model.dictionary, said))]


def _name_of(meaning: ColumnMeaning) -> str:
    return meaning.name


def change_intake_policy(model: RegisteredModel, *, policy: IntakePolicy, reason: Text) -> list[Event]:
    """Let something else become of rows that do not fit. What was taken in or rejected stays so."""
    _require_registered(model)
    if model.intake_policy == policy:
        return []
    return [IntakePolicyChanged(policy=Change(model.intake_policy, policy), reason=reasoned(reason))]


def settle_quarantine(
    model: RegisteredModel, *, version_id: UUID, settlement: Settlement, rows: tuple[int, ...], reason: Text
) -> list[Event]:
    """Say what somebody does with rows that were rejected."""
    version = _version(model, version_id)
    if not 0 < len(rows) <= MOST_SETTLED_ROWS:
        raise Invalid("rows", f"name 1 to {MOST_SETTLED_ROWS:,} rows")
    if settlement == "discarded":
        reason = reasoned(reason)
    return [QuarantineSettled(version_id=version.id, settlement=settlement, rows=rows, reason=reason)]


def _require_registered(model: RegisteredModel) -> None:
    if not model.is_registered:
        raise NotFound(kind="model")


def _version(model: RegisteredModel, version_id: UUID) -> Version:
    _require_registered(model)
    if version_id not in model.versions:
        raise NotFound(kind="version")
    return model.versions[version_id]
