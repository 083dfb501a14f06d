"""What predictions leave in the quarantine once it is known which of them are new."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.columns import Predictions, moment_of
from cdt.predictions.own_columns import DECISION, PREDICTION, SCORE
from cdt.predictions.quarantine.held import NOTHING, OF_BATCH, Held, Leavings, Reason, Refused, held
from cdt.predictions.quarantine.hours import hour_of, rows_by_hour
from cdt.predictions.quarantine.keeping import Keeping, Leaving
from cdt.predictions.refusals import IS_ANOTHER, Refusal
from cdt.predictions.rows import PredictionRow, columns_of
from cdt.predictions.subjects import SubjectHashes
from cdt.predictions.works import Work

PredictionBatch: TypeAlias = list[PredictionRow] | Predictions
PredictionWork: TypeAlias = Work[PredictionBatch]


def marked_rows(works: Sequence[PredictionWork], fresh: NDArray[np.intp]) -> list[int]:
    """Of each body, how many rows are taken in marked."""
    if not any(work.leavings.marks for work in works):
        return [0] * len(works)
    return [len(_new_marks(work, start, fresh)) for work, start in _starts(works)]


def keeping_of(
    works: Sequence[PredictionWork],
    batch: PredictionBatch,
    fresh: NDArray[np.intp],
    refused: Mapping[int, Refusal],
    signature: Signature,
    hashes: SubjectHashes,
) -> Keeping | None:
    """What the bodies leave; None where all rows are good and new.

    batch: the rows of all of them. fresh: the places of the new ones. refused: by their places those that are not taken
    in, of which some leave nothing. hashes: by which ids are known that were erased.
    """
    if len(fresh) == len(batch) and not any(work.again or work.leavings is not NOTHING for work in works):
        return None
    is_known = np.ones(len(batch), dtype=np.bool_)
    is_known[fresh] = False
    leaving = Leaving(hashes)
    for work, start in _starts(works):
        leaving.add(work.leavings.refused, key=work.key, again=work.again)
        own = Refused()
        known = start + np.flatnonzero(is_known[start : start + work.rows])
        out = np.array([row for row in known.tolist() if row in refused], dtype=np.intp)
        clashing = np.array([row for row in out.tolist() if refused[row].may_be_kept], dtype=np.intp)
        for hour, rows in rows_by_hour(batch, np.setdiff1d(known, out)):
            own.count(hour, "duplicate", rows)
        for hour, rows in rows_by_hour(batch, clashing):
            own.count(hour, "conflict", rows)
        numbers = work.numbers_of((clashing - start).tolist())
        for row, number in zip(clashing.tolist(), numbers, strict=True):
            if not own.is_full:
                own.keep(_conflicting(work, row - start, batch, row, number, refused[row].column, signature))
        for mark in _new_marks(work, start, fresh):
            assert mark.predicted_at is not None
            own.count(hour_of(mark.predicted_at), "marked")
            own.keep(mark)
        leaving.add(own, key=work.key, again=work.again)
        if work.again:
            left = {*work.rejections.numbers, *work.numbers_of((out - start).tolist())}
            leaving.resolve([each for number, each in enumerate(work.again) if number not in left], key=work.key)
    return leaving.keeping()


def reject_whole(
    work: PredictionWork, batch: PredictionBatch, refused: Mapping[int, Refusal], signature: Signature
) -> None:
    """Reject all rows of a body, since some are refused."""
    number_of = work.numbers_of(range(work.rows))
    rejections, left = work.rejections.copy(), Refused()
    conflicts = [place for place in sorted(refused) if refused[place].may_be_kept]
    for place in sorted(refused):
        rejections.add(number_of[place], refused[place].column, refused[place].reason)
    for place in conflicts:
        if not left.is_full:
            left.keep(_conflicting(work, place, batch, place, number_of[place], refused[place].column, signature))
    for hour, rows in rows_by_hour(batch, np.array(conflicts, dtype=np.intp)):
        left.count(hour, "conflict", rows)
    others = [place for place in range(work.rows) if place not in refused]
    rejections.add_all([], [number_of[place] for place in others])
    for hour, rows in rows_by_hour(batch, np.array(others, dtype=np.intp)):
        left.count(hour, "batch", rows)
    for place in others:
        if left.is_full:
            break
        left.keep(held_row(number_of[place], _row(batch, place, signature), OF_BATCH, signature))
    work.reject_all([], rejections, Leavings(left))


def _row(batch: PredictionBatch, place: int, signature: Signature) -> Predictions:
    return batch.at(np.array([place])) if isinstance(batch, Predictions) else columns_of([batch[place]], signature)


def _starts(works: Sequence[PredictionWork]) -> Iterator[tuple[PredictionWork, int]]:
    start = 0
    for work in works:
        yield work, start
        start += work.rows


def _new_marks(work: PredictionWork, start: int, fresh: NDArray[np.intp]) -> list[Held]:
    marks = work.leavings.marks
    first = start + work.rows - len(marks)
    new = fresh[(fresh >= first) & (fresh < start + work.rows)] - first
    return [marks[place] for place in new.tolist()]


def _conflicting(
    work: PredictionWork,
    place: int,
    batch: PredictionBatch,
    row: int,
    number: int,
    column: str,
    signature: Signature,
) -> Held:
    reason = Reason.of(column, "conflict", IS_ANOTHER)
    good = work.rows - len(work.leavings.marks)
    if place >= good:
        return work.leavings.marks[place - good].rejected_for(reason)
    return held_row(number, _row(batch, row, signature), reason, signature)


def held_row(number: int, one: Predictions, reason: Reason, signature: Signature) -> Held:
    """One row that is known as it would have been taken in, for a reason that does not lie in it."""
    moment = moment_of(int(one.predicted_at[0]))
    prediction_id: str = one.ids[0].as_py()
    sent = {
        "prediction_id": prediction_id,
        "predicted_at": moment.isoformat(),
        **_outputs(one, signature),
        "features": {name: _plain(column) for name, column in one.features.items()},
    }
    return held(number, sent, [reason], prediction_id=prediction_id, predicted_at=moment)


def _outputs(one: Predictions, signature: Signature) -> dict[str, Any]:
    if signature.is_of_numbers:
        return {PREDICTION: _plain(one.score)}
    return {DECISION: signature.classes[int(one.decision.codes[0])], SCORE: _plain(one.score)}


def _plain(column: Column) -> Any:
    if isinstance(column, CategoryColumn):
        code = int(column.codes[0])
        return None if code < 0 else column.values[code]
    assert isinstance(column, np.ndarray)
    return None if np.isnan(column[0]) else float(column[0])
