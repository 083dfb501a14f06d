"""Commands about what a project keeps of its rows."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from cdt.database.deciding import Decides, Outcome
from cdt.domain.compliance import decisions
from cdt.domain.compliance.state import keeping_id_of, keepings
from cdt.domain.kernel import Command, Digest
from cdt.domain.text import Text


def place_hold(
    log: Decides[Outcome], project_id: UUID, *, hold_id: UUID, model_id: UUID | None, reason: Text, by: Command
) -> Outcome:
    """Let nothing be thrown away of the project, or of one model."""
    decision = partial(decisions.place_hold, hold_id=hold_id, model_id=model_id, reason=reason)
    return log.decide(keepings, keeping_id_of(project_id), decision, by=by)


def lift_hold(log: Decides[Outcome], project_id: UUID, *, hold_id: UUID, reason: Text, by: Command) -> Outcome:
    """End a hold."""
    decision = partial(decisions.lift_hold, hold_id=hold_id, reason=reason)
    return log.decide(keepings, keeping_id_of(project_id), decision, by=by)


def request_erasure(
    log: Decides[Outcome],
    project_id: UUID,
    *,
    erasure_id: UUID,
    model_id: UUID,
    version_ids: Sequence[UUID],
    column: str | None,
    subjects: Sequence[str],
    reason: Text,
    by: Command,
) -> Outcome:
    """Let the rows of some subjects go."""
    decision = partial(
        decisions.request_erasure,
        erasure_id=erasure_id,
        model_id=model_id,
        version_ids=version_ids,
        column=column,
        subjects=subjects,
        reason=reason,
    )
    return log.decide(keepings, keeping_id_of(project_id), decision, by=by)


def record_removal(
    log: Decides[Outcome],
    project_id: UUID,
    *,
    version_id: UUID,
    predicted_before: datetime | None,
    predictions: int,
    labels: int,
    segments: int,
    by: Command,
) -> Outcome:
    """Tell which rows are gone, by their age or with their project."""
    decision = partial(
        decisions.record_removal,
        version_id=version_id,
        predicted_before=predicted_before,
        predictions=predictions,
        labels=labels,
        segments=segments,
    )
    return log.decide(keepings, keeping_id_of(project_id), decision, by=by)


def record_erased(
    log: Decides[Outcome],
    project_id: UUID,
    *,
    erasure_id: UUID,
    version_id: UUID,
    predictions: int,
    labels: int,
    waiting_labels: int,
    segments: int,
    tombstones: Digest,
    by: Command,
) -> Outcome:
    """Tell that a version has none of the subjects' rows any more."""
    decision = partial(
        decisions.record_erased,
        erasure_id=erasure_id,
        version_id=version_id,
        predictions=predictions,
        labels=labels,
        waiting_labels=waiting_labels,
        segments=segments,
        tombstones=tombstones,
    )
    return log.decide(keepings, keeping_id_of(project_id), decision, by=by)
