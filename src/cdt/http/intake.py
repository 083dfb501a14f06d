"""Rows over HTTP: `POST /v1/versions/{id}/predictions` and `/labels`, as NDJSON, JSON, CSV, Arrow IPC or Parquet.

A body may be compressed with gzip or Zstandard, as its Content-Encoding says: then its bounds count what it holds. A
large one waits on the disk until it is there whole, and is then taken in piece by piece.

Answers 200 with a receipt once the good rows are durable. With an `Idempotency-Key`, the same body again answers the
same receipt. With `?preview=true` nothing is stored, and the answer says what is wrong with the rows; `?columns=` says
which column of a file is which of the version's. A failure is `{"code", "message", "path"}`, and nothing was kept.
"""

import io
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec
from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from cdt.access.rates.buckets import Bucket
from cdt.access.rates.headers import rate_headers
from cdt.access.rates.limiter import Limiter
from cdt.http.bodies import Body, BodyMemory, Deadline
from cdt.http.intake_answers import REFUSED, answer_json, refusal_of
from cdt.http.intake_entry import Entry
from cdt.http.intake_gate import Gate
from cdt.http.intake_heads import asked_in, content_type_of, encoding_of, text
from cdt.http.opening import opened
from cdt.http.spool import IN_MEMORY_BYTES, Spool, Spooled, arrived
from cdt.predictions import receipts
from cdt.predictions.bodies import Bodies, Confirm, Preview, Sent
from cdt.predictions.decoding import PARQUET
from cdt.predictions.errors import TooLarge
from cdt.predictions.intake import Intake
from cdt.predictions.receipts import Receipt, checked_key
from cdt.predictions.rows import Kind

BODY_SECONDS = 60.0
MEMORY_SHARES = 4
"""How many organizations together can fill the memory for bodies, at the least."""
LARGE_BODY_MEMORY_BYTES = 64 << 20
"""What a large body is counted with while its pieces are taken in."""

PREFIX = "/v1/versions/"


class IntakeRoutes:
    """The two routes."""

    def __init__(
        self,
        intake: Callable[[], Intake],
        gate: Gate,
        now: Callable[[], datetime],
        *,
        most_body_bytes: int,
        body_seconds: float = BODY_SECONDS,
        most_waiting_bytes: int = 512 * 1024 * 1024,
        spool_folder: Path | None = None,
        most_spooled_bytes: int = 64 * 1024 * 1024 * 1024,
        rates: Callable[[], Limiter],
    ) -> None:
        """`intake` is there once the process has started.

        most_body_bytes: of one body. body_seconds: what it may take to arrive, or each mebibyte of a large one.
        most_waiting_bytes: the memory of all bodies, of which an organization's may take a quarter.
        spool_folder, most_spooled_bytes: the same of the disk, for large bodies.
        """
        self.entry = Entry(gate, rates)
        self.bodies = Bodies(intake, now, most_bytes=most_body_bytes)
        self.memory = _shared(most_waiting_bytes, most_of_one=min(most_body_bytes, LARGE_BODY_MEMORY_BYTES))
        self.spool = Spool(spool_folder, _shared(most_spooled_bytes, most_of_one=most_body_bytes))
        self.deadline = Deadline(body_seconds)
        self._endpoints: dict[str, Endpoint] = {
            "predictions": Endpoint(self, "predictions"),
            "labels": Endpoint(self, "labels"),
        }

    @property
    def endpoints(self) -> list["Endpoint"]:
        """Both."""
        return list(self._endpoints.values())

    def routes(self) -> list[Route]:
        """For the application."""
        return [
            Route(f"{PREFIX}{{id}}/{kind}", endpoint, methods=["POST"]) for kind, endpoint in self._endpoints.items()
        ]

    def choose(self, scope: Scope) -> "Endpoint | None":
        """The route of a request that is for one of ours, found without the router."""
        path: str = scope["path"]
        if not path.startswith(PREFIX) or scope["type"] != "http" or scope["method"] != "POST":
            return None
        version, _, kind = path[len(PREFIX) :].partition("/")
        if version and kind in self._endpoints:
            scope["path_params"] = {"id": version}
            return self._endpoints[kind]
        return None

    async def take(self, scope: Scope, receive: Receive, kind: Kind) -> tuple[Receipt | Preview, tuple[Bucket, ...]]:
        """Everything from who asks to the answer, and the counts of what they may send besides in this minute."""
        headers: dict[bytes, bytes] = dict(scope["headers"])  # read seven times: a scan of all each time else
        client, version_id = scope.get("client"), scope["path_params"]["id"]
        address, authorization = client[0] if client else "", text(headers, b"authorization")
        admitted = await self.entry.admit(authorization, address, version_id)
        content_type = content_type_of(text(headers, b"content-type") or "")
        encoding = encoding_of(text(headers, b"content-encoding"), content_type)
        key = checked_key("Idempotency-Key", text(headers, b"idempotency-key"))
        asked = asked_in(scope.get("query_string", b""), content_type)
        sent = Sent(admitted.version, kind, content_type, encoding, key, asked.naming, admitted.actor)
        most_bytes = self.bodies.most_bytes_of(kind)
        if asked.is_preview:
            most_bytes = min(most_bytes, IN_MEMORY_BYTES)
        stated = headers.get(b"content-length", b"")
        if stated.isdigit() and int(stated) > most_bytes:
            raise TooLarge
        held = Body(self.memory, admitted.organization)
        try:
            body = await arrived(held, receive, self.deadline, self.spool, most_bytes=most_bytes)
            confirm = partial(self.entry.confirm, authorization, address, version_id)
            if asked.is_preview:
                answer = await self._preview(body, held, sent)
            else:
                answer = await self._take_arrived(body, held, sent, confirm)
        finally:
            held.give_back()
        self.entry.charge(admitted, answer.row_count)
        return answer, admitted.counts

    async def take_coming(self, receive: Receive, sent: Sent, organization: int, confirm: Confirm) -> Receipt:
        """A body of somebody who was let in. Raises as `arrived` does, and as bodies do."""
        held = Body(self.memory, organization)
        try:
            most_bytes = self.bodies.most_bytes_of(sent.kind)
            body = await arrived(held, receive, self.deadline, self.spool, most_bytes=most_bytes)
            return await self._take_arrived(body, held, sent, confirm)
        finally:
            held.give_back()

    async def _preview(self, body: bytes | Spooled, held: Body, sent: Sent) -> Preview:
        assert isinstance(body, bytes)  # no more than is held in memory was let in
        whole: bytes | None = body
        if sent.encoding is not None:
            async with self.bodies.turns:
                whole = await opened(body, sent.encoding, held, most_bytes=IN_MEMORY_BYTES)
        if whole is None:
            raise TooLarge
        return await self.bodies.preview(whole, sent)

    async def _take_arrived(self, body: bytes | Spooled, held: Body, sent: Sent, confirm: Confirm) -> Receipt:
        if isinstance(body, bytes) and sent.content_type != PARQUET:
            whole: bytes | None = body
            if sent.encoding is not None:
                most_bytes = min(IN_MEMORY_BYTES, self.bodies.most_bytes_of(sent.kind))
                async with self.bodies.turns:
                    whole = await opened(body, sent.encoding, held, most_bytes=most_bytes)
            if whole is not None:
                return await self.bodies.take_bytes(whole, sent)
            held.hold(LARGE_BODY_MEMORY_BYTES)
            return await self.bodies.take_file(io.BytesIO(body), sent, confirm=confirm)
        spooled = self.spool.open(held.holder) if isinstance(body, bytes) else body
        try:
            if isinstance(body, bytes):
                await spooled.write_all(body)
            held.give_back()
            held.hold(LARGE_BODY_MEMORY_BYTES)
            return await self.bodies.take_file(spooled.file, sent, confirm=confirm)
        finally:
            spooled.close()

    def rate_headers(self, counts: tuple[Bucket, ...]) -> list[tuple[bytes, bytes]]:
        """What is left now."""
        now = self.entry.now()
        return rate_headers(*[each.standing(now) for each in counts])


class Endpoint:
    """One of the two routes, as an application: a framework's request and response for each row take 12 of 45 us."""

    def __init__(self, routes: IntakeRoutes, kind: Kind) -> None:
        self._routes = routes
        self._kind: Kind = kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            answer, counts = await self._routes.take(scope, receive, self._kind)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except REFUSED as error:
            await refusal_of(error)(scope, receive, send)
            return
        body = receipts.encode(answer) if isinstance(answer, Receipt) else msgspec.json.encode(answer)
        await answer_json(body, send, self._routes.rate_headers(counts))


def _shared(most_bytes: int, *, most_of_one: int) -> BodyMemory:
    """Room of which each organization may take a share, and one body at the least."""
    return BodyMemory(max(most_bytes, most_of_one), most_of_one=max(most_bytes // MEMORY_SHARES, most_of_one))
