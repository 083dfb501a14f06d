"""Models."""

import enum
from collections.abc import Callable

import strawberry

from cdt.domain.security import Access
from cdt.domain.tenancy.roles import Permission
from cdt.domain.text import described
from cdt.graphql.context import Info
from cdt.graphql.fields import query
from cdt.graphql.ids import sought
from cdt.graphql.paging import Connection, page, page_size, slice_after
from cdt.graphql.registry.models import Model
from cdt.graphql.registry.types import Version
from cdt.graphql.scalars import AsOf, Cursor, cursor_of
from cdt.readmodels import registry


@strawberry.input(description="Which models are wanted.")
class ModelFilter:
    """Everything given must hold."""

    project_id: strawberry.ID | None = None
    search: str | None = strawberry.field(default=None, description="A part of the name, in any case.")

    def text(self) -> str:
        """What is searched for; empty for anything."""
        return described("filter.search", self.search or "")


@strawberry.enum(description="In which order models are listed.")
class ModelOrder(enum.Enum):
    """By name, or by the time of registration."""

    NAME_ASC = "name"
    NAME_DESC = "-name"
    REGISTERED_ASC = "registered"
    REGISTERED_DESC = "-registered"


_ORDERS: dict[str, Callable[[registry.Model], object]] = {
    "name": lambda row: (row.name.casefold(), row.id),
    "registered": lambda row: (row.registered_at, row.id),
}


@strawberry.type
class RegistryQueries:
    """Fields of Query."""

    @query(Permission.READ, "A model; null when there is none with this id, or none that you may see.")
    async def model(self, info: Info, id: strawberry.ID, as_of: AsOf | None = None) -> Model | None:  # noqa: A002
        """As known at the moment that is asked about."""
        at = await info.context.at(as_of)
        row = await info.context.loaders.registry.model.load((at, sought(id, "Model")))
        if row is None:
            return None
        info.context.note_read(row.id, row.project_id)
        return Model.of(row, at)

    @query(Permission.READ, "A version; null when there is none with this id, or none that you may see.")
    async def version(self, info: Info, id: strawberry.ID, as_of: AsOf | None = None) -> Version | None:  # noqa: A002
        """As known at the moment that is asked about."""
        at = await info.context.at(as_of)
        row = await info.context.loaders.registry.version.load((at, sought(id, "Version")))
        if row is None:
            return None
        info.context.note_read(row.model_id, row.project_id)
        return Version.of(row, at)

    @query(Permission.READ, "The models that you can see.")
    async def models(
        self,
        info: Info,
        first: int | None = None,
        after: Cursor | None = None,
        filter: ModelFilter | None = None,  # noqa: A002
        order_by: ModelOrder = ModelOrder.NAME_ASC,
        as_of: AsOf | None = None,
    ) -> Connection[Model]:
        """Thousands of models at most, so they are read whole and ordered here."""
        size, at = page_size(first), await info.context.at(as_of)
        wanted = filter or ModelFilter()
        project_id = None if wanted.project_id is None else sought(wanted.project_id, "Project")
        async with info.context.view(at) as view:
            rows = await registry.every_model(view, project_id=project_id, search=wanted.text())
        rows.sort(key=_ORDERS[order_by.value.lstrip("-")], reverse=order_by.value.startswith("-"))  # pyright: ignore[reportCallIssue, reportArgumentType]

        def cursor(row: registry.Model) -> Cursor:
            return cursor_of(str(row.id))

        rest = slice_after(rows, after=after, cursor=cursor)
        for row in rest[:size]:
            info.context.note_read(row.id, row.project_id, Access.LISTED)
        return page(
            rest, size=size, node=lambda row: Model.of(row, at), cursor=cursor, after=after, total_count=len(rows)
        )
