"""Becomes another program that dies with its parent; run as a script, with nothing but the standard library.

A death signal has to be asked for by the child itself, after it has changed its user (a change of user clears it) and
before it becomes the program. Doing that in a script of its own, and not between fork and exec of a process that may
have threads, can't deadlock; it costs 20 ms a start.

Arguments: parent's process id, signal number, user id, group id (empty: stay who you are), then the program's own.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def become(parent: int, signal_number: int, user: str, group: str, program: list[str]) -> None:
    """Take the user, ask for the death signal, and become the program."""
    libc = ctypes.CDLL(None)  # first: the user may not be able to read it
    if user:
        os.setgroups([])
        os.setgid(int(group))
        os.setuid(int(user))
    if sys.platform == "linux":
        libc.prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # it died before the signal was asked for
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - a shell is what is not wanted here


if __name__ == "__main__":
    try:
        become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5:])
    except OSError as error:
        sys.stderr.write(f"{sys.argv[5]} can't be run: {error.strerror}\n")
        sys.exit(127)
