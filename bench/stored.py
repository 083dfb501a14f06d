"""One column of ten million stored rows, and packing them, against pyarrow and one Parquet file of the same rows."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from psycopg import AsyncConnection

from bench.servers import Installation, installation
from bench.table import Claim, Figures, Table
from cdt.database.roles import DatabaseRole
from cdt.domain.registry.signature import Column, Signature
from cdt.measures.columns import CategoryColumn
from cdt.predictions.arrow import pa, pq
from cdt.predictions.column_reading import read_column
from cdt.predictions.columns import Predictions, microseconds, moment_of
from cdt.predictions.digests import digest_of_predictions
from cdt.predictions.objects import Objects
from cdt.predictions.packing import OBJECT_ROWS, pack
from cdt.predictions.parquet import Writing, table_of_predictions
from cdt.predictions.payloads import predictions_as_arrow
from cdt.predictions.sealing import NewSegment, Sealing, seal
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import NumberedVersion, Version, register_version
from cdt.storage.places import Folder
from cdt.storage.storage import Storage

ROWS = 10_000_000
SEGMENT_ROWS = 10_000
ROUNDS = 9
NUMBERS, CATEGORIES = 20, 5
COLUMN = "n7"
START = microseconds(datetime(2026, 1, 1, tzinfo=UTC))
SIGNATURE = Signature(
    columns=(
        *(Column(f"n{place}", "number") for place in range(NUMBERS)),
        *(Column(f"c{place}", "category") for place in range(CATEGORIES)),
    ),
    classes=("no", "yes"),
    positive_class="yes",
    groups=(),
)


def measure() -> Table:
    """Read the column by turns, with the footers forgotten each time; both find the files in the system's cache."""
    ours = Figures("one column from CDT", "M rows/s")
    peer = Figures("the same from one Parquet file, pyarrow", "M rows/s")
    packed = Figures("packing, verified", "rows/s")
    with installation() as installed:
        asyncio.run(_measure(installed, ours, peer, packed))
    return Table(
        title="Stored rows",
        what=(
            f"{ROWS:,} rows of {NUMBERS} numbers and {CATEGORIES} categories, in segments of {SEGMENT_ROWS:,} rows that"
            f" were packed into objects in a folder; one number of all of them as an array, {ROUNDS} rounds by turns,"
            " finding the segments in Postgres and the footers in the files each time. The peer's file holds the same"
            " rows in the same encodings, in row groups of a million."
        ),
        figures=[ours, peer, packed],
        claims=[Claim(ours, peer, at_least=0.7)],
    )


async def _measure(installed: Installation, ours: Figures, peer: Figures, packed: Figures) -> None:
    objects = Objects(Storage(Folder(path=installed.folder / "objects")))
    single = installed.folder / "single.parquet"
    async with connected(installed) as connection:
        version = await a_version(connection)
        expected = await fill(connection, objects, version, single, packed)
        for turn in range(ROUNDS):
            for side in ("ours", "peer") if turn % 2 else ("peer", "ours"):
                began = time.perf_counter()
                if side == "ours":
                    fresh = Objects(objects.storage)
                    segments = await find_segments(connection, version.number, kind="predictions")
                    found = await read_column(connection, fresh, segments, SIGNATURE, COLUMN)
                else:
                    found = pq.read_table(single, columns=[COLUMN]).column(0).to_numpy()
                seconds = time.perf_counter() - began
                (ours if side == "ours" else peer).add(ROWS / seconds / 1e6)
                assert isinstance(found, np.ndarray)
                assert found.sum() == expected


@asynccontextmanager
async def connected(installed: Installation) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(installed.conninfo(DatabaseRole.SYSTEM), autocommit=True) as connection:
        yield connection


async def a_version(connection: AsyncConnection[Any]) -> NumberedVersion:
    ids = [UUID(int=place) for place in range(1, 4)]
    version = Version(version_id=ids[0], project_id=ids[1], model_id=ids[2], signature=SIGNATURE)
    async with connection.transaction():
        return await register_version(connection, version)


async def fill(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    single: Path,
    packed: Figures,
    *,
    total: int = ROWS,
) -> float:
    """Seal and pack the rows, an object's worth at a time, and write the peer's file; the sum of the column."""
    ids = SegmentIds()
    columns: list[Any] = []
    with single.open("wb") as file:
        writing: Writing | None = None
        of_an_object = OBJECT_ROWS // SEGMENT_ROWS * SEGMENT_ROWS
        for start in range(0, total, of_an_object):
            tables: list[Any] = []
            segments: list[NewSegment] = []
            for first in range(start, min(start + of_an_object, total), SEGMENT_ROWS):
                rows = _rows(first)
                columns.append(rows.features[COLUMN])
                tables.append(table_of_predictions(rows))
                await ids.reserve(connection, 1)
                segments.append(
                    NewSegment(
                        segment_id=ids.take(),
                        rows=len(rows),
                        predicted_from=moment_of(rows.predicted_at[0]),
                        predicted_to=moment_of(rows.predicted_at[-1]),
                        digest=digest_of_predictions(rows),
                        format="arrow",
                        payload=predictions_as_arrow(rows),
                    )
                )
            await _seal(connection, version, segments)
            together = pa.concat_tables(tables).unify_dictionaries()
            writing = writing or Writing(file, together.schema)
            writing.add(together)
            began = time.perf_counter()
            done = await pack(connection, objects, version)
            assert done is not None
            packed.add(done.rows / (time.perf_counter() - began))
        assert writing is not None
        writing.close()
    return float(np.concatenate(columns).sum())


async def _seal(connection: AsyncConnection[Any], version: NumberedVersion, segments: list[NewSegment]) -> None:
    async with connection.transaction():
        sealing = Sealing(
            project_id=version.project_id,
            version_number=version.number,
            kind="predictions",
            segments=segments,
            receipts=[],
            predictions=sum(each.rows for each in segments),
        )
        await seal(connection, sealing)


def _rows(first: int) -> Predictions:
    chance = np.random.default_rng(first)
    return Predictions(
        ids=pa.array([f"prediction-{number:09}" for number in range(first, first + SEGMENT_ROWS)]),
        predicted_at=np.arange(first, first + SEGMENT_ROWS) * 1_000 + START,
        decision=CategoryColumn(chance.integers(0, 2, SEGMENT_ROWS).astype(np.int32), SIGNATURE.classes),
        score=chance.random(SEGMENT_ROWS),
        features={
            column.name: chance.normal(size=SEGMENT_ROWS)
            if column.kind == "number"
            else CategoryColumn(chance.integers(0, 8, SEGMENT_ROWS).astype(np.int32), tuple("abcdefgh"))
            for column in SIGNATURE.columns
        },
    )
