"""Whose a row is: what the policies of Postgres say of its table, said once more for the process that shows it."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from cdt.database.reading import Scope, View

T = TypeVar("T", bound=type)
Row = TypeVar("Row")


class Opened(NamedTuple):
    """What a scope opens."""

    projects: frozenset[UUID]
    organizations: frozenset[UUID]
    around: frozenset[UUID]
    user_id: UUID | None

    @classmethod
    def by(cls, scope: Scope) -> "Opened":
        """As sets, for many rows."""
        return cls(frozenset(scope.projects), frozenset(scope.organizations), frozenset(scope.around), scope.user_id)


Belongs = Callable[[Opened, Any], bool]

BELONGS: dict[type, Belongs] = {}
"""class of rows -> whether one of them is open. A class that is not here is read of a thing that was seen before."""


def belongs(test: Belongs) -> Callable[[T], T]:
    """Declare whose the rows of a class are."""

    def declare(row: T) -> T:
        BELONGS[row] = test
        return row

    return declare


def to_project(opened: Opened, row: Any) -> bool:  # noqa: ANN401  a row of any class
    """What belongs to a project."""
    return row.project_id in opened.projects


def to_organization(opened: Opened, row: Any) -> bool:  # noqa: ANN401
    """What belongs to an organization."""
    return row.organization_id in opened.organizations


def to_organization_or_person(opened: Opened, row: Any) -> bool:  # noqa: ANN401
    """A membership: the organization's, and the person's own."""
    return row.organization_id in opened.organizations or row.user_id == opened.user_id


def to_person(opened: Opened, row: Any) -> bool:  # noqa: ANN401
    """What is a person's own."""
    return row.user_id == opened.user_id


class Seeing(View):
    """A view for whoever asks from outside: what the policies let through is told apart here once more."""

    async def rows(self, row: type[Row], sql: Any, **values: Any) -> list[Row]:  # noqa: ANN401
        """As the view, without what the scope does not open."""
        found = await super().rows(row, sql, **values)
        test = BELONGS.get(row)
        if test is None or not found:
            return found
        opened = Opened.by(self.scope)
        return [each for each in found if test(opened, each)]
