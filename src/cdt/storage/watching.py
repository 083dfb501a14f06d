"""Reading files that others put into a place: listed in pages, and copied whole or not at all."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from typing import IO, NamedTuple

import obstore

from cdt.storage.places import Folder
from cdt.storage.storage import ObjectIsMissing, Storage

PAGE_FILES = 1_000
LIST_SECONDS = 60.0
COPY_SECONDS = 600.0
COPIED_BYTES = 8 << 20


class FileIsTooLarge(Exception):
    """It has more bytes than it may."""


class FileIsNoFile(Exception):
    """It is a link that leads out of the folder, or nothing that can be read to its end."""


class Listed(NamedTuple):
    """A file. stamp: another one when its content is another."""

    key: str
    stamp: str
    bytes: int


class Copied(NamedTuple):
    """What was copied: its stamp, and its SHA-256."""

    stamp: str
    digest: str


async def pages(storage: Storage) -> AsyncGenerator[list[Listed]]:
    """Every file of a place, so many at once; StorageIsAway."""
    async with storage.bounded(LIST_SECONDS):
        listed = obstore.list(storage.opened(), chunk_size=PAGE_FILES)  # pyright: ignore[reportUnknownMemberType]
        listing = aiter(listed)
    while True:
        async with storage.bounded(LIST_SECONDS):
            page = await anext(listing, None)
        if page is None:
            return
        yield [Listed(each["path"], _stamp(each), each["size"]) for each in page]


async def copy(storage: Storage, key: str, file: IO[bytes], *, most_bytes: int) -> Copied:
    """Write a file's content to another, in bounded memory.

    Raises ObjectIsMissing, StorageIsAway, FileIsTooLarge and FileIsNoFile.
    """
    if isinstance(storage.place, Folder):
        await asyncio.to_thread(_require_file, storage.place, key)
    hashed, size = hashlib.sha256(), 0
    async with storage.bounded(COPY_SECONDS, key):
        found = await obstore.get_async(storage.opened(), key)
        async for part in found.stream(min_chunk_size=COPIED_BYTES):
            content = bytes(part)
            size += len(content)
            if size > most_bytes:
                raise FileIsTooLarge
            hashed.update(content)
            await asyncio.to_thread(file.write, content)
    file.seek(0)
    return Copied(_stamp(found.meta), hashed.hexdigest())


def _require_file(folder: Folder, key: str) -> None:
    try:
        path = (folder.path / key).resolve(strict=True)
    except OSError as error:
        raise ObjectIsMissing(key) from error
    if not path.is_relative_to(folder.path.resolve()) or not path.is_file():
        raise FileIsNoFile


def _stamp(meta: "obstore.ObjectMeta") -> str:
    return f"{meta['e_tag'] or meta['last_modified'].isoformat()} {meta['size']}"
