"""The weakest segments of a window: its labelled rows, with the columns of their predictions."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray
from psycopg import AsyncConnection

from cdt.domain.registry.signature import Signature
from cdt.measures.definitions import ReadingRules
from cdt.measures.folding import class_codes
from cdt.measures.grid import Grid
from cdt.measures.performance.weakest_arrays import WeakestSegments
from cdt.measures.row_bins import row_bins
from cdt.measures.weakest_rows import step_of, weakest_of_bins
from cdt.predictions.arrow import Texts, compute
from cdt.predictions.columns import Labels, Predictions, feature_kinds
from cdt.predictions.objects import Objects
from cdt.predictions.reading import each_part
from cdt.predictions.samples import in_force
from cdt.predictions.segments import Segment
from cdt.predictions.shapes import PREDICTIONS

Places = NDArray[np.intp]


class Matching:
    """Finds the labelled rows among predictions, by id and time; of both together there is one prediction."""

    def __init__(self, ids: Texts, predicted_at: NDArray[np.int64]) -> None:
        self._ids = compute.unique(ids)
        self._times = np.unique(predicted_at)
        keys = self._keys(ids, predicted_at)
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]

    def places(self, predictions: Predictions) -> tuple[Places, Places]:
        """Where the labelled ones stand among the predictions, and where among the labels."""
        keys = self._keys(predictions.ids, predictions.predicted_at)
        found = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        here = np.flatnonzero(self._sorted[found] == keys)
        return here, self._order[found[here]]

    def _keys(self, ids: Texts, predicted_at: NDArray[np.int64]) -> NDArray[np.int64]:
        """(rows,) one number of id and time together, below 0 where either is not that of a label."""
        codes = compute.fill_null(compute.index_in(ids, value_set=self._ids), -1)
        codes = codes.to_numpy(zero_copy_only=False).astype(np.int64)
        times = np.minimum(np.searchsorted(self._times, predicted_at), len(self._times) - 1)
        return np.where((codes < 0) | (self._times[times] != predicted_at), -1, codes * len(self._times) + times)


async def weakest_of(
    connection: AsyncConnection[Any],
    objects: Objects,
    segments: Sequence[Segment],
    signature: Signature,
    grid: Grid,
    labels: Labels,
    rules: ReadingRules,
) -> WeakestSegments | UnsetType:
    """Found from the rows once more, since ids are dear and not read for the measures; nothing without a label.

    Only one part of the rows is in memory at a time: of each labelled row its bins are kept, a byte a column.
    """
    held = in_force(labels)
    decision, label = class_codes(grid, held.decision), class_codes(grid, held.label)
    labelled = np.flatnonzero((decision >= 0) & (label >= 0))
    if not len(labelled):
        return UNSET
    chosen = np.zeros(len(held), dtype=np.bool_)
    chosen[labelled[:: step_of(grid, len(labelled))]] = True
    rows = held.where(chosen)
    matching = Matching(rows.ids, rows.predicted_at)
    bins = np.zeros((len(grid.features), len(rows)), dtype=np.uint8)
    is_found = np.zeros(len(rows), dtype=np.bool_)
    wanted = ["prediction_id", "predicted_at", *feature_kinds(signature)]
    async for part in each_part(connection, objects, segments, signature, PREDICTIONS, wanted=wanted):
        here, there = matching.places(part.rows)
        if len(here):
            bins[:, there] = row_bins(grid, part.rows.at(here).features, len(here))
            is_found[there] = True
    return weakest_of_bins(
        grid,
        np.ascontiguousarray(bins[:, is_found]),
        (decision != label)[chosen][is_found],
        rules,
        labelled_rows=len(labelled),
    )
