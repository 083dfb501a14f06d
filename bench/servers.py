"""The real thing for a benchmark: a durable Postgres and a Valkey in a folder of their own, CDT's processes on them."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from cdt import first_owner
from cdt.access.tokens import Tokens
from cdt.database.log import Log
from cdt.database.migrating import migrate
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.embedded import EmbeddedPostgres, EmbeddedValkey
from cdt.projections import schema
from cdt.vault.secret import VaultSecret
from cdt.wall_clock import utc_now

START_SECONDS = 60.0
OWNER_EMAIL, OWNER_PASSWORD = "owner@example.com", "a password of the benchmark"


class ProgramEnded(RuntimeError):
    """A program that a benchmark needs has ended: its command, its exit code, what it said at last."""


@dataclass(frozen=True)
class Installation:
    """Two servers and a migrated database; its first owner once `found` was called."""

    folder: Path
    dsn: str
    redis_url: str
    secret: str

    def conninfo(self, role: DatabaseRole) -> str:
        """The connection string of a role."""
        return conninfo_as(self.dsn, role, application="cdt-bench")

    @property
    def environment(self) -> dict[str, str]:
        """What CDT's processes are told."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CDT_")}
        return {
            **kept,
            "CDT_DATABASE_URL": self.dsn,
            "CDT_REDIS_URL": self.redis_url,
            "CDT_SECRET_KEY": self.secret,
            "CDT_LOG_LEVEL": "warning",
        }

    def found(self) -> first_owner.FirstOwner:
        """Make the first owner, organization and project."""
        return asyncio.run(self._found())

    async def _found(self) -> first_owner.FirstOwner:
        conninfo = self.conninfo(DatabaseRole.API)
        writer = Writer(conninfo, connections=1)
        await writer.open()
        try:
            with Log(conninfo, connections=1) as log:
                return await first_owner.ensure(
                    log,
                    writer,
                    VaultSecret(self.secret),
                    name="Owner",
                    email=OWNER_EMAIL,
                    password=OWNER_PASSWORD,
                    organization="Organization",
                    project="Project",
                    now=utc_now(),
                )
        finally:
            await writer.close()

    def token_of(self, owner: first_owner.FirstOwner) -> str:
        """An access token, as signing in would give it."""
        return Tokens(VaultSecret(self.secret)).issue(owner.user_id, now=utc_now()).text

    @contextmanager
    def follower(self) -> Generator[None]:
        """A follower in a process of its own, at the end of the log."""
        log = self.folder / "follower.log"
        with process([sys.executable, "-m", "cdt", "follow"], self.environment, log=log) as run:
            wait_until(self._has_followed, run, log=log)
            yield

    @contextmanager
    def worker(self) -> Generator[None]:
        """A worker in a process of its own."""
        with process([sys.executable, "-m", "cdt", "work"], self.environment, log=self.folder / "worker.log"):
            yield

    @contextmanager
    def api(self, *, module: str | None = None, **settings: str) -> Generator[int]:
        """The API in a process of its own, with settings besides its own; answers its port.

        module: what to run instead of it.
        """
        port, log = free_port(), self.folder / "api.log"
        environment = {**self.environment, "CDT_PORT": str(port), **settings}
        command = ["cdt", "api"] if module is None else [module]
        with process([sys.executable, "-m", *command], environment, log=log) as run:
            wait_until(lambda: answers(port, "/healthz"), run, log=log)
            yield port

    @contextmanager
    def bare(self, app: str) -> Generator[int]:
        """A bare ASGI application in a process of its own, served as the API is; answers its port."""
        port, log = free_port(), self.folder / "bare.log"
        options = ["--port", str(port), "--no-access-log", "--log-level", "warning", "--no-server-header"]
        with process([sys.executable, "-m", "uvicorn", app, *options], self.environment, log=log) as run:
            wait_until(lambda: answers(port, "/healthz"), run, log=log)
            yield port

    def _has_followed(self) -> bool:
        with psycopg.connect(self.conninfo(DatabaseRole.SYSTEM)) as connection:
            row = connection.execute(
                "SELECT position = (SELECT coalesce(max(notification_id), 0) FROM log.cdt_events) FROM follower"
            ).fetchone()
            return row is not None and bool(row[0])


@contextmanager
def installation(*, settings: Mapping[str, str] | None = None) -> Generator[Installation]:
    """Start both servers, durable as they ship, in a temporary folder; stop and remove them at the end."""
    with tempfile.TemporaryDirectory(prefix="cdt-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = EmbeddedPostgres(folder / "state", settings=settings, durable=True)
        valkey = EmbeddedValkey(folder / "valkey")
        try:
            postgres.start()
            valkey.start()
            migrate(postgres.dsn)
            made = Installation(folder, postgres.dsn, valkey.url, VaultSecret.new())
            with psycopg.connect(made.conninfo(DatabaseRole.OWNER)) as connection:
                schema.create(connection, "read")
            yield made
        finally:
            valkey.stop()
            postgres.stop()


@contextmanager
def process(command: Sequence[str], environment: Mapping[str, str], *, log: Path) -> Generator[subprocess.Popen[bytes]]:
    """Run a program until the end of the block; it is asked to stop, and killed after a while."""
    with log.open("ab") as output:
        run = subprocess.Popen(command, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
    try:
        yield run
    finally:
        run.send_signal(signal.SIGTERM)
        try:
            run.wait(15)
        except subprocess.TimeoutExpired:
            run.kill()
            run.wait()


def wait_until(happens: Callable[[], bool], run: subprocess.Popen[bytes], *, log: Path) -> None:
    """Until it has happened; raises when the program ends or a minute goes by."""
    deadline = time.monotonic() + START_SECONDS
    while not happens():
        if run.poll() is not None:
            raise ProgramEnded(run.args, run.returncode, log.read_text()[-2000:])
        if time.monotonic() > deadline:
            raise TimeoutError(run.args, log.read_text()[-2000:])
        time.sleep(0.02)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, path: str) -> bool:
    """Whether a server answers there with status 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
