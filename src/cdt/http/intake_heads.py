"""What the head of a request says of the rows in its body."""

from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from cdt.domain.errors import NotFound
from cdt.http.ids import id_in
from cdt.http.intake_answers import NotTaken
from cdt.predictions.decoding import KINDS, PARQUET
from cdt.predictions.encodings import ENCODINGS


@lru_cache(maxsize=10_000)
def version_id_of(written: str) -> UUID:
    """The version that a path names; NotFound if it can name none."""
    found = id_in(written, "Version")
    if found is None:
        raise NotFound(kind="version")
    return found


def text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    """A header as text."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def content_type_of(stated: str) -> str:
    """Which of those that are taken it is."""
    if stated in KINDS:
        return stated
    kind, _, parameters = stated.partition(";")
    kind = kind.strip().lower()
    charset = parameters.strip().lower().replace('"', "")
    if kind not in KINDS or charset not in {"", "charset=utf-8", "header=present"}:
        raise NotTaken
    return kind


def encoding_of(stated: str | None, content_type: str) -> str | None:
    """How the body is compressed; None where it is not."""
    if stated is None:
        return None
    encoding = stated.strip().lower()
    if encoding in {"", "identity"}:
        return None
    if encoding not in ENCODINGS or content_type == PARQUET:
        raise NotTaken
    return encoding
