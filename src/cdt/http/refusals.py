"""What is wrong with a request as such, whatever it asks for: one sentence, one status, and the connection ends."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import NamedTuple

from starlette.types import Receive, Scope, Send

ONCE = frozenset(
    {
        b"host", b"authorization", b"content-length", b"content-type", b"content-encoding", b"transfer-encoding",
        b"idempotency-key", b"origin", b"upgrade", b"sec-websocket-key", b"sec-websocket-version",
    }
)  # fmt: skip
"""Headers that mean something to us and can't be told twice: of two, a proxy may have believed the other one."""


OF_A_BODY = frozenset({b"content-length", b"transfer-encoding"})


class Refusal(NamedTuple):
    """An application that answers every request alike, and ends the connection."""

    status: int
    code: str
    message: str
    retry_after_seconds: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        del scope, receive
        await send({"type": "http.response.start", "status": self.status, "headers": self._headers()})
        await send({"type": "http.response.body", "body": self._body()})

    def on_the_wire(self) -> bytes:
        """The same as bytes, for whoever has not got as far as to a request."""
        status = HTTPStatus(self.status)
        lines = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode())]
        lines += [name + b": " + value for name, value in self._headers()]
        return b"\r\n".join([*lines, b"", self._body()])

    def _headers(self) -> list[tuple[bytes, bytes]]:
        later = self.retry_after_seconds
        return [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(self._body())),
            (b"x-content-type-options", b"nosniff"),
            *([] if later is None else [(b"retry-after", b"%d" % later)]),
            (b"connection", b"close"),
        ]

    def _body(self) -> bytes:
        return json.dumps({"code": self.code, "message": self.message, "path": None}).encode()


MALFORMED = Refusal(400, "MALFORMED", "This is no HTTP request that could be understood in one way only.")
TRANSFER = Refusal(400, "MALFORMED", "A Transfer-Encoding is `chunked`, in HTTP/1.1, or there is none.")
HOST = Refusal(400, "MALFORMED", "A request names one Host.")
VERSION = Refusal(505, "MALFORMED", "Speak HTTP/1.1.")
UPGRADE = Refusal(400, "MALFORMED", "Ask for another protocol with GET, in HTTP/1.1 and without a body.")
SLOW_HEADERS = Refusal(408, "TOO_SLOW", "The headers took too long to arrive.")
LARGE_HEADERS = Refusal(431, "TOO_LARGE", "The headers are too many or too large.")
NO_ROOM = Refusal(503, "BUSY", "Too many connections are open; close some, or try again in a moment.", 1)
NO_TIME = Refusal(503, "BUSY", "Too many requests are being answered; try again in a moment.", 1)


def told_twice(name: bytes) -> Refusal:
    """A header that stands there more than once."""
    return Refusal(400, "MALFORMED", f"There is more than one {name.decode('latin-1').title()} header; send one.")


def problem_with(
    method: bytes,
    version: str,
    headers: Sequence[tuple[bytes, bytes]],
    told: Mapping[bytes, bytes],
    *,
    upgrades: bool,
) -> Refusal | None:
    """What is wrong with the head of a request, beyond what the parser refuses; None for nothing.

    `told` are the headers by name. `upgrades` says that it asks for another protocol; what follows its head is then no
    body of HTTP.
    """
    if len(told) != len(headers) and (twice := _told_twice(headers)) is not None:
        return HOST if twice == b"host" else told_twice(twice)
    transfer = told.get(b"transfer-encoding")
    if version not in {"1.1", "1.0"}:
        return VERSION
    if transfer is not None and (transfer.strip().lower() != b"chunked" or version == "1.0"):
        return TRANSFER
    if version == "1.1" and b"host" not in told:
        return HOST
    if upgrades and not (method == b"GET" and version == "1.1" and OF_A_BODY.isdisjoint(told)):
        return UPGRADE
    return None


def _told_twice(headers: Sequence[tuple[bytes, bytes]]) -> bytes | None:
    """The first of those that can't be which is."""
    seen: set[bytes] = set()
    for name, _ in headers:
        if name in ONCE and name in seen:
            return name
        seen.add(name)
    return None
