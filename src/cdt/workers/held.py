"""What the rows of an evaluation are held against: a baseline's profile, and rows of it where they are asked for."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import UNSET, UnsetType
from psycopg import AsyncConnection

from cdt.domain.evaluations.families import DIRECT, WHOLE_ROWS
from cdt.domain.kernel import Digest
from cdt.domain.registry.baselines import Span
from cdt.measures.grid import Grid
from cdt.measures.outcome_answers import LabelledReference
from cdt.measures.packing import decode as decode_profile
from cdt.measures.packing import encode as encode_profile
from cdt.measures.profile import Profile
from cdt.measures.whole_rows import SampledRows
from cdt.predictions import documents, references
from cdt.predictions.objects import Objects
from cdt.predictions.segments import Segment
from cdt.predictions.versions import NumberedVersion
from cdt.workers.baseline_labels import labels_of_baseline
from cdt.workers.baseline_rows import rows_of_baseline
from cdt.workers.slice_baselines import SliceBaselines, slices_of_baseline
from cdt.workers.specification import Specification


class Held(NamedTuple):
    """What a window is held against; of a baseline that moves, the segments of its rows and its profile's name.

    rows: some of the baseline's, where whole rows are asked for, or why there are none. slices: where the plan declares
    some, those that its rows are of. labelled: where errors are to be expected before labels come, what they are
    learnt from.
    """

    profile: Profile
    segments: list[Segment]
    digest: Digest | UnsetType
    rows: SampledRows | None = None
    slices: SliceBaselines | None = None
    labelled: LabelledReference | None = None


async def held_against(
    connection: AsyncConnection[Any],
    objects: Objects,
    project_id: UUID,
    version: NumberedVersion,
    grid: Grid,
    wanted: Specification,
) -> Held:
    """The profile; where whole rows are asked for some of those that it was made of, and where slices are, these."""
    held = await _profiled(connection, objects, project_id, version, grid, wanted)
    if not WHOLE_ROWS.isdisjoint(wanted.rules.measures or ()):
        held = await _with_rows(connection, objects, version, wanted, held)
    if not DIRECT.isdisjoint(wanted.rules.measures or ()):
        held = await _with_labels(connection, objects, version, wanted, held)
    if wanted.slice_edition is UNSET:
        return held
    slices = await slices_of_baseline(connection, objects, version, grid, wanted, counted=held.profile.rows)
    return held._replace(slices=slices, segments=[*held.segments, *slices.segments])


async def _profiled(
    connection: AsyncConnection[Any],
    objects: Objects,
    project_id: UUID,
    version: NumberedVersion,
    grid: Grid,
    wanted: Specification,
) -> Held:
    if wanted.moving is UNSET:
        assert wanted.baseline is not None
        stored = await documents.get(connection, project_id, wanted.baseline)
        return Held(decode_profile(grid, stored), [], UNSET)
    counted = await references.count(
        connection, objects, version, grid, wanted.moving.spans, through_sequence=wanted.through_sequence
    )
    return Held(counted.profile, counted.segments, documents.digest_of(encode_profile(counted.profile)))


async def _with_rows(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    wanted: Specification,
    held: Held,
) -> Held:
    """With a sample of the baseline's rows, and the segments that it was drawn from."""
    spans = _spans(wanted)
    if spans is None:
        return held
    sample, segments = await rows_of_baseline(
        connection,
        objects,
        version,
        spans,
        counted=held.profile.rows,
        through_sequence=wanted.through_sequence,
        seed=wanted.rules.seed,
    )
    return held._replace(rows=sample, segments=[*held.segments, *segments])


async def _with_labels(
    connection: AsyncConnection[Any],
    objects: Objects,
    version: NumberedVersion,
    wanted: Specification,
    held: Held,
) -> Held:
    """With labelled rows of the baseline, and the segments that they are of."""
    spans = _spans(wanted)
    if spans is None:
        return held
    reference, segments = await labels_of_baseline(
        connection,
        objects,
        version,
        spans,
        counted=held.profile.labelled,
        through_sequence=wanted.through_sequence,
    )
    return held._replace(labelled=reference, segments=[*held.segments, *segments])


def _spans(wanted: Specification) -> Sequence[Span] | None:
    """The times of the baseline's rows; None of one that is kept as counts alone."""
    if wanted.moving is not UNSET:
        return wanted.moving.spans
    return None if wanted.baseline_window is UNSET else (wanted.baseline_window,)
