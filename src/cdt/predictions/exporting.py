"""A window of rows as a file, made while it is sent: as much of it is in memory as is read at once."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from psycopg import AsyncConnection

from cdt.domain.registry.signature import Signature
from cdt.predictions.arrow import Table, csv, ipc, pa
from cdt.predictions.columns import Labels, Predictions
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import ROW_GROUP_ROWS, Writing
from cdt.predictions.reading import each_part, runs_of, within
from cdt.predictions.segments import Kind, Segment, find_segments, newest_sequence
from cdt.predictions.shapes import LABELS, PREDICTIONS, Shape
from cdt.predictions.versions import NumberedVersion

FileFormat = Literal["parquet", "csv", "arrow"]
Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]]
R = TypeVar("R", Predictions, Labels)

SEGMENTS_AT_ONCE = 20_000
"""What is known of so many takes some 15 MB."""

MEDIA_TYPES: dict[FileFormat, str] = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv; charset=utf-8",
    "arrow": "application/vnd.apache.arrow.stream",
}


class Export:
    """The rows of a version whose `predicted_at` lies in a half-open window, of what had come in when it began.

    A connection is held only while rows are found and read, never while they are sent.
    """

    def __init__(
        self,
        connect: Connect,
        objects: Objects,
        version: NumberedVersion,
        *,
        predicted_from: datetime | None,
        predicted_to: datetime | None,
    ) -> None:
        """`connect` gives a connection that sees the version's project."""
        self._connect = connect
        self._objects = objects
        self._version = version
        self._from = version.since(predicted_from)
        self._to = predicted_to

    def predictions(self, form: FileFormat) -> AsyncIterator[tuple[bytes, int]]:
        """The parts of a file of predictions, each with how many rows it took to make."""
        return self._file(form, PREDICTIONS)

    def labels(self, form: FileFormat) -> AsyncIterator[tuple[bytes, int]]:
        """The same of labels, those that corrections took back and took away among them, as `sign` says."""
        return self._file(form, LABELS)

    async def _file(self, form: FileFormat, shape: Shape[R]) -> AsyncIterator[tuple[bytes, int]]:
        signature, sink = self._version.signature, _Sink()
        file = _file(form, sink, _plain(shape.as_table(shape.join([], signature)), form).schema)
        async for segments in self._segments(shape.kind):
            rows = await self._rows(segments, signature, shape)
            for start in range(0, len(rows), ROW_GROUP_ROWS):
                part = rows.between(start, min(start + ROW_GROUP_ROWS, len(rows)))
                await asyncio.to_thread(_write, file, part, shape, form)
                yield sink.taken(), len(part)
        file.close()
        yield sink.taken(), 0

    async def _segments(self, kind: Kind) -> AsyncIterator[list[Segment]]:
        """Those that are read together, in order; there may be millions in all, of a row each."""
        number, after = self._version.number, 0
        async with self._connect() as connection:
            last = await newest_sequence(connection, number)
        while after < last:
            async with self._connect() as connection:
                found = await find_segments(
                    connection,
                    number,
                    kind=kind,
                    after=after,
                    to=last,
                    predicted_from=self._from,
                    predicted_to=self._to,
                    limit=SEGMENTS_AT_ONCE,
                )
            for run in runs_of(found):
                yield run.segments
            after = found[-1].sequence if len(found) == SEGMENTS_AT_ONCE else last

    async def _rows(self, segments: list[Segment], signature: Signature, shape: Shape[R]) -> R:
        async with self._connect() as connection:
            parts = [each.rows async for each in each_part(connection, self._objects, segments, signature, shape)]
        return await asyncio.to_thread(lambda: within(shape.join(parts, signature), self._from, self._to))


class _File(Protocol):
    def write_table(self, table: Table) -> None: ...

    def close(self) -> None: ...


class _Sink(io.RawIOBase):
    """Where a writer writes to; what it has written is taken away."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, part: Any, /) -> int:
        self._parts.append(bytes(part))
        self._written += len(part)
        return len(part)

    def tell(self) -> int:
        return self._written

    def taken(self) -> bytes:
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole


class _Parquet:
    def __init__(self, sink: _Sink, schema: Any) -> None:
        self._writing = Writing(sink, schema)

    def write_table(self, table: Table) -> None:
        self._writing.add(table)

    def close(self) -> None:
        self._writing.close()


def _file(form: FileFormat, sink: _Sink, schema: Any) -> _File:
    match form:
        case "parquet":
            return _Parquet(sink, schema)
        case "csv":
            return csv.CSVWriter(sink, schema)
        case "arrow":
            return ipc.new_stream(sink, schema)


def _write(file: _File, rows: R, shape: Shape[R], form: FileFormat) -> None:
    file.write_table(_plain(shape.as_table(rows), form))


def _plain(table: Table, form: FileFormat) -> Table:
    """With texts where codes stand for them, except in Parquet, which has its own way to write a text once."""
    if form == "parquet":
        return table.unify_dictionaries()
    fields = [
        pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type)
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))
