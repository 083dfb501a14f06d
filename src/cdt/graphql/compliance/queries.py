"""What is held, and what is being erased."""

from uuid import UUID

import strawberry

from cdt.database.reading import View
from cdt.domain.errors import Forbidden
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.compliance.types import Erasure, LegalHold
from cdt.graphql.context import At, Info
from cdt.graphql.fields import query
from cdt.graphql.ids import sought
from cdt.graphql.paging import Connection, page, page_size
from cdt.graphql.scalars import AsOf, Cursor, cursor_of, places_of
from cdt.readmodels import compliance


@strawberry.type
class ComplianceQueries:
    """Fields of Query."""

    @query(Permission.READ_AUDIT, "The legal holds that are in force in a project, oldest first.")
    async def legal_holds(self, info: Info, project_id: strawberry.ID, as_of: AsOf | None = None) -> list[LegalHold]:
        """None for a project that can't be seen. At most a hundred are in force at once."""
        at = await info.context.at(as_of)
        wanted = await _seen(info, at, project_id)
        if wanted is None:
            return []
        async with info.context.view(at, Permission.READ_AUDIT) as view:
            return [LegalHold.of(row, at) for row in await compliance.holds_of_project(view, wanted)]

    @query(Permission.READ_AUDIT, "The erasures that were asked for in a project, newest first.")
    async def erasures(
        self,
        info: Info,
        project_id: strawberry.ID,
        first: int | None = None,
        after: Cursor | None = None,
        as_of: AsOf | None = None,
    ) -> Connection[Erasure]:
        """None for a project that can't be seen."""
        size, at = page_size(first), await info.context.at(as_of)
        before = None if after is None else places_of(after, "erasures")[0]
        wanted, rows, held = await _seen(info, at, project_id), [], set[UUID | None]()
        if wanted is not None:
            async with info.context.view(at, Permission.READ_AUDIT) as view:
                rows = await compliance.erasures_of_project(view, wanted, before=before, limit=size + 1)
                held = await _held(view, wanted)
        return page(
            rows,
            size=size,
            node=lambda row: Erasure.of(row, at, is_held=bool(held & {None, row.model_id})),
            cursor=lambda row: cursor_of("erasures", row.requested_position),
            after=after,
        )


async def _seen(info: Info, at: At, project_id: strawberry.ID) -> UUID | None:
    """The project, where its record may be read; Forbidden where only the project may be seen."""
    wanted = sought(project_id, "Project")
    if wanted in (await info.context.scope(Permission.READ_AUDIT, at)).projects:
        return wanted
    if wanted in (await info.context.scope(Permission.READ, at)).projects:
        raise Forbidden(permission=Permission.READ_AUDIT.value)
    return None


async def _held(view: View, project_id: UUID) -> set[UUID | None]:
    return {hold.model_id for hold in await compliance.holds_of_project(view, project_id)}
