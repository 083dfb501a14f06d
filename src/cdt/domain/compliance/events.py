"""Facts about what a project keeps. The stream is the project's keeping; no fact holds a row or a value of one."""

from datetime import datetime
from uuid import UUID

from cdt.domain.kernel import Digest, Event
from cdt.domain.text import Text


class HoldPlaced(Event, frozen=True, kw_only=True):
    """Nothing of the project's rows, or of one model's, is thrown away until this is lifted."""

    hold_id: UUID
    model_id: UUID | None
    reason: Text


class HoldLifted(Event, frozen=True, kw_only=True):
    """The hold is over; what is due to be thrown away goes, unless another holds it."""

    hold_id: UUID
    reason: Text


class RowsRemoved(Event, frozen=True, kw_only=True):
    """Rows of a version that were predicted before a day are gone; with the project, all of them, when it is None."""

    version_id: UUID
    predicted_before: datetime | None
    predictions: int
    labels: int
    segments: int


class ErasureRequested(Event, frozen=True, kw_only=True):
    """The rows of some subjects shall go from these versions.

    column: that of the signature which tells whose a row is; None for the prediction's id. subjects: keyed hashes of
    what stands there, which say nothing to who has not got the key.
    """

    erasure_id: UUID
    model_id: UUID
    version_ids: tuple[UUID, ...]
    column: str | None
    subjects: tuple[str, ...]
    reason: Text


class RowsErased(Event, frozen=True, kw_only=True):
    """The subjects' rows are gone from a version.

    segments: how many were written anew. tombstones: the digest of their list, with the digests before and now.
    """

    erasure_id: UUID
    version_id: UUID
    predictions: int
    labels: int
    waiting_labels: int
    segments: int
    tombstones: Digest


class ErasureCompleted(Event, frozen=True, kw_only=True):
    """The subjects' rows are gone from every version that was named."""

    erasure_id: UUID
