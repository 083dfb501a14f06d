"""Hashes of passwords in a millisecond, here and, run as a program, in the process that the API asks for them.

In service they take 64 MB and 50 ms, which tests/vault looks at.
"""

import pytest
from argon2 import PasswordHasher

from cdt.vault import password_hashes, password_process

_QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def make_quick(patch: pytest.MonkeyPatch) -> None:
    """From now on, for as long as the patch holds."""
    patch.setattr(password_hashes, "_HASHER", _QUICK)
    patch.setattr(password_hashes, "_NOBODY", _QUICK.hash("nobody has this password"))


if __name__ == "__main__":
    make_quick(pytest.MonkeyPatch())
    password_process.main()
