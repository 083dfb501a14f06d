"""What the facts about a rule, and about an alert, add up to."""

from uuid import UUID

import msgspec
from msgspec.structs import replace

from cdt.domain.alerts.events import (
    Acknowledged,
    AlertState,
    Operator,
    Raised,
    Reopened,
    Resolved,
    RuleAdded,
    RuleDisabled,
    RuleEnabled,
)
from cdt.domain.kernel import AlertId, Decider, Event, Position, RuleId, derived_id
from cdt.domain.text import Text


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """When to ring."""

    model_id: UUID | None = None
    name: str = ""
    subject: str = ""
    operator: Operator = "below"
    threshold: float = 0.0
    in_a_row: int = 1
    is_enabled: bool = False

    @property
    def is_added(self) -> bool:
        """Whether the rule exists."""
        return self.model_id is not None

    def is_breached_by(self, value: float) -> bool:
        """Whether a value lies on the wrong side of the threshold; the threshold itself is on the right side."""
        return value < self.threshold if self.operator == "below" else value > self.threshold


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it rings, what was said about it, and up to which result it was judged."""

    state: AlertState | None = None
    note: Text = ""
    judged_through: Position = Position(0)


def alert_id_of(rule_id: RuleId, version_id: UUID) -> AlertId:
    """A rule has one alert on a version; it rings, is resolved and rings again."""
    return AlertId(derived_id("alert", rule_id, version_id))


def evolve_rule(rule: Rule, event: Event) -> Rule:
    """The rule after one more fact."""
    match event:
        case RuleAdded():
            return Rule(
                model_id=event.model_id,
                name=event.name,
                subject=event.subject,
                operator=event.operator,
                threshold=event.threshold,
                in_a_row=event.in_a_row,
                is_enabled=True,
            )
        case RuleEnabled(is_enabled=change) | RuleDisabled(is_enabled=change):
            return replace(rule, is_enabled=change.new)
        case _:
            return rule


def evolve_alert(alert: Alert, event: Event) -> Alert:
    """The alert after one more fact."""
    match event:
        case Raised(state=change, judged_through=judged_through):
            return replace(alert, state=change.new, judged_through=judged_through)
        case Reopened(state=change, judged_through=judged_through):
            return replace(alert, state=change.new, note="", judged_through=judged_through)
        case Acknowledged(state=change, note=note):
            return replace(alert, state=change.new, note=note)
        case Resolved(state=change, note=note, judged_through=judged_through):
            return replace(alert, state=change.new, note=note, judged_through=judged_through)
        case _:
            return alert


rules = Decider(kind="alert rule", initial=Rule(), evolve=evolve_rule)
alerts = Decider(kind="alert", initial=Alert(), evolve=evolve_alert)
