"""Trust policies and recorded scores, as known at a position."""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.domain.trust.policy import TrustPolicy
from cdt.domain.trust.score import Score
from cdt.readmodels.belonging import belongs, to_project
from cdt.readmodels.evaluations import END


class Policy(msgspec.Struct, frozen=True):
    """The policy that was set for a model, or for the new ones of a project; without one there is the domain's default.

    `about` is the model, or the project.
    """

    about: UUID
    policy: dict[str, Any]
    reason: str
    changed_at: datetime
    changed_by_kind: str
    changed_by_id: str
    since: int

    @property
    def typed_policy(self) -> TrustPolicy:
        """The policy, as the domain has it."""
        return msgspec.convert(self.policy, TrustPolicy)


@belongs(to_project)
class RecordedScore(msgspec.Struct, frozen=True):
    """A score with everything that was recorded of it; `since` is its position."""

    id: UUID
    project_id: UUID
    model_id: UUID
    version_id: UUID
    environment: str
    evaluation_id: UUID
    value: float | None
    previous_value: float | None
    low: float | None
    high: float | None
    coverage: float
    standing: str
    reason: str | None
    threshold: float
    components: list[dict[str, Any]]
    trend_direction: str
    trend_share: float | None
    aggregation: str
    policy_version: int
    formula: int
    window_end: datetime
    sentence: str
    recorded_at: datetime
    since: int

    @property
    def typed_score(self) -> Score:
        """The score, as the formula made it: what a later one is compared with."""
        return msgspec.convert(
            {
                "value": self.value,
                "low": self.low,
                "high": self.high,
                "coverage": self.coverage,
                "standing": self.standing,
                "reason": self.reason,
                "threshold": self.threshold,
                "components": self.components,
                "trend": {"direction": self.trend_direction, "share": self.trend_share},
                "aggregation": self.aggregation,
                "policy_version": self.policy_version,
                "formula": self.formula,
            },
            Score,
        )


class NewestValue(msgspec.Struct, frozen=True):
    """The number that a list of models is sorted by."""

    model_id: UUID
    value: float | None
    standing: str


class ScoredValue(msgspec.Struct, frozen=True):
    """One recorded value: what an alert rule on trust is judged by."""

    evaluation_id: UUID
    position: int
    value: float | None


class ScoredResults(msgspec.Struct, frozen=True):
    """The results that a score was reckoned from: what an alert rule on a measure is judged by."""

    evaluation_id: UUID
    position: int
    results_digest: str


_SCORES: LiteralString = (
    "SELECT score.id, score.project_id, score.model_id, score.version_id, score.environment, score.evaluation_id,"
    " score.value, score.previous_value, score.low, score.high, score.coverage, score.standing, score.reason,"
    " score.threshold, score.components, score.trend_direction, score.trend_share, score.aggregation,"
    " score.policy_version, score.formula, score.window_end, score.sentence, score.recorded_at, score.since"
    " FROM trust_scores_at(%(position)s::bigint) AS score"
)


async def policies_of_models(view: View, model_ids: list[UUID]) -> list[Policy]:
    """The policies that were set for these models."""
    return await view.rows(
        Policy,
        "SELECT model_id AS about, policy, reason, changed_at, changed_by_kind, changed_by_id, since"
        " FROM trust_policies_at(%(position)s::bigint) WHERE model_id = ANY(%(model_ids)s) AND NOT closed",
        model_ids=model_ids,
    )


async def default_policies_of_projects(view: View, project_ids: list[UUID]) -> list[Policy]:
    """What new models of these projects begin with, where somebody set that."""
    return await view.rows(
        Policy,
        "SELECT project_id AS about, policy, reason, changed_at, changed_by_kind, changed_by_id, since"
        " FROM trust_default_policies_at(%(position)s::bigint) WHERE project_id = ANY(%(project_ids)s) AND NOT closed",
        project_ids=project_ids,
    )


async def newest_of_versions(view: View, version_ids: list[UUID], *, environment: str) -> list[RecordedScore]:
    """The newest score of each of these versions that has one in the environment."""
    return await view.rows(
        RecordedScore,
        _SCORES + " JOIN trust_newest_at(%(position)s::bigint) AS newest ON newest.score_id = score.id"
        " WHERE newest.version_id = ANY(%(version_ids)s) AND newest.environment = %(environment)s",
        version_ids=version_ids,
        environment=environment,
    )


async def newest_of_champions(view: View, model_ids: list[UUID], *, environment: str) -> list[RecordedScore]:
    """The newest score of the champion of each of these models: a model's trust is its production champion's."""
    return await view.rows(
        RecordedScore,
        _SCORES + " JOIN trust_newest_at(%(position)s::bigint) AS newest ON newest.score_id = score.id"
        " JOIN registry_deployments_at(%(position)s::bigint) AS deployment"
        " ON deployment.version_id = newest.version_id AND deployment.environment = newest.environment"
        " WHERE deployment.model_id = ANY(%(model_ids)s) AND deployment.environment = %(environment)s"
        " AND deployment.role = 'champion' AND NOT deployment.closed",
        model_ids=model_ids,
        environment=environment,
    )


async def newest_values_of_champions(view: View, *, environment: str) -> list[NewestValue]:
    """The newest value of every model of the scope that has one; light, for sorting."""
    return await view.rows(
        NewestValue,
        "SELECT deployment.model_id, newest.value, newest.standing"
        " FROM registry_deployments_at(%(position)s::bigint) AS deployment"
        " JOIN trust_newest_at(%(position)s::bigint) AS newest ON newest.version_id = deployment.version_id"
        " AND newest.environment = deployment.environment"
        " WHERE deployment.environment = %(environment)s AND deployment.role = 'champion' AND NOT deployment.closed",
        environment=environment,
    )


async def scores_of_evaluations(view: View, evaluation_ids: list[UUID]) -> list[RecordedScore]:
    """The scores that these evaluations gave, in each environment."""
    return await view.rows(
        RecordedScore,
        _SCORES + " WHERE score.evaluation_id = ANY(%(evaluation_ids)s) ORDER BY score.environment, score.since",
        evaluation_ids=evaluation_ids,
    )


async def recent_values(view: View, version_id: UUID, *, environment: str, limit: int) -> list[ScoredValue]:
    """A version's newest recorded values that are not missing, oldest first, and at their end the newest of all.

    Scores of windows that were not the newest, or that somebody asked for, are passed over.

    So a rule that asks for two in a row finds two, whatever is missing between them.
    """
    return await view.rows(
        ScoredValue,
        "SELECT known.evaluation_id, known.since AS position, known.value FROM ("
        " (SELECT evaluation_id, since, value FROM trust_scores_at(%(position)s::bigint)"
        " WHERE version_id = %(version_id)s AND environment = %(environment)s AND is_newest_window"
        " AND value IS NOT NULL"
        " ORDER BY since DESC LIMIT %(limit)s)"
        " UNION (SELECT evaluation_id, since, value FROM trust_scores_at(%(position)s::bigint)"
        " WHERE version_id = %(version_id)s AND environment = %(environment)s AND is_newest_window"
        " ORDER BY since DESC LIMIT 1)"
        ") AS known ORDER BY known.since",
        version_id=version_id,
        environment=environment,
        limit=limit,
    )


async def recent_results(
    view: View, version_id: UUID, *, environment: str, before: int = END, limit: int
) -> list[ScoredResults]:
    """The results behind a version's newest scores that were recorded before a position, newest first.

    They are those of `recent_values`: of windows that were the newest, and that nobody asked for.
    """
    return await view.rows(
        ScoredResults,
        "SELECT score.evaluation_id, score.since AS position, evaluation.results_digest"
        " FROM trust_scores_at(%(position)s::bigint) AS score"
        " JOIN evaluations_evaluations_at(%(position)s::bigint) AS evaluation ON evaluation.id = score.evaluation_id"
        " WHERE score.version_id = %(version_id)s AND score.environment = %(environment)s AND score.is_newest_window"
        " AND evaluation.results_digest IS NOT NULL AND score.since < %(before)s::bigint"
        " ORDER BY score.since DESC LIMIT %(limit)s",
        version_id=version_id,
        environment=environment,
        before=before,
        limit=limit,
    )


async def recorded_before(view: View, score: RecordedScore) -> RecordedScore | None:
    """The score recorded before this one, of its version, in its environment and of a window that was the newest."""
    rows = await view.rows(
        RecordedScore,
        _SCORES + " WHERE score.version_id = %(version_id)s AND score.environment = %(environment)s"
        " AND score.is_newest_window AND score.since < %(before)s::bigint ORDER BY score.since DESC LIMIT 1",
        version_id=score.version_id,
        environment=score.environment,
        before=score.since,
    )
    return next(iter(rows), None)


async def recorded_at(view: View, score: RecordedScore, *, position: int) -> RecordedScore | None:
    """The score of the same model and environment that was recorded at a position."""
    rows = await view.rows(
        RecordedScore,
        _SCORES + " WHERE score.model_id = %(model_id)s AND score.environment = %(environment)s"
        " AND score.since = %(recorded)s::bigint",
        model_id=score.model_id,
        environment=score.environment,
        recorded=position,
    )
    return next(iter(rows), None)
