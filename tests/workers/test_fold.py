"""Folding as a worker does it: a version without a grid is looked through for what labels wait for, and no more."""

from datetime import timedelta

from cdt.predictions import folded
from cdt.predictions.versions import Version
from tests.predictions.builders import a_label, send, send_labels
from tests.reactions.world import REFERENCE_ROWS, SMALL, START, World, labels_of, some_rows

NEW = some_rows(40, START, timedelta(minutes=1), named="new")


async def a_version(world: World) -> Version:
    return await world.version(await world.model())


async def waiting(world: World) -> int:
    return (await world.rows("SELECT count(*) FROM predictions.waiting_labels"))[0][0]


async def labelled(world: World) -> int:
    """How many labels lie in segments."""
    return (await world.rows("SELECT coalesce(sum(rows), 0) FROM predictions.segments WHERE kind = 'labels'"))[0][0]


async def is_behind(world: World, version: Version) -> bool:
    """Whether a fold would be queued, when none is put off."""
    async with world.writer.transaction() as connection:
        behind = await folded.behind(connection, segments=1, seconds=0.0)
    return (await world.numbered(version)).number in [each.number for each in behind]


async def test_labels_that_came_before_their_predictions_are_in_the_baseline(world: World) -> None:
    version = await a_version(world)
    rows = some_rows(REFERENCE_ROWS, START, timedelta(minutes=12), named="reference")
    await send_labels(world.intake, version, *labels_of(rows))
    await send(world.intake, version, *rows)

    await world.set_baseline(version, SMALL)

    assert await world.rows("SELECT baseline_rows, baseline_labelled_rows FROM registry_versions") == [
        (REFERENCE_ROWS, REFERENCE_ROWS)
    ]
    assert (await waiting(world), await labelled(world)) == (0, REFERENCE_ROWS)


async def test_a_fold_without_a_grid_lets_labels_meet_their_predictions(world: World) -> None:
    version = await a_version(world)
    await send_labels(world.intake, version, *labels_of(NEW), a_label("nobody", "yes"))
    await send(world.intake, version, *NEW)

    await world.fold(version)
    await world.fold(version)

    assert (await waiting(world), await labelled(world)) == (1, 40)


async def test_a_version_without_a_grid_is_folded_only_while_labels_wait_and_something_has_come(world: World) -> None:
    version = await a_version(world)
    await send(world.intake, version, *NEW)
    assert not await is_behind(world, version)

    await send_labels(world.intake, version, a_label("late", "yes"))
    assert await is_behind(world, version)
    await world.fold(version)
    assert not await is_behind(world, version)

    await send(world.intake, version, *some_rows(1, START, timedelta(), named="more"))
    assert await is_behind(world, version)


async def test_what_was_looked_through_without_a_grid_is_folded_when_there_is_one(world: World) -> None:
    version = await a_version(world)
    await send_labels(world.intake, version, a_label("nobody", "yes"))
    await world.send_reference(version)
    await world.fold(version)
    assert not await is_behind(world, version)

    await world.set_baseline(version)
    assert await is_behind(world, version)
    await world.fold(version)

    assert not await is_behind(world, version)
    assert await world.rows("SELECT sum(rows), sum(labels) FROM predictions.profiles") == [(300, 300)]
