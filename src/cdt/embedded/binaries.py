"""Finds the servers' programs in their packages, and copies them to where the servers' account can run them."""

import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from cdt.embedded.errors import BinariesMissing
from cdt.embedded.state import can_enter
from cdt.supervision.launching import Account


def package_folder(package: str, *, distribution: str, state: Path, account: Account | None) -> Path:
    """Where a package's programs can be run from: where it is installed, else a copy in the state folder.

    Programs below a folder that the account can't enter (root's home) have to be copied: 41 MB, 0.2 s, once.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise BinariesMissing(distribution)
    installed = Path(spec.origin).resolve().parent
    if account is None or all(can_enter(folder, account) for folder in (installed, *installed.parents)):
        return installed
    copies = state / "binaries"
    copy = copies / f"{distribution}-{version(distribution)}"
    if not copy.exists():
        _copy(installed, copy)
        _remove_others(copies, copy, distribution)
    return copy / package


def _copy(installed: Path, copy: Path) -> None:
    """Copy a package and the folder of shared libraries beside it, whole or not at all."""
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for folder in (installed, installed.with_name(f"{installed.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, unfinished / folder.name, symlinks=True)
    for folder in (copy.parent, unfinished):
        folder.chmod(0o755)
    unfinished.rename(copy)


def _remove_others(copies: Path, copy: Path, distribution: str) -> None:
    for other in copies.glob(f"{distribution}-*"):
        if other != copy:
            shutil.rmtree(other, ignore_errors=True)
