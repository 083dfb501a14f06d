"""Sends one prediction a request over kept connections, each waiting for its answer, and prints the rate it reached.

`python -m bench.senders <port> <path> <key> <connections> <seconds>` reads nothing and ends by itself.
"""

import asyncio
import sys
import time
from typing import cast

import uvloop

from bench.employment import BODY
from bench.table import quantile

PER_CONNECTION_LIMIT = 1_000_000


class Sender(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last is complete."""

    def __init__(self, head: bytes, name: str, ended: asyncio.Future[None]) -> None:
        self._head = head
        self._name = name
        self._ended = ended
        self._buffer = b""
        self._number = 0
        self._is_stopping = False
        self._sent_at = 0.0
        self.latencies: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        if not head.startswith(b"HTTP/1.1 200") or b'"accepted":1' not in body:
            self._ended.set_exception(RuntimeError(self._buffer[:2000].decode()))
            self._transport.close()
            return
        self._buffer = b""
        self.latencies.append(time.perf_counter() - self._sent_at)
        if self._is_stopping or self._number >= PER_CONNECTION_LIMIT:
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if not self._ended.done():
            self._ended.set_result(None)

    def stop(self) -> None:
        """Send no more."""
        self._is_stopping = True

    def _send(self) -> None:
        self._number += 1
        body = BODY % (self._name.encode(), self._number)
        self._sent_at = time.perf_counter()
        self._transport.write(self._head + b"content-length: %d\r\n\r\n" % len(body) + body)


async def send(port: int, path: str, key: str, connections: int, seconds: float) -> tuple[float, list[float]]:
    """Requests answered a second, and how long each took."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {key}\r\n"
        "content-type: application/x-ndjson\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    run = f"{time.time_ns():x}"
    senders: list[Sender] = []
    ends: list[asyncio.Future[None]] = []
    for number in range(connections):
        ended: asyncio.Future[None] = loop.create_future()
        sender = Sender(head, f"{run}-{number}", ended)
        await loop.create_connection(lambda sender=sender: sender, "127.0.0.1", port)
        senders.append(sender)
        ends.append(ended)
    loop.call_later(seconds, lambda: [sender.stop() for sender in senders])
    await asyncio.gather(*ends)
    latencies = [latency for sender in senders for latency in sender.latencies]
    return len(latencies) / (time.perf_counter() - began), latencies


def main() -> None:
    """Send, and say the rate, the median and the slowest hundredth, in seconds."""
    port, path, key, connections, seconds = sys.argv[1:]
    rate, latencies = uvloop.run(send(int(port), path, key, int(connections), float(seconds)))
    print(rate, quantile(latencies, 0.5), quantile(latencies, 0.99))


if __name__ == "__main__":
    main()
