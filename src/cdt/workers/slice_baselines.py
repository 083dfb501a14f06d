"""The baseline's rows of each slice that a plan declares, counted from the segments that hold them.

A profile of the whole baseline doesn't tell who is in a slice, so its rows are read; nothing is kept of them.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import UNSET
from psycopg import AsyncConnection

from cdt.domain.evaluations.slices import Slice
from cdt.domain.registry.baselines import Span
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile, empty, merge
from cdt.measures.slice_counting import ROWS_AT_ONCE, members_counted
from cdt.predictions.columns import Predictions, join_predictions
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import columns_counted
from cdt.predictions.reading import each_part
from cdt.predictions.references import within_spans
from cdt.predictions.samples import prediction_rows
from cdt.predictions.segments import Segment, find_segments
from cdt.predictions.shapes import PREDICTIONS
from cdt.predictions.slice_members import members_of
from cdt.predictions.versions import NumberedVersion
from cdt.workers.baseline_rows import LEAST_LEFT, gone
from cdt.workers.specification import Specification

UPLOADED = "the baseline was uploaded and is kept as counts, which don't tell who is in a slice"


class SliceBaselines(NamedTuple):
    """The profile of each slice in the plan's order, of predictions alone; or the reason why there are none."""

    profiles: tuple[Profile, ...]
    segments: list[Segment]
    reason: str | None = None


async def slices_of_baseline(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    grid: Grid,
    wanted: Specification,
    *,
    counted: int,
) -> SliceBaselines:
    """Of the rows that the specification names; counted: how many rows the baseline's profile was made of."""
    if wanted.moving is not UNSET:
        spans: Sequence[Span] = wanted.moving.spans
    elif wanted.baseline_window is not UNSET:
        spans = (wanted.baseline_window,)
    else:
        return SliceBaselines((), [], UPLOADED)
    if (line := version.kept_from) is not None:  # nothing before it is read any more
        spans = [Span(max(span.start, line), span.end) for span in spans if span.end > line]
    if not spans:
        return SliceBaselines((), [], gone(0, counted))
    found = await find_segments(
        connection,
        version.number,
        to=wanted.through_sequence,
        predicted_from=spans[0].start,
        predicted_to=spans[-1].end,
    )
    segments = [segment for segment in found if segment.kind == PREDICTIONS.kind]
    slices = wanted.policy.declared_slices
    profiles = [empty(grid) for _ in slices]
    rows = 0
    waiting: list[Predictions] = []
    columns = columns_counted(version.signature)
    async for part in each_part(connection, objects, segments, version.signature, PREDICTIONS, wanted=columns):
        waiting.append(within_spans(part.rows, spans))
        if sum(map(len, waiting)) >= ROWS_AT_ONCE:
            rows += _count(grid, slices, profiles, join_predictions(waiting, version.signature))
            waiting = []
    rows += _count(grid, slices, profiles, join_predictions(waiting, version.signature))
    if rows < LEAST_LEFT * counted:
        return SliceBaselines((), segments, gone(rows, counted))
    return SliceBaselines(tuple(profiles), segments)


def _count(grid: Grid, slices: Sequence[Slice], profiles: list[Profile], predictions: Predictions) -> int:
    """Add the rows to the profile of each slice that they are of; answer how many there are."""
    rows = prediction_rows(grid, predictions)
    for place, declared in enumerate(slices):
        is_member = members_of(declared, rows.columns, len(predictions))
        if is_member.any():
            profiles[place] = merge(profiles[place], members_counted(grid, rows, is_member))
    return len(predictions)
