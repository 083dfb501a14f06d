"""Peers that don't get along with our packages: each in an environment of its own, made at the first run."""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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


@contextmanager
def driven(
    packages: tuple[str, ...], script: str, columns: Mapping[str, NDArray[np.generic]]
) -> Generator[Callable[[], float]]:
    """A peer's script that works on the columns once whenever it is called, and answers the seconds that it took."""
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
            | {"WHYLOGS_NO_ANALYTICS": "True"},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def once_more() -> float:
            asked.write("once more\n")
            asked.flush()
            return float(answers.readline())

        try:
            while answers.readline().strip() != "ready":
                if process.poll() is not None:
                    raise RuntimeError(f"{script} could not be started")
            yield once_more
        finally:
            asked.close()
            process.wait()
