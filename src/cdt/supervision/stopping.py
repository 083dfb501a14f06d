"""How a process hears that it shall stop."""

import asyncio
import signal


def stopped_by_signals() -> asyncio.Event:
    """An event of the running loop that SIGTERM or SIGINT sets."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping
