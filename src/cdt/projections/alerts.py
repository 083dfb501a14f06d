"""The read models of alert rules and alerts."""

from cdt.domain.alerts.events import (
    Acknowledged,
    Raised,
    Reopened,
    Resolved,
    RuleAdded,
    RuleDisabled,
    RuleEnabled,
)
from cdt.domain.kernel import Envelope
from cdt.domain.text import stored
from cdt.projections.writing import View, projects


@projects(RuleAdded)
def rule_added(view: View, event: RuleAdded, of: Envelope) -> None:
    """A new rule."""
    del of
    view.write(
        "INSERT INTO alerts_rules (id, project_id, model_id, name, subject, operator, threshold, in_a_row, is_enabled,"
        " added_at, added_by_kind, added_by_id, since)"
        " VALUES (%(stream_id)s, %(project_id)s, %(model_id)s, %(name)s, %(subject)s, %(operator)s, %(threshold)s,"
        " %(in_a_row)s, true, %(at)s, %(actor_kind)s, %(actor_id)s, %(position)s)",
        model_id=event.model_id,
        name=event.name,
        subject=event.subject,
        operator=event.operator,
        threshold=event.threshold,
        in_a_row=event.in_a_row,
    )


@projects(RuleEnabled)
def rule_enabled(view: View, event: RuleEnabled, of: Envelope) -> None:
    """The rule is judged again."""
    del event, of
    view.write("UPDATE alerts_rules SET is_enabled = true, since = %(position)s WHERE id = %(stream_id)s")


@projects(RuleDisabled)
def rule_disabled(view: View, event: RuleDisabled, of: Envelope) -> None:
    """The rule is no longer judged."""
    del event, of
    view.write("UPDATE alerts_rules SET is_enabled = false, since = %(position)s WHERE id = %(stream_id)s")


@projects(Raised)
def raised(view: View, event: Raised, of: Envelope) -> None:
    """A new alert."""
    del of
    view.write(
        "INSERT INTO alerts_alerts (id, project_id, model_id, version_id, rule_id, state, state_at, value,"
        " evaluation_id, raised_at, raised_position, times_raised, since)"
        " VALUES (%(stream_id)s, %(project_id)s, %(model_id)s, %(version_id)s, %(rule_id)s, 'open', %(at)s, %(value)s,"
        " %(evaluation_id)s, %(at)s, %(position)s, 1, %(position)s)",
        model_id=event.model_id,
        version_id=event.version_id,
        rule_id=event.rule_id,
        value=event.value,
        evaluation_id=event.evaluation_id,
    )


@projects(Reopened)
def reopened(view: View, event: Reopened, of: Envelope) -> None:
    """The alert rings again; what was said about the last time is history."""
    del of
    view.write(
        "UPDATE alerts_alerts SET state = 'open', state_at = %(at)s, value = %(value)s,"
        " evaluation_id = %(evaluation_id)s, raised_at = %(at)s, raised_position = %(position)s,"
        " times_raised = times_raised + 1, acknowledged_at = NULL, acknowledged_by_kind = NULL,"
        " acknowledged_by_id = NULL, resolved_at = NULL, resolved_by_kind = NULL, resolved_by_id = NULL, note = '',"
        " since = %(position)s WHERE id = %(stream_id)s",
        value=event.value,
        evaluation_id=event.evaluation_id,
    )


@projects(Acknowledged)
def acknowledged(view: View, event: Acknowledged, of: Envelope) -> None:
    """Somebody looks after it."""
    del of
    view.write(
        "UPDATE alerts_alerts SET state = 'acknowledged', state_at = %(at)s, acknowledged_at = %(at)s,"
        " acknowledged_by_kind = %(actor_kind)s, acknowledged_by_id = %(actor_id)s, note = %(note)s,"
        " since = %(position)s WHERE id = %(stream_id)s",
        note=stored(event.note),
    )


@projects(Resolved)
def resolved(view: View, event: Resolved, of: Envelope) -> None:
    """It is over; a resolution without a note keeps the one of the acknowledgement."""
    del of
    view.write(
        "UPDATE alerts_alerts SET state = 'resolved', state_at = %(at)s, resolved_at = %(at)s,"
        " resolved_by_kind = %(actor_kind)s, resolved_by_id = %(actor_id)s,"
        " note = CASE WHEN %(note)s::text = '' THEN note ELSE %(note)s::text END,"
        " since = %(position)s WHERE id = %(stream_id)s",
        note=stored(event.note),
    )
