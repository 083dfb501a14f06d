"""Reference rows over HTTP: `POST /v1/versions/{id}/baseline`, in every form that predictions have, of any length.

The rows are counted and not kept; their profile becomes the version's baseline, on its grid or on one that is fitted to
them. Answers 200 with what became of them once that is recorded. The same body again records nothing more.
`?columns=` says which column of a file is which of the version's.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uuid_utils.compat import uuid7

from cdt.access.grants import Grants
from cdt.commands import registry as commands
from cdt.database.async_log import AsyncLog
from cdt.database.notifications import Notifications
from cdt.database.reading import Reader
from cdt.database.writing import Writer
from cdt.domain.errors import Conflict, DomainError, Invalid, NotFound
from cdt.domain.kernel import Command, Digest, Position, Tenant
from cdt.domain.registry.baselines import FittedBaseline
from cdt.domain.registry.signature import Signature
from cdt.domain.tenancy.roles import Permission
from cdt.http.bodies import Body, TooSlow
from cdt.http.intake import LARGE_BODY_MEMORY_BYTES, IntakeRoutes
from cdt.http.intake_answers import NotTaken, refusal_of
from cdt.http.intake_entry import Admitted
from cdt.http.intake_heads import asked_in, content_type_of, encoding_of
from cdt.http.spool import arrived
from cdt.measures.grid import Grid
from cdt.measures.packing import encode
from cdt.predictions import documents, uploads
from cdt.predictions.decoding import PARQUET
from cdt.predictions.decoding.naming import Naming
from cdt.predictions.decoding.references import ReferenceRows
from cdt.predictions.errors import TooLarge, Unavailable
from cdt.predictions.rejections import Rejection
from cdt.predictions.uploads import Uploaded, Uploads
from cdt.predictions.versions import Version
from cdt.readmodels import registry
from cdt.workers.baselines import grid_of_sample
from cdt.workers.child import Child, ChildFailed

FIT_SECONDS = 120.0
WAIT_SECONDS = 2.0
"""How long the answer waits until what was recorded can be read."""


class FittingFailed(Conflict):
    """The grid could not be fitted ({why}); try again, with fewer rows."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What became of a body of reference rows.

    every: of a grid that was fitted, that every so many rows were what it was fitted to; None where there was one.
    position: where it is recorded; None where the version had this baseline already.
    """

    rows: int
    labelled_rows: int
    rejected: list[Rejection]
    rejected_count: int
    every: int | None
    grid: Digest
    baseline: Digest
    body: Digest
    position: str | None


class BaselineRoute:
    """The route. Each row that is sent counts as one that is taken in."""

    def __init__(
        self,
        rows: IntakeRoutes,
        log: Callable[[], AsyncLog],
        reader: Callable[[], Reader],
        writer: Callable[[], Writer],
        notifications: Callable[[], Notifications],
        child: Callable[[], Child],
        now: Callable[[], datetime],
    ) -> None:
        """Bodies are bounded together with those of `rows`. What is called is there once the process has started."""
        self._rows = rows
        self._log = log
        self._reader = reader
        self._writer = writer
        self._notifications = notifications
        self._child = child
        self._now = now
        self._most_bytes = rows.bodies.most_bytes_of("predictions")
        self._uploads = Uploads(rows.bodies.turns, most_bytes=self._most_bytes)

    def route(self) -> Route:
        """For the application."""
        return Route("/v1/versions/{id}/baseline", self._answer, methods=["POST"])

    async def _answer(self, request: Request) -> Response:
        try:
            receipt, headers = await self._take(request)
        except (DomainError, Unavailable, TooLarge, TooSlow, NotTaken) as error:
            return refusal_of(error)
        return Response(msgspec.json.encode(receipt), media_type="application/json", headers=headers)

    async def _take(self, request: Request) -> tuple[Receipt, dict[str, str]]:
        authorization = request.headers.get("authorization")
        address = "" if request.client is None else request.client.host
        asking = (authorization, address, request.path_params["id"], Permission.WRITE_REGISTRY)
        admitted = await self._rows.entry.admit(*asking)
        content_type = content_type_of(request.headers.get("content-type", ""))
        encoding = encoding_of(request.headers.get("content-encoding"), content_type)
        asked = asked_in(request.url.query.encode(), content_type)
        if asked.is_preview:
            raise Invalid("preview", "is for predictions and labels")
        grid = await self._grid(admitted.grants, admitted.version)
        stated = request.headers.get("content-length", "")
        if stated.isdigit() and int(stated) > self._most_bytes:
            raise TooLarge
        held = Body(self._rows.memory, admitted.organization)
        try:
            uploaded = await self._count(request, held, admitted.version, content_type, encoding, asked.naming, grid)
        finally:
            held.give_back()
        self._rows.entry.charge(admitted, uploaded.profile.rows + uploaded.rejected_count)
        await self._rows.entry.confirm(*asking)
        receipt = await self._record(admitted, uploaded)
        headers = {name.decode(): value.decode() for name, value in self._rows.rate_headers(admitted.counts)}
        return receipt, headers

    async def _count(
        self,
        request: Request,
        held: Body,
        version: Version,
        content_type: str,
        encoding: str | None,
        naming: Naming,
        grid: Grid | None,
    ) -> Uploaded:
        rows = self._rows
        with ExitStack() as stack:
            body = await arrived(held, request.receive, rows.deadline, rows.spool, most_bytes=self._most_bytes)
            if isinstance(body, bytes) and content_type != PARQUET:
                file = uploads.in_memory(body)
            else:
                spooled = rows.spool.open(held.holder) if isinstance(body, bytes) else body
                stack.callback(spooled.close)
                if isinstance(body, bytes):
                    await spooled.write_all(body)
                    held.give_back()
                file = spooled.file
            held.hold(LARGE_BODY_MEMORY_BYTES)
            sent = uploads.Body(file, content_type, encoding, version.signature, naming)
            return await self._uploads.count(sent, grid, self._fit)

    async def _grid(self, grants: Grants, version: Version) -> Grid | None:
        """The version's, as known now."""
        async with self._reader().at(None, grants.scope(Permission.WRITE_REGISTRY)) as view:
            row = next(iter(await registry.versions(view, [version.version_id])), None)
        if row is None:
            raise NotFound(kind="version")
        if row.grid_digest is None:
            return None
        async with self._writer().transaction([version.project_id]) as connection:
            return Grid.from_json(await documents.get(connection, version.project_id, row.grid_digest))

    async def _fit(self, signature: Signature, rows: ReferenceRows) -> Grid:
        given = signature, rows.predictions, rows.labels(signature)
        try:
            return Grid.from_json(await self._child().run(FIT_SECONDS, grid_of_sample, *given))
        except ChildFailed as error:
            raise FittingFailed(why=str(error)) from error

    async def _record(self, admitted: Admitted, uploaded: Uploaded) -> Receipt:
        version, grants = admitted.version, admitted.grants
        async with self._writer().transaction([version.project_id]) as connection:
            grid = await documents.put(connection, version.project_id, uploaded.grid.as_json())
            baseline = await documents.put(connection, version.project_id, encode(uploaded.profile))
        by = Command(
            id=uuid7(),
            actor=admitted.actor,
            at=self._now(),
            tenant=Tenant(grants.projects[version.project_id], version.project_id),
        )
        structlog.contextvars.bind_contextvars(command_id=str(by.id))
        position: Position | None = await commands.set_baseline(
            self._log(),
            version.model_id,
            version_id=version.version_id,
            fitted=FittedBaseline(
                grid=grid, baseline=baseline, rows=uploaded.profile.rows, labelled_rows=uploaded.profile.labelled
            ),
            source="upload",
            body=Digest(uploaded.digest),
            by=by,
        )
        if position is not None:
            await self._notifications().wait_for(position, seconds=WAIT_SECONDS)
        return Receipt(
            rows=uploaded.profile.rows,
            labelled_rows=uploaded.profile.labelled,
            rejected=uploaded.rejected,
            rejected_count=uploaded.rejected_count,
            every=uploaded.step,
            grid=grid,
            baseline=baseline,
            body=Digest(uploaded.digest),
            position=None if position is None else str(position),
        )
