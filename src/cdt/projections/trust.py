"""The read models of trust policies, scores, and the marks on a score's chart."""

import msgspec

from cdt.domain.evaluations.events import PlanChanged
from cdt.domain.kernel import Envelope, derived_id
from cdt.domain.registry.events import BaselineFollowed, BaselineSet, GridRefitted, Promoted, RolledBack
from cdt.domain.text import stored
from cdt.domain.trust.events import DefaultPolicySet, PolicySet, Scored
from cdt.projections.writing import View, projects


@projects(PolicySet)
def policy_set(view: View, event: PolicySet, of: Envelope) -> None:
    """The model's policy, and a mark."""
    view.write(
        "INSERT INTO trust_policies"
        " (id, project_id, model_id, policy, reason, changed_at, changed_by_kind, changed_by_id, since)"
        " VALUES (%(stream_id)s, %(project_id)s, %(model_id)s, %(policy)s, %(reason)s, %(at)s, %(actor_kind)s,"
        " %(actor_id)s, %(position)s)"
        " ON CONFLICT (id) DO UPDATE SET policy = excluded.policy, reason = excluded.reason,"
        " changed_at = excluded.changed_at, changed_by_kind = excluded.changed_by_kind,"
        " changed_by_id = excluded.changed_by_id, since = %(position)s",
        model_id=event.model_id,
        policy=msgspec.to_builtins(event.policy.new),
        reason=stored(event.reason),
    )
    _mark(view, of, "policy", model_id=event.model_id, reason=stored(event.reason))


@projects(DefaultPolicySet)
def default_policy_set(view: View, event: DefaultPolicySet, of: Envelope) -> None:
    """What new models of the project begin with."""
    del of
    view.write(
        "INSERT INTO trust_default_policies"
        " (id, project_id, policy, reason, changed_at, changed_by_kind, changed_by_id, since)"
        " VALUES (%(stream_id)s, %(project_id)s, %(policy)s, %(reason)s, %(at)s, %(actor_kind)s, %(actor_id)s,"
        " %(position)s)"
        " ON CONFLICT (id) DO UPDATE SET policy = excluded.policy, reason = excluded.reason,"
        " changed_at = excluded.changed_at, changed_by_kind = excluded.changed_by_kind,"
        " changed_by_id = excluded.changed_by_id, since = %(position)s",
        policy=msgspec.to_builtins(event.policy.new),
        reason=stored(event.reason),
    )


@projects(Scored)
def scored(view: View, event: Scored, of: Envelope) -> None:
    """A score; the version's newest in the environment, unless a later window was scored before it.

    What somebody asked for never is the newest, nor is a window of history, and a window that is measured again only if
    it was the newest already.
    """
    del of
    newest_id = derived_id("newest-score", event.version_id, event.environment)
    view.write(
        "INSERT INTO trust_scores (id, project_id, model_id, version_id, environment, evaluation_id, value,"
        " previous_value, low, high, coverage, standing, reason, threshold, components, trend_direction, trend_share,"
        " aggregation, policy_version, formula, window_end, is_newest_window, sentence, recorded_at, since)"
        " VALUES (%(stream_id)s, %(project_id)s, %(model_id)s, %(version_id)s, %(environment)s, %(evaluation_id)s,"
        " %(value)s, %(previous_value)s, %(low)s, %(high)s, %(coverage)s, %(standing)s, %(reason)s, %(threshold)s,"
        " %(components)s, %(trend_direction)s, %(trend_share)s, %(aggregation)s, %(policy_version)s,"
        " %(formula)s, %(window_end)s,"
        " (SELECT CASE evaluation.cause WHEN 'asked' THEN false WHEN 'backfill' THEN false"
        " WHEN 'restatement' THEN coalesce(newest.window_end = %(window_end)s, false)"
        " ELSE coalesce(newest.window_end <= %(window_end)s, true) END FROM (VALUES (1)) AS always"
        " LEFT JOIN trust_newest AS newest ON newest.id = %(newest_id)s"
        " LEFT JOIN evaluations_evaluations AS evaluation ON evaluation.id = %(evaluation_id)s),"
        " %(sentence)s, %(recorded_at)s, %(position)s)",
        newest_id=newest_id,
        model_id=event.model_id,
        version_id=event.version_id,
        environment=event.environment,
        evaluation_id=event.evaluation_id,
        value=event.value.new,
        previous_value=event.value.old,
        low=event.low,
        high=event.high,
        coverage=event.coverage,
        standing=event.standing.new,
        reason=event.reason,
        threshold=event.threshold,
        components=[msgspec.to_builtins(component) for component in event.components],
        trend_direction=event.trend.direction,
        trend_share=event.trend.share,
        aggregation=event.aggregation,
        policy_version=event.policy_version,
        formula=event.formula,
        window_end=event.window_end,
        sentence=event.sentence,
    )
    view.write(
        "INSERT INTO trust_newest"
        " (id, project_id, model_id, version_id, environment, score_id, value, standing, window_end, since)"
        " SELECT %(newest_id)s, project_id, model_id, version_id, environment, id, value, standing, window_end,"
        " %(position)s FROM trust_scores WHERE id = %(stream_id)s AND is_newest_window"
        " ON CONFLICT (id) DO UPDATE SET score_id = excluded.score_id, value = excluded.value,"
        " standing = excluded.standing, window_end = excluded.window_end, since = %(position)s",
        newest_id=newest_id,
    )


@projects(BaselineSet)
def baseline_marked(view: View, event: BaselineSet, of: Envelope) -> None:
    """A mark where a baseline was set."""
    _mark(view, of, "baseline", model_id=of.stream_id, version_id=event.version_id)


@projects(BaselineFollowed)
def following_marked(view: View, event: BaselineFollowed, of: Envelope) -> None:
    """A mark where a baseline began to move."""
    _mark(view, of, "following", model_id=of.stream_id, version_id=event.version_id)


@projects(GridRefitted)
def refitting_marked(view: View, event: GridRefitted, of: Envelope) -> None:
    """A mark where a grid was fitted anew, with its baseline."""
    _mark(view, of, "grid", model_id=of.stream_id, version_id=event.version_id)


@projects(PlanChanged)
def plan_marked(view: View, event: PlanChanged, of: Envelope) -> None:
    """A mark where the plan became another."""
    _mark(view, of, "plan", model_id=event.model_id, version_id=event.version_id, reason=stored(event.reason))


@projects(Promoted)
def promotion_marked(view: View, event: Promoted, of: Envelope) -> None:
    """A mark where a version began to serve."""
    _mark(
        view, of, "promotion", model_id=of.stream_id, version_id=event.version_id, environment=event.environment,
        role=event.role, reason=stored(event.reason),
    )  # fmt: skip


@projects(RolledBack)
def roll_back_marked(view: View, event: RolledBack, of: Envelope) -> None:
    """A mark where a former champion served again."""
    _mark(
        view, of, "roll_back", model_id=of.stream_id, version_id=event.serving.new, environment=event.environment,
        role="champion", reason=stored(event.reason),
    )  # fmt: skip


def _mark(
    view: View,
    of: Envelope,
    kind: str,
    *,
    model_id: object,
    version_id: object = None,
    environment: str | None = None,
    role: str | None = None,
    reason: str = "",
) -> None:
    view.write(
        "INSERT INTO trust_marks (id, project_id, model_id, kind, version_id, environment, role, reason, at,"
        " recorded_at, since)"
        " VALUES (%(id)s, %(project_id)s, %(model_id)s, %(kind)s, %(version_id)s, %(environment)s, %(role)s,"
        " %(reason)s, %(at)s, %(recorded_at)s, %(position)s)",
        id=derived_id("mark", of.position),
        model_id=model_id,
        kind=kind,
        version_id=version_id,
        environment=environment,
        role=role,
        reason=reason,
    )
