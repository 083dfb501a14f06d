"""Lists of alerts, newest first."""

from uuid import UUID

import strawberry

from cdt.graphql.alerts.types import Alert, AlertState
from cdt.graphql.context import At, Info
from cdt.graphql.ids import NOTHING, sought
from cdt.graphql.paging import Connection, page, page_size
from cdt.graphql.scalars import Cursor, cursor_of, places_of
from cdt.readmodels import alerts


@strawberry.input(description="Which alerts are wanted.")
class AlertFilter:
    """Everything given must hold."""

    states: list[AlertState] | None = None
    model_id: strawberry.ID | None = None
    project_id: strawberry.ID | None = None


async def alerts_page(
    info: Info,
    at: At,
    *,
    first: int | None,
    after: Cursor | None,
    wanted: AlertFilter | None,
    model_id: UUID | None = None,
) -> Connection[Alert]:
    """A page of the scope's alerts, or of one model's."""
    size = page_size(first)
    before = alerts.END if after is None else places_of(after, "alert")[0]
    states = alerts.STATES
    if wanted is not None and wanted.states is not None:
        states = tuple(state.value for state in wanted.states)
    if wanted is not None and wanted.model_id is not None:
        named = sought(wanted.model_id, "Model")
        model_id = named if model_id in {None, named} else NOTHING
    of_project = None if wanted is None or wanted.project_id is None else sought(wanted.project_id, "Project")
    async with info.context.view(at) as view:
        if model_id is None:
            rows = await alerts.alerts_of_scope(
                view, states=states, before=before, limit=size + 1, project_id=of_project
            )
            total = await alerts.count_of_scope(view, states=states, project_id=of_project)
        else:
            rows = await alerts.alerts_of_model(
                view, model_id, states=states, before=before, limit=size + 1, project_id=of_project
            )
            total = await alerts.count_of_model(view, model_id, states=states, project_id=of_project)
    return page(
        rows,
        size=size,
        node=lambda row: Alert.of(row, at),
        cursor=lambda row: cursor_of("alert", row.raised_position),
        after=after,
        total_count=total,
    )
