"""Commands about alert rules and alerts."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from cdt.database.deciding import Decides, Outcome
from cdt.database.log import Log
from cdt.domain.alerts import decisions
from cdt.domain.alerts.decisions import Observation, Watchable
from cdt.domain.alerts.events import Operator
from cdt.domain.alerts.state import alert_id_of, alerts, rules
from cdt.domain.kernel import AlertId, Command, Position, RuleId
from cdt.domain.text import Text


def add_alert_rule(
    log: Decides[Outcome],
    rule_id: RuleId,
    *,
    model_id: UUID,
    name: str,
    subject: str,
    operator: Operator,
    threshold: float,
    in_a_row: int,
    measures: Mapping[str, Watchable],
    by: Command,
) -> Outcome:
    """Watch a number of the model's; `measures` are those that a subject can begin with, by name."""
    return log.decide(
        rules,
        rule_id,
        lambda rule: decisions.add_rule(
            rule,
            model_id=model_id,
            name=name,
            subject=subject,
            operator=operator,
            threshold=threshold,
            in_a_row=in_a_row,
            measures=measures,
        ),
        by=by,
    )


def enable_alert_rule(log: Decides[Outcome], rule_id: RuleId, *, by: Command) -> Outcome:
    """Judge a rule again."""
    return log.decide(rules, rule_id, decisions.enable_rule, by=by)


def disable_alert_rule(log: Decides[Outcome], rule_id: RuleId, *, by: Command) -> Outcome:
    """Judge a rule no longer."""
    return log.decide(rules, rule_id, decisions.disable_rule, by=by)


def judge_alert(
    log: Log, rule_id: RuleId, *, version_id: UUID, observations: Sequence[Observation], by: Command
) -> Position | None:
    """Ring, or stop ringing, by the newest recorded results of a version, oldest first."""
    rule = log.load(rule_id, rules).state
    return log.decide(
        alerts,
        alert_id_of(rule_id, version_id),
        lambda alert: decisions.judge(alert, rule, observations, rule_id=rule_id, version_id=version_id),
        by=by,
    )


def acknowledge_alert(log: Decides[Outcome], alert_id: AlertId, *, note: Text, by: Command) -> Outcome:
    """Say that somebody looks after an alert."""
    return log.decide(alerts, alert_id, lambda alert: decisions.acknowledge(alert, note=note), by=by)


def resolve_alert(log: Decides[Outcome], alert_id: AlertId, *, note: Text, seen_at: Position, by: Command) -> Outcome:
    """Say that an alert is over, by what could be seen at a position."""
    return log.decide(alerts, alert_id, lambda alert: decisions.resolve(alert, note=note, seen_at=seen_at), by=by)
