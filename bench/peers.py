"""Peers that don't get along with our packages: each in an environment of its own, made at the first run."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

EVIDENTLY = ("evidently==0.7.23", "numpy==2.4.6", "pandas==2.3.3")
FROUROS = ("frouros==0.9.0", "numpy==2.1.3", "scipy==1.14.1")
WHYLOGS_VIZ = ("whylogs[viz]==1.6.4", "numpy==1.26.4", "pandas==2.3.3")
WHYLOGS = ("whylogs==1.6.4", "numpy==2.4.6", "pandas==3.1.1")
FAIRLEARN = ("fairlearn==0.15.0", "scikit-learn==1.9.1", "numpy==2.4.6", "pandas==3.1.1")
AEQUITAS = ("aequitas==1.1.0", "numpy==2.4.6", "pandas==2.3.3")


def python_with(packages: tuple[str, ...]) -> Path:
    """The Python of an environment that holds these packages; kept in the user's cache."""
    name = hashlib.sha256(" ".join((sys.version, *packages)).encode()).hexdigest()[:12]
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cdt" / "peers" / name
    python, done = folder / "bin" / "python", folder / ".done"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        done.touch()
    return python


@dataclass
class Peer:
    """A process that measures whenever it is asked to."""

    process: subprocess.Popen[str]
    found: dict[str, float] = field(default_factory=dict[str, float])
    """What it measured last, by name, of those peers that say it."""

    def __call__(self, task: str = "once more") -> float:
        """Let it do a task, of which most peers have but one; the seconds that it took."""
        asked, answers = self.process.stdin, self.process.stdout
        assert asked is not None
        assert answers is not None
        asked.write(f"{task}\n")
        asked.flush()
        seconds, _, found = answers.readline().partition(" ")
        self.found = json.loads(found) if found.strip() else {}
        return float(seconds)


@contextmanager
def driven(packages: tuple[str, ...], script: str, columns: Mapping[str, NDArray[np.generic]]) -> Generator[Peer]:
    """A peer's script that works on the columns once whenever it is called."""
    python = python_with(packages)
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(folder) / "columns.npz"
        np.savez(stored, **columns)  # pyright: ignore[reportArgumentType]
        process = subprocess.Popen(
            [python, Path(__file__).with_name(script), stored],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            | {"WHYLOGS_NO_ANALYTICS": "True", "DO_NOT_TRACK": "1", "ITERATIVE_DO_NOT_TRACK": "1"},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            while process.stdout.readline().strip() != "ready":
                if process.poll() is not None:
                    raise RuntimeError(f"{script} could not be started")
            yield Peer(process)
        finally:
            process.stdin.close()
            process.wait()
