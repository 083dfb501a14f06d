"""Rows over HTTP: `POST /v1/versions/{id}/predictions` and `/labels`, as NDJSON, JSON, CSV or Arrow IPC.

A body may be compressed with gzip or Zstandard, as its Content-Encoding says: then its bounds count what it holds.

Answers 200 with a receipt once the good rows are durable. With an `Idempotency-Key`, the same body again answers the
same receipt. A failure is `{"code", "message", "path"}`, and nothing of the body was kept.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from cdt.access.rates.buckets import Bucket
from cdt.access.rates.headers import rate_headers
from cdt.access.rates.limiter import Limiter
from cdt.access.rates.policies import Operation
from cdt.domain.errors import DomainError, NotFound
from cdt.http.bodies import Body, BodyMemory, Deadline, TooLarge, TooSlow
from cdt.http.encodings import ENCODINGS, opened
from cdt.http.ids import id_in
from cdt.http.intake_answers import NotTaken, Unauthenticated, answer_receipt, refusal_of
from cdt.http.intake_gate import Gate
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

B = TypeVar("B")
Take: TypeAlias = Callable[..., Awaitable[Receipt]]

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
        rates: Callable[[], Limiter],
    ) -> None:
        """`intake` is there once the process has started; `most_waiting_bytes` bounds the memory of all bodies.

        An organization's may take a quarter of it, and one body may take `body_seconds` to arrive.
        """
        self._intake = intake
        self._gate = gate
        self._now = now
        self._rates = rates
        self._most_body_bytes = most_body_bytes
        self._memory = BodyMemory(
            max(most_waiting_bytes, most_body_bytes),
            most_of_one=max(most_waiting_bytes // MEMORY_SHARES, most_body_bytes),
        )
        self._deadline = Deadline(body_seconds)
        self._decoding = asyncio.Semaphore(DECODED_AT_ONCE)
        self._endpoints = {
            "predictions": Endpoint(self, PREDICTION_DECODERS, lambda: self._intake().take_predictions),
            "labels": Endpoint(self, LABEL_DECODERS, lambda: self._intake().take_labels),
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

    async def take(
        self, scope: Scope, receive: Receive, decoders: Mapping[str, Decoder[Any]], take: Callable[[], Take]
    ) -> tuple[Receipt, tuple[Bucket, ...]]:
        """Everything from who asks to the receipt, and the counts of what they may send besides in this minute.

        How many rows a body has is known when it has been read: it is let in when one more may come, and what it held
        is counted afterwards.
        """
        headers: dict[bytes, bytes] = dict(scope["headers"])  # read seven times: a scan of all each time else
        rates, client = self._rates(), scope.get("client")
        address = client[0] if client else ""
        grants = await self._gate.admit(_text(headers, b"authorization"), address)
        if grants is None:
            rates.admit(Operation.INGEST, None, address)
            raise Unauthenticated
        who = grants.name
        counts = rates.admit_each(COUNTED, who, address)
        version = await self._gate.find_version(grants, _version_id(scope["path_params"]["id"]))
        if version is None:
            raise NotFound(kind="version")
        self._gate.require_ingest(grants, version, address)
        decode = _decoder(decoders, _text(headers, b"content-type") or "")
        encoding = _encoding(_text(headers, b"content-encoding"))
        key = checked_key("Idempotency-Key", _text(headers, b"idempotency-key"))
        stated = headers.get(b"content-length", b"")
        if stated.isdigit() and int(stated) > self._most_body_bytes:
            raise TooLarge
        held = Body(self._memory, grants.projects[version.project_id].int)  # an int is hashed faster than a UUID
        try:
            body = await held.read(receive, self._deadline, most_bytes=self._most_body_bytes)
            if encoding is not None:
                async with self._decoding:
                    body = await opened(body, encoding, held, most_bytes=self._most_body_bytes)
            rejections = Rejections()
            if len(body) <= LARGE_BODY_BYTES:
                batch = decode(body, version.signature, now=self._now(), rejections=rejections)
            else:
                batch = await self._decode_apart(decode, body, version, rejections)
            digest = "" if key is None else digest_of_body(body)
            receipt = await take()(version, batch, rejections=rejections, body_digest=digest, key=key)
        finally:
            held.give_back()
        if receipt.row_count != 1:
            rates.charge(Operation.ROWS, who, address, receipt.row_count - 1)
        return receipt, counts

    def rate_headers(self, counts: tuple[Bucket, ...]) -> list[tuple[bytes, bytes]]:
        """What is left now."""
        now = self._rates().now()
        return rate_headers(*[each.standing(now) for each in counts])

    async def _decode_apart(self, decode: Decoder[B], body: bytes, version: Version, rejections: Rejections) -> B:
        async with self._decoding:
            return await asyncio.to_thread(decode, body, version.signature, now=self._now(), rejections=rejections)


class Endpoint:
    """One of the two routes, as an application: a framework's request and response for each row take 12 of 45 us."""

    def __init__(self, routes: IntakeRoutes, decoders: Mapping[str, Decoder[Any]], take: Callable[[], Take]) -> None:
        self._routes = routes
        self._decoders = decoders
        self._take = take

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        try:
            receipt, counts = await self._routes.take(scope, receive, self._decoders, self._take)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except (DomainError, Unavailable, TooLarge, TooSlow, NotTaken) as error:
            await refusal_of(error)(scope, receive, send)
            return
        await answer_receipt(receipt, send, self._routes.rate_headers(counts))


@lru_cache(maxsize=10_000)
def _version_id(text: str) -> UUID:
    found = id_in(text, "Version")
    if found is None:
        raise NotFound(kind="version")
    return found


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _decoder(decoders: Mapping[str, Decoder[Any]], content_type: str) -> Decoder[Any]:
    decoder = decoders.get(content_type)
    if decoder is None:
        kind, _, parameters = content_type.partition(";")
        decoder = decoders.get(kind.strip().lower())
        if parameters.strip().lower().replace('"', "") not in {"", "charset=utf-8", "header=present"}:
            decoder = None
    if decoder is None:
        raise NotTaken
    return decoder


def _encoding(stated: str | None) -> str | None:
    """How the body is compressed; None where it is not."""
    if stated is None:
        return None
    encoding = stated.strip().lower()
    if encoding in {"", "identity"}:
        return None
    if encoding not in ENCODINGS:
        raise NotTaken
    return encoding
