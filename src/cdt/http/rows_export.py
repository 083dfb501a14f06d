"""Rows as a file: `GET /v1/versions/{id}/predictions` and `/labels`, as Parquet, CSV or an Arrow stream."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import msgspec
import structlog
from psycopg import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from cdt.database.writing import Writer
from cdt.domain.errors import DomainError, Invalid, NotFound
from cdt.http.intake_answers import refusal_of
from cdt.http.read_entry import ReadEntry, Reading
from cdt.predictions.errors import StoredRowsAreAway, Unavailable
from cdt.predictions.exporting import MEDIA_TYPES, Export, FileFormat
from cdt.predictions.objects import Objects
from cdt.predictions.reading import RowsAreMissing
from cdt.predictions.versions import Version, find_version
from cdt.storage.storage import StorageIsAway

log = structlog.get_logger()

KINDS = ("predictions", "labels")
READING_AT_ONCE = 2
"""Each holds a connection while the storage answers, of the few with which everybody signs in and is written down."""


class RowsExport:
    """The two routes."""

    def __init__(self, entry: ReadEntry, writer: Callable[[], Writer], objects: Callable[[], Objects]) -> None:
        """What is called is there once the process has started; the writer's transactions see what they are told."""
        self._entry = entry
        self._writer = writer
        self._objects = objects
        self._turns = asyncio.Semaphore(READING_AT_ONCE)

    def routes(self) -> list[Route]:
        """For the application."""
        return [Route(f"/v1/versions/{{id}}/{kind}", self._endpoint(kind), methods=["GET"]) for kind in KINDS]

    def _endpoint(self, kind: str) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                return await self._answer(request, kind)
            except (DomainError, Unavailable) as error:
                return refusal_of(error)

        return answer

    async def _answer(self, request: Request, kind: str) -> Response:
        reading = await self._entry.admit(request)
        form = _format(request)
        window = _moment(request, "from"), _moment(request, "to")
        parts = self._parts(reading.version, kind, form, window)
        try:
            first = await anext(parts, None)  # what can't be read now is told before anything is answered
        except (StorageIsAway, RowsAreMissing) as error:
            log.warning("rows_cannot_be_read", error=str(error))
            raise StoredRowsAreAway from error
        if first is None:
            raise NotFound(kind="version")
        await self._entry.note(reading, kind)
        name = f"cdt-{reading.version.version_id}-{kind}.{form}"
        return StreamingResponse(
            self._counted(reading, first, parts),
            media_type=MEDIA_TYPES[form],
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    async def _parts(
        self, version: Version, kind: str, form: FileFormat, window: tuple[datetime | None, datetime | None]
    ) -> AsyncIterator[tuple[bytes, int]]:
        @asynccontextmanager
        async def connect() -> AsyncGenerator[AsyncConnection[Any]]:
            async with self._turns, self._writer().transaction([version.project_id]) as connection:
                yield connection

        async with connect() as connection:
            numbered = await find_version(connection, version.version_id)
        if numbered is None:
            return
        start, end = window
        export = Export(connect, self._objects(), numbered, predicted_from=start, predicted_to=end)
        async for part in export.predictions(form) if kind == "predictions" else export.labels(form):
            yield part

    async def _counted(
        self, reading: Reading, first: tuple[bytes, int], parts: AsyncIterator[tuple[bytes, int]]
    ) -> AsyncIterator[bytes]:
        content, rows = first
        self._entry.charge(reading, rows)
        yield content
        async for content, rows in parts:
            self._entry.charge(reading, rows)
            yield content


def _format(request: Request) -> FileFormat:
    given = request.query_params.get("format", "parquet")
    if given not in MEDIA_TYPES:
        raise Invalid("format", f"is one of {', '.join(MEDIA_TYPES)}")
    return given


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        moment = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(name, "is a time with its zone, such as 2026-03-01T00:00:00Z")
    return moment
