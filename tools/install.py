"""Installs all that the project needs, and nothing that is there already: `.venv`, Node's packages, the dashboard."""

import importlib.util
import sys
import time

from dashboard import install_dashboard
from steps import PYTHON, ROOT, VENV, CommandFailed, cache_environment, digest, give_up, is_done, run, say, step

STAMP = VENV / "installed"
LOCK = ROOT / "requirements.lock"
WITH_TOOLS = "--with-tools"
"""Asks for what the checks and tests need besides: linters, type checkers, a browser."""
PYTHON_ALONE = "--python-alone"
"""Asks for `.venv` and nothing else; tools/test.py sees to the rest, beside the tests that do without."""
TOOLS = ROOT / "tools" / "install.lock"
"""uv, which installs ten times faster than pip, and what makes the project itself installable."""


def install_python_packages() -> None:
    """Bring `.venv` to exactly what the locks say, hashes checked, with the project itself as it lies here."""
    wanted = digest([LOCK, TOOLS, ROOT / "pyproject.toml"], str(ROOT))
    if is_done(STAMP, wanted) and has_working_python():
        return
    STAMP.unlink(missing_ok=True)
    if not has_working_python():
        create_environment()
    environment = cache_environment()
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    try:
        if not has_pinned_uv():
            with step("installing uv"):
                run([*pip, "--require-hashes", "--no-deps", "-r", TOOLS], environment=environment)
        uv = [VENV / "bin" / "uv", "--system-certs", "--quiet", "pip"]
        with step(f"installing {number_of_packages()} Python packages"):
            run([*uv, "sync", "--python", PYTHON, "--require-hashes", LOCK, TOOLS], environment=environment)
    except CommandFailed as failure:
        say(f"  uv can't do it here, so pip does: {last_line(failure.said)}")
        with step(f"installing {number_of_packages()} Python packages with pip"):
            run([*pip, "--require-hashes", "-r", LOCK, "-r", TOOLS], environment=environment)
    with step("installing cdt itself"):
        run([*pip, "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT], environment=environment)
    STAMP.write_text(wanted)


def create_environment() -> None:
    """Make `.venv` anew with the Python that runs this."""
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        give_up(
            f"This Python ({sys.executable}) has no ensurepip, so it can't make a virtual environment: install it "
            f"(on Debian and Ubuntu: apt install python{version}-venv), or choose another: make PYTHON=/path/to/python."
        )
    with step(f"creating .venv with Python {sys.version.split()[0]}"):
        run([sys.executable, "-m", "venv", "--clear", VENV])


def has_working_python() -> bool:
    """Whether `.venv` has a Python of a supported version that runs, and pip; its base may have been removed."""
    question = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        run([PYTHON, "-c", question])
    except CommandFailed:
        return False
    return True


def has_pinned_uv() -> bool:
    """Whether `.venv` has the uv that is locked."""
    pinned = next(line.split()[0] for line in TOOLS.read_text().splitlines() if line.startswith("uv=="))
    try:
        return run([VENV / "bin" / "uv", "--version"]).split()[1] == pinned.removeprefix("uv==")
    except CommandFailed:
        return False


def number_of_packages() -> int:
    """How many packages the lock names."""
    return sum("==" in line and not line.startswith(" ") for line in LOCK.read_text().splitlines())


def excerpt(said: str) -> str:
    """The beginning and the end of what a tool said."""
    lines = said.rstrip().splitlines()
    return "\n".join(lines if len(lines) <= 30 else [*lines[:12], "[...]", *lines[-12:]])


def last_line(said: str) -> str:
    """The last line that says something."""
    return next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "no reason given")


def main() -> None:
    """Install, or say in one sentence and the tool's own words why not."""
    began = time.monotonic()
    try:
        install_python_packages()
        if PYTHON_ALONE not in sys.argv and (ROOT / "web" / "package.json").exists():
            install_dashboard(with_tools=WITH_TOOLS in sys.argv)
    except CommandFailed as failure:
        give_up(f"{excerpt(failure.said)}\n{failure}: see its own words above.")
    except OSError as error:
        give_up(f"{error.filename or ROOT} can't be written: {error.strerror}.")
    seconds = time.monotonic() - began
    if seconds >= 1:
        say(f"installed in {seconds:.1f} s")


if __name__ == "__main__":
    main()
