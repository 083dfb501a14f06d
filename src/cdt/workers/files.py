"""Files of the watched folder, taken in as bodies that were sent: `<version's id>/predictions/<name>`, or `labels`."""

import tempfile
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection

from cdt.database.log import is_lost_connection
from cdt.database.reading import NOBODY, Reader
from cdt.domain.errors import DomainError, NotFound
from cdt.predictions import files
from cdt.predictions.bodies import Bodies, Sent
from cdt.predictions.decoding import ARROW, CSV, JSON, NDJSON, PARQUET
from cdt.predictions.errors import TooLarge, Unavailable
from cdt.predictions.files import Found
from cdt.predictions.rows import Kind
from cdt.predictions.versions import Version
from cdt.readmodels import registry, tenancy
from cdt.storage.storage import ObjectIsMissing, Storage, StorageIsAway
from cdt.storage.watching import FileIsNoFile, FileIsTooLarge, Listed, copy, pages

WATCHING = 0x_CD7_F11E
"""The advisory lock of whoever looks."""
SEEN_EVERY = timedelta(days=1)
GONE_FOR = timedelta(days=35)
"""What was not seen for so long is forgotten, if other files of its version are there."""
FORGOTTEN_A_LOOK = 10_000
MOST_TRIES = 10
LOOK_SECONDS = 600.0
MOST_KEY_CHARACTERS = 1_000
FORMS = {
    ".ndjson": NDJSON,
    ".jsonl": NDJSON,
    ".json": JSON,
    ".csv": CSV,
    ".arrow": ARROW,
    ".arrows": ARROW,
    ".parquet": PARQUET,
}
ENCODINGS = {".gz": "gzip", ".zst": "zstd"}

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Watching:
    """What a worker takes them in with. `conninfo` is the system's; `storage` is the watched place."""

    storage: Storage
    conninfo: str
    reader: Reader
    bodies: Bodies
    most_bytes: int
    spool_folder: Path | None
    steady_for: timedelta
    """A file that has not changed for so long is taken for whole."""
    now: Callable[[], datetime]


async def take_files(work: Watching, _: int) -> None:
    """Look through the place once, and take in what is whole; what is cut short is done by the next job."""
    if not work.storage.is_set:
        return
    async with await AsyncConnection.connect(work.conninfo, autocommit=True) as connection:
        cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (WATCHING,))
        row = await cursor.fetchone()
        if row is None or not row[0]:
            return
        try:
            await _Look(work, connection).run()
        except StorageIsAway as error:
            log.warning("watched_place_is_away", error=str(error))
        await connection.execute("SELECT pg_advisory_unlock(%s)", (WATCHING,))  # the server hears of the end later


class _Look:
    """One look through the place."""

    def __init__(self, work: Watching, connection: AsyncConnection[Any]) -> None:
        self._work = work
        self._connection = connection
        self._versions: dict[UUID, Version | None] = {}
        self._until = work.now() + timedelta(seconds=LOOK_SECONDS)

    async def run(self) -> None:
        """To its end, or until it has taken long; in the end what is gone for long is forgotten.

        Of a version of which no file is there that was there before, nothing is forgotten: its folder may be one that
        is not mounted now.
        """
        there: set[UUID] = set()
        async for page in pages(self._work.storage):
            named = [(each, *place) for each in page if (place := _place_of(each.key)) is not None]
            found = [each async for each in self._found(named)]
            noticed = await files.noticed(self._connection, found, seen_before=self._work.now() - SEEN_EVERY)
            new = {each.place for each in noticed if each.file_number is None}
            there |= {each.version_id for place, each in enumerate(found) if place not in new}
            if new:
                await files.add(self._connection, [found[place] for place in sorted(new)], at=self._work.now())
            if numbers := [each.file_number for each in noticed if each.is_seen_long_ago]:
                await files.see(self._connection, numbers, at=self._work.now())
            for each in noticed:
                if each.is_waiting and self._is_steady(each):
                    await self._take(found[each.place])
                if self._work.now() > self._until:
                    return
        gone_before = self._work.now() - GONE_FOR
        forgotten = await files.sweep(self._connection, there, before=gone_before, most=FORGOTTEN_A_LOOK)
        if forgotten:
            log.info("files_forgotten", files=forgotten)

    def _is_steady(self, file: files.Noticed) -> bool:
        return file.found_at is not None and self._work.now() - file.found_at >= self._work.steady_for

    async def _found(self, named: list[tuple[Listed, UUID, Kind]]) -> AsyncGenerator[Found]:
        for listed, version_id, kind in named:
            version = await self._version(version_id)
            if version is not None:
                yield Found(listed.key, listed.stamp, version.project_id, version_id, kind, listed.bytes)

    async def _take(self, found: Found) -> None:
        """Once; a file that ends its worker is given up after some tries, too."""
        if await files.begin(self._connection, found) > MOST_TRIES:
            await self._refuse(found, f"{MOST_TRIES} tries to take it in were cut short; the worker's log may say why")
            return
        try:
            await self._take_in(found)
        except NotFound:  # archived meanwhile: it waits until it is restored
            await files.put_off(self._connection, found)
        except (DomainError, TooLarge, FileIsTooLarge, FileIsNoFile) as error:
            await self._refuse(found, _reason(error))
        except ObjectIsMissing:
            await files.forget(self._connection, found)
        except Unavailable as error:
            log.warning("file_not_taken_in", file=found.key, error=str(error))
            await files.put_off(self._connection, found)
        except StorageIsAway:
            await files.put_off(self._connection, found)
            raise
        except Exception as error:
            if is_lost_connection(error):
                raise
            log.exception("file_not_taken_in", file=found.key)

    async def _take_in(self, found: Found) -> None:
        form, encoding = form_of(found.key)
        work = self._work
        with tempfile.TemporaryFile(dir=work.spool_folder) as file:
            copied = await copy(work.storage, found.key, file, most_bytes=work.most_bytes)
            if copied.stamp != found.stamp:
                return  # the next look finds another one
            version = await self._present(found)
            sent = Sent(version, found.kind, form, encoding, _key(copied.digest, version))

            async def confirm() -> None:
                await self._present(found)

            receipt = await work.bodies.take_file(file, sent, confirm=confirm)
        await files.settle(self._connection, found, receipt, at=work.now())
        tell = log.warning if receipt.batch_rejected is True else log.info
        event = "file_rejected" if receipt.batch_rejected is True else "file_taken_in"
        tell(event, file=found.key, accepted=receipt.accepted, rejected=receipt.rejected_count)

    async def _refuse(self, found: Found, reason: str) -> None:
        log.warning("file_refused", file=found.key, reason=reason)
        await files.settle_refused(self._connection, found, reason, at=self._work.now())

    async def _present(self, found: Found) -> Version:
        """The version now: its project may be archived, its model have another policy, since the look began."""
        self._versions.pop(found.version_id, None)
        version = await self._version(found.version_id)
        if version is None:
            raise NotFound(kind="version")
        return version

    async def _version(self, version_id: UUID) -> Version | None:
        """A version that may take in rows: of a project that is neither archived nor deleted."""
        if version_id not in self._versions:
            async with self._work.reader.at(None, NOBODY) as view:
                row = next(iter(await registry.versions(view, [version_id])), None)
                project = None if row is None else next(iter(await tenancy.projects(view, [row.project_id])), None)
                model = None if row is None else next(iter(await registry.models(view, [row.model_id])), None)
            self._versions[version_id] = (
                None
                if row is None or model is None or project is None or project.archived_at is not None
                else Version(
                    version_id=row.id,
                    project_id=row.project_id,
                    model_id=row.model_id,
                    signature=row.typed_signature,
                    policy=model.intake_policy,
                )
            )
        return self._versions[version_id]


class NameTellsNoForm(DomainError):
    """Its name must end in .ndjson, .jsonl, .json, .csv or .arrows, as it is or with .gz or .zst, or in .parquet."""


def form_of(name: str) -> tuple[str, str | None]:
    """The content type and encoding that a name tells.

    >>> form_of("march.csv.gz")
    ('text/csv', 'gzip')
    """
    name = name.lower()
    encoding = next((encoding for end, encoding in ENCODINGS.items() if name.endswith(end)), None)
    if encoding is not None:
        name = name.rpartition(".")[0]
    form = next((form for end, form in FORMS.items() if name.endswith(end)), None)
    if form is None or (form == PARQUET and encoding is not None):
        raise NameTellsNoForm
    return form, encoding


def _key(digest: str, version: Version) -> str:
    """What a file's receipt is kept under: under another policy the same content is taken in anew."""
    return f"file {digest}" if version.policy == "reject_row" else f"file {digest} {version.policy}"


def _place_of(key: str) -> tuple[UUID, Kind] | None:
    """Whose rows a file has; None of what is none of ours, or is hidden, as what others write beforehand is."""
    version, _, rest = key.partition("/")
    folder, _, name = rest.partition("/")
    if not name or len(key) > MOST_KEY_CHARACTERS or any(part[:1] in {".", "_", ""} for part in name.split("/")):
        return None
    kind: Kind | None = "predictions" if folder == "predictions" else "labels" if folder == "labels" else None
    try:
        return None if kind is None or len(version) != 36 else (UUID(version), kind)
    except ValueError:
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, FileIsNoFile):
        return "it is a link that leads out of the folder, or no file"
    if isinstance(error, TooLarge | FileIsTooLarge):
        return "it is larger than one may be"
    return str(error)
