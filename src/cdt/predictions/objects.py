"""Reading rows of Parquet objects: the footer once, then the columns wanted, of those row groups that hold the rows."""

import asyncio
import os
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from cdt.predictions.arrow import Table, pa, pq
from cdt.storage.storage import Storage

FOOTER_BYTES = 65_536
"""Fetched at once: the footer of a million rows of 25 columns has some 30 kB."""
_MOST_FOOTERS = 256
_TRAILER_BYTES = 8

Span = tuple[int, int]
"""Rows of an object, from the first up to the last, which does not belong to it."""


class Objects:
    """The Parquet objects of a storage. They don't change, so the footers that were read last are kept."""

    def __init__(self, storage: Storage) -> None:
        """Reads nothing yet."""
        self.storage = storage
        self._footers: OrderedDict[str, tuple[int, Any]] = OrderedDict()

    async def read(self, key: str, spans: Sequence[Span], columns: Sequence[str], *, texts: Sequence[str]) -> Table:
        """The rows of the spans, one after another, of these columns alone.

        texts: those of them that are read as codes. Raises ObjectIsMissing and StorageIsAway.
        """
        size, footer = await self._footer(key)
        groups, first_rows = _groups(footer, spans)
        ranges = _ranges(footer, groups, set(columns))
        parts = await self.storage.read(key, ranges)
        return await asyncio.to_thread(
            _decoded, size, footer, groups, first_rows, spans, columns, texts, list(zip(ranges, parts, strict=True))
        )

    async def _footer(self, key: str) -> tuple[int, Any]:
        kept = self._footers.get(key)
        if kept is not None:
            self._footers.move_to_end(key)
            return kept
        end = await self.storage.end(key, FOOTER_BYTES)
        length = int.from_bytes(end.content[-_TRAILER_BYTES:-4], "little") + _TRAILER_BYTES
        if length > len(end.content):
            end = await self.storage.end(key, length)
        # some milliseconds, while others are read and decoded
        kept = end.size, await asyncio.to_thread(pq.read_metadata, pa.BufferReader(end.content[-length:]))
        self._footers[key] = kept
        if len(self._footers) > _MOST_FOOTERS:
            self._footers.popitem(last=False)
        return kept


NO_OBJECTS = Objects(Storage(None))
"""Where no object storage is set: every row lies in Postgres."""


class _Sparse:
    """A file of which some ranges are there; what is read of them is not copied."""

    closed = False

    def __init__(self, size: int, parts: Sequence[tuple[tuple[int, int], memoryview]]) -> None:
        self._size = size
        self._starts = [start for (start, _), _ in parts]
        self._parts = [content for _, content in parts]
        self._place = 0

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        self._place = place + (self._size if whence == os.SEEK_END else 0)
        return self._place

    def tell(self) -> int:
        return self._place

    def read(self, size: int) -> memoryview:
        """Of one range; a reader asks for a column's bytes of a row group, and a range holds all of them."""
        found = bisect_right(self._starts, self._place) - 1
        start = self._place - self._starts[found]
        content = self._parts[found][start : start + size]
        self._place += len(content)
        return content

    def close(self) -> None:
        """There is nothing to close."""


def _groups(footer: Any, spans: Sequence[Span]) -> tuple[list[int], list[int]]:
    """The row groups that the spans touch, and the first row of each."""
    groups: list[int] = []
    first_rows: list[int] = []
    start = 0
    for group in range(footer.num_row_groups):
        end = start + footer.row_group(group).num_rows
        if any(first < end and last > start for first, last in spans):
            groups.append(group)
            first_rows.append(start)
        start = end
    return groups, first_rows


def _ranges(footer: Any, groups: Sequence[int], columns: set[str]) -> list[tuple[int, int]]:
    """Where the columns' bytes lie; neighbours are one range."""
    found: list[tuple[int, int]] = []
    for group in groups:
        of_group = footer.row_group(group)
        for place in range(of_group.num_columns):
            column = of_group.column(place)
            if column.path_in_schema not in columns:
                continue
            start = column.data_page_offset
            if column.has_dictionary_page and column.dictionary_page_offset:
                start = min(start, column.dictionary_page_offset)
            end = start + column.total_compressed_size
            if found and found[-1][1] == start:
                found[-1] = found[-1][0], end
            else:
                found.append((start, end))
    return found


def _decoded(
    size: int,
    footer: Any,
    groups: Sequence[int],
    first_rows: Sequence[int],
    spans: Sequence[Span],
    columns: Sequence[str],
    texts: Sequence[str],
    parts: Sequence[tuple[tuple[int, int], memoryview]],
) -> Table:
    sparse = pa.PythonFile(_Sparse(size, parts), mode="r")
    file = pq.ParquetFile(sparse, metadata=footer, read_dictionary=list(texts), pre_buffer=False)
    wanted = set(columns)
    places = [place for place, name in enumerate(file.schema.names) if name in wanted]  # by name, "a" means "a.b" too
    table = file.reader.read_row_groups(list(groups), column_indices=places, use_threads=len(places) > 1)
    slices: list[Table] = []
    offset = 0
    for group, first in zip(groups, first_rows, strict=True):
        rows = footer.row_group(group).num_rows
        for start, end in spans:
            begin, stop = max(start, first), min(end, first + rows)
            if begin < stop:
                slices.append(table.slice(offset + begin - first, stop - begin))
        offset += rows
    whole = offset == sum(end - start for start, end in spans)
    return table if whole else pa.concat_tables(slices)
