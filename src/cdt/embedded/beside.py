"""Finding the servers of a `cdt up` that runs, for a command beside it."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import msgspec

from cdt.embedded.state import state_folder
from cdt.settings import Settings


def beside(settings: Settings) -> Settings:
    """The settings, with the database and the secret of the state folder's `cdt up` where none are set."""
    state = state_folder(settings.state_folder)
    if settings.database_url is None:
        settings = replace(settings, database_url=_database_url(state))
    if settings.secret_key is None:
        settings = replace(settings, secret_key=_secrets(state).get("secret_key"))
    return settings


def _database_url(state: Path) -> str | None:
    """By the file in which a running Postgres tells its port and the folder of its socket."""
    try:
        _pid, _data, _began, port, folder, *_ = (state / "postgres" / "data" / "postmaster.pid").read_text().split("\n")
    except (OSError, ValueError):
        return None
    return f"postgresql://cdt_admin@/cdt?host={quote(folder, safe='')}&port={port}"


def _secrets(state: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((state / "secrets.json").read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}
