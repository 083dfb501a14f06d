"""Rejected rows as a file: `GET /v1/versions/{id}/quarantine?format=ndjson|csv&kind=predictions|labels`.

Those that nobody has settled yet, oldest first, as they can be sent again once they are mended.
"""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from cdt.database.writing import Writer
from cdt.domain.errors import DomainError, Invalid
from cdt.http.intake_answers import refusal_of
from cdt.http.read_entry import ReadEntry, Reading
from cdt.predictions.quarantine import kept
from cdt.predictions.quarantine.files import MEDIA_TYPES, FileForm, header_of, lines_of
from cdt.predictions.rows import Kind
from cdt.predictions.versions import find_version

ROWS_AT_ONCE = 200

T = TypeVar("T", bound=str)


class QuarantineExport:
    """The route."""

    def __init__(self, entry: ReadEntry, writer: Callable[[], Writer]) -> None:
        """The writer is there once the process has started; its transactions see what they are told."""
        self._entry = entry
        self._writer = writer

    def routes(self) -> list[Route]:
        """For the application."""
        return [Route("/v1/versions/{id}/quarantine", self._answer, methods=["GET"])]

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._file(request)
        except DomainError as error:
            return refusal_of(error)

    async def _file(self, request: Request) -> Response:
        reading = await self._entry.admit(request)
        form: FileForm = _one_of(request, "format", ("ndjson", "csv"))
        kind: Kind = _one_of(request, "kind", ("predictions", "labels"))
        await self._entry.note(reading, "quarantine")
        name = f"cdt-{reading.version.version_id}-rejected-{kind}.{form}"
        return StreamingResponse(
            self._lines(reading, kind, form),
            media_type=MEDIA_TYPES[form],
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    async def _lines(self, reading: Reading, kind: Kind, form: FileForm) -> AsyncIterator[bytes]:
        """A page at a time: no transaction is open while somebody reads slowly."""
        version = reading.version
        yield header_of(form, kind, version.signature)
        after = 0
        while True:
            async with self._writer().transaction([version.project_id]) as connection:
                numbered = await find_version(connection, version.version_id)
                if numbered is None:
                    return
                rows = await kept.page_to_send(connection, numbered.number, kind, after=after, limit=ROWS_AT_ONCE)
            if not rows:
                return
            after = rows[-1].number
            self._entry.charge(reading, len(rows))
            yield b"".join(lines_of(rows, form, kind, version.signature))


def _one_of(request: Request, name: str, choices: tuple[T, ...]) -> T:
    given = request.query_params.get(name, choices[0])
    for choice in choices:
        if given == choice:
            return choice
    raise Invalid(name, f"is one of {', '.join(choices)}")
