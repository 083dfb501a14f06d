"""Rejected rows as a file: `GET /v1/versions/{id}/quarantine?format=ndjson|csv&kind=predictions|labels`.

Those that nobody has settled yet, oldest first, as they can be sent again once they are mended.
"""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from cdt.access.grants import Grants
from cdt.access.rates.limiter import Limiter
from cdt.access.rates.policies import Operation
from cdt.database.writing import Writer
from cdt.domain.errors import DomainError, Invalid, NotFound
from cdt.domain.security import Occurrence, SecurityKind
from cdt.domain.tenancy.roles import Permission
from cdt.http.ids import id_in
from cdt.http.intake_answers import Unauthenticated, refusal_of
from cdt.http.intake_gate import ReadGate
from cdt.predictions.quarantine import kept
from cdt.predictions.quarantine.files import MEDIA_TYPES, FileForm, header_of, lines_of
from cdt.predictions.rows import Kind
from cdt.predictions.versions import Version, find_version
from cdt.security.journal import Journal

ROWS_AT_ONCE = 200

T = TypeVar("T", bound=str)


class QuarantineExport:
    """The route. Each row that is sent counts as a row that is read."""

    def __init__(
        self,
        gate: ReadGate,
        writer: Callable[[], Writer],
        journal: Callable[[], Journal],
        rates: Callable[[], Limiter],
    ) -> None:
        """What is called is there once the process has started; the writer's transactions see what they are told."""
        self._gate = gate
        self._writer = writer
        self._journal = journal
        self._rates = rates

    def routes(self) -> list[Route]:
        """For the application."""
        return [Route("/v1/versions/{id}/quarantine", self._answer, methods=["GET"])]

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._file(request)
        except DomainError as error:
            return refusal_of(error)

    async def _file(self, request: Request) -> Response:
        address = "" if request.client is None else request.client.host
        grants = await self._gate.admit(request.headers.get("authorization"), address)
        if grants is None:
            self._rates().admit(Operation.QUERY, None, address)
            raise Unauthenticated
        self._rates().admit(Operation.QUERY, grants.name, address)
        version_id = id_in(request.path_params["id"], "Version")
        version = None if version_id is None else await self._gate.find_version(grants, version_id)
        if version is None:
            raise NotFound(kind="version")
        self._gate.require(Permission.READ, grants, version, address)
        form: FileForm = _one_of(request, "format", ("ndjson", "csv"))
        kind: Kind = _one_of(request, "kind", ("predictions", "labels"))
        await self._journal().record([_exported(grants, version, address)])
        name = f"cdt-{version.version_id}-rejected-{kind}.{form}"
        return StreamingResponse(
            self._lines(version, kind, form, grants, address),
            media_type=MEDIA_TYPES[form],
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    async def _lines(
        self, version: Version, kind: Kind, form: FileForm, grants: Grants, address: str
    ) -> AsyncIterator[bytes]:
        """A page at a time: no transaction is open while somebody reads slowly."""
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
            self._rates().charge(Operation.QUERY, grants.name, address, len(rows))
            yield b"".join(lines_of(rows, form, kind, version.signature))


def _one_of(request: Request, name: str, choices: tuple[T, ...]) -> T:
    given = request.query_params.get(name, choices[0])
    for choice in choices:
        if given == choice:
            return choice
    raise Invalid(name, f"is one of {', '.join(choices)}")


def _exported(grants: Grants, version: Version, address: str) -> Occurrence:
    return Occurrence(
        kind=SecurityKind.EXPORTED,
        reason="quarantine",
        subject=str(version.version_id),
        actor=grants.actor,
        person=grants.user_id,
        organization_id=grants.projects[version.project_id],
        address=address,
    )
