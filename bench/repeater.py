"""Sends the same request over kept connections, each waiting for its answer, and prints how many a second it got.

`python -m bench.repeater <port> <connections> <seconds>` reads the request from its standard input and ends by itself.
"""

import asyncio
import sys
import time
from typing import cast

import uvloop


class UnexpectedAnswer(RuntimeError):
    """An answer was not like the first, which had status 200."""


class Repeater(asyncio.Protocol):
    """One connection. All answers have the length of the first, so that counting bytes is enough."""

    def __init__(self, request: bytes, ended: asyncio.Future[None]) -> None:
        self._request = request
        self._ended = ended
        self._length: int | None = None
        self._received = b""
        self._is_stopping = False
        self.count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._length is None:
            self._length = _length_of(self._received)
        if self._length is None or len(self._received) < self._length:
            return
        if len(self._received) > self._length or not self._received.startswith(b"HTTP/1.1 200 "):
            self._ended.set_exception(UnexpectedAnswer(self._received))
            self._transport.close()
            return
        self._received = b""
        self.count += 1
        if self._is_stopping:
            self._transport.close()
        else:
            self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_result(None) if exc is None else self._ended.set_exception(exc)

    def stop(self) -> None:
        """Send no more."""
        self._is_stopping = True


def _length_of(answer: bytes) -> int | None:
    head, separator, _ = answer.partition(b"\r\n\r\n")
    if not separator:
        return None
    return len(head) + 4 + int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])


async def repeat(request: bytes, port: int, connections: int, seconds: float) -> float:
    """Answers a second."""
    loop = asyncio.get_running_loop()
    ends = [loop.create_future() for _ in range(connections)]
    repeaters = [Repeater(request, ended) for ended in ends]
    began = time.perf_counter()
    for repeater in repeaters:
        await loop.create_connection(lambda repeater=repeater: repeater, "127.0.0.1", port)
    loop.call_later(seconds, lambda: [repeater.stop() for repeater in repeaters])
    await asyncio.gather(*ends)
    return sum(repeater.count for repeater in repeaters) / (time.perf_counter() - began)


if __name__ == "__main__":
    print(uvloop.run(repeat(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
