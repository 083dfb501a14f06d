"""One body that waits to be stored, and the answer to it."""

from collections.abc import Sequence
from typing import Generic, TypeVar
from uuid import UUID

from cdt.domain.kernel import Actor
from cdt.predictions.quarantine.held import NOTHING, Leavings
from cdt.predictions.rejections import Rejections
from cdt.predictions.versions import NumberedVersion

B = TypeVar("B")


class Work(Generic[B]):
    """The good rows of a body. `key`, which its receipt is kept under, and `receipt_id` are both there or neither.

    leavings: what of the body goes to the quarantine; the last rows of the batch are those that were marked.
    is_whole: whether one rejected row rejects all. again: by the body's rows, their numbers in the quarantine, if that
    is where they come from. by: who sent it, where that is kept.
    """

    __slots__ = (
        "again",
        "batch",
        "body_digest",
        "by",
        "is_whole",
        "key",
        "leavings",
        "receipt_id",
        "rejections",
        "rows",
        "version",
    )

    def __init__(
        self,
        version: NumberedVersion,
        batch: B,
        *,
        rows: int,
        key: str | None,
        receipt_id: UUID | None,
        body_digest: str,
        rejections: Rejections,
        leavings: Leavings = NOTHING,
        is_whole: bool = False,
        again: tuple[int, ...] = (),
        by: Actor | None = None,
    ) -> None:
        self.version = version
        self.batch = batch
        self.rows = rows
        self.key = key
        self.receipt_id = receipt_id
        self.body_digest = body_digest
        self.rejections = rejections
        self.leavings = leavings
        self.is_whole = is_whole
        self.again = again
        self.by = by

    def reject_all(self, batch: B, rejections: Rejections, leavings: Leavings) -> None:
        """Let none of its rows be taken in; `batch` is an empty one."""
        self.batch = batch
        self.rows = 0
        self.rejections = rejections
        self.leavings = leavings

    def numbers_of(self, places: Sequence[int]) -> list[int]:
        """Which rows of the body those at some places of the batch are."""
        good = self.rows - len(self.leavings.marks)
        numbers = self.rejections.numbers_of([place for place in places if place < good])
        return [*numbers, *(self.leavings.marks[place - good].number for place in places if place >= good)]
