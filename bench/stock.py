"""The event store's library as it comes: its application, its recorder, its tables, its one pool."""

from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.utils import get_topic
from psycopg.conninfo import conninfo_to_dict

from cdt.database.mapper import LogMapper


class StockApplication(Application[UUID]):
    """Nothing of its own but where its tables are, and our mapper, so that the same bytes are stored."""

    name = "stock"

    def __init__(self, dsn: str) -> None:
        super().__init__(stock_environment(dsn))


def stock_environment(dsn: str) -> dict[str, Any]:
    """The library's settings for a database."""
    parts = conninfo_to_dict(dsn)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "MAPPER_TOPIC": get_topic(LogMapper),
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_PORT": str(parts["port"]),
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": "",
    }
