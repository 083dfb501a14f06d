"""Forms of several parts (`multipart/form-data`), read part by part as they come, so that none need fit the memory."""

import logging
from collections import deque
from typing import Literal, NamedTuple

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from cdt.domain.errors import Invalid
from cdt.predictions.errors import TooLarge

MOST_BYTES_AFTER = 64 * 1024
"""What may come after the end of a form; nothing of it means anything."""

_NOBODY_LISTENS = logging.getLogger("cdt.http.forms")
_NOBODY_LISTENS.disabled = True
"""What is wrong with a form its sender is told. The parser would log it, before anybody knows who that is."""

Kind = Literal["part", "data", "end", "all"]


class _Seen(NamedTuple):
    """What was seen next: a part begins (and its name), data of it, its end, or the end of all."""

    kind: Kind
    data: bytes = b""


class Form:
    """Its parts, in their order. What is no form raises Invalid."""

    def __init__(self, receive: Receive, content_type: str) -> None:
        """`content_type` names the boundary between the parts."""
        kind, parameters = parse_options_header(content_type)
        boundary = parameters.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise Invalid("body", "it must be multipart/form-data, with a boundary")
        self._receive = receive
        self._seen: deque[_Seen] = deque()
        self._field = self._value = self._name = b""
        self._is_last = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._add_field,
                    "on_header_value": self._add_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": lambda: self._seen.append(_Seen("part", self._name)),
                    "on_part_data": lambda data, start, end: self._seen.append(_Seen("data", data[start:end])),
                    "on_part_end": lambda: self._seen.append(_Seen("end")),
                    "on_end": lambda: self._seen.append(_Seen("all")),
                },
            )
        except FormParserError as error:
            raise _unreadable() from error
        self._parser.logger = _NOBODY_LISTENS

    async def small_part(self, name: str, *, most_bytes: int) -> bytes:
        """The next part, which must be called so, whole. Raises TooLarge."""
        await self.begin_part(name)
        parts: list[bytes] = []
        while (seen := await self._next()).kind == "data":
            most_bytes -= len(seen.data)
            if most_bytes < 0:
                raise TooLarge
            parts.append(seen.data)
        return b"".join(parts)

    async def begin_part(self, name: str) -> None:
        """The next part, which must be called so, begins."""
        seen = await self._next()
        if seen.kind != "part" or seen.data != name.encode():
            raise Invalid(name, "it is missing, or does not stand in its place: operations, map, and the file at last")

    async def receive(self) -> Message:
        """The next of the last part, as the server hands on what is next of a body."""
        seen = await self._next()
        if seen.kind == "data":
            return {"type": "http.request", "body": seen.data, "more_body": True}
        if (await self._next()).kind != "all":
            raise Invalid("body", "send one file beside an operation")
        await self._drain()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _next(self) -> _Seen:
        while not self._seen:
            data = await self._come()
            try:
                self._parser.write(data)
            except FormParserError as error:
                raise _unreadable() from error
        return self._seen.popleft()

    async def _come(self) -> bytes:
        if self._is_last:
            raise Invalid("body", "it breaks off before its end")
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        self._is_last = not message.get("more_body", False)
        return message.get("body", b"")

    async def _drain(self) -> None:
        """The connection is free for the next request once all has been read."""
        left = MOST_BYTES_AFTER
        while not self._is_last:
            left -= len(await self._come())
            if left < 0:
                raise _unreadable()

    def _begin(self) -> None:
        self._name = b""

    def _add_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._field.lower() == b"content-disposition":
            _, parameters = parse_options_header(self._value)
            self._name = parameters.get(b"name", b"")
        self._field = self._value = b""


def _unreadable() -> Invalid:
    return Invalid("body", "it is no multipart form that can be read")
