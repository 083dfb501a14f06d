"""Labels that came before their prediction: kept until it comes."""

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection

from cdt.predictions.columns import Label
from cdt.predictions.kept_labels import codes_of, label_of, numbers_of
from cdt.predictions.labelling import Counted
from cdt.predictions.lookup import Wanted, unix_day
from cdt.predictions.rows import LabelRow
from cdt.predictions.versions import NumberedVersion


def wanted_by(row: LabelRow) -> Wanted:
    """The prediction that a label is the truth of."""
    return Wanted(row.id, None if row.predicted_at is None else unix_day(row.predicted_at.date()))


async def keep_waiting(
    connection: AsyncConnection[Any], version: NumberedVersion, rows: Sequence[tuple[LabelRow, Counted]]
) -> list[Wanted]:
    """Keep labels whose prediction isn't there, the last for each; answers which predictions they wait for.

    Raises UniqueViolation when somebody else keeps one of them at the same moment.
    """
    wanted = sorted({wanted_by(row) for row, _ in rows}, key=lambda each: (each.id, each.day is not None, each.day))
    if not wanted:
        return []
    before = await _present(connection, version.number, wanted)
    now: dict[Wanted, Label] = {}
    for row, counted in rows:
        key = wanted_by(row)
        present = now.get(key, before.get(key))
        if present == row.label:
            counted.duplicates += 1
            continue
        if present is None:
            counted.waiting += 1
        else:
            counted.corrected += 1
        now[key] = row.label
    await _insert(connection, version, [(key, now[key]) for key in wanted if key in now and key not in before])
    await _update(connection, version, [(key, now[key]) for key in wanted if key in now and key in before])
    return wanted


async def _present(
    connection: AsyncConnection[Any], version_number: int, wanted: Sequence[Wanted]
) -> dict[Wanted, Label]:
    cursor = await connection.execute(
        "SELECT kept.prediction_id, each.day, kept.label, kept.number FROM predictions.waiting_labels AS kept"
        " JOIN unnest(%(ids)s::text[], %(days)s::int[]) AS each (prediction_id, day)"
        " ON kept.prediction_id = each.prediction_id AND kept.day = coalesce(DATE '1970-01-01' + each.day, '-infinity')"
        " WHERE kept.version_number = %(number)s ORDER BY kept.prediction_id, kept.day FOR UPDATE OF kept",
        {
            "number": version_number,
            "ids": [each.id for each in wanted],
            "days": [each.day for each in wanted],
        },
    )
    return {Wanted(sent_id, day): label_of(code, number) for sent_id, day, code, number in await cursor.fetchall()}


async def _insert(
    connection: AsyncConnection[Any], version: NumberedVersion, rows: Sequence[tuple[Wanted, Label]]
) -> None:
    if not rows:
        return
    await connection.execute(
        "INSERT INTO predictions.waiting_labels (project_id, version_number, prediction_id, day, label, number)"
        " SELECT %(project)s, %(number)s, each.prediction_id,"
        " coalesce(DATE '1970-01-01' + each.day, '-infinity'), each.label, each.number"
        " FROM unnest(%(ids)s::text[], %(days)s::int[], %(labels)s::smallint[], %(numbers)s::float8[])"
        " AS each (prediction_id, day, label, number)",
        {"project": version.project_id, **_values(version, rows)},
    )


async def _update(
    connection: AsyncConnection[Any], version: NumberedVersion, rows: Sequence[tuple[Wanted, Label]]
) -> None:
    if not rows:
        return
    await connection.execute(
        "UPDATE predictions.waiting_labels AS kept"
        " SET label = each.label, number = each.number, recorded_at = clock_timestamp()"
        " FROM unnest(%(ids)s::text[], %(days)s::int[], %(labels)s::smallint[], %(numbers)s::float8[])"
        " AS each (prediction_id, day, label, number)"
        " WHERE kept.version_number = %(number)s AND kept.prediction_id = each.prediction_id"
        " AND kept.day = coalesce(DATE '1970-01-01' + each.day, '-infinity')",
        _values(version, rows),
    )


def _values(version: NumberedVersion, rows: Sequence[tuple[Wanted, Label]]) -> dict[str, Any]:
    return {
        "number": version.number,
        "ids": [each.id for each, _ in rows],
        "days": [each.day for each, _ in rows],
        "labels": codes_of(label for _, label in rows),
        "numbers": numbers_of(label for _, label in rows),
    }
