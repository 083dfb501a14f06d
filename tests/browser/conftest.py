"""The whole product, started by its one command with the demo's rows, and a real browser before it."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import Browser, async_playwright

ROOT = Path(__file__).parents[2]
READY_SECONDS = 180.0
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Product(NamedTuple):
    """A running `cdt up`."""

    url: str
    email: str
    password: str
    state: Path


@pytest.fixture(scope="package")
def product() -> Iterator[Product]:
    """Runs until the package's tests are over; stopped as by Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="cdt-browser-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root, the servers run as somebody else
        state = Path(folder) / "state"
        port = _free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CDT_")}
        environment |= {"CDT_STATE_FOLDER": str(state), "CDT_PORT": str(port), "CDT_DEMO_ROWS_PER_SECOND": "400"}
        log = Path(folder) / "up.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "cdt", "up"], env=environment, stdout=output, stderr=output, cwd=folder
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url, process, log)
            password = json.loads((state / "secrets.json").read_text())["owner_password"]
            yield Product(url, "owner@example.com", password, state)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


@pytest.fixture(scope="package")
def browser_path() -> str:
    """Chromium: the system's, else the one that comes with the tools."""
    said = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "browser.py")], capture_output=True, text=True, check=True
    ).stdout
    return said.strip().splitlines()[-1]


@pytest.fixture(scope="package")
async def browser(browser_path: str) -> AsyncIterator[Browser]:
    """A real browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield browser
        await browser.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"cdt up ended: {log.read_text()}"
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    raise AssertionError(f"not ready within {READY_SECONDS:.0f} s: {log.read_text()}")
