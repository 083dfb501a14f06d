"""What an evaluation is to compute, whole: kept before it is asked for, and named by its digest."""

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, UnsetType
from psycopg import AsyncConnection

from cdt.domain.evaluations.families import DIRECT, WHOLE_ROWS
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.windows import Window
from cdt.domain.kernel import Digest
from cdt.domain.registry.baselines import MovingBaseline, Reference, Span, reference_of
from cdt.measures.definitions import ReadingRules
from cdt.measures.grid import Grid
from cdt.predictions import documents
from cdt.readmodels.registry import Version
from cdt.workers.readings import rules_of

FORMAT = 1
SliceEdition = Literal[2]


class Specification(msgspec.Struct, frozen=True, kw_only=True):
    """Rows, baseline, rules and limits; with the same libraries it gives the same bits again.

    baseline: the kept profile that the window is held against; None where that moves, and then `moving` says which rows
        are profiled. Without it, as of all that was asked for before there was one, the JSON is what it was.
    baseline_window: of a kept profile, which rows it was made of, where whole rows or slices are held against them.
    slice_edition: what is measured of the plan's slices. Without one, as of all that was asked for before there was
        one, their volume, selection and performance; with 2 their drift and fairness, too.
    """

    format: int = FORMAT
    version_id: UUID
    grid: Digest
    baseline: Digest | None
    window_start: datetime
    window_end: datetime
    through_sequence: int
    rules: ReadingRules
    policy: PlanPolicy
    moving: Reference | UnsetType = UNSET
    baseline_window: Span | UnsetType = UNSET
    slice_edition: SliceEdition | UnsetType = UNSET


async def keep(
    connection: AsyncConnection[Any],
    version: Version,
    *,
    window: Window,
    zone: ZoneInfo,
    through_sequence: int,
    policy: PlanPolicy,
) -> Digest:
    """Write down what is asked of a version that has a grid and a baseline; answer its name.

    zone: the project's, by which days are told where the baseline moves.
    """
    assert version.grid_digest is not None
    assert version.baseline_digest is not None
    grid = Grid.from_json(await documents.get(connection, version.project_id, version.grid_digest))
    moving = version.moving
    specification = Specification(
        version_id=version.id,
        grid=Digest(version.grid_digest),
        baseline=Digest(version.baseline_digest) if moving is None else None,
        window_start=window.start.astimezone(UTC),
        window_end=window.end.astimezone(UTC),
        through_sequence=through_sequence,
        rules=rules_of(policy, grid),
        policy=policy,
        moving=UNSET if moving is None else reference_of(moving, window.start, window.end, zone),
        baseline_window=_baseline_window(version, policy),
        slice_edition=_slice_edition(policy),
    )
    document = msgspec.json.encode(specification, order="deterministic")
    return await documents.put(connection, version.project_id, document)


def _baseline_window(version: Version, policy: PlanPolicy) -> Span | UnsetType:
    """Not there where nobody asks for rows of it, and where the baseline's were uploaded, or move."""
    is_asked_for = bool(policy.declared_slices) or not (WHOLE_ROWS | DIRECT).isdisjoint(policy.measures)
    if version.moving is not None or version.baseline_source == "upload" or not is_asked_for:
        return UNSET
    if version.baseline_from is None or version.baseline_to is None:
        return UNSET
    return Span(version.baseline_from.astimezone(UTC), version.baseline_to.astimezone(UTC))


def _slice_edition(policy: PlanPolicy) -> SliceEdition | UnsetType:
    return 2 if policy.declared_slices else UNSET


class _Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What of a specification is the same for every window: what is measured, by which rules, and against what."""

    format: int = FORMAT
    version_id: UUID
    grid: Digest
    baseline: Digest
    moving: MovingBaseline | None
    rules: ReadingRules
    policy: PlanPolicy
    slice_edition: SliceEdition | UnsetType = UNSET


async def rules_digest(connection: AsyncConnection[Any], version: Version, policy: PlanPolicy) -> Digest:
    """Names by what the windows of a version that has a grid and a baseline are measured, whichever they are."""
    assert version.grid_digest is not None
    assert version.baseline_digest is not None
    grid = Grid.from_json(await documents.get(connection, version.project_id, version.grid_digest))
    standing = _Standing(
        version_id=version.id,
        grid=Digest(version.grid_digest),
        baseline=Digest(version.baseline_digest),
        moving=version.moving,
        rules=rules_of(policy, grid),
        policy=policy,
        slice_edition=_slice_edition(policy),
    )
    return documents.digest_of(msgspec.json.encode(standing, order="deterministic"))


def is_of(known: Specification, version: Version, policy: PlanPolicy, zone: ZoneInfo) -> bool:
    """Whether a window was specified by this plan, on the version's grid and against its present baseline."""
    moving = version.moving
    if (known.policy, known.grid, known.slice_edition) != (policy, version.grid_digest, _slice_edition(policy)):
        return False
    if moving is None:
        return known.moving is UNSET and known.baseline == version.baseline_digest
    return known.moving == reference_of(moving, known.window_start, known.window_end, zone)


def decode(document: bytes) -> Specification:
    """A kept specification."""
    return msgspec.json.decode(document, type=Specification)
