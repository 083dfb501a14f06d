"""Writing an answer: its head and what follows it at once go out as one, which wakes the client once."""

import asyncio

JOINED_BYTES = 64 * 1024
"""What is larger is not copied for it."""


class Answering:
    """A connection, as answers are written to it: a part waits for the next one until the loop's turn is over.

    A server writes head and body apart. Each is a call of the system and a packet: a fifth of a row's time.
    """

    __slots__ = ("_held", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """`transport` is the connection's own; whoever else writes to it says so by `flush` before."""
        self._transport = transport
        self._loop = loop
        self._held = b""

    def write(self, data: bytes) -> None:
        """With what waits for it; else it waits itself, and not for long."""
        held = self._held
        if not held:
            self._held = data
            self._loop.call_soon(self.flush)
        elif len(data) <= JOINED_BYTES:
            self._held = b""
            self._transport.write(held + data)
        else:
            self.flush()
            self._transport.write(data)

    def flush(self) -> None:
        """Write what waits; nothing to a client that went away meanwhile, which some loops take for an error."""
        held, self._held = self._held, b""
        if held and not self._transport.is_closing():
            self._transport.write(held)

    def is_closing(self) -> bool:
        """Whether nothing more can be written."""
        return self._transport.is_closing()

    def close(self) -> None:
        """End the connection, after what was written."""
        self.flush()
        self._transport.close()
