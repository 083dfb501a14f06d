"""Relay connections over keyset pages."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import strawberry
from graphql import GraphQLError

from cdt.access.permissions import needs
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.limits import spend
from cdt.graphql.scalars import Cursor, foreign_cursor

T = TypeVar("T")
Row = TypeVar("Row")

DEFAULT_PAGE = 50
MAXIMUM_PAGE = 200


@needs(Permission.READ)
@strawberry.type(description="Where a page of a list ends.")
class PageInfo:
    """Relay's page information; pages are read forwards."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: Cursor | None
    end_cursor: Cursor | None


@needs(Permission.READ)
@strawberry.type(description="One entry of a list, with its place.")
class Edge(Generic[T]):
    """A node and its cursor."""

    cursor: Cursor
    node: T


@needs(Permission.READ)
@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    """A page; `totalCount` is null where counting would cost as much as reading all."""

    edges: list[Edge[T]]
    page_info: PageInfo
    total_count: int | None

    @strawberry.field(description="The entries without their places.")
    def nodes(self) -> list[T]:
        """Shorthand for edges { node }."""
        return [edge.node for edge in self.edges]


def page_size(first: int | None) -> int:
    """How many are asked for; a GraphQL error outside 1..200."""
    size = DEFAULT_PAGE if first is None else first
    if not 1 <= size <= MAXIMUM_PAGE:
        raise GraphQLError(f"first is {size}; ask for 1 to {MAXIMUM_PAGE} at once.", extensions={"code": "INVALID"})
    return size


def page(
    rows: Sequence[Row],
    *,
    size: int,
    node: Callable[[Row], T],
    cursor: Callable[[Row], Cursor],
    after: str | None,
    total_count: int | None = None,
) -> Connection[T]:
    """A connection of the first `size` rows; one row more than that tells that there is a next page."""
    spend(min(len(rows), size))
    edges = [Edge(cursor=cursor(row), node=node(row)) for row in rows[:size]]
    info = PageInfo(
        has_next_page=len(rows) > size,
        has_previous_page=after is not None,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(edges=edges, page_info=info, total_count=total_count)


def slice_after(rows: Sequence[Row], *, after: str | None, cursor: Callable[[Row], Cursor]) -> Sequence[Row]:
    """The rows after a cursor, of a list that is short enough to be read whole."""
    if after is None:
        return rows
    for index, row in enumerate(rows):
        if cursor(row) == after:
            return rows[index + 1 :]
    raise foreign_cursor()
