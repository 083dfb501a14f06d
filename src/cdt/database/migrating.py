"""Bringing a database to this release's tables: forward only, one at a time, whoever starts first."""

from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict
from yoyo import get_backend, read_migrations  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

import cdt

LEAST_SERVER_VERSION = 170000
LOCK_SECONDS = 30
"""So long a migration waits for a table that somebody uses, and then gives up instead of holding everybody up."""


class DatabaseIsTooOld(RuntimeError):
    """CDT needs Postgres 17 or later: its roles get MAINTAIN on the log, and nothing that could change it."""


def migrations_folder() -> Path:
    """The migrations: inside an installed package, else at the top of the checkout."""
    inside = Path(cdt.__file__).parent / "migrations"
    return inside if inside.is_dir() else Path(cdt.__file__).parents[2] / "migrations"


def migrate(dsn: str) -> list[str]:
    """Apply what is missing; answer the names of what was applied."""
    with psycopg.connect(dsn) as connection:
        if connection.info.server_version < LEAST_SERVER_VERSION:
            raise DatabaseIsTooOld(DatabaseIsTooOld.__doc__)
    with get_backend(_yoyo_uri(dsn)) as backend:
        migrations = read_migrations(str(migrations_folder()))
        with backend.lock():
            missing = backend.to_apply(migrations)
            backend.apply_migrations(missing)
        return [migration.id for migration in missing]


def _yoyo_uri(dsn: str) -> str:
    parts = conninfo_to_dict(dsn)
    parts["options"] = f"{parts.get('options') or ''} -c lock_timeout={LOCK_SECONDS}s".strip()
    options = {name: str(parts[name]) for name in parts if name not in {"user", "password", "dbname", "port"}}
    user = quote(str(parts.get("user", "")), safe="")
    password = f":{quote(str(parts['password']), safe='')}" if parts.get("password") else ""
    host = "" if str(parts.get("host", "")).startswith("/") else quote(str(options.pop("host", "")), safe=".:")
    port = f":{parts['port']}" if parts.get("port") and host else ""
    if not host and parts.get("port"):
        options["port"] = str(parts["port"])
    return f"postgresql+psycopg://{user}{password}@{host}{port}/{parts.get('dbname', '')}?{urlencode(options)}"
