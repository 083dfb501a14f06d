"""Packing: the rows of many segments become one Parquet object, and their digests stay what they were.

The object is written, read back from the storage and compared with the digest of every segment; then one transaction
points the segments at it and forgets what held their rows before. Whatever dies in between leaves an object that
nothing points at, which is deleted later. The small objects that came last are packed again with what is new, so that
there are few however slowly rows come in.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from typing import IO, Any, TypeVar

import msgspec
from msgspec.structs import replace
from psycopg import AsyncConnection
from uuid_utils.compat import uuid7

from cdt.predictions import kept_objects
from cdt.predictions.columns import Labels, Predictions
from cdt.predictions.kept_objects import KeptObject, Taken
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import ROW_GROUP_ROWS, Writing
from cdt.predictions.reading import Part, apart, each_part, read_packed, runs_of
from cdt.predictions.segment_digests import digests_of
from cdt.predictions.segments import Kind, Segment, find_segments
from cdt.predictions.shapes import LABELS, PREDICTIONS, Shape
from cdt.predictions.versions import NumberedVersion

OBJECT_ROWS = 8 * ROW_GROUP_ROWS
OBJECT_SEGMENTS = 50_000
"""Segments of one object, whose rows in Postgres one transaction changes."""
TIMES_AS_LARGE = 4
"""An object is packed again with rows that are at least a quarter as many: each row is packed a few times in all."""
DELETE_AFTER_SECONDS = 3_600.0
"""Twice as long as the longest job: until then somebody may still write an object, or read it by an older list."""

R = TypeVar("R", Predictions, Labels)


class DigestDiffers(Exception):
    """What was read back of an object is not what the segment was; the segment stays where it is."""


class Packed(msgspec.Struct, frozen=True):
    """What was packed into one object."""

    object_key: str
    segments: int
    rows: int
    bytes: int


async def pack(connection: AsyncConnection[Any], objects: Objects, version: NumberedVersion) -> Packed | None:
    """Pack the version's oldest fresh segments into one object; None when there are none.

    Works as the system, under the lock of whoever packs the version; the connection must not be in a transaction.
    """
    predictions = await _chosen(connection, version, "predictions")
    if predictions:
        return await _pack(connection, objects, version, predictions, PREDICTIONS)
    labels = await _chosen(connection, version, "labels")
    return await _pack(connection, objects, version, labels, LABELS) if labels else None


async def sweep(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    *,
    seconds: float = DELETE_AFTER_SECONDS,
) -> int:
    """Delete the version's objects that nothing has pointed at for so long; how many there were."""
    keys = await kept_objects.to_delete(connection, version.number, seconds=seconds)
    for key in keys:
        await objects.storage.delete(key)
        await kept_objects.forget(connection, key)
    return len(keys)


async def _chosen(connection: AsyncConnection[Any], version: NumberedVersion, kind: Kind) -> list[Segment]:
    """The fresh segments that fit into an object, and before them those of the small objects that came last."""
    found = await kept_objects.fresh_segments(connection, version.number, kind, limit=OBJECT_SEGMENTS)
    fresh: list[Segment] = []
    rows = 0
    for segment in found:
        if fresh and rows + segment.rows > OBJECT_ROWS:
            break
        fresh.append(segment)
        rows += segment.rows
    if not fresh:
        return []
    newest = await kept_objects.newest_objects(connection, version.number, kind, limit=16)
    small = _packed_again(newest, rows=rows, segments=len(fresh))
    if small is None:
        return fresh
    before = await find_segments(
        connection, version.number, kind=kind, after=small.first_sequence - 1, to=fresh[0].sequence - 1
    )
    return [*before, *fresh]


def _packed_again(newest: Sequence[KeptObject], *, rows: int, segments: int) -> KeptObject | None:
    """The oldest of the objects that are packed again; None for none."""
    oldest: KeptObject | None = None
    for each in newest:
        rows, segments = rows + each.rows, segments + each.segments
        if each.rows > TIMES_AS_LARGE * (rows - each.rows) or rows > OBJECT_ROWS or segments > OBJECT_SEGMENTS:
            break
        oldest = each
    return oldest


async def _pack(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    segments: Sequence[Segment],
    shape: Shape[R],
) -> Packed:
    key = f"{version.project_id}/{version.version_id}/{shape.kind}/{uuid7()}.parquet"
    await kept_objects.begin(
        connection, key, project_id=version.project_id, version_number=version.number, kind=shape.kind
    )
    with tempfile.TemporaryFile() as file:  # without a name, so that it goes with the process
        await _write(connection, objects, version, segments, shape, file)
        size = await objects.storage.put(key, file)
    await _verify(objects, version, segments, shape, key)
    await kept_objects.take_over(connection, Taken(object_key=key, bytes=size, segments=segments))
    return Packed(key, len(segments), sum(each.rows for each in segments), size)


async def _write(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    segments: Sequence[Segment],
    shape: Shape[R],
    file: IO[bytes],
) -> None:
    writing: Writing | None = None
    gathered: list[R] = []
    rows = 0
    async for part in each_part(connection, objects, segments, version.signature, shape):
        gathered.append(part.rows)
        rows += len(part.rows)
        is_last = part.segments[-1] is segments[-1]
        if rows < ROW_GROUP_ROWS and not is_last:
            continue
        joined = await asyncio.to_thread(shape.join, gathered, version.signature)
        whole = rows if is_last else rows - rows % ROW_GROUP_ROWS
        for start in range(0, whole, ROW_GROUP_ROWS):
            table = shape.as_table(joined.between(start, min(start + ROW_GROUP_ROWS, whole)))
            writing = Writing(file, table.schema) if writing is None else writing
            await asyncio.to_thread(writing.add, table)
        gathered, rows = [joined.between(whole, rows)] if whole < rows else [], rows - whole
    assert writing is not None
    await asyncio.to_thread(writing.close)


async def _verify(
    objects: Objects,
    version: NumberedVersion,
    segments: Sequence[Segment],
    shape: Shape[R],
    key: str,
) -> None:
    row = 0
    packed: list[Segment] = []
    for segment in segments:
        packed.append(replace(segment, format="parquet", object_key=key, object_row=row))
        row += segment.rows
    for run in runs_of(packed):
        part = Part(run.segments, await read_packed(objects, run, version.signature, shape))
        digests = await asyncio.to_thread(_digests, part, shape, version)
        for segment, digest in zip(part.segments, digests, strict=True):
            if digest != segment.digest:
                raise DigestDiffers(f"segment {segment.segment_id} in object {key}")


def _digests(part: Part[R], shape: Shape[R], version: NumberedVersion) -> list[str]:
    return digests_of([rows for _, rows in apart(part)], shape, version.signature)
