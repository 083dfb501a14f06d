"""A request that is answered without a task: it stands where the server's library keeps the present one."""

from collections.abc import Sequence
from typing import Any, Protocol

from starlette.types import ASGIApp, Scope

from cdt.http.small_bodies import Answer


class Answering(Protocol):
    """The connection that it came over."""

    def answer(self, begun: "Begun", answer: Answer) -> None:
        """Write the answer."""
        ...

    def go_on(self, begun: "Begun", app: ASGIApp) -> None:
        """Let an application write it."""
        ...


class _Nobody:
    """Who waits for the rest of a body that is there."""

    def set(self) -> None:
        """Wake them."""


_NOBODY = _Nobody()


class Begun:
    """What the library asks of the present request, and what is left to do with it."""

    __slots__ = ("_connection", "_scope", "_url", "disconnected", "keep_alive", "response_complete")

    more_body = False
    response_started = False
    message_event = _NOBODY

    def __init__(self, connection: Answering, scope: Any, url: bytes) -> None:  # noqa: ANN401  the library's own type
        """`scope` is what the library knows before the method and the address."""
        self._connection = connection
        self._scope = scope
        self._url = url
        self.disconnected = False
        self.keep_alive = True
        self.response_complete = False

    def answer(self, answer: Answer | ASGIApp) -> None:
        """Give the answer, once."""
        if isinstance(answer, Answer):
            self._connection.answer(self, answer)
        else:
            self._connection.go_on(self, answer)

    def full_scope(self) -> Any:  # noqa: ANN401
        """The scope of a POST to an address that is written in the plainest way."""
        scope: Scope = {**self._scope, "method": "POST", "path": self._url.decode("ascii")}
        return {**scope, "raw_path": self._url, "query_string": b""}


class Dated:
    """Headers of the server's own as lines; the library makes a new list of them every second."""

    def __init__(self) -> None:
        self._headers: Sequence[tuple[bytes, bytes]] = ()
        self._lines = b""

    def lines(self, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
        """Of a list that is not changed."""
        if headers is not self._headers:
            self._headers = headers
            self._lines = b"".join(b"%b: %b\r\n" % each for each in headers)
        return self._lines
