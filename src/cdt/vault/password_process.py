"""`python -m cdt.vault.password_process`: hashes and checks passwords, and gives way to all other work.

Each line that comes in asks one thing, in JSON: a password to be hashed, or one and the hash that is kept. Each is
answered by a line, in order: the hash, whether it is the password, or nothing when that failed. It ends with its input.
"""

import json
import os
import sys
from typing import Any

from cdt.vault.password_hashes import hash_password, is_password

NICENESS = 15
"""A thirtieth of the weight of other processes: where the cores are busy, a password takes a second or two."""


def main() -> None:
    """Answer until nobody asks any more."""
    os.nice(NICENESS)
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(asked: dict[str, Any]) -> str | bool | None:
    try:
        if "kept" in asked:
            return is_password(asked["password"], asked["kept"])
        return hash_password(asked["password"])
    except Exception as error:  # noqa: BLE001  whoever asked is told that it failed, and the next one is served
        sys.stderr.write(f"{type(error).__name__} at a password\n")
        return None


if __name__ == "__main__":
    main()
