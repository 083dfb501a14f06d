"""A real Postgres and a real Valkey for the session; a fresh database, made from a template, for whoever writes."""

import asyncio
import fcntl
import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from psycopg import sql
from psycopg.conninfo import make_conninfo
from xdist.scheduler import LoadScopeScheduling

from cdt.access import hashing
from cdt.database.migrating import migrate
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.embedded import EmbeddedPostgres, EmbeddedValkey
from cdt.projections import schema
from tests.api import Api, running, settings_of
from tests.quick_passwords import make_quick

BROWSER = "tests/browser"
LONGEST_FIRST = (
    BROWSER,
    "tests/flows/test_kills.py",
    "tests/reactions/test_live.py",
    "tests/predictions/test_durability.py",
    "tests/reactions/test_alerts.py",
    "tests/predictions/test_folding.py",
    "tests/reactions/test_runner.py",
    "tests/workers/test_kills.py",
    "tests/permissions/test_table.py",
    "tests/permissions/test_alone.py",
    "tests/reactions/test_evaluations.py",
)
"""What takes half a minute or more: begun last, it would keep one core at work and the other idle."""

gc.disable()
"""Until all tests are known: nothing is garbage before, and looking for it took a fifth of the time."""

CASES = "cases"
"""The property of a generated test that says how many cases it ran."""

MEMORY = Path("/dev/shm")
MEMORY_BYTES = 2 * 2**30

INSTALLING = Path(__file__).parents[1] / "build" / "installing"

structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()])


class Together(LoadScopeScheduling):
    """Each file in one process, and those of the browser in the same: they share a whole product."""

    def _split_scope(self, nodeid: str) -> str:
        return _group_of(nodeid.partition("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Several processes share the tests so."""
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest first, the others in their order."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(_group_of(item.location[0]), len(places)))


def pytest_collection_finish() -> None:
    """From now on there is garbage; what the tests are made of is none, and needs not be looked through each time."""
    gc.freeze()
    gc.enable()


def _group_of(file: str) -> str:
    return BROWSER if file.startswith(BROWSER) else file


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many generated cases ran, of the tests that tell."""
    counted = {
        report.nodeid.rpartition("/")[2]: dict(report.user_properties).get(CASES)
        for report in terminalreporter.getreports("passed")
        if report.when == "call"
    }
    told = {name: count for name, count in counted.items() if count is not None}
    for name, count in told.items():
        terminalreporter.write_line(f"{count:>6} cases: {name}")
    if told:
        terminalreporter.write_line(f"{sum(told.values()):>6} cases in all")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hashes of a password in a millisecond, as tests/quick_passwords.py tells."""
    with pytest.MonkeyPatch.context() as patch:
        make_quick(patch.setattr)
        patch.setattr(hashing, "PROGRAM", make_quick.__module__)
        yield


@pytest.fixture(scope="session")
def installed() -> None:
    """Waits until the dashboard, Node's packages and Chromium are there: `make test` installs them meanwhile."""
    if INSTALLING.exists():
        with INSTALLING.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)


@pytest.fixture(scope="session")
def state_folder() -> Iterator[Path]:
    """In memory where there is room: a database is a thousand files, and the tests make and drop hundreds of them."""
    with tempfile.TemporaryDirectory(prefix="cdt-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


@pytest.fixture(scope="session")
def postgres(state_folder: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(state_folder / "postgres", durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey(state_folder: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(state_folder / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of a migrated database with an empty read schema."""
    dsn = _new_database(postgres, "template_cdt", None)
    migrate(dsn)
    with psycopg.connect(conninfo_as(dsn, DatabaseRole.OWNER)) as connection:
        schema.create(connection, "read")
    return "template_cdt"


@pytest.fixture
def dsn(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """A database of this test's own: migrated, its read models empty."""
    name = f"test_{secrets.token_hex(6)}"
    yield _new_database(postgres, name, template)
    _drop_database(postgres, name)


@pytest.fixture(scope="module")
def module_dsn(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """A database that one module's tests share."""
    name = f"test_{secrets.token_hex(6)}"
    yield _new_database(postgres, name, template)
    _drop_database(postgres, name)


@pytest.fixture(scope="module")
async def api(module_dsn: str, valkey: EmbeddedValkey) -> AsyncIterator[Api]:
    """A running API that one module's tests share, with two organizations that know nothing of each other."""
    async with running(settings_of(module_dsn, valkey.url)) as api:
        yield api


@pytest.fixture
async def own_api(dsn: str, valkey: EmbeddedValkey) -> AsyncIterator[Api]:
    """A running API of this test's own."""
    async with running(settings_of(dsn, valkey.url)) as api:
        yield api


@pytest.fixture
async def stopping() -> AsyncIterator[asyncio.Event]:
    """Tells whatever a test has started to stop, at its end."""
    event = asyncio.Event()
    yield event
    event.set()


def in_memory() -> Path | None:
    """Where to make a folder in memory, if programs may run there and there is room; else where temporary ones are."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < MEMORY_BYTES:
        return None
    # containers often mount it so that nothing runs from there, and the servers' programs may have to be copied to it
    return None if os.statvfs(MEMORY).f_flag & os.ST_NOEXEC else MEMORY


def _new_database(postgres: EmbeddedPostgres, name: str, template: str | None) -> str:
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(
            # copied as files: through the write-ahead log it takes ten times as long
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
        )
    dsn = make_conninfo(postgres.dsn, dbname=name)
    if template is not None:  # a template's grants on the database itself are not copied
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO cdt_owner").format(sql.Identifier(name)))
    return dsn


def _drop_database(postgres: EmbeddedPostgres, name: str) -> None:
    superuser = make_conninfo(postgres.dsn, user="postgres")  # autovacuum may be at work in it, which others can't end
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
