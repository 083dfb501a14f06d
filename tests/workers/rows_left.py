"""What readers find of a version, and whether its profiles are those of these rows."""

from datetime import timedelta

import numpy as np
from psycopg import AsyncConnection

from cdt.domain.registry.baselines import Span
from cdt.measures.grid import Grid
from cdt.measures.profile import empty
from cdt.predictions import documents
from cdt.predictions.columns import Labels, Predictions
from cdt.predictions.counting import add_labels, add_predictions
from cdt.predictions.days import profile_of
from cdt.predictions.objects import Objects
from cdt.predictions.reading import read_labels, read_predictions
from cdt.predictions.segments import find_segments
from cdt.predictions.slice_counter import CountedByHour, SliceCounter
from cdt.predictions.slice_folds import counted_slices
from cdt.predictions.slice_windows import count
from cdt.predictions.versions import Version
from cdt.storage.storage import Storage
from tests.reactions.world import START, World

IN_POSTGRES = Objects(Storage(None))


async def rows_left(world: World, version: Version, objects: Objects = IN_POSTGRES) -> tuple[Predictions, Labels]:
    """As whoever comes now reads them."""
    numbered = await world.numbered(version)
    since = numbered.since(None)
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        segments = await find_segments(connection, numbered.number)
        return (
            await read_predictions(connection, objects, segments, version.signature, predicted_from=since),
            await read_labels(connection, objects, segments, version.signature, predicted_from=since),
        )


async def ids_left(world: World, version: Version, objects: Objects = IN_POSTGRES) -> tuple[list[str], list[str]]:
    """The ids of the predictions, and of the rows of labels."""
    predictions, labels = await rows_left(world, version, objects)
    return predictions.ids.to_pylist(), labels.ids.to_pylist()


async def profiles_are_of_the_rows(world: World, version: Version, objects: Objects = IN_POSTGRES) -> None:
    """Everything must be folded. To the bit: counts, least and greatest values."""
    predictions, labels = await rows_left(world, version, objects)
    ((digest,),) = await world.rows("SELECT grid_digest FROM registry_versions WHERE id = %s", version.version_id)
    async with await AsyncConnection.connect(world.system, autocommit=True) as connection:
        grid = Grid.from_json(await documents.get(connection, world.project_id, digest))
        counted = add_labels(add_predictions(empty(grid), predictions), labels)
        start, end = START - timedelta(days=1), START + timedelta(days=365)
        number = (await world.numbered(version)).number
        assert await profile_of(connection, number, grid, start=start, end=end) == counted
        known = await counted_slices(connection, number)
        if known is not None:
            counter = SliceCounter(grid, known.slices, version.signature)
            found = await count(connection, objects, await world.numbered(version), counter, [Span(start, end)])
            assert found.counts is not None
            assert np.array_equal(found.counts, CountedByHour(counter, predictions, labels).all())
