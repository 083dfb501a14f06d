"""The fitting of grids and baselines to a window: in a child process, by its own connection, recording nothing."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from psycopg import AsyncConnection

from cdt.domain.evaluations.verdicts import LEAST_BASELINE_ROWS
from cdt.domain.registry.baselines import FittedBaseline
from cdt.domain.registry.signature import Signature
from cdt.measures.grid import Grid
from cdt.measures.packing import encode
from cdt.predictions import documents
from cdt.predictions.columns import MICROSECONDS_A_DAY, Labels, Predictions
from cdt.predictions.fitting import grid_for
from cdt.predictions.folding import meet
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import columns_counted
from cdt.predictions.reading import read_labels, read_predictions
from cdt.predictions.samples import in_force, sample_of
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.segments import find_segments
from cdt.predictions.versions import NumberedVersion, find_version, revision_of
from cdt.storage.places import Place
from cdt.storage.storage import PATIENT_SECONDS, Storage
from cdt.workers.computing import KEEP_GOING, READINGS, RowsKeepGoing


class Refused(msgspec.Struct, frozen=True):
    """A baseline that can't be fitted: which input, and why."""

    field: str
    problem: str


def fit_baseline(
    conninfo: str,
    place: Place | None,
    project_id: UUID,
    version_id: UUID,
    window: tuple[datetime, datetime],
    grid_digest: str | None,
    hash_key: bytes,
    *,
    refits: bool = False,
) -> FittedBaseline | Refused:
    """Profile the rows of a window as a baseline, on the version's grid, which is fitted to them if there is none.

    Labels that came before their predictions are among them. Refused when the window holds too few rows.
    refits: fit a grid to them though the version has one.
    """
    return asyncio.run(_fit_baseline(conninfo, place, project_id, version_id, window, grid_digest, hash_key, refits))


async def _fit_baseline(
    conninfo: str,
    place: Place | None,
    project_id: UUID,
    version_id: UUID,
    window: tuple[datetime, datetime],
    grid_digest: str | None,
    hash_key: bytes,
    refits: bool,
) -> FittedBaseline | Refused:
    objects = Objects(Storage(place, read_seconds=PATIENT_SECONDS))
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        version = await find_version(connection, version_id)
        if version is None:
            return Refused("versionId", "no rows came in for this version yet; send its reference rows first")
        assert version.project_id == project_id
        given = (
            None if grid_digest is None else Grid.from_json(await documents.get(connection, project_id, grid_digest))
        )
        await meet(connection, objects, version, given, hash_key=hash_key, segment_ids=SegmentIds())
        predictions, labels = await rows_between(connection, objects, version, *window)
        if len(predictions) < LEAST_BASELINE_ROWS:
            return Refused(
                "predictedFrom",
                f"the window holds {len(predictions)} predictions; a baseline needs {LEAST_BASELINE_ROWS}",
            )
        grid = grid_for(version.signature, predictions, in_force(labels)) if given is None or refits else given
        profile = sample_of(grid, predictions, labels).profile(grid)
        days = np.unique(predictions.predicted_at // MICROSECONDS_A_DAY)
        return FittedBaseline(
            grid=await documents.put(connection, project_id, grid.as_json()),
            baseline=await documents.put(connection, project_id, encode(profile)),
            rows=profile.rows,
            labelled_rows=profile.labelled,
            predicted_from=window[0],
            predicted_to=window[1],
            days=int(days[-1] - days[0]) + 1,
            busy_days=len(days),
        )


async def rows_between(
    connection: AsyncConnection[Any], objects: Objects, version: NumberedVersion, start: datetime, end: datetime
) -> tuple[Predictions, Labels]:
    """The rows of a window as they are now, all of one revision: read again when some have gone meanwhile."""
    known: NumberedVersion | None = version
    for _ in range(READINGS):
        assert known is not None
        since = known.since(start)
        segments = await find_segments(connection, known.number, predicted_from=since, predicted_to=end)
        predictions = await read_predictions(
            connection,
            objects,
            segments,
            known.signature,
            predicted_from=since,
            predicted_to=end,
            wanted=columns_counted(known.signature),
        )
        labels = await read_labels(
            connection, objects, segments, known.signature, predicted_from=since, predicted_to=end
        )
        if await revision_of(connection, known.number) == known.revision:
            return predictions, labels
        known = await find_version(connection, version.version_id)
    raise RowsKeepGoing(KEEP_GOING)


def grid_of_sample(signature: Signature, predictions: Predictions, labels: Labels) -> bytes:
    """The JSON of a grid fitted to rows that are in memory."""
    return grid_for(signature, predictions, labels).as_json()
