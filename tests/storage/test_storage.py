"""Objects in a folder and in a bucket: whole, in parts, or not at all, and every call ends."""

import asyncio
import io
import multiprocessing
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from cdt.storage.places import Bucket, Folder, PlaceIsWrong, place_of
from cdt.storage.storage import ObjectIsMissing, Storage, StorageIsAway
from tests.storage.servers import Behaviour, Misbehaving, bucket_at

CONTENT = os.urandom(100_000)


@pytest.fixture(params=["folder", "bucket"])
async def storage(request: Any, tmp_path: Path, s3_port: int) -> Storage:
    found = Storage(Folder(path=tmp_path / "new" / "objects") if request.param == "folder" else bucket_at(s3_port))
    await found.mark()
    return found


async def test_an_object_is_read_whole_and_in_parts_and_deleted(storage: Storage) -> None:
    assert await storage.put("a/b.parquet", io.BytesIO(CONTENT)) == 100_000

    assert await storage.end("a/b.parquet", 10) == (100_000, CONTENT[-10:])
    assert await storage.end("a/b.parquet", 1_000_000) == (100_000, CONTENT)
    parts = await storage.read("a/b.parquet", [(0, 3), (50_000, 60_000)])
    assert [bytes(part) for part in parts] == [CONTENT[:3], CONTENT[50_000:60_000]]
    assert await storage.keys("a") == ["a/b.parquet"]
    assert storage.bytes_read == 10 + 100_000 + 3 + 10_000

    await storage.delete("a/b.parquet")
    await storage.delete("a/b.parquet")
    assert await storage.keys("a") == []


async def test_an_object_that_is_put_in_many_parts_is_whole(storage: Storage) -> None:
    large = os.urandom(1_000_000) * 12
    await storage.put("large", io.BytesIO(large))

    (found,) = await storage.read("large", [(0, len(large))])
    assert found == large
    await storage.delete("large")


async def _put_until_killed(folder: Path) -> None:
    with tempfile.TemporaryFile() as file:
        file.truncate(1_000_000_000)
        await Storage(Folder(path=folder)).put("a/large", file)


def _put(folder: Path) -> None:
    asyncio.run(_put_until_killed(folder))


async def test_what_a_killed_writer_left_of_an_object_goes_when_the_object_is_deleted(tmp_path: Path) -> None:
    storage = Storage(Folder(path=tmp_path))
    await storage.mark()
    await storage.put("a/large [1]", io.BytesIO(CONTENT))
    await storage.put("a/larger", io.BytesIO(CONTENT))
    process = multiprocessing.get_context("spawn").Process(target=_put, args=(tmp_path,))
    process.start()
    while not [path for path in (tmp_path / "a").iterdir() if "#" in path.name]:
        assert process.is_alive()
        await asyncio.sleep(0.001)
    process.kill()
    await asyncio.to_thread(process.join)
    assert len(list((tmp_path / "a").iterdir())) == 3

    await storage.delete("a/large")
    await storage.delete("b/never")

    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["large [1]", "larger"]


async def test_an_object_that_is_not_there_is_missing_and_the_storage_is_not_away(storage: Storage) -> None:
    with pytest.raises(ObjectIsMissing):
        await storage.end("nothing", 10)
    with pytest.raises(ObjectIsMissing):
        await storage.read("nothing", [(0, 1)])

    assert await storage.keys("nothing") == []


@pytest.mark.parametrize("behaviour", ["refuses", "500", "silent", "cuts"])
async def test_a_server_that_misbehaves_is_away_within_bounds_and_heard_again_after_a_rest(
    s3_port: int, behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Misbehaving(s3_port)
    async with server.listening() as port:
        storage = Storage(bucket_at(port), read_seconds=0.6)
        server.behaviour = behaviour
        began = time.monotonic()
        with pytest.raises(StorageIsAway):
            await storage.end("nothing", 10)
        assert time.monotonic() - began < 5.0
        asked = server.asked

        server.behaviour = "well"
        with pytest.raises(StorageIsAway):
            await storage.keys()
        assert server.asked == asked, "it is left alone for a while"

        monkeypatch.setattr(storage, "_rests_until", 0.0)
        assert await storage.keys("nothing") == []


async def test_a_wrong_secret_is_told_and_not_shown(s3_port: int) -> None:
    place = bucket_at(s3_port, secret="another secret")
    with pytest.raises(StorageIsAway) as told:
        await Storage(place).keys()

    assert "another secret" not in f"{told.value} {place!r}"


async def test_a_folder_that_can_not_be_one_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageIsAway):
        await Storage(Folder(path=tmp_path / "file")).put("key", io.BytesIO(b"x"))


async def test_in_a_folder_that_is_not_the_one_nothing_is_missing_and_nothing_is_deleted(tmp_path: Path) -> None:
    storage = Storage(Folder(path=tmp_path))
    for call in storage.end("key", 1), storage.read("key", [(0, 1)]), storage.delete("key"), storage.probe():
        with pytest.raises(StorageIsAway, match="is it mounted"):
            await call

    await storage.mark()
    with pytest.raises(ObjectIsMissing):
        await storage.end("key", 1)
    await storage.delete("key")
    await storage.probe()
    assert await storage.keys() == []


async def test_without_a_place_every_call_says_so() -> None:
    with pytest.raises(StorageIsAway, match="CDT_STORAGE is not set"):
        await Storage(None).end("key", 1)


def test_a_place_is_a_folder_or_a_bucket_with_what_its_keys_begin_with() -> None:
    assert place_of("/var/lib/rows") == Folder(path=Path("/var/lib/rows"))
    found = place_of("s3://rows/of/cdt/", endpoint="http://127.0.0.1:9000", region="eu-1", key_id="k", secret="s")
    assert found == Bucket(
        name="rows", prefix="of/cdt", endpoint="http://127.0.0.1:9000", region="eu-1", key_id="k", secret="s"
    )


@pytest.mark.parametrize("text", ["rows", "", "gs://rows", "s3://", "s3:///rows", "s3://rows?x=1", "s3://a:b@rows"])
def test_anything_else_is_no_place(text: str) -> None:
    with pytest.raises(PlaceIsWrong):
        place_of(text)


def test_a_key_without_its_secret_is_told() -> None:
    with pytest.raises(PlaceIsWrong, match="go together"):
        place_of("s3://rows", key_id="k")
