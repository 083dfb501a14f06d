"""Starlette, with a short way for what is asked thousands of times a second.

Its error pages, its router and its own middleware take 60 of the 240 us of a prediction's request.
"""

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

Choose = Callable[[Scope], ASGIApp | None]


class Application(Starlette):
    """Routes as Starlette does, after `express` has had its choice."""

    def __init__(self, *, express: Choose, **options: Any) -> None:  # noqa: ANN401
        """`express` answers the application of an HTTP request or a WebSocket, or None for Starlette's own way."""
        super().__init__(**options)
        self._express = express

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose the way."""
        chosen = None if scope["type"] == "lifespan" else self._express(scope)
        await (super().__call__ if chosen is None else chosen)(scope, receive, send)
