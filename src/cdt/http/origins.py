"""Which pages of others may ask the API, by the rules that browsers keep (CORS): those of listed origins, no others.

A listed origin's page may send its visitor's cookies and read the answer. Any other page is told nothing that would
let its browser hand over an answer. Programs send no Origin, and notice none of this.
"""

import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SHARED = ("/graphql", "/v1/")
"""The beginnings of the paths that are an API; pages and their files are for our own origin."""
METHODS = b"GET, POST, OPTIONS"
HEADERS = b"authorization, content-type, content-encoding, accept, idempotency-key, x-csrf-token"
EXPOSED = b"x-request-id, retry-after, ratelimit, ratelimit-policy"
KEPT_SECONDS = b"600"
VARY = (b"vary", b"Origin")


def origin_of(url: str) -> str:
    """The origin of an address, as browsers write it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


class Sharing:
    """Answers for the API where a page of another origin asks."""

    def __init__(self, origins: Sequence[str]) -> None:
        """`origins` are the listed ones."""
        self._origins = frozenset(each.lower().encode() for each in origins)

    def concerns(self, scope: Scope) -> bool:
        """Whether a page asks the API, be it another's or one of our own."""
        if not scope["path"].startswith(SHARED):
            return False
        return any(name == b"origin" for name, _ in scope["headers"])

    async def answer(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """By the application, with the headers that let a listed page read it; a preflight by ourselves."""
        headers = dict(scope["headers"])
        origin = headers[b"origin"]
        is_listed = origin in self._origins
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await _answer_preflight(origin if is_listed else None, send)
            return
        told = [VARY, *(_told_to(origin) if is_listed else ())]
        if is_listed:
            told.append((b"access-control-expose-headers", EXPOSED))

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *told]
            await send(message)

        await app(scope, receive, send_told)


def _told_to(origin: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"access-control-allow-origin", origin), (b"access-control-allow-credentials", b"true")]


async def _answer_preflight(origin: bytes | None, send: Send) -> None:
    """What a listed page may send; 403 for another, which its browser takes for a no."""
    headers = [VARY]
    body = b""
    if origin is None:
        message = "Pages of this origin may not ask here; CDT_ALLOWED_ORIGINS lists those that may."
        body = json.dumps({"code": "FORBIDDEN", "message": message, "path": None}).encode()
        headers += [(b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff")]
    else:
        headers += [
            *_told_to(origin),
            (b"access-control-allow-methods", METHODS),
            (b"access-control-allow-headers", HEADERS),
            (b"access-control-max-age", KEPT_SECONDS),
        ]
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": 403 if origin is None else 204, "headers": headers})
    await send({"type": "http.response.body", "body": body})
