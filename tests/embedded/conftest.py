"""State folders of a test's own, which the servers' account can enter also when the tests run as root."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def a_state_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cdt-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "state"


state = pytest.fixture(a_state_folder, name="state")
shared_state = pytest.fixture(a_state_folder, name="shared_state", scope="module")
