"""Labels that were replaced by others: by whom, when and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import class_row

from cdt.predictions.columns import Label, moment_of
from cdt.predictions.kept_labels import codes_of, numbers_of
from cdt.predictions.labelling import Correction
from cdt.predictions.versions import NumberedVersion


class LabelCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """A correction as it is kept. The labels are codes of the signature's classes, or the numbers that came."""

    number: int
    prediction_id: str
    predicted_at: datetime
    label_before: Label
    label_after: Label
    reason: str | None
    actor_kind: str | None
    actor_id: str | None
    recorded_at: datetime


async def write_corrections(
    connection: AsyncConnection[Any], version: NumberedVersion, corrections: Sequence[Correction]
) -> None:
    """Keep them, in the transaction that replaces the labels."""
    if not corrections:
        return
    await connection.execute(
        "INSERT INTO predictions.label_corrections (project_id, version_number, prediction_id, predicted_at,"
        " label_before, label_after, number_before, number_after, reason, actor_kind, actor_id)"
        " SELECT %(project)s, %(number)s, each.id, each.predicted_at, each.before, each.after, each.number_before,"
        " each.number_after, each.reason, each.actor_kind, each.actor_id"
        " FROM unnest(%(ids)s::text[], %(times)s::timestamptz[], %(before)s::smallint[], %(after)s::smallint[],"
        " %(numbers_before)s::float8[], %(numbers_after)s::float8[], %(reasons)s::text[], %(kinds)s::text[],"
        " %(actors)s::text[]) WITH ORDINALITY AS each (id, predicted_at, before, after, number_before, number_after,"
        " reason, actor_kind, actor_id, place) ORDER BY each.place",
        {
            "project": version.project_id,
            "number": version.number,
            "ids": [each.id for each in corrections],
            "times": [moment_of(each.outcome.predicted_at) for each in corrections],
            "before": codes_of(each.before for each in corrections),
            "after": codes_of(each.after for each in corrections),
            "numbers_before": numbers_of(each.before for each in corrections),
            "numbers_after": numbers_of(each.after for each in corrections),
            "reasons": [each.reason for each in corrections],
            "kinds": [None if each.by is None else each.by.kind for each in corrections],
            "actors": [None if each.by is None else each.by.id for each in corrections],
        },
    )


async def find_corrections(
    connection: AsyncConnection[Any],
    version_number: int,
    *,
    before: int | None,
    until: datetime | None,
    prediction_id: str | None,
    limit: int,
) -> list[LabelCorrection]:
    """The newest first. before: only those of lower numbers. until: only those that were recorded by then."""
    async with connection.cursor(row_factory=class_row(LabelCorrection)) as cursor:
        await cursor.execute(
            "SELECT number, prediction_id, predicted_at, coalesce(label_before, number_before) AS label_before,"
            " coalesce(label_after, number_after) AS label_after, reason, actor_kind, actor_id,"
            " recorded_at FROM predictions.label_corrections WHERE version_number = %(version)s"
            " AND (%(before)s::bigint IS NULL OR number < %(before)s)"
            " AND (%(until)s::timestamptz IS NULL OR recorded_at <= %(until)s)"
            " AND (%(prediction_id)s::text IS NULL OR prediction_id = %(prediction_id)s)"
            " ORDER BY number DESC LIMIT %(limit)s",
            {
                "version": version_number,
                "before": before,
                "until": until,
                "prediction_id": prediction_id,
                "limit": limit,
            },
        )
        return await cursor.fetchall()
