"""What surrounds every request: its id in the log, the headers that harden the answer, and bounds on the body."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from cdt.database.log import is_lost_connection
from cdt.http.bodies import Deadline, TooLarge, TooSlow
from cdt.http.intake_answers import refusal_of
from cdt.http.policies import policy
from cdt.observability import request_id

log = structlog.get_logger()

SECURITY_HEADERS = {
    "content-security-policy": policy(),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}

UNAVAILABLE = 503
"""Not now: somebody else is away, or too much comes at once. Whoever runs it may look; nothing is broken here."""

UNEXPECTED, TRY_AGAIN_LATER = 1011, 1013
"""Codes that close a WebSocket."""

HEADERS_OF_DATA = {"x-content-type-options": "nosniff"}
"""Of answers that are JSON for programs: nothing in them is ever shown as a page."""


class RequestLog:
    """Gives each request an id, binds it to the log, answers it as x-request-id, and logs failures."""

    def __init__(self, app: ASGIApp, *, headers: Mapping[str, str] = SECURITY_HEADERS, hsts_seconds: int = 0) -> None:
        """Wraps the application; `headers` are added to each answer that has none of that name.

        Over TLS each answer says for how many seconds browsers shall come by TLS alone; 0 says nothing.
        """
        self._app = app
        self._secure = (b"strict-transport-security", b"max-age=%d" % hsts_seconds) if hsts_seconds else None
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with an id."""
        named = str(uuid7())
        outer = request_id.set(named)
        try:
            if scope["type"] == "http":
                await self._answer(named, scope, receive, send)
            else:
                await self._pass_on(scope, receive, send)
        finally:
            request_id.reset(outer)

    async def _answer(self, named: str, scope: Scope, receive: Receive, send: Send) -> None:
        began, has_begun, is_told = time.perf_counter(), False, False

        async def send_with_id(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = list(message["headers"])
                own = dict(headers)
                headers += [each for each in self._headers if each[0] not in own]
                headers.append((b"x-request-id", named.encode()))
                message["headers"] = headers
                if self._secure is not None and scope["scheme"] == "https":
                    message["headers"].append(self._secure)
                if message["status"] >= 500 and not is_told:
                    told = log.warning if message["status"] == UNAVAILABLE else log.error
                    told(
                        "request_failed", method=scope["method"], path=scope["path"], status=message["status"],
                        seconds=round(time.perf_counter() - began, 4),
                    )  # fmt: skip
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except ClientDisconnect:
            log.info("client_gone", method=scope["method"], path=scope["path"])
        except Exception as error:
            is_told = True
            is_away = is_lost_connection(error)
            if is_away:
                log.warning("database_away", method=scope["method"], path=scope["path"], error=str(error))
            else:
                log.exception("request_broke", method=scope["method"], path=scope["path"])
            if has_begun:
                raise
            await (_unavailable() if is_away else _unexpected())(scope, receive, send_with_id)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is no request; a WebSocket that breaks is closed, so that its client knows whether to come again."""
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            if scope["type"] != "websocket":
                raise
            is_away = is_lost_connection(error)
            if is_away:
                log.warning("database_away", path=scope["path"], error=str(error))
            else:
                log.exception("socket_broke", path=scope["path"])
            with suppress(Exception):  # it may be closed already
                await send({"type": "websocket.close", "code": TRY_AGAIN_LATER if is_away else UNEXPECTED})


def _unavailable() -> Response:
    message = "The database can't be reached just now; try again in a moment."
    answer = {"code": "UNAVAILABLE", "message": message, "path": None}
    return JSONResponse(answer, status_code=503, headers={"retry-after": "1"})


def _unexpected() -> Response:
    message = "Something went wrong on our side; it is logged under this request's id."
    return JSONResponse({"code": "UNEXPECTED", "message": message, "path": None}, status_code=500)


class BodyLimit:
    """Refuses larger bodies with 413, by their stated length or as soon as they exceed it, and slow ones with 408."""

    def __init__(self, app: ASGIApp, *, limits: Mapping[str, int], seconds: float) -> None:
        """`limits` are bytes by the beginning of the path; the first that fits holds. In `seconds` a body is there."""
        self._app = app
        self._limits = limits
        self._deadline = Deadline(seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes in."""
        limit = None
        if scope["type"] == "http":
            limit = next((most for path, most in self._limits.items() if scope["path"].startswith(path)), None)
        if limit is None:
            await self._app(scope, receive, send)
            return
        stated = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if stated.isdigit() and int(stated) > limit:
            await _refuse(limit, scope, receive, send)
            return
        coming, has_begun = _Coming(receive, self._deadline, limit), False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, coming, noted)
        except TooLarge:
            if not has_begun:
                await _refuse(limit, scope, receive, send)
        except TooSlow as error:
            if not has_begun:
                await refusal_of(error)(scope, receive, send)
        finally:
            coming.end()


class _Coming:
    """One request's body on its way: TooLarge and TooSlow as soon as it is, and what comes after it as it comes."""

    __slots__ = ("_deadline", "_is_whole", "_left", "_receive", "_task")

    def __init__(self, receive: Receive, deadline: Deadline, limit: int) -> None:
        self._receive = receive
        self._deadline = deadline
        self._left = limit
        self._task: asyncio.Task[object] | None = None
        self._is_whole = False

    async def __call__(self) -> Message:
        """The next message."""
        if self._is_whole:
            return await self._receive()
        if self._task is None:
            self._task = self._deadline.begin()
        try:
            message = await self._receive()
        except asyncio.CancelledError:
            if self._deadline.is_given_up(self._task):
                raise TooSlow from None
            raise
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise TooLarge
        if not message.get("more_body", False):
            self._is_whole = True
            self.end()
        return message

    def end(self) -> None:
        """Nothing is waited for any more."""
        if self._task is not None:
            self._deadline.end(self._task)


async def _refuse(limit: int, scope: Scope, receive: Receive, send: Send) -> None:
    message = f"The body is larger than {limit} bytes; send it in parts."
    answer = {"code": "TOO_LARGE", "message": message, "path": None}
    await JSONResponse(answer, status_code=413, headers={"connection": "close"})(scope, receive, send)
