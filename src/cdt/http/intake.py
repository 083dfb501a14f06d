"""Rows over HTTP: `POST /v1/versions/{id}/predictions` and `/labels`, as NDJSON, JSON, CSV or Arrow IPC.

A body may be compressed with gzip or Zstandard, as its Content-Encoding says: then its bounds count what it holds. A
large one waits on the disk until it is there whole, and is then taken in piece by piece.

Answers 200 with a receipt once the good rows are durable. With an `Idempotency-Key`, the same body again answers the
same receipt. A failure is `{"code", "message", "path"}`, and nothing of the body was kept.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, TypeVar
from uuid import UUID

from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from cdt.access.grants import Grants
from cdt.access.rates.buckets import Bucket
from cdt.access.rates.headers import rate_headers
from cdt.access.rates.limiter import Limiter
from cdt.access.rates.policies import Operation
from cdt.domain.errors import DomainError, NotFound
from cdt.http.bodies import Body, BodyMemory, Deadline, TooLarge, TooSlow
from cdt.http.encodings import open_as, opened
from cdt.http.intake_answers import NotTaken, Unauthenticated, answer_receipt, refusal_of
from cdt.http.intake_gate import Gate
from cdt.http.intake_heads import Sent, content_type_of, encoding_of, text, version_id_of
from cdt.http.large_bodies import Counted, PiecedBody
from cdt.http.spool import IN_MEMORY_BYTES, Spool, Spooled, arrived
from cdt.predictions.cutting import CUTTERS
from cdt.predictions.decoding import LABEL_DECODERS, PREDICTION_DECODERS, Decoder
from cdt.predictions.errors import Unavailable
from cdt.predictions.intake import Intake, digest_of_body
from cdt.predictions.receipts import Receipt, checked_key
from cdt.predictions.rejections import Rejections
from cdt.predictions.versions import Version

LARGE_BODY_BYTES = 64 * 1024
"""A larger body is decoded in a thread."""
DECODED_AT_ONCE = 2
BODY_SECONDS = 60.0
MEMORY_SHARES = 4
"""How many organizations together can fill the memory for bodies, at the least."""

MOST_LABEL_BYTES = 64 << 20
"""Of labels, which are taken in whole: a million of them, about."""
LARGE_BODY_MEMORY_BYTES = 64 << 20
"""What a large body is counted with while its pieces are taken in."""

B = TypeVar("B")
Take: TypeAlias = Callable[..., Awaitable[Receipt]]
Confirm: TypeAlias = Callable[[], Awaitable[None]]

COUNTED = (Operation.INGEST, Operation.ROWS)
"""What each request is one of, at the least."""
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
        self._intake = intake
        self._gate = gate
        self._now = now
        self._rates = rates
        self._most_body_bytes = most_body_bytes
        self._memory = _shared(most_waiting_bytes, most_of_one=min(most_body_bytes, MOST_LABEL_BYTES))
        self._spool = Spool(spool_folder, _shared(most_spooled_bytes, most_of_one=most_body_bytes))
        self._deadline = Deadline(body_seconds)
        self._decoding = asyncio.Semaphore(DECODED_AT_ONCE)
        self._endpoints = {
            "predictions": Endpoint(
                self, PREDICTION_DECODERS, lambda: self._intake().take_predictions, may_be_large=True
            ),
            "labels": Endpoint(self, LABEL_DECODERS, lambda: self._intake().take_labels, may_be_large=False),
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

    async def take(self, scope: Scope, receive: Receive, endpoint: "Endpoint") -> tuple[Receipt, tuple[Bucket, ...]]:
        """Everything from who asks to the receipt, and the counts of what they may send besides in this minute.

        How many rows a body has is known when it has been read: it is let in when one more may come, and what it held
        is counted afterwards.
        """
        headers: dict[bytes, bytes] = dict(scope["headers"])  # read seven times: a scan of all each time else
        rates, client = self._rates(), scope.get("client")
        address = client[0] if client else ""
        authorization = text(headers, b"authorization")
        grants = await self._gate.admit(authorization, address)
        if grants is None:
            rates.admit(Operation.INGEST, None, address)
            raise Unauthenticated
        who = grants.name
        counts = rates.admit_each(COUNTED, who, address)
        version = await self._version(grants, version_id_of(scope["path_params"]["id"]), address)
        sent = Sent(
            version,
            content_type_of(text(headers, b"content-type") or "", endpoint.decoders),
            encoding_of(text(headers, b"content-encoding")),
            checked_key("Idempotency-Key", text(headers, b"idempotency-key")),
        )
        most_bytes = self._most_body_bytes if endpoint.may_be_large else min(self._most_body_bytes, MOST_LABEL_BYTES)
        stated = headers.get(b"content-length", b"")
        if stated.isdigit() and int(stated) > most_bytes:
            raise TooLarge

        async def confirm() -> None:
            """Who asks may still do so; for a large body that took its time."""
            granted = await self._gate.admit(authorization, address)
            if granted is None:
                raise Unauthenticated
            await self._version(granted, version.version_id, address)

        held = Body(self._memory, grants.projects[version.project_id].int)  # an int is hashed faster than a UUID
        try:
            spool = self._spool if endpoint.may_be_large else None
            body = await arrived(held, receive, self._deadline, spool, most_bytes=most_bytes)
            receipt = await self._take_arrived(body, held, sent, endpoint, confirm)
        finally:
            held.give_back()
        if receipt.row_count != 1:
            rates.charge(Operation.ROWS, who, address, receipt.row_count - 1)
        return receipt, counts

    async def _version(self, grants: Grants, version_id: UUID, address: str) -> Version:
        """The version, if rows may be sent for it."""
        version = await self._gate.find_version(grants, version_id)
        if version is None:
            raise NotFound(kind="version")
        self._gate.require_ingest(grants, version, address)
        return version

    async def _take_arrived(
        self, body: bytes | Spooled, held: Body, sent: Sent, endpoint: "Endpoint", confirm: Confirm
    ) -> Receipt:
        if isinstance(body, Spooled):
            try:
                return await self._take_large(body.file, held, sent, endpoint, confirm)
            finally:
                body.close()
        whole: bytes | None = body
        if sent.encoding is not None:
            most_bytes = IN_MEMORY_BYTES if endpoint.may_be_large else MOST_LABEL_BYTES
            async with self._decoding:
                whole = await opened(body, sent.encoding, held, most_bytes=min(most_bytes, self._most_body_bytes))
            if whole is None:
                return await self._take_large(io.BytesIO(body), held, sent, endpoint, confirm)
        assert whole is not None
        decode = endpoint.decoders[sent.content_type]
        rejections = Rejections()
        if len(whole) <= LARGE_BODY_BYTES:
            batch = decode(whole, sent.version.signature, now=self._now(), rejections=rejections)
        else:
            batch = await self._decode_apart(decode, whole, sent.version, rejections)
        digest = "" if sent.key is None else digest_of_body(whole)
        return await endpoint.take()(sent.version, batch, rejections=rejections, body_digest=digest, key=sent.key)

    async def _take_large(
        self, file: BinaryIO, held: Body, sent: Sent, endpoint: "Endpoint", confirm: Confirm
    ) -> Receipt:
        if not endpoint.may_be_large:
            raise TooLarge
        held.give_back()
        held.hold(LARGE_BODY_MEMORY_BYTES)
        decode, signature, now = endpoint.decoders[sent.content_type], sent.version.signature, self._now()
        source = Counted(
            open_as(sent.encoding, file),
            encoding=sent.encoding,
            most_bytes=self._most_body_bytes,
            is_hashed=sent.key is not None,
        )
        body = PiecedBody(
            source,
            CUTTERS[sent.content_type],
            lambda piece, rejections: decode(piece, signature, now=now, rejections=rejections),
            self._decoding,
        )
        return await self._intake().take_large_predictions(sent.version, body, key=sent.key, confirm=confirm)

    def rate_headers(self, counts: tuple[Bucket, ...]) -> list[tuple[bytes, bytes]]:
        """What is left now."""
        now = self._rates().now()
        return rate_headers(*[each.standing(now) for each in counts])

    async def _decode_apart(self, decode: Decoder[B], body: bytes, version: Version, rejections: Rejections) -> B:
        async with self._decoding:
            return await asyncio.to_thread(decode, body, version.signature, now=self._now(), rejections=rejections)


class Endpoint:
    """One of the two routes, as an application: a framework's request and response for each row take 12 of 45 us.

    decoders: by content type. take: where rows go. may_be_large: whether a body may be larger than the memory.
    """

    def __init__(
        self,
        routes: IntakeRoutes,
        decoders: Mapping[str, Decoder[Any]],
        take: Callable[[], Take],
        *,
        may_be_large: bool,
    ) -> None:
        self._routes = routes
        self.decoders = decoders
        self.take = take
        self.may_be_large = may_be_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            receipt, counts = await self._routes.take(scope, receive, self)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except (DomainError, Unavailable, TooLarge, TooSlow, NotTaken) as error:
            await refusal_of(error)(scope, receive, send)
            return
        await answer_receipt(receipt, send, self._routes.rate_headers(counts))


def _shared(most_bytes: int, *, most_of_one: int) -> BodyMemory:
    """Room of which each organization may take a share, and one body at the least."""
    return BodyMemory(max(most_bytes, most_of_one), most_of_one=max(most_bytes // MEMORY_SHARES, most_of_one))
