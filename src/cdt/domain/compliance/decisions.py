"""What may happen next to a project's rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cdt.domain.compliance.events import (
    ErasureCompleted,
    ErasureRequested,
    HoldLifted,
    HoldPlaced,
    RowsErased,
    RowsRemoved,
)
from cdt.domain.compliance.state import Keeping
from cdt.domain.errors import Conflict, Invalid, NotFound
from cdt.domain.kernel import Digest, Event
from cdt.domain.text import Text, reasoned

MOST_HOLDS = 100
MOST_SUBJECTS = 500
"""Hashes of one request: an event holds 64 kB."""
MOST_VERSIONS = 500


class TooManyHolds(Conflict):
    """At most {most} holds may be in force at once: lift those that are over."""


class RowsAreHeld(Conflict):
    """A legal hold keeps these rows: have it lifted first."""


class ProjectIsHeld(Conflict):
    """A legal hold keeps rows of this project: have it lifted first, then delete."""


class OrganizationIsHeld(Conflict):
    """A legal hold keeps rows of one of its projects: have it lifted first, then delete."""


def place_hold(keeping: Keeping, *, hold_id: UUID, model_id: UUID | None, reason: Text) -> list[Event]:
    """Let nothing be thrown away of the project, or of one model."""
    if hold_id in keeping.holds:
        return []
    if sum(not hold.is_lifted for hold in keeping.holds.values()) >= MOST_HOLDS:
        raise TooManyHolds(most=MOST_HOLDS)
    return [HoldPlaced(hold_id=hold_id, model_id=model_id, reason=reasoned(reason))]


def lift_hold(keeping: Keeping, *, hold_id: UUID, reason: Text) -> list[Event]:
    """End a hold."""
    hold = keeping.holds.get(hold_id)
    if hold is None:
        raise NotFound(kind="legal hold")
    return [] if hold.is_lifted else [HoldLifted(hold_id=hold_id, reason=reasoned(reason))]


def require_free(keeping: Keeping) -> None:
    """Raise for a project of which anything is held: it can't be deleted."""
    if keeping.is_held():
        raise ProjectIsHeld


def request_erasure(
    keeping: Keeping,
    *,
    erasure_id: UUID,
    model_id: UUID,
    version_ids: Sequence[UUID],
    column: str | None,
    subjects: Sequence[str],
    reason: Text,
) -> list[Event]:
    """Let the rows of some subjects go. Each is named by its keyed hash."""
    if erasure_id in keeping.erasures:
        return []
    if keeping.is_held(model_id):
        raise RowsAreHeld
    if not 1 <= len(version_ids) <= MOST_VERSIONS:
        raise Invalid("versionId", f"name one version of the model: it has none, or more than {MOST_VERSIONS}")
    wanted = tuple(sorted(set(subjects)))
    if not 1 <= len(wanted) <= MOST_SUBJECTS:
        raise Invalid("predictionIds" if column is None else "values", f"give 1 to {MOST_SUBJECTS}")
    return [
        ErasureRequested(
            erasure_id=erasure_id,
            model_id=model_id,
            version_ids=tuple(version_ids),
            column=column,
            subjects=wanted,
            reason=reasoned(reason),
        )
    ]


def record_removal(
    keeping: Keeping,
    *,
    version_id: UUID,
    predicted_before: datetime | None,
    predictions: int,
    labels: int,
    segments: int,
) -> list[Event]:
    """Tell what is gone; it is, whatever the keeping says."""
    del keeping
    return [
        RowsRemoved(
            version_id=version_id,
            predicted_before=predicted_before,
            predictions=predictions,
            labels=labels,
            segments=segments,
        )
    ]


def record_erased(
    keeping: Keeping,
    *,
    erasure_id: UUID,
    version_id: UUID,
    predictions: int,
    labels: int,
    waiting_labels: int,
    segments: int,
    tombstones: Digest,
) -> list[Event]:
    """Tell that a version has none of the rows any more; of the last one, that the erasure is completed."""
    erasure = keeping.erasures.get(erasure_id)
    if erasure is None:
        raise NotFound(kind="erasure")
    if version_id not in erasure.left:
        return []
    erased = RowsErased(
        erasure_id=erasure_id,
        version_id=version_id,
        predictions=predictions,
        labels=labels,
        waiting_labels=waiting_labels,
        segments=segments,
        tombstones=tombstones,
    )
    return [erased, ErasureCompleted(erasure_id=erasure_id)] if not erasure.left - {version_id} else [erased]
