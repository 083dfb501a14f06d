"""The labelled rows of a baseline with the columns of their predictions, read again from the segments that hold them.

By them is learnt which rows are predicted badly. Nothing is kept for it, as for a sample of the baseline's rows.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from psycopg import AsyncConnection

from cdt.domain.registry.baselines import Span
from cdt.measures.columns import Columns
from cdt.measures.outcome_answers import LabelledReference
from cdt.measures.performance.direct_loss import MOST_LABELLED
from cdt.measures.whole_rows import taken
from cdt.predictions.arrow import pa
from cdt.predictions.columns import Labels, Predictions, join_labels, join_predictions
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import columns_of_predictions
from cdt.predictions.reading import each_part
from cdt.predictions.references import within_spans
from cdt.predictions.samples import in_force
from cdt.predictions.segments import Segment, find_segments
from cdt.predictions.shapes import LABELS, PREDICTIONS
from cdt.predictions.versions import NumberedVersion
from cdt.workers.baseline_rows import LEAST_LEFT, gone
from cdt.workers.matching import Matching


class BaselineLabels(NamedTuple):
    """The rows, or why there are none, and the segments that they are of."""

    reference: LabelledReference
    segments: list[Segment]


async def labels_of_baseline(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    spans: Sequence[Span],
    *,
    counted: int,
    through_sequence: int,
) -> BaselineLabels:
    """At most `MOST_LABELLED` of the labels of these times, evenly taken in the order in which they came.

    spans: ascending and apart. counted: how many labelled rows the baseline's profile was made of.
    """
    if (line := version.kept_from) is not None:  # nothing before it is read any more
        spans = [Span(max(span.start, line), span.end) for span in spans if span.end > line]
    if not spans:
        return BaselineLabels(LabelledReference(gone(0, counted)), [])
    segments = await find_segments(
        connection,
        version.number,
        to=through_sequence,
        predicted_from=spans[0].start,
        predicted_to=spans[-1].end,
    )
    labels = await _labels(connection, objects, version, segments, spans)
    if len(labels) < LEAST_LEFT * counted:
        return BaselineLabels(LabelledReference(gone(len(labels), counted)), segments)
    chosen = np.linspace(0, len(labels) - 1, min(len(labels), MOST_LABELLED)).round().astype(np.intp)
    assert isinstance(labels.label, np.ndarray)
    label, predicted = labels.label[chosen], labels.score[chosen]
    matching = Matching(labels.ids.take(pa.array(chosen)), labels.predicted_at[chosen])
    found: list[Predictions] = []
    places: list[NDArray[np.intp]] = []
    wanted = columns_of_predictions(version.signature, None)
    async for part in each_part(connection, objects, segments, version.signature, PREDICTIONS, wanted=wanted):
        named = within_spans(part.rows, spans)
        here, there = matching.places(named)
        if len(here):
            found.append(_alone(named, here))
            places.append(there)
    columns: Columns = join_predictions(found, version.signature).features
    order = np.concatenate(places) if places else np.empty(0, dtype=np.intp)
    return BaselineLabels(LabelledReference(None, columns, predicted[order], label[order]), segments)


async def _labels(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    segments: Sequence[Segment],
    spans: Sequence[Span],
) -> Labels:
    parts = [
        within_spans(part.rows, spans)
        async for part in each_part(connection, objects, segments, version.signature, LABELS)
    ]
    return in_force(join_labels(parts, version.signature))


def _alone(rows: Predictions, places: NDArray[np.intp]) -> Predictions:
    """The rows at these places without the texts of others."""
    chosen = rows.at(places)
    features = {name: taken(column, places) for name, column in rows.features.items()}
    return Predictions(chosen.ids, chosen.predicted_at, chosen.decision, chosen.score, features, chosen.received_at)
