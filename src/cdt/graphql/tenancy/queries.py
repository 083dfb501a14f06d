"""Projects."""

import strawberry

from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Info
from cdt.graphql.fields import query
from cdt.graphql.paging import Connection, page, page_size, slice_after
from cdt.graphql.scalars import AsOf, Cursor, cursor_of
from cdt.graphql.tenancy.types import Project
from cdt.readmodels import tenancy


@strawberry.type
class TenancyQueries:
    """Fields of Query."""

    @query(Permission.READ, "The projects that you can see, by name.")
    async def projects(
        self, info: Info, first: int | None = None, after: Cursor | None = None, as_of: AsOf | None = None
    ) -> Connection[Project]:
        """A person has few projects, so they are read whole."""
        size, at = page_size(first), await info.context.at(as_of)
        async with info.context.view(at) as view:
            rows = await tenancy.projects_of_organizations(view)

        def cursor(row: tenancy.Project) -> Cursor:
            return cursor_of(str(row.id))

        rest = slice_after(rows, after=after, cursor=cursor)
        return page(
            rest,
            size=size,
            node=lambda row: Project.of(row, at),
            cursor=cursor,
            after=after,
            total_count=len(rows),
        )
