"""Packing into a bucket whose server dies, answers nonsense or is slow: nothing is lost, and the next try packs it."""

import asyncio
import multiprocessing
import resource
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import AsyncConnection

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.predictions.intake import Intake
from cdt.predictions.objects import Objects
from cdt.predictions.packing import pack, sweep
from cdt.predictions.reading import read_predictions
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import NumberedVersion, Version, find_version, find_version_numbered
from cdt.storage.places import Folder
from cdt.storage.storage import Storage, StorageIsAway
from tests.predictions.builders import a_row, many_rows, send
from tests.predictions.conftest import intake, version
from tests.storage.servers import Behaviour, Misbehaving, bucket_at

__all__ = ["intake", "version"]


@pytest.fixture
async def system(dsn: str) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(conninfo_as(dsn, DatabaseRole.SYSTEM), autocommit=True) as connected:
        yield connected


async def known(system: AsyncConnection[Any], version: Version) -> NumberedVersion:
    found = await find_version(system, version.version_id)
    assert found is not None
    return found


@pytest.mark.parametrize("behaviour", ["refuses", "500", "silent", "cuts"])
async def test_a_bucket_that_misbehaves_loses_nothing_and_is_packed_into_when_it_is_back(
    system: AsyncConnection[Any],
    intake: Intake,
    version: Version,
    s3_port: int,
    behaviour: Behaviour,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cdt.storage.storage.PUT_SECONDS", 1.0)
    await send(intake, version, *many_rows(1_200))
    numbered, server = await known(system, version), Misbehaving(s3_port)
    async with server.listening() as port:
        storage = Storage(bucket_at(port), read_seconds=1.0)
        server.behaviour = behaviour
        with pytest.raises(StorageIsAway):
            await pack(system, Objects(storage), numbered)
        (fresh,) = await find_segments(system, 1)
        assert fresh.object_key is None
        await send(intake, version, a_row("meanwhile"))

        server.behaviour = "well"
        back = Objects(Storage(bucket_at(port)))
        packed = await pack(system, back, numbered)
        assert packed is not None
        segments = await find_segments(system, 1)
        rows = await read_predictions(system, back, segments, version.signature)

        assert {each.object_key for each in segments} == {packed.object_key}
        assert rows.ids.to_pylist() == [*(row["prediction_id"] for row in many_rows(1_200)), "meanwhile"]
        assert await sweep(system, back, numbered, seconds=0.0) == 1
        assert await back.storage.keys(str(version.project_id)) == [packed.object_key]


def _pack_on_a_full_disk(conninfo: str, folder: str, results: Any) -> None:
    async def attempt() -> str:
        async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
            numbered = await find_version_numbered(connection, 1)
            assert numbered is not None
            resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, 4_096))
            try:
                await pack(connection, Objects(Storage(Folder(path=Path(folder)))), numbered)
            except (StorageIsAway, OSError) as error:
                return type(error).__name__
            return "packed"

    results.put(asyncio.run(attempt()))


async def test_a_disk_that_takes_no_more_loses_nothing(
    dsn: str,
    system: AsyncConnection[Any],
    intake: Intake,
    version: Version,
    tmp_path: Path,
) -> None:
    await send(intake, version, *many_rows(1_200))
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    process = context.Process(
        target=_pack_on_a_full_disk, args=(conninfo_as(dsn, DatabaseRole.SYSTEM), str(tmp_path), results)
    )
    process.start()

    assert await asyncio.to_thread(results.get, timeout=20) in {"OSError", "StorageIsAway"}
    process.join()
    (fresh,) = await find_segments(system, 1)
    assert fresh.object_key is None
    assert await pack(system, Objects(Storage(Folder(path=tmp_path))), await known(system, version)) is not None
