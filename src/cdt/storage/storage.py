"""Putting objects, reading parts of them, deleting them: each within bounds, and none is ever overwritten."""

import asyncio
import glob
import os
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, NamedTuple

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store
from prometheus_client import Counter

from cdt.storage.places import Bucket, Folder, Place

READ_SECONDS = 10.0
PATIENT_SECONDS = 60.0
"""For work that nobody waits for: 100 MB at once over a slow line."""
PUT_SECONDS = 300.0
REST_SECONDS = 5.0
"""For so long after a call failed, others fail at once: whoever asks for rows holds a connection to Postgres."""
_RETRIES = 3
PROBED = "nothing"
"""An object that never is."""
MARK = ".cdt"
"""A folder in the folder of objects: without it, what lies there is another folder, such as one that is not mounted."""

read_bytes = Counter("cdt_storage_read_bytes", "Bytes asked for from the object storage.")
written_bytes = Counter("cdt_storage_written_bytes", "Bytes put into the object storage.")
failures = Counter("cdt_storage_failures", "Calls that the object storage did not answer, or refused.")


NOT_MARKED = "nothing says that this is the folder with the objects; is it mounted?"


class ObjectIsMissing(LookupError):
    """No object of this key."""


class StorageIsAway(Exception):
    """The object storage can't be reached, refuses, or is full; the message tells what it said."""


class End(NamedTuple):
    """The last bytes of an object, and how many it has in all."""

    size: int
    content: bytes


class Storage:
    """One object storage. Without a place it holds nothing, and whoever asks is told that none is set."""

    def __init__(self, place: Place | None, *, read_seconds: float = READ_SECONDS) -> None:
        """Connects at the first call."""
        self.place = place
        self.bytes_read = 0
        self._read_seconds = read_seconds
        self._store: ObjectStore | None = None
        self._rests_until = 0.0

    @property
    def is_set(self) -> bool:
        """Whether there is a place to put objects."""
        return self.place is not None

    async def is_marked(self) -> bool:
        """Whether it is known for the one that objects were put into; a bucket is known by its name."""
        if not isinstance(self.place, Folder):
            return True
        return await asyncio.to_thread((self.place.path / MARK).is_dir)

    async def mark(self) -> None:
        """Let it be known, until it is deleted."""
        async with self.bounded(self._read_seconds):
            if isinstance(self.place, Folder):
                await asyncio.to_thread(_mark, self.place.path)

    async def has(self, key: str) -> bool:
        """Whether an object lies there, marked or not."""
        with suppress(ObjectIsMissing):
            async with self.bounded(self._read_seconds, key):
                await obstore.head_async(self.opened(), key)
                return True
        return False

    async def put(self, key: str, file: IO[bytes]) -> int:
        """Keep a file's content under a key that was never used; the number of its bytes, once they are durable."""
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        async with self.bounded(PUT_SECONDS):
            await obstore.put_async(self.opened(), key, file)
            if isinstance(self.place, Folder):
                await asyncio.to_thread(_flush, self.place.path, key)
        written_bytes.inc(size)
        return size

    async def end(self, key: str, size: int) -> End:
        """The last bytes of an object, at most `size`; ObjectIsMissing, StorageIsAway."""
        async with self._of_marked(self._read_seconds, key):
            store = self.opened()
            whole = (await obstore.head_async(store, key))["size"]  # not every server knows ranges from the end
            content = await obstore.get_range_async(store, key, start=max(0, whole - size), end=whole)
            end = End(whole, bytes(content))
        self._count(len(end.content))
        return end

    async def read(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[memoryview]:
        """The bytes of each half-open range; ObjectIsMissing, StorageIsAway."""
        if not ranges:
            return []
        async with self._of_marked(self._read_seconds, key):
            found = await obstore.get_ranges_async(
                self.opened(), key, starts=[start for start, _ in ranges], ends=[end for _, end in ranges]
            )
        self._count(sum(end - start for start, end in ranges))
        return [memoryview(each) for each in found]

    async def delete(self, key: str) -> None:
        """Forget an object, and what is left of writing it; one that isn't there is forgotten already."""
        with suppress(ObjectIsMissing):
            async with self._of_marked(self._read_seconds, key):
                if isinstance(self.place, Folder):
                    await asyncio.to_thread(_forget_unfinished, self.place.path, key)
                await obstore.delete_async(self.opened(), key)

    async def keys(self, prefix: str = "") -> list[str]:
        """Every key below a prefix, sorted."""
        async with self.bounded(self._read_seconds):
            listing = obstore.list(self.opened(), prefix or None)  # pyright: ignore[reportUnknownMemberType]
            pages = [page async for page in listing]
        return sorted(each["path"] for page in pages for each in page)

    async def probe(self) -> None:
        """Whether it answers; StorageIsAway when it doesn't."""
        with suppress(ObjectIsMissing):
            await self.end(PROBED, 1)

    def _count(self, size: int) -> None:
        self.bytes_read += size
        read_bytes.inc(size)

    def opened(self) -> ObjectStore:
        """What the library calls it; StorageIsAway where none is set."""
        if self._store is None:
            match self.place:
                case None:
                    raise StorageIsAway("CDT_STORAGE is not set, and rows lie in an object storage")
                case Folder(path=path):
                    self._store = LocalStore(path, mkdir=True)
                case Bucket() as bucket:
                    self._store = _s3(bucket, self._read_seconds)
        return self._store

    @asynccontextmanager
    async def _of_marked(self, seconds: float, key: str) -> AsyncGenerator[None]:
        """As `bounded`; nothing is missing in a folder that is not the one it should lie in."""
        try:
            async with self.bounded(seconds, key):
                yield
        except ObjectIsMissing:
            if not await self.is_marked():
                raise StorageIsAway(NOT_MARKED) from None
            raise

    @asynccontextmanager
    async def bounded(self, seconds: float, key: str = "") -> AsyncGenerator[None]:
        """Whatever the storage says is one of two errors; after StorageIsAway it is left alone for a while."""
        if time.monotonic() < self._rests_until:
            raise StorageIsAway("the object storage did not answer a moment ago")
        try:
            async with asyncio.timeout(seconds):
                yield
        except FileNotFoundError:
            raise ObjectIsMissing(key) from None
        except (BaseError, OSError, TimeoutError) as error:
            failures.inc()
            self._rests_until = time.monotonic() + REST_SECONDS
            said = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise StorageIsAway(said[:500]) from None


def _s3(bucket: Bucket, seconds: float) -> S3Store:
    given = {
        "endpoint": bucket.endpoint,
        "region": bucket.region or "us-east-1",
        "access_key_id": bucket.key_id,
        "secret_access_key": bucket.secret,
    }
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        config={name: value for name, value in given.items() if value is not None},  # pyright: ignore[reportArgumentType]
        client_options={
            "allow_http": (bucket.endpoint or "").startswith("http://"),
            "connect_timeout": timedelta(seconds=seconds / 4),
            "timeout": timedelta(seconds=max(30.0, seconds)),
        },
        retry_config={
            "max_retries": _RETRIES,
            "retry_timeout": timedelta(seconds=max(30.0, seconds)),
            "backoff": {"init_backoff": timedelta(milliseconds=50), "max_backoff": timedelta(seconds=1), "base": 2},
        },
    )


def _mark(folder: Path) -> None:
    (folder / MARK).mkdir(parents=True, exist_ok=True)
    _flush(folder, MARK)


def _forget_unfinished(folder: Path, key: str) -> None:
    """The library writes beside the object, under its name and a number, and leaves that when it is killed."""
    path = folder / key
    for unfinished in path.parent.glob(f"{glob.escape(path.name)}#*"):
        unfinished.unlink(missing_ok=True)


def _flush(folder: Path, key: str) -> None:
    """The library doesn't wait for the disk: a machine that fails now must not take along what Postgres gives up."""
    path = folder / key
    while True:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if path == folder:
            return
        path = path.parent
