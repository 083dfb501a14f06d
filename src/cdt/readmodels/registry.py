"""Models, versions and deployments, as known at a position."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.domain.registry.baselines import MovingBaseline, MovingKind
from cdt.domain.registry.dictionary import ColumnMeaning, Dictionary
from cdt.domain.registry.events import BaselineSource, Environment, IntakePolicy
from cdt.domain.registry.signature import Signature
from cdt.readmodels.belonging import belongs, to_project


@belongs(to_project)
class Model(msgspec.Struct, frozen=True):
    """A registered model."""

    id: UUID
    project_id: UUID
    name: str
    description: str
    registered_at: datetime
    registered_by_kind: str
    registered_by_id: str
    version_count: int
    intake_policy: IntakePolicy


@belongs(to_project)
class Version(msgspec.Struct, frozen=True):
    """A version; the baseline's columns are None until it is set, and those of what moves until one is followed."""

    id: UUID
    project_id: UUID
    model_id: UUID
    tag: str
    signature: dict[str, object]
    added_at: datetime
    added_by_kind: str
    added_by_id: str
    grid_digest: str | None
    baseline_digest: str | None
    baseline_rows: int | None
    baseline_labelled_rows: int | None
    baseline_from: datetime | None
    baseline_to: datetime | None
    baseline_at: datetime | None
    baseline_by_kind: str | None
    baseline_by_id: str | None
    baseline_source: BaselineSource | None
    baseline_body: str | None
    moving_kind: MovingKind | None
    moving_days: int | None
    moving_at: datetime | None
    moving_by_kind: str | None
    moving_by_id: str | None

    @property
    def moving(self) -> MovingBaseline | None:
        """What the version is held against in place of the baseline that was set."""
        if self.moving_kind is None or self.moving_days is None:
            return None
        return MovingBaseline(kind=self.moving_kind, days=self.moving_days)

    @property
    def typed_signature(self) -> Signature:
        """The signature, as the domain has it."""
        return msgspec.convert(self.signature, Signature)


@belongs(to_project)
class ModelDictionary(msgspec.Struct, frozen=True):
    """What a model's columns mean to people; `id` is the model's."""

    id: UUID
    project_id: UUID
    columns: dict[str, dict[str, object]]

    @property
    def typed(self) -> Dictionary:
        """As the domain has it: by name, which is not JSON's order."""
        return tuple(msgspec.convert(self.columns[name], ColumnMeaning) for name in sorted(self.columns))


@belongs(to_project)
class Deployment(msgspec.Struct, frozen=True):
    """Which version serves where, since when."""

    id: UUID
    project_id: UUID
    model_id: UUID
    version_id: UUID
    environment: str
    role: str
    promoted_at: datetime
    promoted_by_kind: str
    promoted_by_id: str
    reason: str


async def models(view: View, ids: list[UUID]) -> list[Model]:
    """The models with these ids."""
    return await view.rows(
        Model,
        "SELECT id, project_id, name, description, registered_at, registered_by_kind, registered_by_id, version_count,"
        " intake_policy"
        " FROM registry_models_at(%(position)s::bigint) WHERE id = ANY(%(ids)s) AND NOT closed",
        ids=ids,
    )


async def every_model(view: View, *, project_id: UUID | None, search: str) -> list[Model]:
    """Every model of the scope, by name; narrowed to a project and to names that contain `search`."""
    return await view.rows(
        Model,
        "SELECT id, project_id, name, description, registered_at, registered_by_kind, registered_by_id, version_count,"
        " intake_policy"
        " FROM registry_models_at(%(position)s::bigint)"
        " WHERE NOT closed AND (%(project_id)s::uuid IS NULL OR project_id = %(project_id)s::uuid)"
        " AND (%(search)s = '' OR strpos(lower(name), lower(%(search)s)) > 0)"
        " ORDER BY name, id",
        project_id=project_id,
        search=search,
    )


async def dictionaries(view: View, ids: list[UUID]) -> list[ModelDictionary]:
    """Those of the models with these ids; none of one whose columns nobody has described."""
    return await view.rows(
        ModelDictionary,
        "SELECT id, project_id, columns FROM registry_dictionaries_at(%(position)s::bigint)"
        " WHERE id = ANY(%(ids)s) AND NOT closed",
        ids=ids,
    )


async def versions(view: View, ids: list[UUID]) -> list[Version]:
    """The versions with these ids."""
    return await view.rows(
        Version,
        "SELECT id, project_id, model_id, tag, signature, added_at, added_by_kind, added_by_id, grid_digest,"
        " baseline_digest, baseline_rows, baseline_labelled_rows, baseline_from, baseline_to, baseline_at,"
        " baseline_by_kind, baseline_by_id, baseline_source, baseline_body, moving_kind, moving_days, moving_at,"
        " moving_by_kind, moving_by_id"
        " FROM registry_versions_at(%(position)s::bigint) WHERE id = ANY(%(ids)s) AND NOT closed",
        ids=ids,
    )


async def versions_of_models(view: View, model_ids: list[UUID]) -> list[Version]:
    """Every version of these models, newest first."""
    return await view.rows(
        Version,
        "SELECT id, project_id, model_id, tag, signature, added_at, added_by_kind, added_by_id, grid_digest,"
        " baseline_digest, baseline_rows, baseline_labelled_rows, baseline_from, baseline_to, baseline_at,"
        " baseline_by_kind, baseline_by_id, baseline_source, baseline_body, moving_kind, moving_days, moving_at,"
        " moving_by_kind, moving_by_id"
        " FROM registry_versions_at(%(position)s::bigint) WHERE model_id = ANY(%(model_ids)s) AND NOT closed"
        " ORDER BY added_at DESC, id DESC",
        model_ids=model_ids,
    )


async def deployments_of_models(view: View, model_ids: list[UUID]) -> list[Deployment]:
    """Who serves where, of these models."""
    return await view.rows(
        Deployment,
        "SELECT id, project_id, model_id, version_id, environment, role, promoted_at, promoted_by_kind, promoted_by_id,"
        " reason FROM registry_deployments_at(%(position)s::bigint)"
        " WHERE model_id = ANY(%(model_ids)s) AND NOT closed ORDER BY environment DESC, role",
        model_ids=model_ids,
    )


def environment_of(version_id: UUID, deployments: Iterable[Deployment]) -> Environment:
    """The most important environment that the version serves in; development when it serves nowhere."""
    serving = {each.environment for each in deployments if each.version_id == version_id}
    by_importance: tuple[Environment, ...] = ("production", "staging")
    for each in by_importance:
        if each in serving:
            return each
    return "development"
