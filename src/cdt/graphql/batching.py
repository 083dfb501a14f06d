"""Many look-ups of one operation as one statement, each position apart."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from cdt.database.reading import View
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.limits import spend

if TYPE_CHECKING:
    from cdt.graphql.context import At, Context

Row = TypeVar("Row")
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

Key = tuple["At", UUID]


def one_by_id(
    context: "Context",
    read: Callable[[View, list[UUID]], Awaitable[list[Row]]],
    key: Callable[[Row], UUID],
    *,
    permission: Permission = Permission.READ,
) -> "DataLoader[Key, Row | None]":
    """A loader of at most one row an id."""

    async def load(keys: list[Key]) -> list[Row | None]:
        spend(len(keys))
        found: dict[Key, Row] = {}
        for at, ids in _by_position(keys).items():
            async with context.view(at, permission) as view:
                for row in await read(view, ids):
                    found[at, key(row)] = row
        return [found.get(each) for each in keys]

    return DataLoader(load_fn=load, cache=context.is_one_operation)


def many_by_id(
    context: "Context",
    read: Callable[[View, list[UUID]], Awaitable[list[Row]]],
    key: Callable[[Row], UUID],
    *,
    permission: Permission = Permission.READ,
) -> "DataLoader[Key, list[Row]]":
    """A loader of every row that belongs to an id, in the order of the statement."""

    async def load(keys: list[Key]) -> list[list[Row]]:
        found: dict[Key, list[Row]] = defaultdict(list)
        for at, ids in _by_position(keys).items():
            async with context.view(at, permission) as view:
                for row in await read(view, ids):
                    found[at, key(row)].append(row)
        spend(sum(len(found[each]) for each in keys))
        return [found[each] for each in keys]

    return DataLoader(load_fn=load, cache=context.is_one_operation)


def once_loaded(loaded: Awaitable[Row], make: Callable[[Row], T]) -> T | Awaitable[T]:
    """What is made of a loaded row: at once when it is there already.

    For resolvers that are asked for after others have loaded the same: whoever waits for nothing spares the framework a
    coroutine and a task for each field, and for each one above it.
    """
    if isinstance(loaded, asyncio.Future) and loaded.done() and not loaded.cancelled() and loaded.exception() is None:
        return make(loaded.result())
    return _after_loading(loaded, make)


async def _after_loading(loaded: Awaitable[Row], make: Callable[[Row], T]) -> T:
    return make(await loaded)


def _by_position(keys: Iterable[Key]) -> dict["At", list[UUID]]:
    wanted: dict[At, dict[UUID, None]] = defaultdict(dict)
    for at, each in keys:
        wanted[at][each] = None
    return {at: list(ids) for at, ids in wanted.items()}
