"""A sample of the rows that a baseline was made of, read again from the segments that hold them.

Nothing is kept for it: what is erased, or past its retention, is gone from here, too, and with it from every evaluation
that is computed again.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from cdt.domain.registry.baselines import Span
from cdt.measures.columns import Columns
from cdt.measures.whole_rows import SAMPLED_ROWS, SampledRows, taken
from cdt.predictions.columns import Predictions, join_predictions
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import columns_counted
from cdt.predictions.reading import each_part
from cdt.predictions.references import within_spans
from cdt.predictions.segments import Segment, find_segments
from cdt.predictions.shapes import PREDICTIONS
from cdt.predictions.versions import NumberedVersion

LEAST_LEFT = 0.9
"""Of the baseline's rows: what is left of fewer may be another kind of rows, such as those of its last days alone."""


class BaselineRows(NamedTuple):
    """The sample, and the segments that it was drawn from."""

    sample: SampledRows
    segments: list[Segment]


async def rows_of_baseline(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    spans: Sequence[Span],
    *,
    counted: int,
    through_sequence: int,
    seed: int,
) -> BaselineRows:
    """At most `SAMPLED_ROWS` of the rows of these times, each as likely as any other; the same seed draws the same.

    spans: ascending and apart. counted: how many rows the baseline's profile was made of. The rows are read part by
    part, in the order in which they came in, and no more than the sample and one part are ever in memory.
    """
    if (line := version.kept_from) is not None:  # nothing before it is read any more
        spans = [Span(max(span.start, line), span.end) for span in spans if span.end > line]
    if not spans:
        return BaselineRows(SampledRows(None, gone(0, counted)), [])
    start, end = spans[0].start, spans[-1].end
    found = await find_segments(connection, version.number, to=through_sequence, predicted_from=start, predicted_to=end)
    segments = [segment for segment in found if segment.kind == PREDICTIONS.kind]
    random = np.random.default_rng(seed)
    kept: list[Predictions] = []
    keys: NDArray[np.float64] = np.empty(0)
    rows = 0
    wanted = columns_counted(version.signature)
    async for part in each_part(connection, objects, segments, version.signature, PREDICTIONS, wanted=wanted):
        new = within_spans(part.rows, spans)
        rows += len(new)
        keys = np.concatenate((keys, random.random(len(new))))
        places = np.arange(len(keys))
        if len(keys) > SAMPLED_ROWS:  # those with the least keys, in their order
            places = np.sort(np.argpartition(keys, SAMPLED_ROWS)[:SAMPLED_ROWS])
        before = len(keys) - len(new)
        keys = keys[places]
        if before and len(keys) < before + len(new):
            kept = [_alone(join_predictions(kept, version.signature), places[places < before])]
        kept.append(_alone(new, places[places >= before] - before))
    if rows < LEAST_LEFT * counted:
        return BaselineRows(SampledRows(None, gone(rows, counted)), segments)
    columns: Columns = join_predictions(kept, version.signature).features
    return BaselineRows(SampledRows(columns), segments)


def _alone(rows: Predictions, places: NDArray[np.intp]) -> Predictions:
    """The rows at these places without the texts of others."""
    chosen = rows.at(places)
    features = {name: taken(column, places) for name, column in rows.features.items()}
    return Predictions(chosen.ids, chosen.predicted_at, chosen.decision, chosen.score, features, chosen.received_at)


def gone(rows: int, counted: int) -> str:
    """Why rows of a baseline can't be held against anything."""
    return f"of the baseline's {counted:,} rows {rows:,} are still there"
