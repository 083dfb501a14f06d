"""What an evaluation is to compute, whole: kept before it is asked for, and named by its digest."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.kernel import Digest
from cdt.measures.definitions import ReadingRules
from cdt.measures.grid import Grid
from cdt.predictions import documents
from cdt.workers.readings import rules_of

FORMAT = 1


class Specification(msgspec.Struct, frozen=True, kw_only=True):
    """Rows, baseline, rules and limits; with the same libraries it gives the same bits again."""

    format: int = FORMAT
    version_id: UUID
    grid: Digest
    baseline: Digest
    window_start: datetime
    window_end: datetime
    through_sequence: int
    rules: ReadingRules
    policy: PlanPolicy


async def keep(
    connection: AsyncConnection[Any],
    project_id: UUID,
    *,
    version_id: UUID,
    grid_digest: str,
    baseline_digest: str,
    window_start: datetime,
    window_end: datetime,
    through_sequence: int,
    policy: PlanPolicy,
) -> Digest:
    """Write the specification down; answer its name."""
    grid = Grid.from_json(await documents.get(connection, project_id, grid_digest))
    specification = Specification(
        version_id=version_id,
        grid=Digest(grid_digest),
        baseline=Digest(baseline_digest),
        window_start=window_start,
        window_end=window_end,
        through_sequence=through_sequence,
        rules=rules_of(policy, grid),
        policy=policy,
    )
    return await documents.put(connection, project_id, msgspec.json.encode(specification, order="deterministic"))


def decode(document: bytes) -> Specification:
    """A kept specification."""
    return msgspec.json.decode(document, type=Specification)
