"""Packing: the rows of many segments become one Parquet object, and their digests stay what they were.

The object is written, read back from the storage and compared with the digest of every segment; then one transaction
points the segments at it and forgets what held their rows before. Whatever dies in between leaves an object that
nothing points at, which is deleted later. The small objects that came last are packed again with what is new, so that
there are few however slowly rows come in.
"""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import IO, Any, TypeVar

import msgspec
import numpy as np
from msgspec.structs import replace
from psycopg import AsyncConnection
from uuid_utils.compat import uuid7

from cdt.predictions import kept_objects
from cdt.predictions.columns import Labels, Predictions
from cdt.predictions.kept_objects import TRIM_AFTER_SECONDS, KeptObject, Taken
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import ROW_GROUP_ROWS, Writing
from cdt.predictions.reading import Part, apart, each_part, read_packed, runs_of
from cdt.predictions.segment_digests import digests_of
from cdt.predictions.segments import Kind, Segment, find_segments
from cdt.predictions.shapes import LABELS, PREDICTIONS, Shape
from cdt.predictions.versions import NumberedVersion
from cdt.predictions.without_rows import Change, with_used_texts

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


async def trim(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    *,
    seconds: float = TRIM_AFTER_SECONDS,
) -> int:
    """Write objects anew without the rows that were thrown away; how many there were.

    Under the lock of whoever packs the version, which whoever throws rows away has, too.
    """
    holed = await kept_objects.to_trim(connection, version.number, seconds=seconds)
    for each in holed:
        found = await find_segments(
            connection, version.number, kind=each.kind, after=each.first_sequence - 1, to=each.last_sequence
        )
        segments = [segment for segment in found if segment.object_key == each.object_key]
        if each.kind == "predictions":
            await _pack(connection, objects, version, segments, PREDICTIONS)
        else:
            await _pack(connection, objects, version, segments, LABELS)
    return len(holed)


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
    taken = await write_object(connection, objects, version, segments, shape)
    await kept_objects.take_over(connection, taken)
    return Packed(taken.object_key, len(segments), sum(each.rows for each in segments), taken.bytes)


async def write_object(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    segments: Sequence[Segment],
    shape: Shape[R],
    *,
    changes: Mapping[int, Change] = MappingProxyType({}),
) -> Taken:
    """Write an object of these segments' rows, and read it back; nothing points at it yet.

    changes: by their numbers, segments that lose rows; what is written is what is left of them.
    """
    await kept_objects.claim(connection, objects.storage)
    key = f"{version.project_id}/{version.version_id}/{shape.kind}/{uuid7()}.parquet"
    await kept_objects.begin(
        connection, key, project_id=version.project_id, version_number=version.number, kind=shape.kind
    )
    with tempfile.TemporaryFile() as file:  # without a name, so that it goes with the process
        await _write(connection, objects, version, segments, shape, file, changes)
        size = await objects.storage.put(key, file)
    left = [changes[each.segment_id].after if each.segment_id in changes else each for each in segments]
    written = [each for each in left if each is not None]
    await _verify(objects, version, written, shape, key)
    return Taken(object_key=key, bytes=size, segments=written)


async def _write(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    segments: Sequence[Segment],
    shape: Shape[R],
    file: IO[bytes],
    changes: Mapping[int, Change],
) -> None:
    writing: Writing | None = None
    gathered: list[R] = []
    rows = 0
    async for part in each_part(connection, objects, segments, version.signature, shape):
        kept = await asyncio.to_thread(_kept, part, changes)
        gathered.append(kept)
        rows += len(kept)
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


def _kept(part: Part[R], changes: Mapping[int, Change]) -> R:
    """Its rows, without those that leave, and without the texts that nobody else had."""
    if not changes:
        return part.rows
    is_gone = [
        changes[each.segment_id].is_gone if each.segment_id in changes else np.zeros(each.rows, dtype=np.bool_)
        for each in part.segments
    ]
    return with_used_texts(part.rows.where(~np.concatenate(is_gone)))


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
