"""Labels of packed predictions: what is kept of an object is the rows that were asked for."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from psycopg import AsyncConnection

from cdt.predictions.intake import Intake
from cdt.predictions.lookup import Lookup, Wanted, unix_day
from cdt.predictions.objects import Objects
from cdt.predictions.packing import pack
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import Version, find_version
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from tests.predictions.builders import HASH_KEY, NOW, a_row, an_intake, many_rows, send

ONE_OBJECT_BYTES = 400_000
"""What the rows of the object take, read once, at the least."""
WAIT_SECONDS = 10.0


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return Objects(Storage(Folder(path=tmp_path / "objects")))


@pytest.fixture
async def intake(dsn: str, objects: Objects) -> AsyncIterator[Intake]:
    taking_in = an_intake(dsn, objects=objects)
    await taking_in.open()
    yield taking_in
    await taking_in.close()


async def test_a_row_that_is_kept_does_not_keep_the_rows_beside_it_in_its_object(
    connection: AsyncConnection[Any], intake: Intake, objects: Objects, version: Version
) -> None:
    await send(intake, version, *many_rows(20_000))
    for number in range(30):
        await send(intake, version, a_row(f"one {number}"))
    numbered = await find_version(connection, version.version_id)
    assert numbered is not None
    assert await pack(connection, objects, numbered) is not None
    assert len(await find_segments(connection, 1)) == 32
    lookup = Lookup(HASH_KEY, objects)
    today = unix_day(NOW.date())
    before = pa.total_allocated_bytes()

    for number in range(30):
        (found,) = await lookup.find(connection, numbered, [Wanted(f"one {number}", None)], (today - 1, today))
        assert found is not None
        assert (found.row_number, found.score, found.features) == (0, 0.75, (40.0, "f"))

    # the threads that read the last of them let go a moment later; what the lookup keeps, it keeps
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while pa.total_allocated_bytes() - before >= ONE_OBJECT_BYTES / 4:
        assert asyncio.get_running_loop().time() < deadline, "rows of the object are kept"
        await asyncio.sleep(0.01)
