"""Rows without those that leave: what is kept, what is gone, and the segment that takes the place of the one before."""

from dataclasses import replace as with_changes
from typing import NamedTuple, TypeVar

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.columns import Labels, Predictions, moment_of
from cdt.predictions.payloads import Format, labels_as_arrow, predictions_as_arrow
from cdt.predictions.segment_digests import digests_of
from cdt.predictions.segments import Segment
from cdt.predictions.shapes import Shape

R = TypeVar("R", Predictions, Labels)


class Change(NamedTuple):
    """A segment that loses rows. is_gone: (rows,) of the one before. after: None when nothing is left.

    payload: the bytes of what is left, of a segment that is not packed.
    """

    before: Segment
    after: Segment | None
    is_gone: NDArray[np.bool_]
    payload: bytes | None


def without(
    segment: Segment, rows: R, is_gone: NDArray[np.bool_], *, segment_id: int, shape: Shape[R], signature: Signature
) -> Change:
    """The segment's rows but for those that leave, under another number: who knows the former one finds it gone."""
    kept = with_used_texts(rows.where(~is_gone))
    if not len(kept):
        return Change(segment, None, is_gone, None)
    is_fresh = segment.object_key is None
    form: Format = "arrow" if is_fresh else "parquet"
    after = replace(
        segment,
        segment_id=segment_id,
        rows=len(kept),
        predicted_from=moment_of(kept.predicted_at.min()),
        predicted_to=moment_of(kept.predicted_at.max()),
        digest=digests_of([kept], shape, signature)[0],
        format=form,
    )
    return Change(segment, after, is_gone, _payload(kept) if is_fresh else None)


def with_used_texts(rows: R) -> R:
    """The same rows; of the texts of their columns those alone that stand in a row, since a file holds all of them."""
    return with_changes(rows, features={name: _used(column) for name, column in rows.features.items()})


def _used(column: Column) -> Column:
    if not isinstance(column, CategoryColumn):
        return column
    used, codes = np.unique(column.codes, return_inverse=True)
    is_missing = bool(len(used)) and bool(used[0] < 0)
    places: list[int] = used.tolist()
    texts = tuple(column.values[code] for code in places if code >= 0)
    return CategoryColumn((codes - int(is_missing)).astype(np.int32), texts)


def _payload(rows: Predictions | Labels) -> bytes:
    return predictions_as_arrow(rows) if isinstance(rows, Predictions) else labels_as_arrow(rows)
