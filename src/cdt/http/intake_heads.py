"""What the head of a request says of the rows in its body."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl
from uuid import UUID

from cdt.domain.errors import Invalid, NotFound
from cdt.http.ids import id_in
from cdt.http.intake_answers import NotTaken
from cdt.predictions.decoding import JSON, KINDS, NDJSON, PARQUET
from cdt.predictions.decoding.naming import AS_THEY_ARE, Naming, naming_of
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


class Asked(NamedTuple):
    """What the query of an address asks for: only to look at the body, and how its columns are named."""

    is_preview: bool = False
    naming: Naming = AS_THEY_ARE


AS_USUAL = Asked()


def asked_in(query: bytes, content_type: str) -> Asked:
    """Raises Invalid for what is no parameter of ours, or not for this form."""
    if not query:
        return AS_USUAL
    given = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    if unknown := sorted(set(given) - {"preview", "columns"}):
        raise Invalid(unknown[0][:100], "is no parameter; there are preview and columns")
    if given.get("preview", "true") not in {"true", "false"}:
        raise Invalid("preview", "is true or false")
    is_preview = given.get("preview") == "true"
    if is_preview and content_type == PARQUET:
        raise Invalid("preview", "is not for Parquet, which names the bad rows when it is sent")
    if "columns" not in given:
        return Asked(is_preview)
    if content_type in {NDJSON, JSON}:
        raise Invalid("columns", "is for CSV, Arrow and Parquet")
    return Asked(is_preview, naming_of(given["columns"]))
