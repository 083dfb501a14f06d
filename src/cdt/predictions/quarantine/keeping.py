"""Writing what bodies leave, in the transaction that keeps their receipts."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from cdt.predictions.columns import EPOCH
from cdt.predictions.quarantine.held import (
    MOST_BYTES_OF_VERSION,
    MOST_ROWS_OF_VERSION,
    Held,
    Refused,
    Tally,
)
from cdt.predictions.rows import Kind
from cdt.predictions.subjects import SubjectHashes

KEEP: LiteralString = (
    "SELECT predictions.keep_refused("
    "%(project)s, %(number)s, %(kind)s, %(hours)s::timestamptz[], %(tallies)s::text[], %(counts)s::bigint[],"
    " %(resolved)s::bigint[], %(resolved_by)s, %(again)s::bigint[], %(states)s::text[], %(keys)s::text[],"
    " %(rows)s::int[], %(sent)b::bytea[], %(digests)b::bytea[], %(sizes)s::int[], %(reasons)s::text[],"
    " %(prediction_ids)s::text[], %(predicted_at)s::timestamptz[], %(most_rows)s, %(most_bytes)s),"
    " predictions.forget_erased(%(number)s, %(prediction_ids)s::text[], %(id_hashes)s::text[])"
)
"""Locks the version's quarantine until the commit; the version itself is locked before. Erased ids leave no row."""
NEW = 0
"""In place of a row's number in the quarantine, where it has none."""

_ENCODER = msgspec.json.Encoder()


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """What one transaction leaves of one version's bodies.

    keys, again, id_hashes: of each row, its body's key, its number if it lies in the quarantine already, and by which
    its id would be known if it had been erased. resolved: the numbers of rows that were taken in now.
    """

    rows: list[Held] = []
    keys: list[str | None] = []
    again: list[int] = []
    id_hashes: list[str | None] = []
    resolved: list[int] = []
    resolved_by: str | None = None
    counts: Counter[tuple[int, Tally]] = Counter()

    def __bool__(self) -> bool:
        return bool(self.rows or self.resolved or self.counts)


class Leaving:
    """Puts together what several bodies leave."""

    def __init__(self, hashes: SubjectHashes) -> None:
        """hashes: by which ids of the project are known that were erased."""
        self._hashes = hashes
        self._rows: list[Held] = []
        self._keys: list[str | None] = []
        self._again: list[int] = []
        self._resolved: list[int] = []
        self._resolved_by: str | None = None
        self._counts: Counter[tuple[int, Tally]] = Counter()

    def add(self, refused: Refused, *, key: str | None, again: Sequence[int] = (), is_counted: bool = True) -> None:
        """What a body leaves. again: by its rows, their numbers in the quarantine, where they come from that."""
        if is_counted:
            self._counts.update(refused.counts)
        for row in refused.rows:
            self._rows.append(row)
            self._keys.append(key)
            self._again.append(again[row.number] if again else NEW)

    def resolve(self, again: Iterable[int], *, key: str | None) -> None:
        """Rows of the quarantine that were taken in."""
        self._resolved += again
        self._resolved_by = key

    def keeping(self) -> Keeping | None:
        """What is to be written; None for nothing."""
        keeping = Keeping(
            rows=self._rows,
            keys=self._keys,
            again=self._again,
            id_hashes=[
                None if each.prediction_id is None else self._hashes.of(each.prediction_id) for each in self._rows
            ],
            resolved=self._resolved,
            resolved_by=self._resolved_by,
            counts=self._counts,
        )
        return keeping or None


def values_of(keeping: Keeping, *, project_id: UUID, version_number: int, kind: Kind) -> dict[str, Any]:
    """The values of `KEEP`."""
    rows, counts = keeping.rows, sorted(keeping.counts.items())
    return {
        "project": project_id,
        "number": version_number,
        "kind": kind,
        "hours": [EPOCH + timedelta(hours=hour) for (hour, _), _ in counts],
        "tallies": [tally for (_, tally), _ in counts],
        "counts": [rows_counted for _, rows_counted in counts],
        "resolved": keeping.resolved,
        "resolved_by": keeping.resolved_by,
        "again": keeping.again,
        "states": [each.state for each in rows],
        "keys": list(keeping.keys),
        "rows": [each.number for each in rows],
        "sent": [each.sent or b"" for each in rows],
        "digests": [_digest(each, number) for each, number in zip(rows, keeping.again, strict=True)],
        "sizes": [each.size for each in rows],
        "reasons": [_ENCODER.encode(each.reasons).decode() for each in rows],
        "prediction_ids": [each.prediction_id for each in rows],
        "id_hashes": list(keeping.id_hashes),
        "predicted_at": [each.predicted_at for each in rows],
        "most_rows": MOST_ROWS_OF_VERSION,
        "most_bytes": MOST_BYTES_OF_VERSION,
    }


def _digest(row: Held, number: int) -> bytes:
    """Of a row that lies there already one of its own, since two may be mended to say the same."""
    return row.digest if number == NEW else hashlib.blake2b(row.digest + number.to_bytes(8), digest_size=16).digest()
