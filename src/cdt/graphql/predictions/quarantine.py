"""Rows that were not taken in as they were sent, as they are listed."""

import enum
from datetime import datetime
from typing import Any

import msgspec
import strawberry
from strawberry.scalars import JSON

from cdt.access.permissions import needs
from cdt.domain.errors import Invalid
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.accounts.types import Actor
from cdt.graphql.context import At, Info
from cdt.graphql.errors import graphql_error
from cdt.graphql.paging import Connection, page, page_size
from cdt.graphql.scalars import Cursor, cursor_of, places_of
from cdt.predictions.quarantine import kept
from cdt.predictions.quarantine.kept import QuarantinedRow as Row
from cdt.predictions.versions import find_version
from cdt.readmodels import registry

_LIST = "quarantine"


@strawberry.enum(description="What a row is of.")
class RowKind(enum.Enum):
    """Predictions or labels."""

    PREDICTIONS = "predictions"
    LABELS = "labels"


@strawberry.enum(
    description="Nobody did anything about it yet; it was taken in without its wrong features; it was sent again and "
    "taken in; somebody threw it away."
)
class QuarantineState(enum.Enum):
    """Of a row in the quarantine."""

    OPEN = "open"
    MARKED = "marked"
    RESOLVED = "resolved"
    DISCARDED = "discarded"


@strawberry.enum(
    description="What is wrong: a value of another type; one out of its bounds; one that is no class or category; none "
    "where there must be one; a time that can't be; a column that the version has not; no row at all; another row has "
    "the id; another row of the batch was rejected."
)
class RejectionKind(enum.Enum):
    """The kinds of reasons."""

    TYPE = "type"
    RANGE = "range"
    CATEGORY = "category"
    MISSING = "missing"
    TIME = "time"
    COLUMN = "column"
    FORM = "form"
    CONFLICT = "conflict"
    BATCH = "batch"


@needs(Permission.READ)
@strawberry.type(description="One thing that is wrong with a row.")
class RejectionReason:
    """The column is null for the row as a whole."""

    column: str | None
    kind: RejectionKind
    reason: str


@needs(Permission.READ)
@strawberry.type(description="A row that was not taken in as it was sent.")
class QuarantinedRow:
    """Its number is its place in the version's quarantine."""

    number: str
    kind: RowKind
    state: QuarantineState
    key: str | None = strawberry.field(description="The idempotency key of its batch.")
    row: int = strawberry.field(description="Which row of its batch, from 0.")
    sent: JSON | None = strawberry.field(
        description="As a line of NDJSON would have it, or the text of what is no row; null if it is not kept."
    )
    reasons: list[RejectionReason]
    prediction_id: str | None
    predicted_at: datetime | None
    received_at: datetime
    settled_at: datetime | None
    resolved_by: str | None = strawberry.field(description="The idempotency key of the batch that took it in.")
    discarded_by: Actor | None

    @classmethod
    def of(cls, row: Row, at: At) -> "QuarantinedRow":
        """From what is kept."""
        who = (row.settled_by or "").partition(" ") if row.state == "discarded" else None
        return cls(
            number=str(row.number),
            kind=RowKind(row.kind),
            state=QuarantineState(row.state),
            key=row.key,
            row=row.row_number,
            sent=None if row.sent is None else msgspec.json.decode(row.sent),
            reasons=[
                RejectionReason(column=each.column, kind=RejectionKind(each.kind), reason=each.reason)
                for each in row.typed_reasons
            ],
            prediction_id=row.prediction_id,
            predicted_at=row.predicted_at,
            received_at=row.received_at,
            settled_at=row.settled_at,
            resolved_by=row.settled_by if row.state == "resolved" else None,
            discarded_by=None if who is None else Actor.of(who[0], who[2], at),
        )


@strawberry.input(description="Which rows of a quarantine are wanted; everything given must hold.")
class QuarantineFilter:
    """`reason` and `column` must hold of one and the same thing that is wrong. Times are of receipt, half-open."""

    kind: RowKind | None = None
    states: list[QuarantineState] | None = None
    reason: RejectionKind | None = None
    column: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None

    def to_wanted(self) -> kept.Wanted:
        """As the quarantine has it."""
        for name, moment in (("receivedFrom", self.received_from), ("receivedTo", self.received_to)):
            if moment is not None and moment.tzinfo is None:
                raise graphql_error(Invalid(f"filter.{name}", "give a time with its offset"))
        values: dict[str, Any] = {
            "kind": None if self.kind is None else self.kind.value,
            "reason": None if self.reason is None else self.reason.value,
            "column": None if self.column is None else self.column.replace("\x00", "\ufffd"),
            "received_from": self.received_from,
            "received_to": self.received_to,
        }
        if self.states is not None:
            values["states"] = tuple(state.value for state in self.states)
        return kept.Wanted(**values)


@strawberry.type
class QuarantineOfVersion:
    """Fields of Version."""

    row: strawberry.Private[registry.Version]
    at: strawberry.Private[At]

    @strawberry.field(description="Rows that were not taken in as they were sent, newest first. Of now only.")
    async def quarantine(
        self,
        info: Info,
        first: int | None = None,
        after: Cursor | None = None,
        filter: QuarantineFilter | None = None,  # noqa: A002
    ) -> Connection[QuarantinedRow]:
        """An error when the past is asked about."""
        if not self.at.is_now:
            raise graphql_error(Invalid("quarantine", "what lies in quarantine is of now; ask without asOf"))
        size = page_size(first)
        before = None if after is None else places_of(after, _LIST)[0]
        wanted = (filter or QuarantineFilter()).to_wanted()
        rows: list[Row] = []
        total = 0
        async with info.context.services.writer.transaction([self.row.project_id]) as connection:
            version = await find_version(connection, self.row.id)
            if version is not None:
                rows = await kept.page(connection, version.number, wanted, before=before, limit=size + 1)
                total = await kept.count(connection, version.number, wanted)
        return page(
            rows,
            size=size,
            node=lambda row: QuarantinedRow.of(row, self.at),
            cursor=lambda row: cursor_of(_LIST, row.number),
            after=after,
            total_count=total,
        )
