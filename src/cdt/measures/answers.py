"""What a measure answers of one subject, before it is named by its definition."""

from msgspec import Struct

from cdt.measures.definitions import CountedFrom
from cdt.measures.estimates import Estimate


class Answer(Struct, frozen=True):
    """A number with what it is held against; see `Measured`."""

    measure: str
    subject: str | None
    estimate: Estimate
    baseline: float | None = None
    baseline_rows: int | None = None
    baseline_rarer_rows: int | None = None
    baseline_reason: str | None = None
    counted_from: CountedFrom = "profile"
