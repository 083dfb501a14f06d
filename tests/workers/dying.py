"""What ends the process that calls it: by itself in a file, for that process imports all that stands beside it."""

import os
import signal


def dies(*_: object) -> None:
    """What the kernel does to a process that wants too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)
