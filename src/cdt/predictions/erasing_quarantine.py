"""Erasing what was sent of subjects and never taken in: rows in quarantine, as far as it can be told whose they are."""

from collections.abc import Callable, Set
from typing import Any, cast

import msgspec
from psycopg import AsyncConnection

from cdt.predictions.subjects import SubjectHashes

QUARANTINED_AT_ONCE = 2_000


class Sent(msgspec.Struct):
    """A quarantined row as it was sent, as far as it can be read."""

    prediction_id: Any = None
    features: Any = None


async def erase_quarantined(
    connection: AsyncConnection[Any], version_number: int, is_gone: Callable[[str | None, Sent], bool]
) -> int:
    """Rows in quarantine of such ids, or that hold such values; how many there were.

    What was sent and can't be read goes with them, since nobody can tell whose it is.
    """
    after = erased = 0
    while True:
        cursor = await connection.execute(
            "SELECT number, prediction_id, sent FROM predictions.quarantine WHERE version_number = %(number)s"
            " AND number > %(after)s ORDER BY number LIMIT %(most)s",
            {"number": version_number, "after": after, "most": QUARANTINED_AT_ONCE},
        )
        found = await cursor.fetchall()
        if not found:
            return erased
        after = found[-1][0]
        gone = [number for number, prediction_id, sent in found if _is_gone(prediction_id, sent, is_gone)]
        await connection.execute(
            "DELETE FROM predictions.quarantine WHERE version_number = %(number)s AND number = ANY(%(gone)s::bigint[])",
            {"number": version_number, "gone": gone},
        )
        erased += len(gone)


def _is_gone(prediction_id: str | None, sent: bytes | None, is_gone: Callable[[str | None, Sent], bool]) -> bool:
    if sent is None:
        return is_gone(prediction_id, Sent())
    try:
        row = msgspec.json.decode(sent, type=Sent)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return True
    return is_gone(prediction_id, row)


def ids_in(prediction_id: str | None, sent: Sent) -> list[str]:
    """The ids that a row may have, as it is known by and as it was sent, were that a number."""
    given: Any = sent.prediction_id
    return [each for each in (prediction_id, *_written(given)) if isinstance(each, str)]


def holds_value(sent: Sent, column: str, hashes: SubjectHashes, subjects: Set[str]) -> bool:
    """Whether a row holds one of the values in a column, however it was written; or may, where it can't be read."""
    given: Any = sent.features
    if not isinstance(given, dict):
        return given is not None
    features = cast("dict[str, Any]", given)
    return any(hashes.of(each) in subjects for each in _written(features.get(column)))


def _written(value: Any) -> list[float | str]:
    """What a value that was sent may mean: a text, a number, or both."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return []
    try:
        return [str(value), float(value)]
    except (ValueError, OverflowError):  # no number, or an integer of some hundred digits
        return [str(value)]
