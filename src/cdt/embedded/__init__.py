"""Starts and stops the Postgres and the Valkey that come with the package, for `cdt up` and the tests."""

from cdt.embedded.postgres import EmbeddedPostgres
from cdt.embedded.state import state_folder
from cdt.embedded.valkey import EmbeddedValkey

__all__ = ["EmbeddedPostgres", "EmbeddedValkey", "state_folder"]
