"""The computing of evaluations: runs in a child process, reads by its own connection, records nothing."""

import asyncio
import importlib
import platform
from importlib.metadata import version as library_version
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace
from psycopg import AsyncConnection

from cdt.domain.evaluations.events import RecomputationOutcome
from cdt.domain.kernel import Digest
from cdt.domain.registry.signature import Signature
from cdt.measures.grid import Grid
from cdt.measures.quality import Span
from cdt.measures.readings import reading_from_rows
from cdt.predictions import documents
from cdt.predictions.columns import Labels, Predictions, moment_of
from cdt.predictions.digests import digest_of_labels, digest_of_predictions, digest_of_segments
from cdt.predictions.objects import Objects
from cdt.predictions.parquet import columns_counted
from cdt.predictions.quarantine.tallies import received
from cdt.predictions.reading import each_labels, each_predictions, read_labels, read_predictions
from cdt.predictions.samples import sample_of
from cdt.predictions.segments import Segment, find_segments
from cdt.predictions.versions import NumberedVersion, find_version, revision_of
from cdt.storage.places import Place
from cdt.storage.storage import PATIENT_SECONDS, Storage
from cdt.workers import comparing, comparing_tests, readings, specification
from cdt.workers.held import Held, held_against
from cdt.workers.labelled import LabelledRows, labelled_rows_of
from cdt.workers.progress import Progress
from cdt.workers.slices import with_slices

LIBRARIES = ("numpy", "scipy", "pyarrow")


READINGS = 5
KEEP_GOING = "rows of the version were removed each time that they were read"


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


def evaluate(
    conninfo: str, place: Place | None, project_id: UUID, specification_digest: str, telling: tuple[int, int] | None
) -> Computed:
    """Compute what a specification says, from the segments, exactly; keep the results.

    telling: the fact and the attempt beside whose lease is noted how far it is.
    """
    return asyncio.run(_evaluate(conninfo, place, project_id, specification_digest, None, telling))


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluation comes to now, and what of it is not as it was recorded."""

    computed: Computed
    outcome: RecomputationOutcome
    differences: int


def evaluate_again(
    conninfo: str,
    place: Place | None,
    project_id: UUID,
    specification_digest: str,
    *,
    rows_digest: Digest,
    results_digest: Digest,
) -> Compared:
    """Compute it once more and hold it to what was recorded."""
    return asyncio.run(_evaluate_again(conninfo, place, project_id, specification_digest, rows_digest, results_digest))


async def _evaluate_again(
    conninfo: str,
    place: Place | None,
    project_id: UUID,
    specification_digest: str,
    rows_digest: Digest,
    results_digest: Digest,
) -> Compared:
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        recorded = readings.decode(await documents.get(connection, project_id, results_digest))
    computed = await _evaluate(conninfo, place, project_id, specification_digest, recorded)
    now = readings.decode(computed.reading)
    differing = [*comparing.differences(recorded, now), *comparing_tests.differing_tests(recorded, now)]
    return Compared(
        computed=computed,
        outcome=comparing.outcome_of(differing, are_rows_the_same=computed.rows_digest == rows_digest),
        differences=len(differing),
    )


async def _evaluate(
    conninfo: str,
    place: Place | None,
    project_id: UUID,
    specification_digest: str,
    recorded: readings.JudgedReading | None,
    telling: tuple[int, int] | None = None,
) -> Computed:
    """recorded: what it came to then; it alone knows what came in besides."""
    objects = Objects(Storage(place, read_seconds=PATIENT_SECONDS))
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        wanted = specification.decode(await documents.get(connection, project_id, specification_digest))
        grid = Grid.from_json(await documents.get(connection, project_id, wanted.grid))
        progress = None if telling is None else Progress(connection, *telling)
        version, held, segments, predictions, labels, columns = await _read(
            connection, objects, project_id, grid, wanted, progress
        )
        newest = moment_of(predictions.predicted_at.max()) if len(predictions) else None
        if recorded is None:
            came_in = await received(connection, version.number, start=wanted.window_start, end=wanted.window_end)
        else:
            came_in = recorded.received
        sample = sample_of(grid, predictions, labels)
        reading = reading_from_rows(
            grid,
            held.profile,
            sample,
            wanted.rules,
            span=Span(wanted.window_start, wanted.window_end, newest),
            received=came_in,
            reference=held.rows,
            labelled=held.labelled,
        )
        judged = readings.judged(reading, wanted.policy, reference=wanted.moving, baseline_digest=held.digest)
        judged = replace(judged, received=came_in, weakest_segments=columns.weakest)
        if wanted.policy.declared_slices:
            judged = with_slices(
                judged, grid, held.profile, sample, wanted.policy, wanted.rules, columns.members, held.slices
            )
        document = readings.encode(judged)
        digest_by_sequence = {segment.sequence: segment.digest for segment in (*segments, *held.segments)}
        if recorded is not None:
            read = {segment.sequence: segment for segment in (*segments, *held.segments)}
            digest_by_sequence = await _digests_of_content(
                connection, objects, [read[sequence] for sequence in sorted(read)], version.signature
            )
        return Computed(
            rows=reading.rows,
            labels=reading.labelled,
            rows_digest=digest_of_segments([digest for _, digest in sorted(digest_by_sequence.items())]),
            results_digest=await documents.put(connection, project_id, document),
            reading=document,
            libraries={name: library_version(name) for name in LIBRARIES},
            processor=processor_features(),
        )


async def _digests_of_content(
    connection: AsyncConnection[Any], objects: Objects, segments: list[Segment], signature: Signature
) -> dict[int, Digest]:
    """The digest of each segment by its sequence, of its rows as they are now: what is noted of it proves nothing."""
    found: dict[int, Digest] = {}
    async for segment, predictions in each_predictions(connection, objects, segments, signature):
        found[segment.sequence] = digest_of_predictions(predictions)
    async for segment, labels in each_labels(connection, objects, segments, signature):
        found[segment.sequence] = digest_of_labels(labels)
    return found


class _Read(NamedTuple):
    """What a specification names."""

    version: NumberedVersion
    held: Held
    segments: list[Segment]
    predictions: Predictions
    labels: Labels
    columns: LabelledRows


async def _read(
    connection: AsyncConnection[Any],
    objects: Objects,
    project_id: UUID,
    grid: Grid,
    wanted: specification.Specification,
    progress: Progress | None,
) -> _Read:
    """The rows and what they are held against, all of one revision: read again when some have gone meanwhile."""
    for _ in range(READINGS):
        version = await find_version(connection, wanted.version_id)
        assert version is not None
        assert version.project_id == project_id
        held = await held_against(connection, objects, project_id, version, grid, wanted)
        segments, predictions, labels = await rows_of(connection, objects, project_id, wanted, progress)
        if progress is not None:
            await progress.measure()
        columns = await labelled_rows_of(
            connection,
            objects,
            segments,
            version.signature,
            grid,
            predictions,
            labels,
            wanted.rules,
            wanted.policy.declared_slices,
            predicted_from=version.since(wanted.window_start),
            predicted_to=wanted.window_end,
        )
        if columns is not None and await revision_of(connection, version.number) == version.revision:
            return _Read(version, held, segments, predictions, labels, columns)
    raise RowsKeepGoing(KEEP_GOING)


async def rows_of(
    connection: AsyncConnection[Any],
    objects: Objects,
    project_id: UUID,
    wanted: specification.Specification,
    progress: Progress | None = None,
) -> tuple[list[Segment], Predictions, Labels]:
    """The rows of the window with their segments, whose digests are of these rows; read again when some have gone."""
    for _ in range(READINGS):
        version = await find_version(connection, wanted.version_id)
        assert version is not None
        assert version.project_id == project_id
        start, end = wanted.window_start, wanted.window_end
        segments = await find_segments(
            connection, version.number, to=wanted.through_sequence, predicted_from=start, predicted_to=end
        )
        since = version.since(start)
        heard = None if progress is None else progress.read
        if progress is not None:
            await progress.begin(sum(segment.rows for segment in segments))
        predictions = await read_predictions(
            connection,
            objects,
            segments,
            version.signature,
            predicted_from=since,
            predicted_to=end,
            wanted=columns_counted(version.signature),
            heard=heard,
        )
        labels = await read_labels(
            connection, objects, segments, version.signature, predicted_from=since, predicted_to=end, heard=heard
        )
        if await revision_of(connection, version.number) == version.revision:
            return segments, predictions, labels
    raise RowsKeepGoing(KEEP_GOING)


def processor_features() -> str:
    """What of the processor the bits may depend on: its architecture, and the vector instructions NumPy found."""
    found: dict[str, bool] = importlib.import_module("numpy._core._multiarray_umath").__cpu_features__
    return f"{platform.machine()} {' '.join(sorted(name for name, is_there in found.items() if is_there))}"
