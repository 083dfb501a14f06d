"""What became of the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rejection:
    """A row that was not taken in: its place among the rows sent, from 0; the column, if it is about one; and why."""

    row: int
    column: str | None
    reason: str


@dataclass(frozen=True)
class Receipt:
    """What became of the rows; all of it is durable.

    accepted: taken in. duplicates: there already. rejected: the first bad rows, a thousand for each request;
    rejected_count: all of them. corrected, waiting: of the accepted labels, those that replaced another one, and those
    whose prediction isn't there yet. sequence: the version's intake sequence as of the last request. marked: of the
    accepted predictions, those whose wrong features are missing. batch_rejected: whether one row rejected all of a
    request; both by the model's intake policy.
    """

    accepted: int = 0
    duplicates: int = 0
    rejected: tuple[Rejection, ...] = ()
    rejected_count: int = 0
    corrected: int = 0
    waiting: int = 0
    sequence: int = 0
    marked: int = 0
    batch_rejected: bool = False


@dataclass(frozen=True)
class BaselineReceipt:
    """What became of reference rows: they are the version's baseline.

    rows: the good ones; labelled_rows: those of them whose truth is known. rejected, rejected_count: as of a Receipt.
    baseline: the digest of their profile. is_new: whether it was recorded now; the version may have had it already.
    """

    rows: int
    labelled_rows: int
    rejected: tuple[Rejection, ...]
    rejected_count: int
    baseline: str
    is_new: bool


def baseline_receipt_of(answer: dict[str, Any]) -> BaselineReceipt:
    """The receipt of a body of reference rows."""
    return BaselineReceipt(
        rows=answer["rows"],
        labelled_rows=answer["labelledRows"],
        rejected=tuple(Rejection(each["row"], each["column"], each["reason"]) for each in answer["rejected"]),
        rejected_count=answer["rejectedCount"],
        baseline=answer["baseline"],
        is_new=answer["position"] is not None,
    )


def receipt_of(answer: dict[str, Any], *, first_row: int) -> Receipt:
    """The receipt of one request, whose first row was that one among all."""
    rejected = (Rejection(first_row + each["row"], each["column"], each["reason"]) for each in answer["rejected"])
    return Receipt(
        accepted=answer["accepted"],
        duplicates=answer["duplicates"],
        rejected=tuple(rejected),
        rejected_count=answer["rejectedCount"],
        corrected=answer["corrected"],
        waiting=answer["waiting"],
        sequence=answer["sequence"],
        marked=answer.get("marked", 0),
        batch_rejected=answer.get("batchRejected", False),
    )


def together(receipts: Iterable[Receipt]) -> Receipt:
    """One receipt for all requests."""
    total = Receipt()
    for each in receipts:
        total = Receipt(
            accepted=total.accepted + each.accepted,
            duplicates=total.duplicates + each.duplicates,
            rejected=total.rejected + each.rejected,
            rejected_count=total.rejected_count + each.rejected_count,
            corrected=total.corrected + each.corrected,
            waiting=total.waiting + each.waiting,
            sequence=max(total.sequence, each.sequence),
            marked=total.marked + each.marked,
            batch_rejected=total.batch_rejected or each.batch_rejected,
        )
    return total
