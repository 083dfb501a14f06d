"""Backfills: windows of history that are measured by the present plan, as known at a position."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.domain.evaluations.windows import Window
from cdt.readmodels.belonging import belongs, to_project


@belongs(to_project)
class Backfill(msgspec.Struct, frozen=True):
    """One request, and how many of its windows are measured, given up, computed or waited for, or cancelled by now."""

    id: UUID
    project_id: UUID
    plan_id: UUID
    version_id: UUID
    model_id: UUID
    requested_at: datetime
    requested_by_kind: str
    requested_by_id: str
    requested_position: int
    window_start: datetime
    window_end: datetime
    windows: int
    reason: str
    evaluation_ids: list[UUID]
    cancelled_at: datetime | None
    cancelled_by_kind: str | None
    cancelled_by_id: str | None
    cancelled_because: str | None
    completed: int
    failed: int
    waiting: int
    cancelled: int

    @property
    def not_asked_for(self) -> int:
        """Windows that no evaluation was asked for yet: for a moment, or for as long as that can't be done."""
        return self.windows - self.completed - self.failed - self.waiting - self.cancelled


class MeasuredWindow(msgspec.Struct, frozen=True):
    """A window that was measured, or is to be, because it closed or was restated; by which specification."""

    window_start: datetime
    window_end: datetime
    specification_digest: str


_BACKFILLS = (
    "SELECT backfill.id, backfill.project_id, backfill.plan_id, backfill.version_id, backfill.model_id,"
    " backfill.requested_at,"
    " backfill.requested_by_kind, backfill.requested_by_id, backfill.requested_position, backfill.window_start,"
    " backfill.window_end, cardinality(backfill.evaluation_ids) AS windows, backfill.reason, backfill.evaluation_ids,"
    " backfill.cancelled_at, backfill.cancelled_by_kind, backfill.cancelled_by_id, backfill.cancelled_because,"
    " found.completed, found.failed, found.waiting, CASE WHEN backfill.cancelled_at IS NULL THEN found.cancelled"
    " ELSE cardinality(backfill.evaluation_ids) - found.completed - found.failed - found.waiting END AS cancelled"
    " FROM evaluations_backfills_at(%(position)s::bigint) AS backfill, LATERAL ("
    " SELECT count(*) FILTER (WHERE evaluation.state = 'completed') AS completed,"
    " count(*) FILTER (WHERE evaluation.state = 'failed') AS failed,"
    " count(*) FILTER (WHERE evaluation.state = 'requested') AS waiting,"
    " count(*) FILTER (WHERE evaluation.state = 'cancelled') AS cancelled"
    " FROM evaluations_evaluations_at(%(position)s::bigint) AS evaluation"
    " WHERE evaluation.id = ANY(backfill.evaluation_ids)) AS found"
)


async def of_plan(view: View, plan_id: UUID, *, limit: int) -> list[Backfill]:
    """Those of a plan, newest first."""
    return await view.rows(
        Backfill,
        _BACKFILLS + " WHERE backfill.plan_id = %(plan_id)s AND NOT backfill.closed"
        " ORDER BY backfill.requested_position DESC LIMIT %(limit)s",
        plan_id=plan_id,
        limit=limit,
    )


async def backfills(view: View, ids: Sequence[UUID]) -> list[Backfill]:
    """Those with these ids."""
    return await view.rows(
        Backfill, _BACKFILLS + " WHERE backfill.id = ANY(%(ids)s) AND NOT backfill.closed", ids=list(ids)
    )


async def measured(view: View, plan_id: UUID, windows: Sequence[Window]) -> list[MeasuredWindow]:
    """What was recorded of these windows, or is under way, because they closed."""
    return await view.rows(
        MeasuredWindow,
        "SELECT DISTINCT evaluation.window_start, evaluation.window_end, evaluation.specification_digest"
        " FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS wanted (window_start, window_end)"
        " JOIN evaluations_evaluations_at(%(position)s::bigint) AS evaluation"
        " ON evaluation.plan_id = %(plan_id)s AND evaluation.window_end = wanted.window_end"
        " AND evaluation.window_start = wanted.window_start"
        " WHERE evaluation.cause IN ('window_closed', 'restatement')"
        " AND evaluation.state IN ('requested', 'completed') AND NOT evaluation.closed",
        plan_id=plan_id,
        starts=[window.start for window in windows],
        ends=[window.end for window in windows],
    )
