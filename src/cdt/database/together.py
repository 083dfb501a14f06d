"""Statements that travel together: one round trip and one transaction, at the price of one.

It is libpq's pipeline without psycopg's cursors. Those may wait at every step and cost 60 us a statement, more than
most of the statements here; this costs 15. A statement is prepared the first time a connection meets it.
"""

import asyncio
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, LiteralString, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection, adapt
from psycopg.abc import Transformer
from psycopg.adapt import PyFormat
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

Row = TypeVar("Row")
Statement = tuple[LiteralString, Mapping[str, Any]]
"""SQL with `%(name)s` for each value, and the values; values that it does not name are passed over.

`%(name)b` sends one in binary: bytes in an array take twice as many as text.
"""

MOST_PREPARED = 500
"""On one connection; later ones are planned each time."""
PLACEHOLDER = re.compile(r"%\((\w+)\)([sb])")


class Answers:
    """What the statements answered, in their order."""

    def __init__(self, results: Sequence[PGresult], transformer: Transformer) -> None:
        """Made by `together`."""
        self._results = results
        self._transformer = transformer

    def rows(self, statement: int, row: Callable[..., Row]) -> list[Row]:
        """The rows of a statement, by its index; `row` is called with the columns by name."""
        result = self._results[statement]
        names = [(result.fname(column) or b"").decode() for column in range(result.nfields)]

        def make(values: Sequence[Any]) -> Row:
            return row(**dict(zip(names, values, strict=True)))

        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, make)

    def values(self, statement: int) -> list[Any]:
        """The first column of a statement, by its index."""
        result = self._results[statement]

        def make(values: Sequence[Any]) -> Any:  # noqa: ANN401
            return values[0]

        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, make)


async def together(
    connection: AsyncConnection[Any], statements: Iterable[Statement], *, then: Statement | None = None
) -> Answers:
    """Run statements in order: all of them, or none when one fails, whose error is raised.

    They are a transaction of their own unless the connection is in one. An error of Python's while they are made leaves
    nothing behind; so does a cancellation, which closes the connection.
    then: travels with them and is answered last, but is run once they are committed; it must not change anything.
    """
    return await send(connection, prepare(statements, then=then))


def prepare(statements: Iterable[Statement], *, then: Statement | None = None) -> "Prepared":
    """What `together` does before it sends anything, for whoever has time for it while the server works."""
    sendable = [_sendable(sql, values) for sql, values in statements]
    return Prepared(sendable, None if then is None else _sendable(*then))


async def send(connection: AsyncConnection[Any], prepared: "Prepared") -> Answers:
    """Run what was prepared, as `together` does."""
    plans = _plans_of(connection)
    sendable, following = prepared
    async with connection.lock:
        try:
            results = await _exchange(connection.pgconn, plans, sendable, following)
        except BaseException:
            await connection.close()
            raise
    for result in results:
        if result.status not in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}:
            plans.forget(sendable if following is None else [*sendable, following])
            raise psycopg.errors.error_from_result(result, encoding=connection.info.encoding)
    return Answers(results, _transformer())


class _Sendable:
    """A statement as libpq takes it."""

    __slots__ = ("formats", "key", "parameters", "text", "types")

    def __init__(self, text: bytes, parameters: Sequence[Any], types: Sequence[int], formats: Sequence[int]) -> None:
        self.text = text
        self.parameters = parameters
        self.types = types
        self.formats = formats
        self.key = text, tuple(types)


class Prepared(NamedTuple):
    """Statements as bytes, and the one that follows them."""

    statements: Sequence[_Sendable]
    then: _Sendable | None


class _Plans:
    """The prepared statements of a connection, by text and types."""

    def __init__(self) -> None:
        self._names: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        self._made = 0

    def send(self, pgconn: PGconn, statement: _Sendable) -> int:
        """Send a statement, prepared; answers how many results that makes."""
        name = self._names.get(statement.key)
        if name is not None:
            pgconn.send_query_prepared(name, statement.parameters, statement.formats)
            return 1
        if len(self._names) >= MOST_PREPARED:
            pgconn.send_query_params(statement.text, statement.parameters, statement.types, statement.formats)
            return 1
        self._made += 1
        name = self._names[statement.key] = b"together_%d" % self._made
        pgconn.send_prepare(name, statement.text, statement.types)
        pgconn.send_query_prepared(name, statement.parameters, statement.formats)
        return 2

    def forget(self, statements: Iterable[_Sendable]) -> None:
        """Prepare these anew the next time: whether they were is not known after a failure."""
        for each in statements:
            self._names.pop(each.key, None)


_THREAD = threading.local()


def _transformer() -> Transformer:
    """Of all connections, since none of them has types of its own; it is no use to two threads at once."""
    transformer: Transformer | None = getattr(_THREAD, "transformer", None)
    if transformer is None:
        transformer = _THREAD.transformer = adapt.Transformer(psycopg.adapters)
    return transformer


def _sendable(sql: str, values: Mapping[str, Any]) -> _Sendable:
    """A statement with its values as bytes."""
    text, names, forms = _parsed(sql)
    transformer = _transformer()
    parameters = transformer.dump_sequence([values[name] for name in names], forms)
    return _Sendable(text, parameters, transformer.types or (), transformer.formats or ())


_PLANS: WeakKeyDictionary[AsyncConnection[Any], _Plans] = WeakKeyDictionary()


def _plans_of(connection: AsyncConnection[Any]) -> _Plans:
    plans = _PLANS.get(connection)
    if plans is None:
        plans = _PLANS[connection] = _Plans()
        # psycopg deallocates every statement of the connection when one of its own was followed by a rollback
        connection.prepare_threshold = None
    return plans


@lru_cache(maxsize=2_000)
def _parsed(sql: str) -> tuple[bytes, tuple[str, ...], tuple[PyFormat, ...]]:
    """The text with libpq's placeholders, and the names of the values in their order with the form of each."""
    numbers: dict[str, int] = {}
    text = PLACEHOLDER.sub(lambda match: f"${numbers.setdefault(match[1], len(numbers) + 1)}", sql)
    in_binary = {name for name, form in PLACEHOLDER.findall(sql) if form == "b"}
    forms = tuple(PyFormat.BINARY if name in in_binary else PyFormat.AUTO for name in numbers)
    return text.replace("%%", "%").encode(), tuple(numbers), forms


async def _exchange(
    pgconn: PGconn, plans: _Plans, statements: Sequence[_Sendable], following: _Sendable | None
) -> list[PGresult]:
    """Send everything, and wait for the result of each statement."""
    pgconn.enter_pipeline_mode()
    counts = [[plans.send(pgconn, each) for each in statements]]
    pgconn.pipeline_sync()
    if following is not None:
        counts.append([plans.send(pgconn, following)])
        pgconn.pipeline_sync()
    while pgconn.flush():
        await _ready(pgconn.socket, for_writing=True)
        pgconn.consume_input()
    results: list[PGresult] = []
    for transaction in counts:
        for count in transaction:
            answered = [await _next(pgconn) for _ in range(count)]
            failed = (each for each in answered if each.status not in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})
            results.append(next(failed, answered[-1]))
        await _next(pgconn)  # the transaction's end
    pgconn.exit_pipeline_mode()
    while pgconn.notify_handler is not None and (notice := pgconn.notifies()) is not None:
        pgconn.notify_handler(notice)
    return results


async def _next(pgconn: PGconn) -> PGresult:
    while True:
        while pgconn.is_busy():
            await _ready(pgconn.socket)
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is not None:
            return result
        if pgconn.status != ConnStatus.OK:
            raise psycopg.OperationalError(pgconn.get_error_message())


async def _ready(socket: int, *, for_writing: bool = False) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(socket, wake)
    if for_writing:
        loop.add_writer(socket, wake)
    try:
        await ready
    finally:
        loop.remove_reader(socket)
        if for_writing:
            loop.remove_writer(socket)
