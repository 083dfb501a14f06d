"""The present read schema: SQL files, run in the order of their names, every name unqualified."""

import hashlib
from importlib.resources import files

import psycopg
from psycopg import sql


def statements() -> list[str]:
    """The files' texts, in order."""
    folder = files(__name__)
    return [
        each.read_text() for each in sorted(folder.iterdir(), key=lambda each: each.name) if each.name.endswith(".sql")
    ]


def digest() -> str:
    """SHA-256 of the schema; another one than the live schema's asks for a rebuild."""
    return hashlib.sha256("\x00".join(statements()).encode()).hexdigest()


def create(connection: psycopg.Connection, schema: str) -> None:
    """Make the read schema, empty and at position 0, as the connection's role, within its transaction."""
    name = sql.Identifier(schema)
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    connection.execute(sql.SQL("SET LOCAL search_path = {}, temporal").format(name))
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO cdt_api, cdt_system").format(name))
    for statement in statements():
        connection.execute(statement.encode())
    connection.execute("INSERT INTO follower (position, schema_digest) VALUES (0, %s)", (digest(),))
