"""Evaluations that were computed once more, as known at a position."""

from datetime import datetime
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.readmodels.belonging import belongs, to_project


@belongs(to_project)
class Recomputation(msgspec.Struct, frozen=True):
    """One time; `state` is requested, completed or failed."""

    id: UUID
    project_id: UUID
    evaluation_id: UUID
    state: str
    requested_at: datetime
    requested_by_kind: str
    requested_by_id: str
    requested_position: int
    finished_at: datetime | None
    outcome: str | None
    differences: int | None
    rows_digest: str | None
    results_digest: str | None
    libraries: dict[str, str] | None
    processor: str | None
    attempts: int | None
    failure: str | None


async def of_evaluation(view: View, evaluation_id: UUID, *, limit: int) -> list[Recomputation]:
    """Those of an evaluation, newest first."""
    return await view.rows(
        Recomputation,
        "SELECT id, project_id, evaluation_id, state, requested_at, requested_by_kind, requested_by_id,"
        " requested_position, finished_at, outcome, differences, rows_digest, results_digest, libraries, processor,"
        " attempts, failure FROM evaluations_recomputations_at(%(position)s::bigint)"
        " WHERE evaluation_id = %(evaluation_id)s AND NOT closed ORDER BY requested_position DESC LIMIT %(limit)s",
        evaluation_id=evaluation_id,
        limit=limit,
    )
