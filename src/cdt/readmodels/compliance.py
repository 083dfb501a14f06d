"""Legal holds and erasures, as known at a position."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

import msgspec

from cdt.database.reading import View
from cdt.readmodels.belonging import belongs, to_project


@belongs(to_project)
class Hold(msgspec.Struct, frozen=True):
    """What keeps rows of a project, or of one of its models, from being thrown away."""

    id: UUID
    project_id: UUID
    model_id: UUID | None
    reason: str
    placed_at: datetime
    placed_by_kind: str
    placed_by_id: str


@belongs(to_project)
class Erasure(msgspec.Struct, frozen=True):
    """A request that rows of some subjects go; `left_versions` have them still."""

    id: UUID
    project_id: UUID
    model_id: UUID
    version_ids: list[UUID]
    left_versions: list[UUID]
    column_name: str | None
    subjects: int
    reason: str
    requested_at: datetime
    requested_position: int
    requested_by_kind: str
    requested_by_id: str
    predictions: int
    labels: int
    segments: int
    completed_at: datetime | None


_HOLDS: LiteralString = (
    "SELECT id, project_id, model_id, reason, placed_at, placed_by_kind, placed_by_id"
    " FROM compliance_holds_at(%(position)s::bigint) WHERE NOT closed"
)


_ERASURES: LiteralString = (
    "SELECT id, project_id, model_id, version_ids, left_versions, column_name, cardinality(subjects) AS subjects,"
    " reason, requested_at, requested_position, requested_by_kind, requested_by_id, predictions, labels, segments,"
    " completed_at FROM compliance_erasures_at(%(position)s::bigint)"
)


async def holds(view: View, ids: list[UUID]) -> list[Hold]:
    """Those with these ids that are in force."""
    return await view.rows(Hold, _HOLDS + " AND id = ANY(%(ids)s)", ids=ids)


async def holds_and_former(view: View, ids: list[UUID]) -> list[Hold]:
    """The same, those that were lifted too."""
    return await view.rows(
        Hold,
        "SELECT id, project_id, model_id, reason, placed_at, placed_by_kind, placed_by_id"
        " FROM compliance_holds_at(%(position)s::bigint) WHERE id = ANY(%(ids)s)",
        ids=ids,
    )


async def erasures(view: View, ids: list[UUID]) -> list[Erasure]:
    """Those with these ids."""
    return await view.rows(Erasure, _ERASURES + " WHERE id = ANY(%(ids)s)", ids=ids)


async def holds_of_project(view: View, project_id: UUID) -> list[Hold]:
    """What is in force there, oldest first."""
    return await view.rows(
        Hold, _HOLDS + " AND project_id = %(project_id)s ORDER BY placed_at, id", project_id=project_id
    )


async def erasures_of_project(
    view: View, project_id: UUID, *, before: int | None = None, limit: int | None = None
) -> list[Erasure]:
    """What was asked for there, newest first; those that were asked for before a position."""
    return await view.rows(
        Erasure,
        _ERASURES + " WHERE project_id = %(project_id)s"
        " AND (%(before)s::bigint IS NULL OR requested_position < %(before)s)"
        " ORDER BY requested_position DESC LIMIT %(limit)s",
        project_id=project_id,
        before=before,
        limit=limit,
    )
