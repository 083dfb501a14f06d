"""Alert rules, alerts, and how they were delivered."""

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.registry.types import Version
from cdt.graphql.scalars import Cursor
from cdt.graphql.texts import shown_text
from cdt.readmodels import alerts, notifications
from cdt.workers.leases import AttemptedDelivery

if TYPE_CHECKING:
    from cdt.graphql.registry.models import Model


@strawberry.enum(description="On which side of the threshold it rings.")
class Operator(enum.Enum):
    """The threshold itself is on the right side."""

    BELOW = "below"
    ABOVE = "above"


@strawberry.enum(description="How far an alert is.")
class AlertState(enum.Enum):
    """A resolved alert opens again by itself."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@strawberry.enum(description="How far a delivery is.")
class DeliveryState(enum.Enum):
    """Pending until it was taken or given up."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@needs(Permission.READ)
@strawberry.type(description="When to ring.")
class AlertRule(relay.Node):
    """Over trust or a measure."""

    id: relay.NodeID[UUID]
    name: str
    subject: str = strawberry.field(description='"trust", a measure, a measure:feature, or a measure@slice.')
    operator: Operator
    threshold: float
    in_a_row: int
    is_enabled: bool
    added_at: datetime
    row: strawberry.Private[alerts.Rule]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: alerts.Rule, at: At) -> "AlertRule":
        """From a row."""
        return cls(
            id=row.id,
            name=row.name,
            subject=row.subject,
            operator=Operator(row.operator),
            threshold=row.threshold,
            in_a_row=row.in_a_row,
            is_enabled=row.is_enabled,
            added_at=row.added_at,
            row=row,
            at=at,
        )

    @strawberry.field(description="Who added it.")
    def added_by(self) -> Actor:
        """The actor of the event."""
        return Actor.of(self.row.added_by_kind, self.row.added_by_id, self.at)


@needs(Permission.READ)
@strawberry.type(description="A rule's alert on a version.")
class Alert(relay.Node):
    """It rings, is looked after, is resolved, and may ring again."""

    id: relay.NodeID[UUID]
    state: AlertState
    since: datetime = strawberry.field(description="When it came to its present state.")
    raised_at: datetime
    times_raised: int
    value: float | None
    sentence: str
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    row: strawberry.Private[alerts.Alert]
    at: strawberry.Private[At]

    @classmethod
    def of(cls, row: alerts.Alert, at: At) -> "Alert":
        """From a row."""
        return cls(
            id=row.id,
            state=AlertState(row.state),
            since=row.state_at,
            raised_at=row.raised_at,
            times_raised=row.times_raised,
            value=row.value,
            sentence=row.sentence,
            acknowledged_at=row.acknowledged_at,
            resolved_at=row.resolved_at,
            row=row,
            at=at,
        )

    @strawberry.field(description="What was said of it last.")
    async def note(self, info: Info) -> str | None:
        """Null when nothing was said."""
        return await shown_text(info, self.row.note) or None

    @strawberry.field(description="The rule that rang.")
    async def rule(self, info: Info) -> AlertRule:
        """Every alert has one."""
        row = await info.context.loaders.alerts.rule.load((self.at, self.row.rule_id))
        assert row is not None
        return AlertRule.of(row, self.at)

    @strawberry.field(description="The model that it is about.")
    async def model(self, info: Info) -> Annotated["Model", strawberry.lazy("cdt.graphql.registry.models")]:
        """Every alert has one."""
        from cdt.graphql.registry.models import Model  # noqa: PLC0415  the two know each other

        row = await info.context.loaders.registry.model.load((self.at, self.row.model_id))
        assert row is not None
        return Model.of(row, self.at)

    @strawberry.field(description="The version that it is about.")
    async def version(self, info: Info) -> Version:
        """Every alert has one."""
        return await Version.load(info, self.at, self.row.version_id)

    @strawberry.field(description="Who looks after it.")
    def acknowledged_by(self) -> Actor | None:
        """Null while nobody does."""
        return _actor(self.row.acknowledged_by_kind, self.row.acknowledged_by_id, self.at)

    @strawberry.field(description="Who resolved it; the system, when the value came back.")
    def resolved_by(self) -> Actor | None:
        """Null while it rings."""
        return _actor(self.row.resolved_by_kind, self.row.resolved_by_id, self.at)

    @strawberry.field(description="The evaluation that made it ring.")
    def evaluation_id(self) -> strawberry.ID:
        """A global id."""
        return strawberry.ID(str(relay.GlobalID(type_name="Evaluation", node_id=str(self.row.evaluation_id))))


@needs(Permission.READ)
@strawberry.type(description="One message to one endpoint.")
class Delivery:
    """Attempts are of now, the state of the position that is asked about."""

    id: strawberry.ID
    endpoint: str
    what: str
    state: DeliveryState
    attempts: int
    last_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None
    next_attempt_at: datetime | None

    @classmethod
    def of(cls, row: notifications.Delivery, attempted: AttemptedDelivery | None) -> "Delivery":
        """From the read model, and from the lease while it is tried."""
        is_pending = row.state == "pending"
        lease = attempted if is_pending else None
        return cls(
            id=strawberry.ID(str(relay.GlobalID(type_name="Delivery", node_id=str(row.id)))),
            endpoint=row.url,
            what=row.what,
            state=DeliveryState(row.state),
            attempts=row.attempts if lease is None else lease.attempts,
            last_attempt_at=row.finished_at if lease is None else lease.last_attempt_at,
            last_status=row.status if lease is None else lease.last_status,
            last_error=row.error if lease is None else lease.last_error,
            next_attempt_at=None if lease is None else lease.due_at,
        )


@needs(Permission.READ)
@strawberry.type(description="Something happened to an alert.")
class AlertEvent:
    """The alert as it was then."""

    cursor: Cursor
    alert: Alert


def _actor(kind: str | None, key: str | None, at: At) -> Actor | None:
    return None if kind is None or key is None else Actor.of(kind, key, at)
