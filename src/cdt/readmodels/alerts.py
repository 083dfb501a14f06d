"""Alert rules and alerts, as known at a position."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.domain.alerts.events import Operator
from cdt.domain.alerts.sentences import sentence
from cdt.readmodels.belonging import belongs, to_project
from cdt.readmodels.evaluations import END

STATES = ("open", "acknowledged", "resolved")


@belongs(to_project)
class Rule(msgspec.Struct, frozen=True):
    """When to ring."""

    id: UUID
    project_id: UUID
    model_id: UUID
    name: str
    subject: str
    operator: Operator
    threshold: float
    in_a_row: int
    is_enabled: bool
    added_at: datetime
    added_by_kind: str
    added_by_id: str


@belongs(to_project)
class Alert(msgspec.Struct, frozen=True):
    """A rule's alert on a version.

    `raised_at` is when it began to ring the last time, `state_at` when it came to its present state. `raised_position`
    is its place in lists; `since` is the position of its newest change.
    """

    id: UUID
    project_id: UUID
    model_id: UUID
    version_id: UUID
    rule_id: UUID
    state: str
    state_at: datetime
    value: float
    evaluation_id: UUID
    raised_at: datetime
    raised_position: int
    times_raised: int
    acknowledged_at: datetime | None
    acknowledged_by_kind: str | None
    acknowledged_by_id: str | None
    resolved_at: datetime | None
    resolved_by_kind: str | None
    resolved_by_id: str | None
    note: str
    since: int
    rule_name: str
    subject: str
    operator: Operator
    threshold: float
    in_a_row: int

    @property
    def sentence(self) -> str:
        """What rang, and why."""
        return sentence(
            subject=self.subject,
            operator=self.operator,
            threshold=self.threshold,
            in_a_row=self.in_a_row,
            value=self.value,
        )


class OpenCount(msgspec.Struct, frozen=True):
    """How many alerts of a model are not resolved."""

    model_id: UUID
    count: int


_RULES: LiteralString = (
    "SELECT id, project_id, model_id, name, subject, operator, threshold, in_a_row, is_enabled, added_at,"
    " added_by_kind, added_by_id FROM alerts_rules_at(%(position)s::bigint)"
)
_ALERTS: LiteralString = (
    "SELECT alert.id, alert.project_id, alert.model_id, alert.version_id, alert.rule_id, alert.state, alert.state_at,"
    " alert.value, alert.evaluation_id, alert.raised_at, alert.raised_position, alert.times_raised,"
    " alert.acknowledged_at, alert.acknowledged_by_kind, alert.acknowledged_by_id, alert.resolved_at,"
    " alert.resolved_by_kind, alert.resolved_by_id, alert.note, alert.since, rule.name AS rule_name, rule.subject,"
    " rule.operator, rule.threshold, rule.in_a_row"
    " FROM alerts_alerts_at(%(position)s::bigint) AS alert"
    " JOIN alerts_rules_at(%(position)s::bigint) AS rule ON rule.id = alert.rule_id"
)


async def rules(view: View, ids: list[UUID]) -> list[Rule]:
    """The rules with these ids."""
    return await view.rows(Rule, _RULES + " WHERE id = ANY(%(ids)s) AND NOT closed", ids=ids)


async def rules_of_models(view: View, model_ids: list[UUID]) -> list[Rule]:
    """The rules of these models, oldest first, whether enabled or not."""
    return await view.rows(
        Rule,
        _RULES + " WHERE model_id = ANY(%(model_ids)s) AND NOT closed ORDER BY added_at, id",
        model_ids=model_ids,
    )


async def alerts(view: View, ids: list[UUID]) -> list[Alert]:
    """The alerts with these ids."""
    return await view.rows(Alert, _ALERTS + " WHERE alert.id = ANY(%(ids)s)", ids=ids)


async def alerts_of_scope(
    view: View, *, project_id: UUID | None = None, states: tuple[str, ...] = STATES, before: int = END, limit: int
) -> list[Alert]:
    """The alerts of the scope, or of a project in it, in these states that rang before a position, newest first."""
    return await view.rows(
        Alert,
        _ALERTS + " WHERE alert.project_id = ANY(%(projects)s) AND alert.state = ANY(%(states)s)"
        " AND alert.raised_position < %(before)s::bigint"
        " AND (%(project_id)s::uuid IS NULL OR alert.project_id = %(project_id)s)"
        " ORDER BY alert.raised_position DESC LIMIT %(limit)s",
        project_id=project_id,
        states=list(states),
        before=before,
        limit=limit,
    )


async def alerts_of_model(
    view: View,
    model_id: UUID,
    *,
    project_id: UUID | None = None,
    states: tuple[str, ...] = STATES,
    before: int = END,
    limit: int,
) -> list[Alert]:
    """A model's alerts in these states that rang before a position, newest first.

    None where it is of another project than the one that is named.
    """
    return await view.rows(
        Alert,
        _ALERTS + " WHERE alert.model_id = %(model_id)s AND alert.state = ANY(%(states)s)"
        " AND alert.raised_position < %(before)s::bigint"
        " AND (%(project_id)s::uuid IS NULL OR alert.project_id = %(project_id)s)"
        " ORDER BY alert.raised_position DESC LIMIT %(limit)s",
        project_id=project_id,
        model_id=model_id,
        states=list(states),
        before=before,
        limit=limit,
    )


async def count_of_scope(view: View, *, project_id: UUID | None = None, states: tuple[str, ...] = STATES) -> int:
    """How many alerts the scope, or a project in it, has in these states."""
    count = await view.value(
        int,
        "SELECT count(*) FROM alerts_alerts_at(%(position)s::bigint)"
        " WHERE project_id = ANY(%(projects)s) AND state = ANY(%(states)s)"
        " AND (%(project_id)s::uuid IS NULL OR project_id = %(project_id)s)",
        project_id=project_id,
        states=list(states),
    )
    return count or 0


async def count_of_model(
    view: View, model_id: UUID, *, project_id: UUID | None = None, states: tuple[str, ...] = STATES
) -> int:
    """How many alerts a model has in these states."""
    count = await view.value(
        int,
        "SELECT count(*) FROM alerts_alerts_at(%(position)s::bigint)"
        " WHERE project_id = ANY(%(projects)s) AND model_id = %(model_id)s AND state = ANY(%(states)s)"
        " AND (%(project_id)s::uuid IS NULL OR project_id = %(project_id)s)",
        project_id=project_id,
        model_id=model_id,
        states=list(states),
    )
    return count or 0


async def open_counts(view: View, model_ids: list[UUID]) -> list[OpenCount]:
    """How many alerts are open or acknowledged, of each of these models that has any."""
    return await view.rows(
        OpenCount,
        "SELECT model_id, count(*) AS count FROM alerts_alerts_at(%(position)s::bigint)"
        " WHERE model_id = ANY(%(model_ids)s) AND state <> 'resolved' GROUP BY model_id",
        model_ids=model_ids,
    )


async def changed_after(view: View, *, after: int, limit: int) -> list[Alert]:
    """The scope's alerts whose newest change lies after a position, in the order of those changes."""
    return await view.rows(
        Alert,
        _ALERTS + " WHERE alert.project_id = ANY(%(projects)s) AND alert.since > %(after)s::bigint"
        " ORDER BY alert.since LIMIT %(limit)s",
        after=after,
        limit=limit,
    )
