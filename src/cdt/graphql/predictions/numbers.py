"""Live numbers of calls: how many there are, how many succeed, how long they take."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import relay

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.predictions.numbers_hub import Of
from cdt.graphql.scalars import Cursor, cursor_of
from cdt.predictions.columns import microseconds
from cdt.predictions.durations import RELATIVE_ERROR
from cdt.predictions.live_numbers import LiveFigures

NOTHING_CAME = "Nothing came in during these minutes."
NO_TIMES = "No prediction of these minutes came with its processing time."
CURSOR = "live numbers"


@needs(Permission.READ)
@strawberry.type(description="How long calls took, in milliseconds.")
class ProcessingTime:
    """Quantiles from counts by classes of a logarithmic scale."""

    p50_ms: float | None
    p95_ms: float | None
    calls: int = strawberry.field(description="How many predictions said how long they took.")
    relative_error: float = strawberry.field(description="How far a quantile may be off, as a share of it.")
    reason: str | None = strawberry.field(description="Why there are no quantiles.")


@needs(Permission.READ)
@strawberry.type(description="What came in by the minute, oldest first; minutes in which nothing came are left out.")
class MinuteSeries:
    """Of the last hour."""

    minutes: list[datetime]
    predictions: list[int]
    failed: list[int]


@needs(Permission.READ)
@strawberry.type(description="What the last five minutes say of calls, by the minute in which they came in.")
class LiveNumbers:
    """The present minute and the four before it."""

    of_id: strawberry.ID = strawberry.field(description="The model or project whose calls they are.")
    cursor: Cursor
    since: datetime
    read_at: datetime
    predictions: int
    failed: int = strawberry.field(description="Calls that are known to have failed.")
    predictions_per_minute: float
    success_rate: float | None = strawberry.field(description="The share of calls that became predictions.")
    reason: str | None = strawberry.field(description="Why there is no success rate.")
    processing_time: ProcessingTime
    last_hour: MinuteSeries

    @classmethod
    def of(cls, figures: LiveFigures, kind: Of, subject: UUID) -> "LiveNumbers":
        """From what was read of a model or a project."""
        return cls(
            of_id=strawberry.ID(relay.to_base64(kind.capitalize(), subject)),
            cursor=cursor_of(CURSOR, microseconds(figures.read_at)),
            since=figures.since,
            read_at=figures.read_at,
            predictions=figures.predictions,
            failed=figures.failed,
            predictions_per_minute=figures.predictions_per_minute,
            success_rate=figures.success_rate,
            reason=NOTHING_CAME if figures.success_rate is None else None,
            processing_time=ProcessingTime(
                p50_ms=figures.p50_ms,
                p95_ms=figures.p95_ms,
                calls=figures.timed,
                relative_error=RELATIVE_ERROR,
                reason=None if figures.timed else NO_TIMES,
            ),
            last_hour=MinuteSeries(
                minutes=[each.minute for each in figures.minutes],
                predictions=[each.predictions for each in figures.minutes],
                failed=[each.failed for each in figures.minutes],
            ),
        )
