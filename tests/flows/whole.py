"""The whole of CDT as `cdt up` runs it: its processes by name, to be killed; its address; its end."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

EMAIL = "owner@example.com"
PARTS = {
    "api": ("-m", "cdt", "api"),
    "worker": ("-m", "cdt", "work"),
    "follower": ("-m", "cdt", "follow"),
    "reactions": ("-m", "cdt", "react"),
    "valkey": ("valkey-server",),
    "postgres": ("postgres", "-D"),
}
"""Words of each part's command line, in this order. Postgres' own children name themselves otherwise."""
START_SECONDS = 240.0
WAIT_SECONDS = 120.0
LOOK_SECONDS = 0.02

OPERATION_SIGN_IN = """
mutation ($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) {
    ... on SignInPayload { accessToken }
    ... on Failure { code message }
  }
}
"""


class Whole:
    """A running `cdt up`."""

    def __init__(self, process: subprocess.Popen[bytes], state: Path, port: int) -> None:
        self.state = state
        self.address = f"http://127.0.0.1:{port}"
        self._process = process

    def pid(self, part: str) -> int | None:
        """The present process of a part; None while it is down."""
        words = PARTS[part]
        for pid in _descendants(self._process.pid):
            command = {Path(each).name for each in _command_line(pid)}
            if command.issuperset(words):
                return pid
        return None

    async def kill(self, part: str) -> int:
        """kill -9 of a part, waiting for it if it is just being started again; the id that it had."""
        pid = await until(lambda: self.pid(part), f"{part} runs")
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return pid

    def environment(self) -> dict[str, str]:
        """The settings that its processes have, for commands beside them."""
        pid = self.pid("api")
        assert pid is not None
        pairs = (each.partition(b"=") for each in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") if each)
        return {name.decode(): text.decode() for name, _, text in pairs}

    @property
    def password(self) -> str:
        """The first owner's."""
        return json.loads((self.state / "secrets.json").read_text())["owner_password"]

    async def sign_in(self, client: httpx.AsyncClient) -> dict[str, str]:
        """The headers of a signed-in owner."""
        values = {"email": EMAIL, "password": self.password}
        answer = await client.post("/graphql", json={"query": OPERATION_SIGN_IN, "variables": values})
        return {"authorization": f"Bearer {answer.json()['data']['signIn']['accessToken']}"}

    async def readiness(self, client: httpx.AsyncClient) -> dict[str, Any] | None:
        """What `/readyz` says when all is well; None before."""
        with suppress(httpx.HTTPError):
            answer = await client.get("/readyz")
            if answer.status_code == 200:
                return answer.json()
        return None

    def log(self, name: str, lines: int = 40) -> str:
        """The end of a log, for the message of a failure."""
        path = self.state / "logs" / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def stop(self) -> int:
        """As Ctrl-C does; the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        return self._process.wait(WAIT_SECONDS)


def watched_by(state: Path) -> Path:
    """The folder of which files are taken in."""
    return state.with_suffix(".watched")


@asynccontextmanager
async def up(state: Path, *options: str) -> AsyncIterator[Whole]:
    """`cdt up` over a state folder, ready; stopped in the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("CDT_")}
    environment |= {"CDT_STATE_FOLDER": str(state), "CDT_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    environment["CDT_PACK_AFTER_ROWS"] = "200"  # so that rows are packed while parts are killed
    environment |= {"CDT_WATCHED": str(watched_by(state)), "CDT_WATCHED_STEADY_SECONDS": "1"}
    watched_by(state).mkdir(exist_ok=True)
    if environment.pop("PYTHONDONTWRITEBYTECODE", None):  # compiling anew at each start costs seconds
        environment["PYTHONPYCACHEPREFIX"] = str(state.with_suffix(".pyc"))
    said = state.with_suffix(".out")
    process = _start([sys.executable, "-m", "cdt", "up", *options], environment, said)
    whole = Whole(process, state, port)
    try:
        async with httpx.AsyncClient(base_url=whole.address, timeout=10) as client:

            async def ready() -> dict[str, Any] | None:
                assert process.poll() is None, said.read_text()
                return await whole.readiness(client)

            await until(ready, "the whole is ready", seconds=START_SECONDS)
        yield whole
    except BaseException:
        sys.stdout.write(said.read_text())
        for part in ("api", "work", "follow"):
            sys.stdout.write(f"{part}:\n{whole.log(part)}\n")
        raise
    finally:
        whole.stop()


async def until(look: Callable[[], Any], what: str, *, seconds: float = WAIT_SECONDS) -> Any:
    """The first truth that `look` answers, asked again and again; an AssertionError when it takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain until {what}"
        await asyncio.sleep(LOOK_SECONDS)


def _start(command: list[str], environment: dict[str, str], said: Path) -> subprocess.Popen[bytes]:
    with said.open("wb") as output:
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found[1:]


def _command_line(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ").split()
    return []
