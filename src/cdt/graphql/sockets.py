"""The WebSocket's messages: what is none closes the socket with a reason, a bad operation is that operation's error."""

from typing import Any

from graphql import GraphQLError
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

from cdt.graphql.context import Context


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """The library's, which takes a message of any shape for one of the right shape."""

    async def handle_message(self, message: Any) -> None:  # noqa: ANN401
        """Handle what is a message."""
        if _is_message(message):
            await super().handle_message(message)
        else:
            await self.handle_invalid_message("Send objects with a type, and subscribe with an id and a payload.")

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
