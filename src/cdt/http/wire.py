"""uvicorn's protocols, with bounds on what they take for granted: that headers end, are few, and mean one thing."""

import asyncio
from typing import Any, cast

import httptools
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from cdt.http import refusals
from cdt.http.answering import Answering
from cdt.http.begun import Begun, Dated
from cdt.http.gate import Gate
from cdt.http.refusals import Refusal
from cdt.http.small_bodies import Answer, SmallBodies


class _NoTrailers(list[tuple[bytes, bytes]]):
    """Where headers go that come after the body: nobody in front has looked at them."""

    def append(self, _header: tuple[bytes, bytes], /) -> None:
        """Keep nothing."""


NO_TRAILERS = _NoTrailers()
DATED = Dated()
"""Of all connections, which share one list."""


class HttpProtocol(HttpToolsProtocol):
    """HTTP/1.1. What is wrong with a request as such is refused here, in its turn, and ends the connection."""

    def __init__(self, *, gate: Gate, **given: Any) -> None:  # noqa: ANN401  uvicorn's own
        """`gate` is the process's."""
        super().__init__(**given)
        self._gate = gate
        self._dated = DATED
        self._is_in_head = False
        self._head_bytes = 0
        self._coming_bytes = 0
        self._is_refused = False
        self._small_bodies: SmallBodies | None = getattr(self.app, "small_bodies", None)
        self._told: dict[bytes, bytes] = {}
        self._small: bytes | None = None
        """What has come of a body that may be a small one, until it is there whole."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count it; its first request must come soon."""
        super().connection_made(transport)
        self._answering = Answering(transport, self.loop)
        if not self._gate.enter(transport, self.client[0] if self.client else ""):
            self._refuse_at_once(refusals.NO_ROOM)
            return
        self._gate.await_headers(self, self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it out."""
        self._gate.leave(self.transport)
        self._gate.has_headers(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """As the library, with our own refusals; a head that is not there whole is waited for, for a while."""
        if self._is_refused:
            return
        self._unset_keepalive_if_required()
        self._coming_bytes = len(data)
        parser = _there(self.parser)
        try:
            parser.feed_data(data)
        except httptools.HttpParserError:
            self._small = None
            self._refuse_at_once(refusals.MALFORMED)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
        if self._small is not None:  # the rest of it is still to come
            self._go_the_long_way(self._small)
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > self._gate.bounds.header_bytes > 0:
                self._refuse_at_once(refusals.LARGE_HEADERS)
            else:
                self._gate.await_headers(self, self.loop)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there: what is wrong with it is answered in its turn."""
        self._is_in_head = False
        self._gate.has_headers(self)
        problem = self._problem()
        self._head_bytes = 0
        if problem is None and self._may_be_small():
            self._small = b""
        else:
            self._begin_cycle(problem)
        if not _there(self.parser).should_upgrade():  # the request has its own by now, a WebSocket not yet
            self.headers = NO_TRAILERS

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        if self._small is None:
            super().on_body(body)
        else:
            self._small += body

    def on_message_complete(self) -> None:
        """The body is there."""
        body, small_bodies = self._small, self._small_bodies
        if body is None or small_bodies is None:
            super().on_message_complete()
            return
        begun = Begun(self, self.scope, self.url)
        address = self.client[0] if self.client else ""
        if small_bodies.begin(self.url, self._told, body, address, begun.answer):
            self._small = None
            self.cycle = begun  # type: ignore[assignment]
        else:
            self._go_the_long_way(body)
            super().on_message_complete()

    def answer(self, begun: Begun, answer: Answer) -> None:
        """Answer a small body."""
        begun.response_complete = True
        if self.transport.is_closing():
            return
        self._answering.flush()
        closing = b"" if begun.keep_alive else b"connection: close\r\n"
        dated = self._dated.lines(self.server_state.default_headers)
        self.transport.write(b"%b%b%b%b\r\n%b" % (STATUS_LINE[200], dated, answer.headers, closing, answer.body))
        if not begun.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def go_on(self, begun: Begun, app: ASGIApp) -> None:
        """Let an application answer a small body."""
        begun.response_complete = True
        if self.transport.is_closing():
            return
        cycle = RequestResponseCycle(
            scope=begun.full_scope(),
            transport=self._answering,  # type: ignore[arg-type]
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=begun.keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.more_body = False
        if cast("Begun | RequestResponseCycle", self.cycle) is begun:  # else another request waits behind it
            self.cycle = cycle
        self._start_asgi_task(cycle, app)  # type: ignore[arg-type]

    def _may_be_small(self) -> bool:
        """Whether the present request may be one of a small body, and nothing waits before it or for its client."""
        cycle, parser = cast("RequestResponseCycle | None", self.cycle), _there(self.parser)
        return (
            self._small_bodies is not None
            and (cycle is None or cycle.response_complete)
            and parser.get_method() == b"POST"
            and self.scheme == "http"
            and not self.flow.write_paused
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and self._small_bodies.concerns(self.url, self._told)
        )

    def _go_the_long_way(self, body: bytes) -> None:
        """Let the application answer what is no small body after all; `body` is what has come of it."""
        self._small = None
        self._begin_cycle(None)
        if body:
            super().on_body(body)

    def _begin_cycle(self, problem: Refusal | None) -> None:
        if problem is not None:
            self._is_refused = True
            self.app = problem  # type: ignore[assignment]
            super().on_headers_complete()
            self.cycle.keep_alive = False
        else:
            super().on_headers_complete()
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None:
            cycle.transport = self._answering  # type: ignore[assignment]

    def shutdown(self) -> None:
        """As the library, after what is on its way: an answer without a body waits for the turn's end."""
        self._answering.flush()
        super().shutdown()

    def give_up(self) -> None:
        """Its headers took too long.

        Where nothing came at all there is nothing to answer: clients that connect ahead would take it for the answer of
        what they ask next.
        """
        if self._is_in_head:
            self._refuse_at_once(refusals.SLOW_HEADERS)
        else:
            self._is_refused = True
            self._answering.close()

    def _should_upgrade(self) -> bool:
        return not self._is_refused and super()._should_upgrade()

    def _problem(self) -> Refusal | None:
        bounds, headers = self._gate.bounds, self.headers
        if 0 < bounds.headers < len(headers):
            return refusals.LARGE_HEADERS
        # no head is longer than what has come of it and of the body together
        if 0 < bounds.header_bytes < self._head_bytes + self._coming_bytes:
            size = len(self.url) + sum(len(name) + len(value) for name, value in headers)
            if bounds.header_bytes < size:
                return refusals.LARGE_HEADERS
        parser = _there(self.parser)
        self._told = dict(headers)
        problem = refusals.problem_with(
            parser.get_method(), parser.get_http_version(), headers, self._told, upgrades=parser.should_upgrade()
        )
        if problem is None and bounds.requests_at_once > 0:
            small = 0 if self._small_bodies is None else self._small_bodies.under_way
            if bounds.requests_at_once <= len(self.tasks) + small:
                return refusals.NO_TIME
        return problem

    def _refuse_at_once(self, refusal: Refusal) -> None:
        """Without an application; an answer that is on its way comes first, or this would be taken for its rest."""
        self._is_refused = True
        self._is_in_head = False
        self._gate.has_headers(self)
        if self.transport.is_closing():
            return
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and not cycle.response_complete:
            if not cycle.more_body:  # it is a request behind this one that is wrong
                cycle.keep_alive = False
                return
            cycle.disconnected = True
            cycle.message_event.set()
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self._answering.write(refusal.on_the_wire())
        self._answering.close()


def _there(parser: httptools.HttpRequestParser | None) -> httptools.HttpRequestParser:
    """The parser, which is there as long as the connection."""
    assert parser is not None
    return parser


class SocketProtocol(WebSocketsSansIOProtocol):
    """A WebSocket, which took over an HTTP connection, and is counted out in its stead."""

    def __init__(self, *, gate: Gate, **given: Any) -> None:  # noqa: ANN401  uvicorn's own
        """`gate` is the process's."""
        super().__init__(**given)
        self._gate = gate

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it out."""
        self._gate.leave(self.transport)
        super().connection_lost(exc)
