"""Folding: a version's segments become profiles by the hour, page by page."""

from dataclasses import dataclass

from psycopg import AsyncConnection

from cdt.database.reading import NOBODY, Reader
from cdt.measures.grid import Grid
from cdt.predictions import documents
from cdt.predictions.folding import fold as fold_page
from cdt.predictions.segment_ids import SegmentIds
from cdt.predictions.versions import find_version_numbered
from cdt.readmodels import registry


@dataclass(frozen=True, kw_only=True)
class Folding:
    """What a folding worker works with."""

    conninfo: str
    reader: Reader
    hash_key: bytes


async def fold(work: Folding, version_number: int) -> None:
    """Fold everything that is there; a version without a grid waits for one. Safe to do twice, and at once."""
    async with await AsyncConnection.connect(work.conninfo, autocommit=True) as connection:
        version = await find_version_numbered(connection, version_number)
        if version is None:
            return
        async with work.reader.at(None, NOBODY) as view:
            known = next(iter(await registry.versions(view, [version.version_id])), None)
        if known is None or known.grid_digest is None:
            return
        grid = Grid.from_json(await documents.get(connection, version.project_id, known.grid_digest))
        segment_ids = SegmentIds()
        while not (await fold_page(connection, version, grid, hash_key=work.hash_key, segment_ids=segment_ids)).is_all:
            pass
