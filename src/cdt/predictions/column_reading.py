"""Reading one column of all rows of segments: numbers are put where they belong as they are decoded."""

import asyncio
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.columns import feature_kinds, join_categories
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import column_of
from cdt.predictions.reading import RUN_ROWS, RUNS_AT_ONCE, Run, each_part, read_all, read_table, runs_of
from cdt.predictions.segments import Segment
from cdt.predictions.shapes import PREDICTIONS
from cdt.storage.storage import ObjectIsMissing

COLUMN_ROWS = 2 * RUN_ROWS
"""How much is read of an object at once: a whole one."""


async def read_column(
    connection: AsyncConnection[Any], objects: Objects, segments: Sequence[Segment], signature: Signature, name: str
) -> Column:
    """One column of the signature, over all rows of these segments of predictions; nothing else is fetched.

    Rows that were removed since the segments were found are not among them.
    """
    if feature_kinds(signature)[name] == "number":
        return await _read_numbers(connection, objects, segments, signature, name)
    wanted = (column_of(name, signature),)
    parts = await read_all(connection, objects, segments, signature, PREDICTIONS, wanted, most_rows=COLUMN_ROWS)
    columns = [part.features[name] for part in parts]
    return join_categories([each for each in columns if isinstance(each, CategoryColumn)])


async def _read_numbers(
    connection: AsyncConnection[Any], objects: Objects, segments: Sequence[Segment], signature: Signature, name: str
) -> NDArray[np.float64]:
    wanted = (column_of(name, signature),)
    runs = runs_of([each for each in segments if each.kind == "predictions"], most_rows=COLUMN_ROWS)
    *first_rows, rows = accumulate((sum(each.rows for each in run.segments) for run in runs), initial=0)
    numbers = np.empty(rows)
    ends = list(first_rows)
    """Of each run, up to where its numbers are there: fewer than there were where rows were removed meanwhile."""
    at_once = asyncio.Semaphore(RUNS_AT_ONCE)

    def put(values: NDArray[np.float64], place: int) -> None:
        numbers[ends[place] : ends[place] + len(values)] = values
        ends[place] += len(values)

    def put_all(column: Any, place: int) -> None:
        """From where it was decoded to where it belongs: to join its parts first would copy it once more."""
        for part in column.chunks:
            put(part.to_numpy(zero_copy_only=False), place)

    async def is_put(run: Run, place: int) -> bool:
        if run.key is None:
            return False
        async with at_once:
            try:
                table = await read_table(objects, run, wanted, texts=())
            except ObjectIsMissing:
                return False
            # the memory is had there, too, while others are decoded
            await asyncio.to_thread(put_all, table.column(0), place)
            return True

    done = await asyncio.gather(*(is_put(run, place) for place, run in enumerate(runs)))
    for place, (run, is_done) in enumerate(zip(runs, done, strict=True)):
        if not is_done:
            async for part in each_part(connection, objects, run.segments, signature, PREDICTIONS, wanted=wanted):
                values = part.rows.features[name]
                assert isinstance(values, np.ndarray)
                put(values, place)
    if ends == [*first_rows[1:], rows][: len(ends)]:
        return numbers
    return np.concatenate([numbers[first:end] for first, end in zip(first_rows, ends, strict=True)])
