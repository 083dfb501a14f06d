import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "tools"


def with_python(path: str, python: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", TOOLS / "with-python", "-c", "print('it runs')"]
    return subprocess.run(command, check=False, env={"PATH": path, "PYTHON": python}, capture_output=True, text=True)


def test_a_script_runs_with_the_python_that_is_named() -> None:
    assert with_python("/nonexistent", sys.executable).stdout == "it runs\n"


def test_a_python_that_does_not_run_or_is_too_old_is_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    refusal = with_python(str(tmp_path), "")

    assert (refusal.returncode, refusal.stdout) == (1, "")
    assert refusal.stderr == (
        "Python 3.11, 3.12, 3.13 or 3.14 is needed and none was found: install one, or name it, "
        "as in 'make up PYTHON=/path/to/python'.\n"
    )


@pytest.mark.parametrize(
    ("version", "builds"),
    [
        ("18.20.4", False),
        ("20.18.3", False),
        ("20.19.0", True),
        ("21.7.3", False),
        ("22.11.0", False),
        ("24.1.0", True),
    ],
)
def test_only_a_node_that_builds_the_dashboard_is_taken(
    version: str, builds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(TOOLS)
    from node import is_new_enough  # noqa: PLC0415

    assert is_new_enough(version) is builds


def test_a_user_without_a_home_has_its_caches_in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(TOOLS)
    monkeypatch.setenv("HOME", "/nonexistent")
    from steps import cache_environment  # noqa: PLC0415

    assert cache_environment()["XDG_CACHE_HOME"] == f"{ROOT}/build/cache"


def test_the_build_backend_is_the_one_that_is_locked() -> None:
    required = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]

    assert set(required) <= {line.split()[0] for line in (TOOLS / "install.lock").read_text().splitlines()}


@pytest.mark.parametrize("lock", ["requirements.lock", "tools/install.lock", "tools/node.lock"])
def test_a_lock_names_versions_and_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    requirements = re.split(r"\n(?=[a-z])", text.strip())

    assert "://" not in text
    assert [one for one in requirements if not re.match(r"[a-z0-9-]+==[^ ]+ .*--hash=sha256:", one, re.DOTALL)] == []
