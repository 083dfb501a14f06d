"""Predictions of one version on their way into segments: which rows are new, and what is written for them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeAlias

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from cdt.predictions import receipts
from cdt.predictions.columns import Predictions, join_predictions, moment_of
from cdt.predictions.digests import digest_of_predictions, digest_of_rows
from cdt.predictions.identities import Claims, days_of
from cdt.predictions.payloads import predictions_as_arrow, predictions_as_json
from cdt.predictions.receipts import Receipt
from cdt.predictions.rows import PredictionRow, columns_of
from cdt.predictions.sealing import NewIdentities, NewReceipt, NewSegment, Sealing
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.versions import NumberedVersion
from cdt.predictions.works import Work

FEW_ROWS = 256
"""Up to so many rows are stored as JSON: making Arrow columns of 64 rows takes four times as long."""
SEGMENT_ROWS = 10_000

_UNIX_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()

PredictionBatch: TypeAlias = list[PredictionRow] | Predictions


class Taking:
    """The bodies of one version that one transaction takes in."""

    def __init__(self, works: Sequence[Work[PredictionBatch]], hash_key: bytes) -> None:
        self.works = works
        self.version = works[0].version
        self._owner = np.repeat(np.arange(len(works)), [work.rows for work in works])
        self._batch = _joined([work.batch for work in works], self.version)
        ids, day = _identity_of(self._batch)
        self.claims = Claims(ids, day, hash_key)

    def prepare(self, segment_ids: SegmentIds) -> tuple[NewIdentities, Sealing, list[Receipt]]:
        """What is to be written, and answered, as far as it is known which rows are new."""
        order = self.claims.in_order()
        fresh = np.flatnonzero(self.claims.is_fresh)
        segments = self._segments(fresh, segment_ids)
        numbers = np.repeat([each.segment_id for each in segments], [each.rows for each in segments])
        identities = NewIdentities(
            days=self.claims.day[order].tolist(),
            hashes=self.claims.hash[order].tolist(),
            segments=numbers[np.searchsorted(fresh, order)].tolist(),
        )
        answers = self._answers(fresh)
        sealing = Sealing(
            project_id=self.version.project_id,
            version_number=self.version.number,
            kind="predictions",
            segments=segments,
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
            rejected=sum(work.rejections.count for work in self.works),
        )
        return identities, sealing, answers

    def _answers(self, fresh: NDArray[np.intp]) -> list[Receipt]:
        accepted = np.bincount(self._owner[fresh], minlength=len(self.works)).tolist()
        return [
            Receipt(
                accepted=count,
                duplicates=work.rows - count,
                rejected=tuple(work.rejections.reported) if work.rejections.count else (),
                rejected_count=work.rejections.count,
                receipt_id=work.receipt_id,
            )
            for work, count in zip(self.works, accepted, strict=True)
        ]

    def _segments(self, fresh: NDArray[np.intp], segment_ids: SegmentIds) -> list[NewSegment]:
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
                        segment_id=segment_ids.take(),
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
        parts = [columns.between(start, start + SEGMENT_ROWS) for start in range(0, len(columns), SEGMENT_ROWS)]
        return [_segment(part, segment_ids.take()) for part in parts]


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
