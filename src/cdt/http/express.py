"""Starlette, with a short way for what is asked thousands of times a second.

Its error pages, its router and its own middleware take 60 of the 240 us of a prediction's request.
"""

from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from cdt.http.origins import Sharing
from cdt.http.proxies import Proxies
from cdt.http.small_bodies import SmallBodies

Choose = Callable[[Scope], ASGIApp | None]


class Application(Starlette):
    """Routes as Starlette does, after `express` has had its choice."""

    def __init__(
        self,
        *,
        express: Choose,
        proxies: Proxies,
        sharing: Sharing,
        small_bodies: SmallBodies,
        **options: Any,  # noqa: ANN401
    ) -> None:
        """`express` answers the application of an HTTP request or a WebSocket, or None for Starlette's own way.

        `proxies` say where a request comes from, and `sharing` which pages of others may ask.
        `small_bodies` are for the server's protocol, which takes them without asking the application.
        """
        super().__init__(**options)
        self._express = express
        self._tell_client = proxies.tell
        self._sharing = sharing
        self.small_bodies = small_bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose the way."""
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
            return
        self._tell_client(scope)
        chosen = self._express(scope)
        app = super().__call__ if chosen is None else chosen
        if scope["type"] == "http" and self._sharing.concerns(scope):
            await self._sharing.answer(app, scope, receive, send)
        else:
            await app(scope, receive, send)
