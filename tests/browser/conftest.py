"""The whole product, started by its one command with the demo's rows, and a real browser before it."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.mails import Mails, mail_server
from tests.conftest import in_memory

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
    mails: Mails


@pytest.fixture(scope="package")
def product(installed: None) -> Iterator[Product]:
    """Runs until the package's tests are over; stopped as by Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="cdt-browser-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # as root, the servers run as somebody else
        state = Path(folder) / "state"
        port, mail_port = _free_port(), _free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CDT_")}
        environment |= {"CDT_STATE_FOLDER": str(state), "CDT_PORT": str(port), "CDT_DEMO_ROWS_PER_SECOND": "30"}
        environment |= {
            "CDT_SMTP_URL": f"smtp://127.0.0.1:{mail_port}?starttls=no",
            "CDT_MAIL_FROM": "CDT <cdt@example.com>",
        }
        with (
            mail_server(mail_port) as mails,
            subprocess.Popen(
                [sys.executable, "-m", "cdt", "up"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                cwd=folder, text=True,
            ) as process,
        ):  # fmt: skip
            try:
                _until_it_says("Ctrl-C stops everything", process)
                password = json.loads((state / "secrets.json").read_text())["owner_password"]
                yield Product(f"http://127.0.0.1:{port}", "owner@example.com", password, state, mails)
            finally:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(timeout=60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise


@pytest.fixture(scope="package")
def browser_path(installed: None) -> str:
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


def _until_it_says(sentence: str, process: subprocess.Popen[str]) -> None:
    """Until the program has said so; what it says then is read on, so that it never waits for a reader."""
    said: list[str] = []
    is_said = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if sentence in line:
                is_said.set()
        is_said.set()  # it has ended

    threading.Thread(target=read, daemon=True).start()
    assert is_said.wait(READY_SECONDS), f"not ready within {READY_SECONDS:.0f} s: {''.join(said)}"
    assert process.poll() is None, f"cdt up ended: {''.join(said)}"
