"""The read models of models, versions and deployments."""

import msgspec

from cdt.domain.kernel import Envelope, derived_id
from cdt.domain.registry.events import (
    BaselineFollowed,
    BaselineSet,
    ColumnsDescribed,
    GridRefitted,
    IntakePolicyChanged,
    ModelRegistered,
    Promoted,
    RolledBack,
    VersionAdded,
)
from cdt.domain.text import stored
from cdt.projections.writing import View, projects


@projects(ModelRegistered)
def model_registered(view: View, event: ModelRegistered, of: Envelope) -> None:
    """A new model."""
    del of
    view.write(
        "INSERT INTO registry_models"
        " (id, project_id, name, description, registered_at, registered_by_kind, registered_by_id, version_count,"
        " intake_policy, since)"
        " VALUES (%(stream_id)s, %(project_id)s, %(name)s, %(description)s, %(at)s, %(actor_kind)s, %(actor_id)s, 0,"
        " 'reject_row', %(position)s)",
        name=event.name,
        description=stored(event.description),
    )


@projects(IntakePolicyChanged)
def intake_policy_changed(view: View, event: IntakePolicyChanged, of: Envelope) -> None:
    """What becomes of rows that do not fit."""
    del of
    view.write(
        "UPDATE registry_models SET intake_policy = %(policy)s, since = %(position)s WHERE id = %(stream_id)s",
        policy=event.policy.new,
    )


@projects(ColumnsDescribed)
def columns_described(view: View, event: ColumnsDescribed, of: Envelope) -> None:
    """What the model's columns mean to people."""
    del of
    view.write(
        "INSERT INTO registry_dictionaries (id, project_id, columns, since)"
        " VALUES (%(stream_id)s, %(project_id)s, %(columns)s, %(position)s)"
        " ON CONFLICT (id) DO UPDATE SET columns = excluded.columns, since = %(position)s",
        columns={each.name: msgspec.to_builtins(each) for each in event.columns.new},
    )


@projects(VersionAdded)
def version_added(view: View, event: VersionAdded, of: Envelope) -> None:
    """A new version, counted on its model."""
    del of
    view.write(
        "INSERT INTO registry_versions"
        " (id, project_id, model_id, tag, signature, added_at, added_by_kind, added_by_id, since)"
        " VALUES (%(version_id)s, %(project_id)s, %(stream_id)s, %(tag)s, %(signature)s, %(at)s, %(actor_kind)s,"
        " %(actor_id)s, %(position)s)",
        version_id=event.version_id,
        tag=event.tag,
        signature=msgspec.to_builtins(event.signature),
    )
    view.write(
        "UPDATE registry_models SET version_count = version_count + 1, since = %(position)s WHERE id = %(stream_id)s"
    )


@projects(BaselineSet)
def baseline_set(view: View, event: BaselineSet, of: Envelope) -> None:
    """The version's grid and baseline; none moves any more."""
    del of
    view.write(
        "UPDATE registry_versions SET grid_digest = %(grid)s, baseline_digest = %(baseline)s, baseline_rows = %(rows)s,"
        " baseline_labelled_rows = %(labelled_rows)s, baseline_from = %(predicted_from)s,"
        " baseline_to = %(predicted_to)s, baseline_at = %(at)s, baseline_by_kind = %(actor_kind)s,"
        " baseline_by_id = %(actor_id)s, baseline_source = %(source)s, baseline_body = %(body)s, moving_kind = NULL,"
        " moving_days = NULL, moving_at = NULL, moving_by_kind = NULL, moving_by_id = NULL, since = %(position)s"
        " WHERE id = %(version_id)s",
        version_id=event.version_id,
        grid=event.grid.new,
        baseline=event.baseline.new,
        rows=event.rows,
        labelled_rows=event.labelled_rows,
        predicted_from=event.predicted_from,
        predicted_to=event.predicted_to,
        source=event.source,
        body=event.body,
    )


@projects(BaselineFollowed)
def baseline_followed(view: View, event: BaselineFollowed, of: Envelope) -> None:
    """What the version is held against from now on."""
    del of
    moving = event.moving.new
    view.write(
        "UPDATE registry_versions SET moving_kind = %(kind)s, moving_days = %(days)s, moving_at = %(at)s,"
        " moving_by_kind = %(actor_kind)s, moving_by_id = %(actor_id)s, since = %(position)s"
        " WHERE id = %(version_id)s",
        version_id=event.version_id,
        kind=None if moving is None else moving.kind,
        days=None if moving is None else moving.days,
    )


@projects(GridRefitted)
def grid_refitted(view: View, event: GridRefitted, of: Envelope) -> None:
    """Another grid, and the baseline on it."""
    del of
    view.write(
        "UPDATE registry_versions SET grid_digest = %(grid)s, baseline_digest = %(baseline)s, baseline_rows = %(rows)s,"
        " baseline_labelled_rows = %(labelled_rows)s, baseline_from = %(predicted_from)s,"
        " baseline_to = %(predicted_to)s, baseline_at = %(at)s, baseline_by_kind = %(actor_kind)s,"
        " baseline_by_id = %(actor_id)s, baseline_source = 'window', baseline_body = NULL, since = %(position)s"
        " WHERE id = %(version_id)s",
        version_id=event.version_id,
        grid=event.grid.new,
        baseline=event.baseline.new,
        rows=event.rows,
        labelled_rows=event.labelled_rows,
        predicted_from=event.predicted_from,
        predicted_to=event.predicted_to,
    )


@projects(Promoted)
def promoted(view: View, event: Promoted, of: Envelope) -> None:
    """Who serves in the environment now."""
    _serve(view, of, event.version_id, event.environment, event.role, stored(event.reason))


@projects(RolledBack)
def rolled_back(view: View, event: RolledBack, of: Envelope) -> None:
    """The former champion serves again."""
    _serve(view, of, event.serving.new, event.environment, "champion", stored(event.reason))


def _serve(view: View, of: Envelope, version_id: object, environment: str, role: str, reason: str) -> None:
    view.write(
        "INSERT INTO registry_deployments (id, project_id, model_id, version_id, environment, role, promoted_at,"
        " promoted_by_kind, promoted_by_id, reason, since)"
        " VALUES (%(id)s, %(project_id)s, %(stream_id)s, %(version_id)s, %(environment)s, %(role)s, %(at)s,"
        " %(actor_kind)s, %(actor_id)s, %(reason)s, %(position)s)"
        " ON CONFLICT (id) DO UPDATE SET version_id = excluded.version_id, promoted_at = excluded.promoted_at,"
        " promoted_by_kind = excluded.promoted_by_kind, promoted_by_id = excluded.promoted_by_id,"
        " reason = excluded.reason, since = %(position)s",
        id=derived_id("deployment", of.stream_id, environment, role),
        version_id=version_id,
        environment=environment,
        role=role,
        reason=reason,
    )
