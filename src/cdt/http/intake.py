"""Rows over HTTP: `POST /v1/versions/{id}/predictions` and `/labels`, as NDJSON, CSV or an Arrow IPC stream.

Answers 200 with a receipt once the good rows are durable. With an `Idempotency-Key`, the same body again answers the
same receipt. A failure is `{"code", "message", "path"}`, and nothing of the body was kept.
"""

import asyncio
import math
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cdt.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from cdt.domain.tenancy.roles import Permission
from cdt.http.intake_gate import Gate
from cdt.predictions import receipts
from cdt.predictions.decoding import LABEL_DECODERS, PREDICTION_DECODERS, Decoder
from cdt.predictions.errors import Busy, Unavailable
from cdt.predictions.intake import Intake, digest_of_body
from cdt.predictions.receipts import Receipt
from cdt.predictions.rejections import Rejections
from cdt.predictions.versions import Version

LARGE_BODY_BYTES = 64 * 1024
"""A larger body is decoded in a thread."""
DECODED_AT_ONCE = 2
MOST_KEY_CHARACTERS = 200

B = TypeVar("B")
Take = Callable[..., Awaitable[Receipt]]
Answer = Callable[[Request], Awaitable[Response]]


class TooLarge(Exception):
    """The body is larger than a request may be."""


class NotTaken(Exception):
    """The content type or encoding is none that is taken."""


class BodyMemory:
    """How many bytes of bodies may be in memory at once, over all requests."""

    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes

    def take(self, size: int) -> None:
        """Count bytes in; Busy when there is no room."""
        if size > self._left:
            raise Busy
        self._left -= size

    def give_back(self, size: int) -> None:
        """Count them out."""
        self._left += size


class IntakeRoutes:
    """The two routes."""

    def __init__(
        self,
        intake: Callable[[], Intake],
        gate: Gate,
        now: Callable[[], datetime],
        *,
        most_body_bytes: int,
        most_waiting_bytes: int = 512 * 1024 * 1024,
    ) -> None:
        """`intake` is there once the process has started; `most_waiting_bytes` bounds the memory of all bodies."""
        self._intake = intake
        self._gate = gate
        self._now = now
        self._most_body_bytes = most_body_bytes
        self._memory = BodyMemory(most_waiting_bytes)
        self._decoding = asyncio.Semaphore(DECODED_AT_ONCE)

    def routes(self) -> list[Route]:
        """For the application."""
        predictions = self._route(PREDICTION_DECODERS, lambda: self._intake().take_predictions)
        labels = self._route(LABEL_DECODERS, lambda: self._intake().take_labels)
        return [
            Route("/v1/versions/{id}/predictions", predictions, methods=["POST"]),
            Route("/v1/versions/{id}/labels", labels, methods=["POST"]),
        ]

    def _route(self, decoders: Mapping[str, Decoder[Any]], take: Callable[[], Take]) -> Answer:
        async def answer(request: Request) -> Response:
            try:
                receipt = await self._take(request, decoders, take())
            except ClientDisconnect:
                return Response(status_code=400)  # nobody is there to read it
            except (DomainError, Unavailable, TooLarge, NotTaken) as error:
                return _refused(error)
            return Response(receipts.encode(receipt), media_type="application/json")

        return answer

    async def _take(self, request: Request, decoders: Mapping[str, Decoder[Any]], take: Take) -> Receipt:
        headers = request.headers
        grants = await self._gate.admit(headers.get("authorization"))
        if grants is None:
            raise _Unauthenticated
        version = await self._gate.find_version(grants, _version_id(request.path_params["id"]))
        if version is None:
            raise NotFound(kind="version")
        grants.require(Permission.INGEST, version.project_id)
        decode = _decoder(decoders, headers.get("content-type", ""), headers.get("content-encoding", "identity"))
        key = _key(headers.get("idempotency-key"))
        size = self._stated_size(headers.get("content-length"))
        self._memory.take(size)
        try:
            body = await self._read(request)
            rejections = Rejections()
            batch = await self._decoded(decode, body, version, rejections)
            digest = "" if key is None else digest_of_body(body)
            return await take(version, batch, rejections=rejections, body_digest=digest, key=key)
        finally:
            self._memory.give_back(size)

    def _stated_size(self, stated: str | None) -> int:
        size = int(stated) if stated is not None and stated.isdigit() else self._most_body_bytes
        if size > self._most_body_bytes:
            raise TooLarge
        return size

    async def _read(self, request: Request) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > self._most_body_bytes:
                raise TooLarge
            parts.append(part)
        return b"".join(parts)

    async def _decoded(self, decode: Decoder[B], body: bytes, version: Version, rejections: Rejections) -> B:
        now = self._now()
        if len(body) <= LARGE_BODY_BYTES:
            return decode(body, version.signature, now=now, rejections=rejections)
        async with self._decoding:
            return await asyncio.to_thread(decode, body, version.signature, now=now, rejections=rejections)


class _Unauthenticated(DomainError):
    """Send a bearer token or an API key in the Authorization header."""

    code = "UNAUTHENTICATED"


def _version_id(text: str) -> UUID:
    """From a UUID, or from a global id of GraphQL."""
    try:
        return UUID(text)
    except ValueError:
        pass
    try:
        kind, _, number = b64decode(text + "=" * (-len(text) % 4), validate=True).decode().partition(":")
        if kind == "Version":
            return UUID(number)
    except ValueError:
        pass
    raise NotFound(kind="version")


def _decoder(decoders: Mapping[str, Decoder[Any]], content_type: str, encoding: str) -> Decoder[Any]:
    kind, _, parameters = content_type.partition(";")
    decoder = decoders.get(kind.strip().lower())
    charset = parameters.strip().lower().replace('"', "")
    if decoder is None or encoding.lower() != "identity" or charset not in {"", "charset=utf-8", "header=present"}:
        raise NotTaken
    return decoder


def _key(text: str | None) -> str | None:
    if text is None:
        return None
    if not 0 < len(text) <= MOST_KEY_CHARACTERS or not (text.isascii() and text.isprintable()):
        raise Invalid("Idempotency-Key", f"write 1 to {MOST_KEY_CHARACTERS} printable ASCII characters")
    return text


_STATUS: dict[type[Exception], int] = {
    _Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 400,
}


def _refused(error: Exception) -> Response:
    headers: dict[str, str] = {}
    path: list[str] | None = None
    if isinstance(error, TooLarge):
        status, code, message = 413, "TOO_LARGE", "The body is too large; send it in parts."
        headers["connection"] = "close"
    elif isinstance(error, NotTaken):
        kinds = ", ".join(PREDICTION_DECODERS)
        status, code = 415, "UNSUPPORTED_MEDIA_TYPE"
        message = f"Send {kinds}, in UTF-8 and without a Content-Encoding."
    elif isinstance(error, Unavailable):
        status, code, message = 503, error.code, str(error)
        headers["retry-after"] = str(math.ceil(error.retry_after_seconds))
    else:
        assert isinstance(error, DomainError)
        status = next((number for kind, number in _STATUS.items() if isinstance(error, kind)), 400)
        code, message = error.code, str(error)
        path = [error.field] if isinstance(error, Invalid) else None
        if status == 401:
            headers["www-authenticate"] = "Bearer"
    return JSONResponse({"code": code, "message": message, "path": path}, status_code=status, headers=headers)
