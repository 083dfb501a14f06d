"""The read models of legal holds and of erasures."""

from cdt.domain.compliance.events import ErasureCompleted, ErasureRequested, HoldLifted, HoldPlaced, RowsErased
from cdt.domain.kernel import Envelope
from cdt.domain.text import stored
from cdt.projections.writing import View, projects


@projects(HoldPlaced)
def hold_placed(view: View, event: HoldPlaced, of: Envelope) -> None:
    """Nothing that it holds is thrown away."""
    del of
    view.write(
        "INSERT INTO compliance_holds"
        " (id, project_id, model_id, reason, placed_at, placed_by_kind, placed_by_id, since)"
        " VALUES (%(hold_id)s, %(project_id)s, %(model_id)s, %(reason)s, %(at)s, %(actor_kind)s, %(actor_id)s,"
        " %(position)s)",
        hold_id=event.hold_id,
        model_id=event.model_id,
        reason=stored(event.reason),
    )


@projects(HoldLifted)
def hold_lifted(view: View, event: HoldLifted, of: Envelope) -> None:
    """It is over."""
    del of
    view.write(
        "UPDATE compliance_holds SET closed = true, since = %(position)s WHERE id = %(hold_id)s", hold_id=event.hold_id
    )


@projects(ErasureRequested)
def erasure_requested(view: View, event: ErasureRequested, of: Envelope) -> None:
    """Rows are to go."""
    del of
    view.write(
        "INSERT INTO compliance_erasures (id, project_id, model_id, version_ids, left_versions, column_name, subjects,"
        " reason, requested_at, requested_position, requested_by_kind, requested_by_id, since)"
        " VALUES (%(erasure_id)s, %(project_id)s, %(model_id)s, %(version_ids)s, %(version_ids)s, %(column)s,"
        " %(subjects)s, %(reason)s, %(at)s, %(position)s, %(actor_kind)s, %(actor_id)s, %(position)s)",
        erasure_id=event.erasure_id,
        model_id=event.model_id,
        version_ids=list(event.version_ids),
        column=event.column,
        subjects=list(event.subjects),
        reason=stored(event.reason),
    )


@projects(RowsErased)
def rows_erased(view: View, event: RowsErased, of: Envelope) -> None:
    """One version less has them."""
    del of
    view.write(
        "UPDATE compliance_erasures SET left_versions = array_remove(left_versions, %(version_id)s),"
        " predictions = predictions + %(predictions)s, labels = labels + %(labels)s,"
        " segments = segments + %(segments)s, since = %(position)s WHERE id = %(erasure_id)s",
        erasure_id=event.erasure_id,
        version_id=event.version_id,
        predictions=event.predictions,
        labels=event.labels + event.waiting_labels,
        segments=event.segments,
    )


@projects(ErasureCompleted)
def erasure_completed(view: View, event: ErasureCompleted, of: Envelope) -> None:
    """They are gone."""
    del of
    view.write(
        "UPDATE compliance_erasures SET completed_at = %(at)s, since = %(position)s WHERE id = %(erasure_id)s",
        erasure_id=event.erasure_id,
    )
