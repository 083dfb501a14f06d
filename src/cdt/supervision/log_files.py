"""Log files of a bounded size that processes append to by themselves.

The processes write straight into the file, not into a pipe of ours: what they say while they shut down is kept when the
supervisor itself was killed. Hence a full file is copied aside and emptied in place, which an appending writer does not
notice.
"""

import shutil
from pathlib import Path
from typing import IO

LARGEST_BYTES = 10_000_000


def open_log(folder: Path, name: str) -> IO[bytes]:
    """Open `<folder>/<name>.log` for appending, unbuffered."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = log_path(folder, name)
    keep_small(path)
    return path.open("ab", buffering=0)


def log_path(folder: Path, name: str) -> Path:
    """Where the log of that name lies."""
    return folder / f"{name}.log"


def keep_small(path: Path, *, largest_bytes: int = LARGEST_BYTES) -> None:
    """Move what a log file holds to `<path>.1`, over what was there, once it is larger than `largest_bytes`."""
    if path.exists() and path.stat().st_size > largest_bytes:
        shutil.copyfile(path, path.with_name(f"{path.name}.1"))
        with path.open("rb+") as file:
            file.truncate(0)


def last_lines(path: Path, *, count: int = 10, since: int = 0) -> str:
    """Answer the last lines of a log file, of those after byte `since`; empty when there are none."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        begin = since if since <= size else 0  # a smaller file was emptied since
        file.seek(max(begin, size - 500 * count))
        text = file.read().decode(errors="replace")
    return "\n".join(line.rstrip() for line in text.splitlines()[-count:])
