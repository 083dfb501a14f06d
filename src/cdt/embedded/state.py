"""The state folder: where it lies, who may use it, and that only one supervisor does."""

import errno
import fcntl
import os
import pwd
import shutil
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO

from cdt.embedded.errors import StateFolderInUse, StateFolderUnusable
from cdt.supervision.launching import Account

LONGEST_SOCKET_PATH_BYTES = 107
"""What `sockaddr_un` holds on Linux, without its final zero byte; 103 on macOS, which the short folder meets too."""
SMALLEST_FREE_BYTES = 200_000_000
"""A new Postgres takes 50 MB, and writes its log ahead in files of 16 MB."""


def state_folder(chosen: Path | None = None, *, xdg_state_home: Path | None = None) -> Path:
    """Where servers keep their data: as chosen, else /var/lib/cdt for root, else in the user's state folder.

    A user without a home that can be written (a service account) gets `.cdt` in the present folder.
    """
    if chosen is not None:
        return chosen.absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/cdt")
    home = Path.home()
    state_home = xdg_state_home or home / ".local" / "state"
    if xdg_state_home or os.access(home, os.W_OK | os.X_OK):
        return state_home / "cdt"
    return Path.cwd() / ".cdt"


def server_account() -> Account | None:
    """Who servers run as: oneself, but nobody instead of root, as whom Postgres refuses to run."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(user_id=nobody.pw_uid, group_id=nobody.pw_gid, name=nobody.pw_name)


@contextmanager
def clear_failures(folder: Path) -> Generator[None, None, None]:
    """Turn what the file system refuses into one sentence about the state folder."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise StateFolderUnusable(folder, f"{os.strerror(error.errno or 0).lower()}{where}") from error


def prepare(state: Path, account: Account | None) -> None:
    """Make the state folder, and see to it that the servers' account can enter it."""
    if not state.exists():
        state.mkdir(parents=True, mode=0o711 if account else 0o700)
    if not account:
        return
    if state.stat().st_uid == 0 and not can_enter(state, account):
        state.chmod(stat.S_IMODE(state.stat().st_mode) | stat.S_IXOTH)
    for folder in reversed(state.resolve().parents):
        if not can_enter(folder, account):
            reason = f"its servers run as the user {account.name}, who can't enter {folder}; choose one elsewhere"
            raise StateFolderUnusable(state, reason)


def private_folder(folder: Path, account: Account | None) -> Path:
    """Make a folder that only the servers' account may enter, unless it is there already."""
    owner = account.user_id if account else os.geteuid()
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.user_id, account.group_id)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise StateFolderUnusable(folder, f"it belongs to {_user_name(found.st_uid)}; start as that user")
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)
    return folder


def socket_folder(home: Path, account: Account | None, *, socket_name: str) -> Path:
    """Make a private folder for a socket: in the server's own, or in /tmp when that path is too long for a socket."""
    folder = home / "socket"
    if len(os.fsencode(folder / socket_name)) > LONGEST_SOCKET_PATH_BYTES:
        digest = sha256(os.fsencode(folder)).hexdigest()[:12]
        folder = Path("/tmp") / f"cdt-{os.geteuid()}-{digest}"  # noqa: S108 - private_folder refuses another's
    return private_folder(folder, account)


def need_free_space(folder: Path) -> None:
    """Refuse to begin on a disk that is all but full."""
    free = shutil.disk_usage(folder).free
    if free < SMALLEST_FREE_BYTES:
        wanted = SMALLEST_FREE_BYTES // 1_000_000
        raise StateFolderUnusable(folder, f"its disk has {free // 1_000_000} MB free, and {wanted} MB are needed")


def take_lock(state: Path, name: str) -> IO[str]:
    """Hold the state folder for one supervisor; the lock goes with the process, however it ends."""
    path = state / f"{name}.lock"
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = file.read().strip()
        file.close()
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise StateFolderInUse(state, holder) from None
        raise
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def can_enter(folder: Path, account: Account) -> bool:
    """Whether the mode of a folder (or program) lets an account enter (or run) it."""
    found = folder.stat()
    if found.st_uid == account.user_id:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.group_id:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _user_name(user_id: int) -> str:
    try:
        return f"the user {pwd.getpwuid(user_id).pw_name}"
    except KeyError:
        return f"the user number {user_id}"
