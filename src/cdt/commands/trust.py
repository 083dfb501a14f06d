"""Commands about trust policies and scores."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cdt.database.deciding import Decides, Outcome, Thing
from cdt.domain.kernel import Command, EvaluationId, Event
from cdt.domain.tenancy.projects import require_in_use
from cdt.domain.tenancy.state import projects
from cdt.domain.text import Text
from cdt.domain.trust import decisions
from cdt.domain.trust.decisions import Wanted
from cdt.domain.trust.events import Environment
from cdt.domain.trust.score import Score
from cdt.domain.trust.state import (
    default_policies,
    default_policy_id_of,
    policies,
    policy_id_of,
    score_id_of,
    scores,
)


def change_trust_policy(log: Decides[Outcome], model_id: UUID, *, wanted: Wanted, reason: Text, by: Command) -> Outcome:
    """Reckon or judge a model's trust by other rules."""
    return log.decide(
        policies,
        policy_id_of(model_id),
        lambda policy: decisions.change_policy(policy, wanted, model_id=model_id, reason=reason),
        by=by,
    )


def change_default_trust_policy(
    log: Decides[Outcome], project_id: UUID, *, wanted: Wanted, reason: Text, by: Command
) -> Outcome:
    """Let new models of a project begin with other rules, while it is in use."""

    def decide(states: Sequence[Any]) -> list[list[Event]]:
        policy, project = states
        require_in_use(project)
        return [decisions.change_default_policy(policy, wanted, reason=reason), []]

    things = [Thing(default_policies, default_policy_id_of(project_id), by), Thing(projects, project_id, by)]
    return log.decide_together(things, decide)


def record_score(
    log: Decides[Outcome],
    evaluation_id: EvaluationId,
    *,
    model_id: UUID,
    version_id: UUID,
    environment: Environment,
    score: Score,
    previous: Score | None,
    previous_window_end: datetime | None,
    window_end: datetime,
    is_first: bool = True,
    by: Command,
) -> Outcome:
    """Record the score of an evaluation beside the one recorded before of the version and environment."""
    return log.decide(
        scores,
        score_id_of(evaluation_id, environment),
        lambda recorded: decisions.record_score(
            recorded,
            model_id=model_id,
            version_id=version_id,
            environment=environment,
            evaluation_id=evaluation_id,
            score=score,
            previous=previous,
            previous_window_end=previous_window_end,
            window_end=window_end,
            is_first=is_first,
        ),
        by=by,
    )
