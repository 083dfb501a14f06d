"""One body that waits to be stored, and the answer to it."""

from typing import Generic, TypeVar
from uuid import UUID

from cdt.domain.kernel import Actor
from cdt.predictions.rejections import Rejections
from cdt.predictions.versions import NumberedVersion

B = TypeVar("B")


class Work(Generic[B]):
    """The good rows of a body. `key`, which its receipt is kept under, and `receipt_id` are both there or neither.

    by: who sent it, where that is kept.
    """

    __slots__ = ("batch", "body_digest", "by", "key", "receipt_id", "rejections", "rows", "version")

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
        by: Actor | None = None,
    ) -> None:
        self.version = version
        self.batch = batch
        self.rows = rows
        self.key = key
        self.receipt_id = receipt_id
        self.body_digest = body_digest
        self.rejections = rejections
        self.by = by
