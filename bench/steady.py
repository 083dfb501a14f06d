"""Sends the demo's rows at a steady rate: `python -m bench.steady <port> <version> <key> <first row> <rows> <rate>`.

Ten rows a request. Prints a line for each request that was acknowledged: the intake sequence it got and the clock's
nanoseconds. What is due waits for nothing but one of 64 connections, which take turns: none is left alone for long.
"""

import asyncio
import sys
import time
from collections import deque
from typing import cast

import msgspec
import uvloop

from cdt.demo.rows import CATEGORY_COLUMNS, NUMBER_COLUMNS, load

ROWS_A_REQUEST = 10
CONNECTIONS = 64
FEATURES = (*NUMBER_COLUMNS, *CATEGORY_COLUMNS)


class NotTakenIn(RuntimeError):
    """A request was not answered with a receipt for all its rows."""


class Receipt(msgspec.Struct):
    """What of an answer is looked at."""

    accepted: int
    sequence: int


class Sender(asyncio.Protocol):
    """One connection: sends what is due, one request at a time."""

    def __init__(
        self, due: deque[bytes], idle: deque["Sender"], sent: asyncio.Event, ended: asyncio.Future[None]
    ) -> None:
        self._due = due
        self._idle = idle
        self._sent = sent
        self._ended = ended
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._idle.append(self)

    def send(self, request: bytes) -> None:
        """Send a request."""
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]):
            return
        acknowledged_at = time.monotonic_ns()
        if not head.startswith(b"HTTP/1.1 200"):
            self._fail(body.decode())
            return
        receipt = msgspec.json.decode(body, type=Receipt)
        if receipt.accepted != ROWS_A_REQUEST:
            self._fail(body.decode())
            return
        print(receipt.sequence, acknowledged_at)
        self._buffer = b""
        if self._due:
            self.send(self._due.popleft())
            return
        self._idle.append(self)
        if len(self._idle) == CONNECTIONS and self._sent.is_set():
            self._ended.set_result(None)

    def _fail(self, answer: str) -> None:
        self._transport.close()
        if not self._ended.done():
            self._ended.set_exception(NotTakenIn(answer))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_exception(exc or NotTakenIn("the connection was closed"))


def bodies(first: int, count: int) -> list[bytes]:
    """Requests as NDJSON, from a row of the demo on."""
    rows = load().predictions(first, first + count).to_pylist()
    for row in rows:
        row["features"] = {name: row.pop(name) for name in FEATURES}
    lines = [msgspec.json.encode(row) for row in rows]
    return [b"\n".join(lines[begin : begin + ROWS_A_REQUEST]) for begin in range(0, count, ROWS_A_REQUEST)]


async def send(port: int, version: str, key: str, *, what: list[bytes], rate: float) -> None:
    """Until every answer is there."""
    head = (
        f"POST /v1/versions/{version}/predictions HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"
        f"authorization: Bearer {key}\r\ncontent-type: application/x-ndjson\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    due, idle, sent = deque[bytes](), deque[Sender](), asyncio.Event()
    ended: asyncio.Future[None] = loop.create_future()
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: Sender(due, idle, sent, ended), "127.0.0.1", port)
    began = time.monotonic()
    for number, body in enumerate(what, 1):
        await asyncio.sleep(max(0.0, began + number * ROWS_A_REQUEST / rate - time.monotonic()))
        request = head + b"content-length: %d\r\n\r\n" % len(body) + body
        if number == len(what):
            sent.set()
        if idle:
            idle.popleft().send(request)
        else:
            due.append(request)
    await ended


if __name__ == "__main__":
    port, version, key, first, rows, rate = sys.argv[1:]
    uvloop.run(send(int(port), version, key, what=bodies(int(first), int(rows)), rate=float(rate)))
