"""The WebSocket's messages: what is none closes the socket with a reason, a bad operation is that operation's error."""

from typing import Any

import structlog
from graphql import GraphQLError
from strawberry.asgi import ASGIWebSocketAdapter  # pyright: ignore[reportPrivateImportUsage]
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import ConnectionInitMessage

from cdt.access.streams import TooManyStreams
from cdt.graphql.context import Context

TRY_AGAIN_LATER = 1013
LONGEST_REASON_BYTES = 123
"""What the frame that closes a WebSocket has room for (RFC 6455, 5.5)."""

log = structlog.get_logger()


class SocketAdapter(ASGIWebSocketAdapter):
    """The library's, which puts a client's own words into the reason of a close, and breaks where they are long."""

    async def close(self, code: int, reason: str) -> None:
        """Close with as much of the reason as there is room for."""
        await super().close(code, reason.encode()[:LONGEST_REASON_BYTES].decode(errors="ignore"))


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """The library's, which takes a message of any shape for one of the right shape."""

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Close a socket of somebody who has too many already; they may come again later."""
        try:
            await super().handle_connection_init(message)
        except TooManyStreams as error:
            await self.websocket.close(code=TRY_AGAIN_LATER, reason=f"{error.code}: {error}")

    async def shutdown(self) -> None:
        """It is closed, and counted no more."""
        if self.context.socket is not None:
            self.context.services.streams.end(self.context.socket)
            self.context.socket = None
        await super().shutdown()

    async def handle_message(self, message: Any) -> None:  # noqa: ANN401
        """Handle what is a message."""
        if _is_message(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("Send objects with a type, and subscribe with an id and a payload.")

    async def handle_task_exception(self, error: Exception) -> None:
        """Log it, unless the client has gone, as closed tabs do, while something was on its way to it."""
        if not isinstance(error, WebSocketDisconnected):
            log.error("socket_broke", exc_info=error)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> None:
        """None: one operation that can't be parsed must not end the others of its socket."""


def _is_message(message: Any) -> bool:  # noqa: ANN401
    match message:
        case {"type": "subscribe", "id": str(), "payload": {"query": str()} as payload}:
            variables, name = payload.get("variables"), payload.get("operationName")
            return isinstance(variables, dict | None) and isinstance(name, str | None)
        case {"type": "subscribe"}:
            return False
        case {"type": "complete", "id": str()}:
            return True
        case {"type": "complete"}:
            return False
        case {"type": str()}:
            return True
        case _:
            return False
