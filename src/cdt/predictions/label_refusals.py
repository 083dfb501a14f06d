"""Labels that fit and are not taken in all the same, for what became of their prediction."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection

from cdt.domain.registry.signature import Signature
from cdt.predictions.columns import microseconds, shown_label
from cdt.predictions.erasures import erased_among
from cdt.predictions.identities import day_of_number
from cdt.predictions.lookup import Lookup, Outcome, Wanted
from cdt.predictions.quarantine.held import OF_BATCH, Leavings, Refused, held
from cdt.predictions.refusals import IS_OF_TOO_OLD, IS_TOO_OLD, WAS_ERASED, Refusal
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import LabelRow
from cdt.predictions.versions import NumberedVersion
from cdt.predictions.works import Work


async def find_refusals(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    wanted: Sequence[Wanted],
    predictions: Sequence[Outcome | None],
    lookup: Lookup,
    *,
    kept_from: datetime | None,
) -> dict[int, Refusal]:
    """By their places those whose prediction was erased or is too old, whatever is left of it: they don't wait for it.

    kept_from: a midnight in UTC.
    """
    refusals: dict[int, Refusal] = {}
    if kept_from is not None:
        first = kept_from.astimezone(UTC).date()
        for place, (each, found) in enumerate(zip(wanted, predictions, strict=True)):
            if each.day is not None and day_of_number(each.day) < first:
                refusals[place] = Refusal("predicted_at", IS_TOO_OLD)
            elif found is not None and found.predicted_at < microseconds(kept_from):
                refusals[place] = Refusal("prediction_id", IS_OF_TOO_OLD)
    missing = [place for place, found in enumerate(predictions) if found is None and place not in refusals]
    return refusals | await _erased(connection, version, wanted, missing, lookup)


async def _erased(
    connection: AsyncConnection[Any],
    version: NumberedVersion,
    wanted: Sequence[Wanted],
    missing: Sequence[int],
    lookup: Lookup,
) -> dict[int, Refusal]:
    if not missing:
        return {}
    hashes = lookup.id_hashes(version)
    codes = {place: hashes.of(wanted[place].id) for place in missing}
    found = await erased_among(connection, version.number, list(codes.values()))
    every = {code for _, code in found}
    return {
        place: Refusal("prediction_id", WAS_ERASED)
        for place, code in codes.items()
        if (code in every if (day := wanted[place].day) is None else (day_of_number(day), code) in found)
    }


def with_refused(work: Work[list[LabelRow]], refused: Mapping[int, Refusal]) -> Rejections:
    """The body's rejections with more of its good rows, by their places among these."""
    if not refused:
        return work.rejections
    rejections = work.rejections.copy()
    for number, refusal in zip(work.numbers_of(list(refused)), refused.values(), strict=True):
        rejections.add(number, refusal.column, refusal.reason)
    return rejections


def reject_whole(work: Work[list[LabelRow]], refused: Mapping[int, Refusal], signature: Signature) -> None:
    """Reject all rows of a body, since some are refused, of which nothing is kept."""
    rejections, left = with_refused(work, refused), Refused()
    others = [place for place in range(work.rows) if place not in refused]
    numbers = work.numbers_of(others)
    rejections.add_all([], numbers)
    for place, number in zip(others, numbers, strict=True):
        if left.is_full:
            break
        row = work.batch[place]
        sent = {
            "prediction_id": row.id,
            "label": shown_label(row.label, signature),
            "predicted_at": None if row.predicted_at is None else row.predicted_at.isoformat(),
            "reason": row.reason,
        }
        left.keep(held(number, sent, [OF_BATCH], prediction_id=row.id, predicted_at=row.predicted_at))
    work.reject_all([], rejections, Leavings(left))
