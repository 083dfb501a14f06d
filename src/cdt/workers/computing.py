"""The computing of evaluations and baselines: runs in a child process, reads by its own connection, records nothing."""

import asyncio
import importlib
import platform
from datetime import datetime
from importlib.metadata import version as library_version
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from msgspec.structs import replace
from psycopg import AsyncConnection

from cdt.domain.kernel import Digest
from cdt.domain.registry.signature import Signature
from cdt.measures.fitting import GroupRule, fit_grid
from cdt.measures.grid import Grid
from cdt.measures.packing import decode as decode_profile
from cdt.measures.packing import encode as encode_profile
from cdt.measures.quality import Span
from cdt.measures.readings import reading_from_rows
from cdt.predictions import documents
from cdt.predictions.columns import Labels, Predictions, moment_of
from cdt.predictions.digests import digest_of_segments
from cdt.predictions.folding import meet
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import columns_counted
from cdt.predictions.quarantine.tallies import received
from cdt.predictions.reading import read_labels, read_predictions
from cdt.predictions.samples import sample_of
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.segments import Segment, find_segments
from cdt.predictions.versions import find_version, revision_of
from cdt.storage.places import Place
from cdt.storage.storage import PATIENT_SECONDS, Storage
from cdt.workers import readings, specification

LIBRARIES = ("numpy", "scipy", "pyarrow")
LEAST_BASELINE_ROWS = 30
_READINGS = 5


class RowsKeepGoing(RuntimeError):
    """The rows were others at the end of each reading; the next attempt may find them in peace."""


class Computed(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluation came to; the document of its results is kept already."""

    rows: int
    labels: int
    rows_digest: Digest
    results_digest: Digest
    reading: bytes
    libraries: dict[str, str]
    processor: str


class FittedBaseline(msgspec.Struct, frozen=True, kw_only=True):
    """A grid and a baseline, kept under their digests."""

    grid: Digest
    baseline: Digest
    rows: int
    labelled_rows: int


class Refused(msgspec.Struct, frozen=True):
    """A baseline that can't be fitted: which input, and why."""

    field: str
    problem: str


def evaluate(conninfo: str, place: Place | None, project_id: UUID, specification_digest: str) -> Computed:
    """Compute what a specification says, from the segments, exactly; keep the results."""
    return asyncio.run(_evaluate(conninfo, place, project_id, specification_digest))


def fit_baseline(
    conninfo: str,
    place: Place | None,
    project_id: UUID,
    version_id: UUID,
    window: tuple[datetime, datetime],
    grid_digest: str | None,
    hash_key: bytes,
) -> FittedBaseline | Refused:
    """Profile the rows of a window as a baseline, on the version's grid, which is fitted to them if there is none.

    Labels that came before their predictions are among them. Refused when the window holds too few rows.
    """
    return asyncio.run(_fit_baseline(conninfo, place, project_id, version_id, window, grid_digest, hash_key))


async def _evaluate(conninfo: str, place: Place | None, project_id: UUID, specification_digest: str) -> Computed:
    objects = Objects(Storage(place, read_seconds=PATIENT_SECONDS))
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        wanted = specification.decode(await documents.get(connection, project_id, specification_digest))
        grid = Grid.from_json(await documents.get(connection, project_id, wanted.grid))
        baseline = decode_profile(grid, await documents.get(connection, project_id, wanted.baseline))
        segments, predictions, labels = await rows_of(connection, objects, project_id, wanted)
        newest = moment_of(predictions.predicted_at.max()) if len(predictions) else None
        version = await find_version(connection, wanted.version_id)
        assert version is not None
        came_in = await received(connection, version.number, start=wanted.window_start, end=wanted.window_end)
        reading = reading_from_rows(
            grid,
            baseline,
            sample_of(grid, predictions, labels),
            wanted.rules,
            span=Span(wanted.window_start, wanted.window_end, newest),
            received=came_in,
        )
        document = readings.encode(replace(readings.judged(reading, wanted.policy), received=came_in))
        return Computed(
            rows=reading.rows,
            labels=reading.labelled,
            rows_digest=digest_of_segments([segment.digest for segment in segments]),
            results_digest=await documents.put(connection, project_id, document),
            reading=document,
            libraries={name: library_version(name) for name in LIBRARIES},
            processor=processor_features(),
        )


async def rows_of(
    connection: AsyncConnection[Any], objects: Objects, project_id: UUID, wanted: specification.Specification
) -> tuple[list[Segment], Predictions, Labels]:
    """The rows of the window with their segments, whose digests are of these rows; read again when some have gone."""
    for _ in range(_READINGS):
        version = await find_version(connection, wanted.version_id)
        assert version is not None
        assert version.project_id == project_id
        start, end = wanted.window_start, wanted.window_end
        segments = await find_segments(
            connection, version.number, to=wanted.through_sequence, predicted_from=start, predicted_to=end
        )
        since = version.since(start)
        predictions = await read_predictions(
            connection,
            objects,
            segments,
            version.signature,
            predicted_from=since,
            predicted_to=end,
            wanted=columns_counted(version.signature),
        )
        labels = await read_labels(
            connection, objects, segments, version.signature, predicted_from=since, predicted_to=end
        )
        if await revision_of(connection, version.number) == version.revision:
            return segments, predictions, labels
    raise RowsKeepGoing("rows of the version were removed each time that they were read")


async def _fit_baseline(
    conninfo: str,
    place: Place | None,
    project_id: UUID,
    version_id: UUID,
    window: tuple[datetime, datetime],
    grid_digest: str | None,
    hash_key: bytes,
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
        start, end = version.since(window[0]), window[1]
        segments = await find_segments(connection, version.number, predicted_from=start, predicted_to=end)
        predictions = await read_predictions(
            connection,
            objects,
            segments,
            version.signature,
            predicted_from=start,
            predicted_to=end,
            wanted=columns_counted(version.signature),
        )
        labels = await read_labels(
            connection, objects, segments, version.signature, predicted_from=start, predicted_to=end
        )
        if len(predictions) < LEAST_BASELINE_ROWS:
            return Refused(
                "predictedFrom",
                f"the window holds {len(predictions)} predictions; a baseline needs {LEAST_BASELINE_ROWS}",
            )
        grid = _fit_grid(version.signature, predictions) if given is None else given
        if grid_digest is None:
            grid_digest = await documents.put(connection, project_id, grid.as_json())
        profile = sample_of(grid, predictions, labels).profile(grid)
        return FittedBaseline(
            grid=Digest(grid_digest),
            baseline=await documents.put(connection, project_id, encode_profile(profile)),
            rows=profile.rows,
            labelled_rows=profile.labelled,
        )


def _fit_grid(signature: Signature, predictions: Predictions) -> Grid:
    return fit_grid(
        predictions.features,
        features=[column.name for column in signature.columns],
        classes=signature.classes,
        positive_class=signature.positive_class,
        groups=[GroupRule(name=each.name, column=each.column, bands=each.bands or ()) for each in signature.groups],
        score=predictions.score[np.isfinite(predictions.score)],
    )


def processor_features() -> str:
    """What of the processor the bits may depend on: its architecture, and the vector instructions NumPy found."""
    found: dict[str, bool] = importlib.import_module("numpy._core._multiarray_umath").__cpu_features__
    return f"{platform.machine()} {' '.join(sorted(name for name, is_there in found.items() if is_there))}"
