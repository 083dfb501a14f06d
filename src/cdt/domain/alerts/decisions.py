"""What may happen next to an alert rule or an alert."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

import msgspec

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
from cdt.domain.alerts.state import Alert, Rule
from cdt.domain.alerts.subjects import subject_of
from cdt.domain.errors import Conflict, Invalid, NotFound
from cdt.domain.kernel import Change, EvaluationId, Event, Position, RuleId
from cdt.domain.text import Text, described, named

TRUST = "trust"
MOST_IN_A_ROW = 100


class RuleExists(Conflict):
    """A rule with this id already exists with other terms; a rule never changes, so add another."""


class AlertIsAcknowledged(Conflict):
    """The alert is already acknowledged, and keeps the note that was given then."""


class AlertIsResolved(Conflict):
    """The alert is already resolved; it opens again by itself when the value is on the wrong side once more."""


class Watchable(Protocol):
    """What a rule must know of a measure: between what its values lie, and of what else than all rows it is taken."""

    @property
    def low(self) -> float | None: ...  # noqa: D102
    @property
    def high(self) -> float | None: ...  # noqa: D102
    @property
    def has_subjects(self) -> bool: ...  # noqa: D102
    @property
    def has_slices(self) -> bool: ...  # noqa: D102


class _Trust(NamedTuple):
    low: float | None = 0.0
    high: float | None = 1.0
    has_subjects: bool = False
    has_slices: bool = False


class Observation(msgspec.Struct, frozen=True):
    """One recorded result of a rule's subject: which evaluation made it, where it is in the log, and its value."""

    evaluation_id: EvaluationId
    position: Position
    value: float | None


def add_rule(
    rule: Rule,
    *,
    model_id: UUID,
    name: str,
    subject: str,
    operator: Operator,
    threshold: float,
    in_a_row: int,
    measures: Mapping[str, Watchable],
) -> list[Event]:
    """Watch a number of the model's; `measures` are those that a subject can begin with, by name."""
    name = named("name", name)
    subject = named("subject", subject)
    _check_threshold(threshold, operator, _watched(subject, measures))
    if not 1 <= in_a_row <= MOST_IN_A_ROW:
        raise Invalid("inARow", f"between 1 and {MOST_IN_A_ROW} results")
    added = RuleAdded(
        model_id=model_id, name=name, subject=subject, operator=operator, threshold=threshold, in_a_row=in_a_row
    )
    if not rule.is_added:
        return [added]
    if (rule.model_id, rule.name, rule.subject, rule.operator, rule.threshold, rule.in_a_row) == (
        model_id,
        name,
        subject,
        operator,
        threshold,
        in_a_row,
    ):
        return []
    raise RuleExists


def enable_rule(rule: Rule) -> list[Event]:
    """Judge the rule again."""
    _require_added(rule)
    return [] if rule.is_enabled else [RuleEnabled(is_enabled=Change(rule.is_enabled, True))]


def disable_rule(rule: Rule) -> list[Event]:
    """Judge the rule no longer."""
    _require_added(rule)
    return [RuleDisabled(is_enabled=Change(rule.is_enabled, False))] if rule.is_enabled else []


def judge(
    alert: Alert, rule: Rule, observations: Sequence[Observation], *, rule_id: RuleId, version_id: UUID
) -> list[Event]:
    """Ring, or stop ringing, by the newest recorded results of one version, oldest first.

    A missing value neither raises nor resolves, and does not interrupt a row. Results up to the position that the alert
    was last judged through, or resolved at by a person, are spent: told twice, it rings once.
    """
    _require_added(rule)
    assert rule.model_id is not None
    if any(each.value is not None and not math.isfinite(each.value) for each in observations):
        raise Invalid("value", "a number is finite, or missing")
    known = [
        (each, each.value) for each in observations if each.position > alert.judged_through and each.value is not None
    ]
    row = known[-rule.in_a_row :]
    if not rule.is_enabled or len(row) < rule.in_a_row or observations[-1].value is None:
        return []
    newest, value = row[-1]
    breaches = [rule.is_breached_by(each) for _, each in row]
    if all(breaches) and alert.state is None:
        return [
            Raised(
                rule_id=rule_id,
                model_id=rule.model_id,
                version_id=version_id,
                evaluation_id=newest.evaluation_id,
                value=value,
                judged_through=newest.position,
                state=Change[AlertState | None](None, "open"),
            )
        ]
    if all(breaches) and alert.state == "resolved":
        return [
            Reopened(
                evaluation_id=newest.evaluation_id,
                value=value,
                judged_through=newest.position,
                state=Change[AlertState](alert.state, "open"),
            )
        ]
    if not any(breaches) and alert.state in {"open", "acknowledged"}:
        return [
            Resolved(
                note="",
                evaluation_id=newest.evaluation_id,
                value=value,
                judged_through=newest.position,
                state=Change[AlertState](alert.state, "resolved"),
            )
        ]
    return []


def acknowledge(alert: Alert, *, note: Text) -> list[Event]:
    """Say that somebody looks after it."""
    note = described("note", note)
    if alert.state is None:
        raise NotFound(kind="alert")
    if alert.state == "resolved":
        raise AlertIsResolved
    if alert.state == "acknowledged" and alert.note != note:
        raise AlertIsAcknowledged
    if alert.state == "acknowledged":
        return []
    return [Acknowledged(note=note, state=Change[AlertState](alert.state, "acknowledged"))]


def resolve(alert: Alert, *, note: Text, seen_at: Position) -> list[Event]:
    """Say that it is over, having seen everything up to a position; only later results make it ring again."""
    note = described("note", note)
    if alert.state is None:
        raise NotFound(kind="alert")
    if alert.state == "resolved" and alert.note != note:
        raise AlertIsResolved
    if alert.state == "resolved":
        return []
    return [
        Resolved(
            note=note,
            evaluation_id=None,
            value=None,
            judged_through=max(seen_at, alert.judged_through),
            state=Change[AlertState](alert.state, "resolved"),
        )
    ]


def _watched(text: str, measures: Mapping[str, Watchable]) -> Watchable:
    if text == TRUST:
        return _Trust()
    subject = subject_of(text)
    measure = measures.get(subject.measure)
    if measure is None or subject.is_half:
        raise Invalid(
            "subject",
            'write "trust", a measure, a measure, a colon and a feature or attribute, or a measure, @ and a slice',
        )
    if subject.part and not measure.has_subjects:
        raise Invalid("subject", f"{subject.measure} is of the whole version: leave out the colon and what follows")
    if subject.slice_name and not measure.has_slices:
        raise Invalid("subject", f"{subject.measure} is not measured of slices: leave out the @ and what follows")
    return measure


def _check_threshold(threshold: float, operator: Operator, watched: Watchable) -> None:
    """A threshold that no value can pass is refused: whoever waits for it to ring waits for ever."""
    if not math.isfinite(threshold):
        raise Invalid("threshold", "it is a finite number")
    low, high = watched.low, watched.high
    if low is not None and high is not None and not low <= threshold <= high:
        raise Invalid("threshold", f"it lies in [{low:g}, {high:g}]")
    if low is not None and threshold < low:
        raise Invalid("threshold", f"it is at least {low:g}")
    if high is not None and threshold > high:
        raise Invalid("threshold", f"it is at most {high:g}")
    if threshold == (low if operator == "below" else high):
        raise Invalid("threshold", f"no value is {operator} {threshold:g}, so it would never ring")


def _require_added(rule: Rule) -> None:
    if not rule.is_added:
        raise NotFound(kind="alert rule")
