"""Files that others put into a folder or a bucket: listed in pages, told from their other contents, and copied."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from cdt.storage import watching
from cdt.storage.places import Folder
from cdt.storage.storage import ObjectIsMissing, Storage
from cdt.storage.watching import FileIsTooLarge, Listed, copy, pages
from tests.storage.servers import bucket_at

CONTENT = bytes(range(250)) * 40


@pytest.fixture(params=["folder", "bucket"])
def storage(request: Any, tmp_path: Path, s3_port: int) -> Storage:
    return Storage(Folder(path=tmp_path) if request.param == "folder" else bucket_at(s3_port))


async def listed(storage: Storage, folder: str) -> list[Listed]:
    return [each async for page in pages(storage) for each in page if each.key.startswith(folder)]


async def test_files_are_listed_page_by_page_and_copied_whole(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PAGE_FILES", 2)
    for name in ("a", "é b", "c"):
        await storage.put(f"watched/{name}.csv", io.BytesIO(CONTENT))
    found = await listed(storage, "watched/")
    assert {(each.key, each.bytes) for each in found} == {
        (f"watched/{name}.csv", len(CONTENT)) for name in ("a", "é b", "c")
    }
    for each in found:
        file = io.BytesIO()
        copied = await copy(storage, each.key, file, most_bytes=len(CONTENT))
        assert copied == (each.stamp, hashlib.sha256(CONTENT).hexdigest())
        assert file.read() == CONTENT


async def test_another_content_has_another_stamp(storage: Storage) -> None:
    await storage.put("changed/a.csv", io.BytesIO(b"one"))
    (first,) = await listed(storage, "changed/")
    await storage.delete("changed/a.csv")
    await storage.put("changed/a.csv", io.BytesIO(b"two!"))
    (second,) = await listed(storage, "changed/")
    assert first.stamp != second.stamp


async def test_what_is_too_large_or_gone_is_not_copied(storage: Storage) -> None:
    await storage.put("large/a.csv", io.BytesIO(CONTENT))
    with pytest.raises(FileIsTooLarge):
        await copy(storage, "large/a.csv", io.BytesIO(), most_bytes=len(CONTENT) - 1)
    with pytest.raises(ObjectIsMissing):
        await copy(storage, "large/b.csv", io.BytesIO(), most_bytes=1)
