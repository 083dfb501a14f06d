"""Hashes of passwords in a millisecond, here and, run as a program, in the process that the API asks for them.

In service they take 64 MB and 50 ms, which tests/vault looks at. It does without pytest, which would take the program
three times as long to start as what it is for, and the tests start it 72 times.
"""

from collections.abc import Callable

from argon2 import PasswordHasher

from cdt.vault import password_hashes, password_process

_QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def make_quick(set_attribute: Callable[[object, str, object], None]) -> None:
    """From now on, for as long as what is set stays so."""
    set_attribute(password_hashes, "_HASHER", _QUICK)
    set_attribute(password_hashes, "_NOBODY", _QUICK.hash("nobody has this password"))


if __name__ == "__main__":
    make_quick(setattr)
    password_process.main()
