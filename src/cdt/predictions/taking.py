"""Predictions of one version on their way into segments: which rows are new, and what is written for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from msgspec import UNSET
from msgspec.structs import replace
from numpy.typing import NDArray

from cdt.predictions import receipts
from cdt.predictions.columns import Predictions, join_predictions, moment_of
from cdt.predictions.differences import first_differences
from cdt.predictions.digests import digest_of_predictions, digest_of_rows
from cdt.predictions.durations import NO_DURATIONS, Durations, counted
from cdt.predictions.identities import Claims, days_of
from cdt.predictions.leaving import PredictionBatch, keeping_of, marked_rows, reject_whole
from cdt.predictions.payloads import predictions_as_arrow, predictions_as_json
from cdt.predictions.receipts import Receipt
from cdt.predictions.refusals import IS_ANOTHER, IS_TOO_OLD, Refusal
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import PredictionRow, columns_of, processing_times
from cdt.predictions.sealing import NewIdentities, NewReceipt, NewSegment, Sealing
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.subjects import SubjectHashes
from cdt.predictions.versions import NumberedVersion
from cdt.predictions.works import Work

FEW_ROWS = 256
"""Up to so many rows are stored as JSON: making Arrow columns of 64 rows takes four times as long."""
SEGMENT_ROWS = 10_000

_UNIX_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Which rows become segments. fresh: (rows,) the places of those that are new, `SEGMENT_ROWS` for each segment."""

    fresh: NDArray[np.intp]
    segments: list[int]
    identities: NewIdentities


class Taking:
    """The bodies of one version that one transaction takes in."""

    def __init__(self, works: Sequence[Work[PredictionBatch]], hash_key: bytes) -> None:
        self.works = works
        self.hash_key = hash_key
        self.version = works[0].version
        self._owner = np.repeat(np.arange(len(works)), [work.rows for work in works])
        self._batch = _joined([work.batch for work in works], self.version)
        ids, day = _identity_of(self._batch)
        self.claims = Claims(ids, day, hash_key)
        self._conflicts: dict[int, str] = {}
        """By row, the column in which it differs from the one that has its id and day: it is not taken in."""
        self._refused: dict[int, Refusal] = {}
        """The same of rows that are not taken in whatever is there."""

    def plan(self, segment_ids: SegmentIds) -> "Plan":
        """Which rows go where, as far as it is known which are new."""
        order = self.claims.in_order()
        fresh = np.flatnonzero(self.claims.is_fresh)
        starts = range(0, len(fresh), SEGMENT_ROWS)
        segments = [segment_ids.take() for _ in starts]
        numbers = np.repeat(np.array(segments, dtype=np.int64), SEGMENT_ROWS)[: len(fresh)]
        return Plan(
            fresh=fresh,
            segments=segments,
            identities=NewIdentities(
                days=self.claims.day[order],
                hashes=self.claims.hash[order],
                segments=numbers[np.searchsorted(fresh, order)],
            ),
        )

    def carry_out(self, plan: "Plan") -> tuple[Sealing, list[Receipt]]:
        """What is to be written besides the identities, and answered."""
        fresh = plan.fresh
        refused = self._all_refused()
        answers = self._answers(fresh, refused)
        sealing = Sealing(
            project_id=self.version.project_id,
            version_number=self.version.number,
            kind="predictions",
            segments=self._segments(plan),
            receipts=[
                NewReceipt(
                    key=work.key,
                    receipt_id=work.receipt_id,
                    body_digest=work.body_digest,
                    answer=receipts.encode(answer),
                )
                for work, answer in zip(self.works, answers, strict=True)
                if work.key is not None and work.receipt_id is not None
            ],
            predictions=len(fresh),
            rejected=sum(answer.rejected_count for answer in answers),
            keeping=keeping_of(
                self.works,
                self._batch,
                fresh,
                refused,
                self.version.signature,
                SubjectHashes(self.hash_key, self.version.project_id, None),
            ),
            durations=self._durations(fresh),
        )
        return sealing, answers

    def refuse_before(self, kept_from: datetime | None) -> None:
        """Note which rows are older than those that are kept; `kept_from` is a midnight in UTC."""
        if kept_from is not None:
            day = kept_from.astimezone(UTC).toordinal() - _UNIX_DAY
            self.refuse(np.flatnonzero(self.claims.day < day).tolist(), Refusal("predicted_at", IS_TOO_OLD))

    def refuse(self, rows: Sequence[int], refusal: Refusal) -> None:
        """Note rows that are not taken in, and why."""
        self.claims.is_fresh[rows] = False
        self._refused |= dict.fromkeys(rows, refusal)

    def compare(self, place_by_row: Mapping[int, int], held: Predictions) -> None:
        """Note which rows are no duplicates of those whose places are given, though they have their id and day."""
        rows = list(place_by_row)
        differences = first_differences(self._columns(rows), range(len(rows)), held, list(place_by_row.values()))
        self._conflicts |= {row: name for row, name in zip(rows, differences, strict=True) if name}

    def rejects_all(self) -> bool:
        """Whether the one body, of which a row may reject all, has such a row: then nothing of it is left."""
        work = self.works[0]
        if not (work.is_whole and work.rows):
            return False
        self.claims.in_order()  # finds the rows that the body repeats
        refused = self._all_refused()
        if refused:
            reject_whole(work, self._batch, refused, self.version.signature)
        return bool(refused)

    def works_of(self, rows: Sequence[int]) -> list[Work[PredictionBatch]]:
        """The bodies that these rows are of."""
        return [self.works[place] for place in np.unique(self._owner[np.array(rows, dtype=np.intp)]).tolist()]

    def _all_refused(self) -> dict[int, Refusal]:
        """What conflicts with what is there or came together, of which the first is taken; and what else is refused."""
        conflicts = {row: Refusal(name, IS_ANOTHER) for row, name in self._all_conflicts().items()}
        return {**conflicts, **self._refused}

    def _all_conflicts(self) -> dict[int, str]:
        twins = self.claims.twins
        if not twins:
            return self._conflicts
        pairs = [(row, head) for head, rows in twins.items() for row in rows]
        own = self._columns([row for pair in pairs for row in pair])
        differences = first_differences(own, range(0, 2 * len(pairs), 2), own, range(1, 2 * len(pairs), 2))
        return self._conflicts | {row: name for (row, _), name in zip(pairs, differences, strict=True) if name}

    def _columns(self, rows: Sequence[int]) -> Predictions:
        """Some of the rows."""
        if isinstance(self._batch, Predictions):
            return self._batch.at(np.array(rows, dtype=np.intp))
        return columns_of([self._batch[row] for row in rows], self.version.signature)

    def _answers(self, fresh: NDArray[np.intp], refused: Mapping[int, Refusal]) -> list[Receipt]:
        accepted = np.bincount(self._owner[fresh], minlength=len(self.works)).tolist()
        rejections = self._rejections(refused)
        return [
            Receipt(
                accepted=count,
                duplicates=work.rows - count - (rejected.count - work.rejections.count),
                rejected=tuple(rejected.reported) if rejected.count else (),
                rejected_count=rejected.count,
                receipt_id=work.receipt_id,
                marked=marked or UNSET,
                batch_rejected=True if work.is_whole and rejected.count else UNSET,
            )
            for work, rejected, count, marked in zip(
                self.works, rejections, accepted, marked_rows(self.works, fresh), strict=True
            )
        ]

    def _rejections(self, refused: Mapping[int, Refusal]) -> list[Rejections]:
        """Of each body: what was rejected of it before, and what is refused now."""
        if not refused:
            return [work.rejections for work in self.works]
        rows = np.array(sorted(refused), dtype=np.intp)
        told: list[Rejections] = []
        start = 0
        for work in self.works:
            own = rows[(rows >= start) & (rows < start + work.rows)]
            rejections = work.rejections.copy()
            for row, number in zip(own.tolist(), work.numbers_of((own - start).tolist()), strict=True):
                rejections.add(number, refused[row].column, refused[row].reason)
            told.append(rejections)
            start += work.rows
        return told

    def _durations(self, fresh: NDArray[np.intp]) -> Durations:
        """How long the calls took of which predictions are new."""
        times = self._batch.processing_ms if isinstance(self._batch, Predictions) else processing_times(self._batch)
        return NO_DURATIONS if times is None else counted(times[fresh])

    def _segments(self, plan: "Plan") -> list[NewSegment]:
        fresh = plan.fresh
        if not len(fresh):
            return []
        signature = self.version.signature
        if not isinstance(self._batch, Predictions):
            rows: list[PredictionRow] = (
                self._batch if len(fresh) == len(self._batch) else [self._batch[place] for place in fresh.tolist()]
            )
            if len(rows) <= FEW_ROWS:
                moments = [row.predicted_at for row in rows]
                return [
                    NewSegment(
                        segment_id=plan.segments[0],
                        rows=len(rows),
                        predicted_from=min(moments),
                        predicted_to=max(moments),
                        digest=digest_of_rows(rows, signature),
                        format="json",
                        payload=predictions_as_json(rows),
                    )
                ]
            columns = columns_of(rows, signature)
        else:
            columns = self._batch if len(fresh) == len(self._batch) else self._batch.where(self.claims.is_fresh)
        return [
            _segment(columns.between(place * SEGMENT_ROWS, (place + 1) * SEGMENT_ROWS), segment_id)
            for place, segment_id in enumerate(plan.segments)
        ]


def segments_needed(works: Sequence[Work[PredictionBatch]]) -> int:
    """At most how many segments the bodies make."""
    return 1 + sum(work.rows for work in works) // SEGMENT_ROWS


def with_sequence(answer: Receipt, sequence: int) -> Receipt:
    """The receipt of what is sealed now."""
    return replace(answer, sequence=sequence)


def _segment(rows: Predictions, segment_id: int) -> NewSegment:
    return NewSegment(
        segment_id=segment_id,
        rows=len(rows),
        predicted_from=moment_of(rows.predicted_at.min()),
        predicted_to=moment_of(rows.predicted_at.max()),
        digest=digest_of_predictions(rows),
        format="arrow",
        payload=predictions_as_arrow(rows),
    )


def _joined(batches: Sequence[PredictionBatch], version: NumberedVersion) -> PredictionBatch:
    if len(batches) == 1:
        return batches[0]
    rows: list[PredictionRow] = []
    for batch in batches:
        if isinstance(batch, Predictions):
            return _joined_columns(batches, version)
        rows += batch
    return rows


def _joined_columns(batches: Sequence[PredictionBatch], version: NumberedVersion) -> Predictions:
    signature = version.signature
    parts = [each if isinstance(each, Predictions) else columns_of(each, signature) for each in batches]
    return join_predictions(parts, signature)


def _identity_of(batch: PredictionBatch) -> tuple[list[str], NDArray[np.int32]]:
    if isinstance(batch, Predictions):
        return batch.ids.to_pylist(), days_of(batch.predicted_at)
    days = [row.predicted_at.toordinal() - _UNIX_DAY for row in batch]
    return [row.id for row in batch], np.array(days, dtype=np.int32)
