"""`cdt up`: everything on one machine, from nothing, until Ctrl-C; the next start goes on with the data kept."""

import asyncio
import errno
import json
import os
import secrets
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import msgspec
import psycopg

from cdt import first_owner, mailbox
from cdt.bootstrap.tables import prepare_database
from cdt.database.log import Log
from cdt.database.migrating import DatabaseIsTooOld
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.database.writing import Writer
from cdt.domain.errors import NameIsTaken
from cdt.embedded import EmbeddedPostgres, EmbeddedValkey, state_folder
from cdt.settings import SettingIsWrong, Settings, environment_for
from cdt.supervision import CannotStart, Change, Program, Supervisor
from cdt.vault.secret import SecretIsWrong, VaultSecret
from cdt.wall_clock import utc_now

READY_SECONDS = 60.0
STOPPED = "Everything is stopped; the next start goes on with the data kept."


def run(settings: Settings, *, with_demo: bool, email: str) -> int:
    """Start, tell what happens, and run until Ctrl-C.

    Exit code 0 after that, 130 when it was stopped before everything ran, and 1, with a sentence, when something is in
    the way.
    """
    try:
        _run(settings, with_demo=with_demo, email=email)
    except (CannotStart, DatabaseIsTooOld, PortIsTaken, SettingIsWrong, SecretIsWrong) as error:
        _say(f"cdt: {error}", stream=sys.stderr)
        return 1
    except KeyboardInterrupt:
        _say(STOPPED)
        return 130
    except psycopg.OperationalError as error:
        _say(f"cdt: the database can't be reached: {str(error).strip()}", stream=sys.stderr)
        return 1
    except psycopg.Error as error:
        _say(f"cdt: the database refuses: {str(error).strip()}", stream=sys.stderr)
        return 1
    except OSError as error:
        _say(f"cdt: {error.filename or 'the state folder'}: {error.strerror or error}", stream=sys.stderr)
        return 1
    _say(STOPPED)
    return 0


PUT_BACK = "put the file back from your backup, or set CDT_SECRET_KEY"


class PortIsTaken(Exception):
    """Another program listens where the API would."""


def _run(settings: Settings, *, with_demo: bool, email: str) -> None:
    state = state_folder(settings.state_folder)
    mail = mailbox.where(settings)
    _require_free_port(settings)
    with Supervisor(logs=state / "logs", tell=_tell) as supervisor:
        progress = _Progress()
        if settings.database_url is None:
            postgres = EmbeddedPostgres(state)
            supervisor.add_server(postgres)
            settings = replace(settings, database_url=postgres.dsn)
            progress.done("Postgres answers")
        if settings.redis_url is None:
            valkey = EmbeddedValkey(state)
            supervisor.add_server(valkey)
            settings = replace(settings, redis_url=valkey.url)
            progress.done("Valkey answers")
        assert settings.database_url is not None
        applied = prepare_database(settings.database_url)
        progress.done(f"database migrated ({len(applied)} new)" if applied else "database is up to date")
        secrets_of_state = _Secrets(state)
        if settings.secret_key is None:
            if not secrets_of_state.has("secret_key") and _holds_events(settings.database_url):
                raise CannotStart(
                    f"the database holds data, and {state / 'secrets.json'} has no key for it: {PUT_BACK}"
                )
            settings = replace(settings, secret_key=secrets_of_state.get("secret_key", VaultSecret.new))
        environment = environment_for(_with_folders(settings, state))
        for name in ("follow", "work", "api"):
            supervisor.add_program(
                Program(name=name, arguments=[sys.executable, "-m", "cdt", name], environment=environment)
            )
        password = secrets_of_state.get("owner_password", lambda: secrets.token_urlsafe(12))
        try:
            asyncio.run(_first_owner(settings, email=email, password=password))
        except NameIsTaken:
            raise CannotStart(f"the database was made with another secret key: {PUT_BACK}") from None
        progress.done("first owner, organization and project are there")
        began = time.monotonic()
        if not supervisor.run(until=lambda: _answers(settings) or time.monotonic() - began > READY_SECONDS):
            raise KeyboardInterrupt
        if not _answers(settings):
            raise CannotStart(f"the API did not answer within {READY_SECONDS:.0f} s; see {state / 'logs'}")
        progress.done("API answers")
        if with_demo:
            supervisor.add_program(
                Program(
                    name="demo",
                    arguments=[sys.executable, "-m", "cdt", "demo", "--email", email],
                    environment={**environment, "CDT_DEMO_PASSWORD": password},
                    restart="on failure",
                )
            )
        _say_where_it_runs(settings.address, email=email, password=password, mail=mail, state=state)
        if with_demo:
            _say("The demo streams a real model's predictions: open the address, sign in, and watch its trust move.")
        with suppress(KeyboardInterrupt):  # from here on that is no failure, also before `run` hears of it
            _say("Ctrl-C stops everything; the next start goes on with the data kept.")
            supervisor.run()


def _with_folders(settings: Settings, state: Path) -> Settings:
    """With folders of our own for bodies that wait and for packed rows, where none are set."""
    if settings.spool_folder is None:
        settings = replace(settings, spool_folder=state / "spool")
        (state / "spool").mkdir(mode=0o700, exist_ok=True)
    if settings.storage is None:
        settings = replace(settings, storage=str((state / "objects").absolute()))
    return settings


def _say_where_it_runs(address: str, *, email: str, password: str, mail: str, state: Path) -> None:
    _say("")
    _say(f"  CDT runs at   {address}")
    _say(f"  sign in with  {email}")
    _say(f"  password      {password}")
    _say(f"  explore       {address}/graphiql")
    _say(f"  mail          {mail}")
    _say(f"  data, logs    {state}")
    _say("")


class _Progress:
    """Lines with the seconds since the start."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def done(self, what: str) -> None:
        """Something is done."""
        _say(f"[{time.monotonic() - self._began:5.1f} s] {what}")


class _Secrets:
    """What `cdt up` makes once and keeps, readable by its user alone."""

    def __init__(self, state: Path) -> None:
        self._file = state / "secrets.json"

    def has(self, name: str) -> bool:
        """Whether the secret is kept."""
        return name in self._kept()

    def get(self, name: str, make: Callable[[], str]) -> str:
        """The kept secret, or a new one, on disk before it is used."""
        kept = self._kept()
        if name not in kept:
            kept[name] = make()
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = self._file.with_suffix(".new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(json.dumps(kept, indent=1))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._file)
        return kept[name]

    def _kept(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise CannotStart(f"{self._file} can't be read as what it was written as: {PUT_BACK}") from None


def _holds_events(database_url: str) -> bool:
    with psycopg.connect(conninfo_as(database_url, DatabaseRole.SYSTEM, application="cdt-up")) as connection:
        row = connection.execute("SELECT EXISTS (SELECT FROM log.cdt_events)").fetchone()
        return row is not None and bool(row[0])


async def _first_owner(settings: Settings, *, email: str, password: str) -> first_owner.FirstOwner:
    assert settings.database_url is not None
    assert settings.secret_key is not None
    conninfo = conninfo_as(settings.database_url, DatabaseRole.API, application="cdt-up")
    writer = Writer(conninfo, connections=1)
    await writer.open()
    try:
        with Log(conninfo, connections=1) as log:
            return await first_owner.ensure(
                log,
                writer,
                VaultSecret(settings.secret_key),
                name="First owner",
                email=email,
                password=password,
                organization="My organization",
                project="My project",
                now=utc_now(),
            )
    finally:
        await writer.close()


def _require_free_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortIsTaken(
                    f"port {settings.port} of {settings.host} is in use by another program; set CDT_PORT to a free one"
                ) from error
            raise PortIsTaken(f"can't listen on {settings.host}:{settings.port}: {error.strerror}") from error


def _answers(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"http://{settings.host}:{settings.port}/healthz", timeout=1) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _tell(change: Change) -> None:
    match change.what:
        case "died":
            again = "" if change.seconds is None else f" and is started again in {change.seconds:.1f} s"
            last_words = change.explanation.rpartition("\n")[2]
            _say(f"{change.name} {_ended(change.exit_code)}{again}; the last it said: {last_words or 'nothing'}")
        case "unstartable":
            _say(f"{change.name} can't be started, and is tried again in {change.seconds:.1f} s: {change.explanation}")
        case "finished":
            _say(f"{change.name} has finished")
        case "stopped" if change.exit_code == -signal.SIGKILL:
            _say(f"{change.name} was killed before it had stopped")
        case "stopped":
            _say(f"{change.name} stopped")
        case "started":
            pass


def _ended(exit_code: int | None) -> str:
    if exit_code is None or exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        return f"was killed by {signal.Signals(-exit_code).name}"
    except ValueError:  # a real-time signal has no name
        return f"was killed by signal {-exit_code}"


def _say(line: str, *, stream: TextIO | None = None) -> None:
    print(line, file=stream or sys.stdout, flush=True)
