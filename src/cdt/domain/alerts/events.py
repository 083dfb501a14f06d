"""Facts about alert rules and alerts. A rule is a stream; a rule's alert on one version is another."""

from typing import ClassVar, Literal
from uuid import UUID

from cdt.domain.kernel import Change, EvaluationId, Event, Position, RuleId
from cdt.domain.text import Text

Operator = Literal["below", "above"]
AlertState = Literal["open", "acknowledged", "resolved"]


class RuleAdded(Event, frozen=True, kw_only=True):
    """Somebody wants to be told when a number of the model's passes a threshold.

    `subject` is "trust", a measure ("accuracy"), a measure of one feature or attribute
    ("population_stability_index:age"), or one in a slice of the plan ("accuracy@women"). `in_a_row` is how many
    recorded results must agree.
    """

    model_id: UUID
    name: str
    subject: str
    operator: Operator
    threshold: float
    in_a_row: int


class RuleEnabled(Event, frozen=True, kw_only=True):
    """The rule is judged again."""

    is_enabled: Change[bool]


class RuleDisabled(Event, frozen=True, kw_only=True):
    """The rule is no longer judged; its alerts stay as they are."""

    is_enabled: Change[bool]


class Raised(Event, frozen=True, kw_only=True):
    """The alert rings for the first time. `judged_through` is the position of the newest result that it rests on."""

    rule_id: RuleId
    model_id: UUID
    version_id: UUID
    evaluation_id: EvaluationId
    value: float
    judged_through: Position
    state: Change[AlertState | None]


class Reopened(Event, frozen=True, kw_only=True):
    """The alert rings again after it was resolved."""

    evaluation_id: EvaluationId
    value: float
    judged_through: Position
    state: Change[AlertState]


class Acknowledged(Event, frozen=True, kw_only=True):
    """Somebody has seen the alert and looks after it."""

    format: ClassVar[int] = 2
    note: Text
    state: Change[AlertState]


class Resolved(Event, frozen=True, kw_only=True):
    """The alert is over: a person said so, or the value is back (then with the evaluation that showed it).

    Only results after the position `judged_through` can make it ring again.
    """

    format: ClassVar[int] = 2
    note: Text
    evaluation_id: EvaluationId | None
    value: float | None
    judged_through: Position
    state: Change[AlertState]
