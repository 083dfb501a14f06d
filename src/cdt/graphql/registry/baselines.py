"""What a version's later behaviour is held against."""

import enum
from datetime import datetime

import strawberry

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At
from cdt.readmodels import registry


@strawberry.enum(description="What a baseline was made of.")
class BaselineSource(enum.Enum):
    """Rows that were sent as predictions, or a body of reference rows."""

    WINDOW = "window"
    UPLOAD = "upload"


@strawberry.enum(description="How a baseline moves with each window.")
class MovingKind(enum.Enum):
    """All rows of the days before it, or those of the weekdays that it touches."""

    TRAILING = "trailing"
    SEASONAL = "seasonal"


@needs(Permission.READ)
@strawberry.type(description="Rows of before each window, which count in place of the baseline that was set.")
class MovingBaseline:
    """So many days before the window begins."""

    kind: MovingKind
    days: int
    followed_at: datetime
    followed_by: Actor

    @classmethod
    def of(cls, row: registry.Version, at: At) -> "MovingBaseline | None":
        """From a version's row."""
        if row.moving_kind is None or row.moving_days is None or row.moving_at is None:
            return None
        return cls(
            kind=MovingKind(row.moving_kind),
            days=row.moving_days,
            followed_at=row.moving_at,
            followed_by=Actor.of(row.moving_by_kind or "system", row.moving_by_id or "", at),
        )


@needs(Permission.READ)
@strawberry.type(description="What a version's later behaviour is measured against.")
class Baseline:
    """Grid and profile, named by their digests."""

    set_at: datetime
    set_by: Actor
    rows: int
    labelled_rows: int
    digest: str
    grid_digest: str
    predicted_from: datetime | None
    predicted_to: datetime | None
    source: BaselineSource
    body_digest: str | None = strawberry.field(description="SHA-256 of an uploaded body; its rows are not kept.")
    moving: MovingBaseline | None = strawberry.field(
        description="What counts in place of this baseline; null where it counts itself."
    )

    @classmethod
    def of(cls, row: registry.Version, at: At) -> "Baseline | None":
        """From a version's row; None while no baseline is set."""
        if row.baseline_digest is None or row.grid_digest is None or row.baseline_at is None:
            return None
        return cls(
            set_at=row.baseline_at,
            set_by=Actor.of(row.baseline_by_kind or "system", row.baseline_by_id or "", at),
            rows=row.baseline_rows or 0,
            labelled_rows=row.baseline_labelled_rows or 0,
            digest=row.baseline_digest,
            grid_digest=row.grid_digest,
            predicted_from=row.baseline_from,
            predicted_to=row.baseline_to,
            source=BaselineSource(row.baseline_source or "window"),
            body_digest=row.baseline_body,
            moving=MovingBaseline.of(row, at),
        )
