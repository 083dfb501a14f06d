"""uvicorn's protocols, with bounds on what they take for granted: that headers end, are few, and mean one thing."""

import asyncio
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from cdt.http import refusals
from cdt.http.answering import Answering
from cdt.http.gate import Gate
from cdt.http.refusals import Refusal


class _NoTrailers(list[tuple[bytes, bytes]]):
    """Where headers go that come after the body: nobody in front has looked at them."""

    def append(self, _header: tuple[bytes, bytes], /) -> None:
        """Keep nothing."""


NO_TRAILERS = _NoTrailers()


class HttpProtocol(HttpToolsProtocol):
    """HTTP/1.1. What is wrong with a request as such is refused here, in its turn, and ends the connection."""

    def __init__(self, *, gate: Gate, **given: Any) -> None:  # noqa: ANN401  uvicorn's own
        """`gate` is the process's."""
        super().__init__(**given)
        self._gate = gate
        self._is_in_head = False
        self._head_bytes = 0
        self._coming_bytes = 0
        self._is_refused = False

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
            self._refuse_at_once(refusals.MALFORMED)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
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
        if not _there(self.parser).should_upgrade():  # the request has its own by now, a WebSocket not yet
            self.headers = NO_TRAILERS

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
        problem = refusals.problem_with(
            parser.get_method(), parser.get_http_version(), headers, upgrades=parser.should_upgrade()
        )
        if problem is None and 0 < bounds.requests_at_once <= len(self.tasks):
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
