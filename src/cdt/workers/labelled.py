"""The labelled rows of a window with the columns of their predictions: the weakest segments, and those of slices."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from msgspec import UNSET, UnsetType
from msgspec.structs import replace
from numpy.typing import NDArray
from psycopg import AsyncConnection

from cdt.domain.evaluations.slices import Slice
from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn
from cdt.measures.definitions import ReadingRules
from cdt.measures.folding import class_codes
from cdt.measures.grid import Grid
from cdt.measures.performance.weakest_arrays import WeakestSegments
from cdt.measures.row_bins import row_bins
from cdt.measures.weakest_rows import step_of, weakest_of_bins
from cdt.predictions.arrow import pa
from cdt.predictions.columns import Labels, Predictions
from cdt.predictions.objects import Objects
from cdt.predictions.reading import each_part, within
from cdt.predictions.samples import in_force
from cdt.predictions.segments import Segment
from cdt.predictions.shapes import PREDICTIONS
from cdt.predictions.slice_members import members_of
from cdt.workers.matching import Matching, Places

NAMES = ("prediction_id", "predicted_at")
FAR_OFF = 0.9
"""Of a version that predicts numbers the tenth of the labelled rows counts as wrong that is farthest off."""


class LabelledRows(NamedTuple):
    """What the columns of labelled rows tell.

    weakest: the weakest segments; nothing without a label. members: (slices, labels in force) which rows of the labels
    that hold belong to each slice.
    """

    weakest: WeakestSegments | UnsetType
    members: NDArray[np.bool_]


class _Told(NamedTuple):
    """What labels say of their predictions: (rows,) whether they say anything, and whether a prediction was wrong."""

    is_there: NDArray[np.bool_]
    is_wrong: NDArray[np.bool_]
    far_off: float | UnsetType = UNSET


def _told(grid: Grid, held: Labels) -> _Told:
    if isinstance(held.label, CategoryColumn):
        decision, label = class_codes(grid, held.decision), class_codes(grid, held.label)
        return _Told((decision >= 0) & (label >= 0), decision != label)
    with np.errstate(over="ignore"):
        distance = np.abs(held.label - held.score)
    is_there = ~np.isnan(distance)
    if not is_there.any():
        return _Told(is_there, is_there)
    # one of the distances, so that an infinite one is no obstacle
    far_off = float(np.quantile(distance[is_there], FAR_OFF, method="lower"))
    return _Told(is_there, distance > far_off, far_off if np.isfinite(far_off) else UNSET)


async def labelled_rows_of(
    connection: AsyncConnection[Any],
    objects: Objects,
    segments: Sequence[Segment],
    signature: Signature,
    grid: Grid,
    predictions: Predictions,
    labels: Labels,
    rules: ReadingRules,
    slices: Sequence[Slice] = (),
    *,
    predicted_from: datetime | None,
    predicted_to: datetime | None,
) -> LabelledRows | None:
    """Found among the rows that were read, by ids, which are dear and read for this alone; nothing without a label.

    predictions: those of the segments in the half-open window. None where they are these no more: some have gone.
    Of each labelled row its bins are kept, a byte a column, and whether it belongs to each slice.
    """
    held = in_force(labels)
    told = _told(grid, held)
    labelled = np.flatnonzero(told.is_there)
    members = np.zeros((len(slices), len(held)), dtype=np.bool_)
    if not (len(labelled) or (slices and len(held))):
        return LabelledRows(UNSET, members)
    chosen = np.zeros(len(held), dtype=np.bool_)
    chosen[labelled[:: step_of(grid, len(labelled))]] = True
    sought = np.arange(len(held)) if slices else np.flatnonzero(chosen)
    place_of_chosen = np.where(chosen, np.cumsum(chosen) - 1, -1)
    matching = _matching(held, sought)
    bins = np.zeros((len(grid.features), np.count_nonzero(chosen)), dtype=np.uint8)
    is_found = np.zeros(bins.shape[1], dtype=np.bool_)
    start = 0
    async for part in each_part(connection, objects, segments, signature, PREDICTIONS, wanted=NAMES):
        named = within(part.rows, predicted_from, predicted_to)
        first, start = start, start + len(named)
        if not np.array_equal(named.predicted_at, predictions.predicted_at[first:start]):
            return None
        here, found = matching.places(named)
        here = here + first
        if not len(here):
            continue
        rows, there = predictions.at(here).features, sought[found]
        for place, declared in enumerate(slices):
            members[place, there] = members_of(declared, rows, len(here))
        places = place_of_chosen[there]
        if (places >= 0).all():
            bins[:, places] = row_bins(grid, rows, len(here))
        elif len(some := np.flatnonzero(places >= 0)):
            bins[:, places[some]] = row_bins(grid, predictions.at(here[some]).features, len(some))
        is_found[places[places >= 0]] = True
    if start != len(predictions):
        return None
    if not len(labelled):
        return LabelledRows(UNSET, members)
    weakest = weakest_of_bins(
        grid,
        np.ascontiguousarray(bins[:, is_found]),
        told.is_wrong[chosen][is_found],
        rules,
        labelled_rows=len(labelled),
    )
    return LabelledRows(replace(weakest, far_off=told.far_off), members)


def _matching(held: Labels, sought: Places) -> Matching:
    if len(sought) == len(held):
        return Matching(held.ids, held.predicted_at)
    return Matching(held.ids.take(pa.array(sought)), held.predicted_at[sought])
