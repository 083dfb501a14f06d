"""The parts of a large body, and what has become of those that were read so far."""

from collections import Counter
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from cdt.predictions import receipts
from cdt.predictions.durations import NO_DURATIONS, added
from cdt.predictions.leaving import PredictionBatch
from cdt.predictions.quarantine.held import NOTHING, Held, Leavings, Refused
from cdt.predictions.quarantine.hours import rows_by_hour
from cdt.predictions.quarantine.keeping import Keeping, Leaving
from cdt.predictions.receipts import Receipt, Sum
from cdt.predictions.rejections import Rejections
from cdt.predictions.sealing import NewReceipt, Sealing
from cdt.predictions.subjects import SubjectHashes
from cdt.predictions.versions import NumberedVersion

B_co = TypeVar("B_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Part(Generic[B_co]):
    """The good rows of a piece of a body, and its bad ones, which are counted from the beginning of the piece.

    spare: the good ones as they were sent, some of them, of a body that may be rejected as a whole.
    """

    batch: B_co
    rejections: Rejections
    leavings: Leavings = NOTHING
    spare: tuple[Held, ...] = ()


class Stored(NamedTuple):
    """What became of a part, and what was written of it."""

    answer: Receipt
    sealing: Sealing


class Reading:
    """What became of the parts of a body so far."""

    def __init__(self, hashes: SubjectHashes, *, is_whole: bool) -> None:
        """hashes: by which ids of the project are known that were erased."""
        self._hashes = hashes
        self.total, self.segments, self.is_rejected = Sum(), 0, False
        self._is_whole = is_whole
        self._refused, self._spare = Refused(), Refused()
        self._good: Counter[int] = Counter()
        """By hour, of a body that may be rejected as a whole."""
        self._durations = NO_DURATIONS

    def add(self, part: Part[PredictionBatch], stored: Stored | None) -> None:
        """Count a part: one that was stored, or one of a body that is rejected already, which need not be."""
        first = self.total.row_count
        self._spare.add(part.spare, {}, first=first)
        if self._is_whole:
            self._good.update(dict(rows_by_hour(part.batch)))
        if stored is None:
            refused = part.leavings.refused
            self._refused.add(refused.rows, refused.counts, first=first)
            rejected = tuple(part.rejections.reported)
            count = part.rejections.count
            answer = Receipt(accepted=len(part.batch), duplicates=0, rejected=rejected, rejected_count=count)
            self.total.add(answer)
            return
        if (keeping := stored.sealing.keeping) is not None:
            self._refused.add(keeping.rows, keeping.counts, first=first)
        self.total.add(stored.answer)
        self.segments += len(stored.sealing.segments)
        self._durations = added([self._durations, stored.sealing.durations])
        self.is_rejected = self._is_whole and stored.answer.rejected_count > 0

    def _keeping(self, key: str | None) -> Keeping | None:
        """What goes to the quarantine: of a body that is rejected, after its wrong rows the others."""
        if self.is_rejected:
            bad = {row.number for row in self._refused.rows}
            self._refused.add([row for row in self._spare.rows if row.number not in bad], {}, first=0)
            self._count_good()
        leaving = Leaving(self._hashes)
        leaving.add(self._refused, key=key)
        return leaving.keeping()

    def _count_good(self) -> None:
        """Of a body that is rejected: its good rows, duplicates or not, were rejected with the others."""
        counts = self._refused.counts
        for hour, rows in self._good.items():
            counts.pop((hour, "duplicate"), None)
            if left := rows - counts[hour, "conflict"]:
                counts[hour, "batch"] += left

    def sealing(self, version: NumberedVersion, receipt: Receipt, key: str | None, digest: str) -> Sealing:
        """What is written besides the segments."""
        kept: list[NewReceipt] = []
        if key is not None and receipt.receipt_id is not None:
            answer = receipts.encode(receipt)
            kept = [NewReceipt(key=key, receipt_id=receipt.receipt_id, body_digest=digest, answer=answer)]
        return Sealing(
            project_id=version.project_id,
            version_number=version.number,
            kind="predictions",
            segments=[],
            receipts=kept,
            predictions=receipt.accepted,
            rejected=receipt.rejected_count,
            keeping=self._keeping(key),
            durations=self._durations,
        )
