"""Whose a row is, as a keyed hash: what is to be erased is looked for without being written down."""

import hashlib
import math
from collections.abc import Iterable
from uuid import UUID

from cdt.domain.errors import Invalid
from cdt.domain.registry.signature import Signature


class SubjectHashes:
    """The hashes of what stands in one column of a project's rows, or of their ids.

    >>> ids = SubjectHashes(b"key", UUID(int=1), None)
    >>> ids.of("a") == SubjectHashes(b"key", UUID(int=2), None).of("a")
    False
    """

    def __init__(self, key: bytes, project_id: UUID, column: str | None) -> None:
        """key: up to 64 bytes that nobody else knows. column: None for the prediction's id."""
        name = b"id" if column is None else b"column " + column.encode()
        self._start = hashlib.blake2b(project_id.bytes + name + b"\0", digest_size=32, key=key)

    def of(self, value: str | float) -> str:
        """64 hexadecimal digits; of a text, or of a number however it was written."""
        state = self._start.copy()
        state.update(value.encode() if isinstance(value, str) else repr(float(value) + 0.0).encode())
        return state.hexdigest()


def value_in(signature: Signature, column: str, text: str) -> str | float:
    """What stands in the column where a person writes this; Invalid if nothing can."""
    kind = next((each.kind for each in signature.columns if each.name == column), None)
    if kind is None:
        raise Invalid("column", "name a column of the version's signature")
    if kind == "category":
        return text
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Invalid("values", f"the column {column!r} holds numbers")
    return number


def hashes_of(hashes: SubjectHashes, values: Iterable[str | float]) -> list[str]:
    """Each once."""
    return sorted({hashes.of(value) for value in values})
