"""Peers that don't get along with our packages: each in an environment of its own, made at the first run."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

WHYLOGS = ("whylogs==1.6.4", "numpy==2.4.6", "pandas==3.1.1")


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
