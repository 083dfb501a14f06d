"""Steps of a script: told as they happen, with their seconds; a failing command ends the script with what it said."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def give_up(sentence: str) -> NoReturn:
    """End the script with one sentence."""
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Tell what is being done, and how long it took."""
    sys.stdout.write(f"{what} ... ")
    sys.stdout.flush()
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say("failed")
        raise
    say(f"{time.monotonic() - began:.1f} s")


class CommandFailed(Exception):
    """A command ended with a failure; `said` is what it printed."""

    def __init__(self, command: Sequence[str | Path], said: str) -> None:
        super().__init__(f"{Path(command[0]).name} failed")
        self.said = said


def run(command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, folder: Path = ROOT) -> str:
    """Run a command with nothing to read, quietly; answer what it printed."""
    merged = {**os.environ, **(environment or {})}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=merged,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise CommandFailed(command, str(error)) from error
    if done.returncode:
        raise CommandFailed(command, done.stdout)
    return done.stdout


def digest(paths: Iterable[Path], *words: str) -> str:
    """The SHA-256 of files, their names, and further words."""
    whole = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        whole.update(f"\0{path.relative_to(ROOT).as_posix()}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def is_done(stamp: Path, state: str) -> bool:
    """Whether a stamp says that a thing was done for this state."""
    return stamp.exists() and stamp.read_text() == state


def cache_environment() -> dict[str, str]:
    """Where package tools keep their caches: where they like, or in the project when there is no home to write to."""
    if os.access(Path.home(), os.W_OK | os.X_OK):
        return {}
    caches = ROOT / "build" / "cache"
    return {"HOME": str(caches), "XDG_CACHE_HOME": str(caches), "npm_config_cache": str(caches / "npm")}
