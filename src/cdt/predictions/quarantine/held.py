"""One row on its way into the quarantine, and what one body leaves there."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec.structs import replace

MOST_ROW_BYTES = 32 * 1024
"""Of a longer row it is kept that it was there, and why it was rejected."""
MOST_ROWS_OF_BODY = 10_000
MOST_BYTES_OF_BODY = 4 << 20
"""The first rows of a body, up to these: they are in memory until it is known what becomes of the body."""
MOST_ROWS_OF_VERSION = 50_000
MOST_BYTES_OF_VERSION = 32 << 20
"""The newest rows of a version, up to these."""
MOST_REASONS = 20
_OVERHEAD_BYTES = 200
_MOST_COLUMN_CHARACTERS = 200

RejectionKind: TypeAlias = Literal[
    "type", "range", "category", "missing", "time", "column", "form", "conflict", "batch"
]
"""A value of another type; one out of its bounds; one that is no class or category that is known; none where there must
be one; a time that can't be; a column that the version has not; no row at all; another row has the id; another row of
the batch was rejected."""
VIOLATIONS: tuple[RejectionKind, ...] = ("type", "range", "category", "missing", "time", "column", "form")
"""What makes a row one that does not fit the signature."""
Tally: TypeAlias = Literal[
    "type", "range", "category", "missing", "time", "column", "form", "conflict", "batch", "marked", "duplicate"
]
State: TypeAlias = Literal["open", "marked", "resolved", "discarded"]

Sent: TypeAlias = dict[str, Any] | str
"""A row as a line of NDJSON has it, or the text of what is no row."""

_ENCODER = msgspec.json.Encoder()


class Reason(msgspec.Struct, frozen=True):
    """One thing that is wrong with a row: the column, or None for the row as a whole, and a sentence."""

    column: str | None
    kind: RejectionKind
    reason: str

    @classmethod
    def of(cls, column: str | None, kind: RejectionKind, reason: str) -> "Reason":
        """With a column as Postgres can hold it, whatever a sender called it."""
        named = None if column is None else column[:_MOST_COLUMN_CHARACTERS].replace("\x00", "\ufffd")
        return cls(named, kind, reason.replace("\x00", "\ufffd"))


OF_BATCH = Reason.of(None, "batch", "another row of its batch was rejected, and with it all of the batch")


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A row for the quarantine.

    number: of the row in its body, from 0. state: 'open', or 'marked' if the row was taken in for all that.
    sent: the row as JSON; None of one that is too long. digest: tells it from others.
    """

    number: int
    state: State
    sent: bytes | None
    digest: bytes
    reasons: tuple[Reason, ...]
    prediction_id: str | None
    predicted_at: datetime | None

    @property
    def size(self) -> int:
        """Bytes, about."""
        reasons = sum(len(each.reason) + len(each.column or "") for each in self.reasons)
        return len(self.sent or b"") + reasons + _OVERHEAD_BYTES

    def as_marked(self) -> "Held":
        """The same row, taken in without what is wrong with it."""
        return replace(self, state="marked")

    def rejected_for(self, reason: Reason) -> "Held":
        """The same row, rejected for one more reason than its own."""
        return replace(self, state="open", reasons=(reason, *self.reasons)[:MOST_REASONS])


def held(
    number: int,
    sent: Sent,
    reasons: Iterable[Reason],
    *,
    state: State = "open",
    prediction_id: str | None = None,
    predicted_at: datetime | None = None,
) -> Held:
    """A row as it was sent."""
    text = _ENCODER.encode(sent)
    return Held(
        number=number,
        state=state,
        sent=text if len(text) <= MOST_ROW_BYTES else None,
        digest=hashlib.blake2b(text, digest_size=16).digest(),
        reasons=tuple(reasons)[:MOST_REASONS],
        prediction_id=prediction_id,
        predicted_at=predicted_at,
    )


class Refused:
    """What a body leaves: its first rows that were not taken in as they were, and how many there were by hour and kind.

    counts: rows by the hour, counted from 1970, and by why.
    """

    __slots__ = ("_bytes", "counts", "rows")

    def __init__(self) -> None:
        self.rows: list[Held] = []
        self.counts: Counter[tuple[int, Tally]] = Counter()
        self._bytes = 0

    def __bool__(self) -> bool:
        return bool(self.counts or self.rows)

    @property
    def is_full(self) -> bool:
        """Whether no further row is kept."""
        return len(self.rows) >= MOST_ROWS_OF_BODY or self._bytes >= MOST_BYTES_OF_BODY

    def keep(self, row: Held) -> None:
        """Keep a row if there is room."""
        if not self.is_full:
            self.rows.append(row)
            self._bytes += row.size

    def count(self, hour: int, why: Tally, rows: int = 1) -> None:
        """Count rows."""
        self.counts[hour, why] += rows

    def add(self, rows: Iterable[Held], counts: Mapping[tuple[int, Tally], int], *, first: int) -> None:
        """What the next part of a body leaves, of which the first row is the body's `first`."""
        for row in rows:
            if self.is_full:
                break
            self.keep(replace(row, number=row.number + first))
        self.counts.update(counts)


class Leavings(NamedTuple):
    """What a decoded body leaves before it is known which of its rows are new.

    refused: rows that were not taken in. marks: of each row that was marked, in the order of the batch, what was sent.
    """

    refused: Refused
    marks: tuple[Held, ...] = ()


NOTHING = Leavings(Refused())
"""Of a body whose rows are all good; not to be added to."""
