"""The plan that a version begins with."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from cdt.domain.evaluations.events import PlanMade
from cdt.domain.evaluations.plan import DEFAULT_POLICY
from cdt.domain.evaluations.proposing import Reason
from cdt.domain.kernel import Change
from cdt.domain.registry.events import BaselineSet
from cdt.predictions.versions import Version
from cdt.reactions import evaluations as reactions
from tests.domain.builders import A_DIGEST
from tests.predictions.builders import send, send_labels
from tests.reactions.world import REFERENCE_ROWS, SMALL, START, World, labels_of, some_rows

SUITS = replace(DEFAULT_POLICY, outputs=("decision", "score"), least_label_share=0.5)
"""Of a hundred rows a day, all of them labelled, with scores."""


async def begun(world: World, model_id: Any, tag: str) -> Version:
    """A version with rows, labels and a baseline."""
    version = await world.version(model_id, tag)
    await world.send_reference(version)
    await world.set_baseline(version)
    return version


async def plans_made(world: World) -> list[PlanMade]:
    return [each.event for each in await world.facts(PlanMade) if isinstance(each.event, PlanMade)]


async def test_a_version_begins_with_the_plan_that_suits_its_baseline(world: World) -> None:
    version = await begun(world, await world.model(), "1")

    await world.react()

    assert await plans_made(world) == [
        PlanMade(
            version_id=version.version_id,
            model_id=version.model_id,
            policy=SUITS,
            because=(
                Reason("windowSeconds", "100 rows come in on a day, so that 30 days hold about 3,000"),
                Reason("outputs", "what a version decides moves before its labels tell that it is wrong"),
                Reason(
                    "leastLabelShare",
                    "100% of the rows of the baseline have a label; the first to come are seldom a fair sample",
                ),
            ),
        )
    ]


async def test_whoever_is_told_late_proposes_what_was_known_when_the_baseline_was_set(world: World) -> None:
    """Rows that come between, and folding, change nothing: not even where the first telling recorded nothing."""
    version = await begun(world, await world.model(), "1")
    (told,) = await world.facts(BaselineSet)
    assert isinstance(told.event, BaselineSet)
    assert (told.event.days, told.event.busy_days) == (3, 3)
    later = some_rows(600, START + timedelta(days=1), timedelta(seconds=90), named="later")
    await send(world.intake, version, *later)
    await world.fold(version)

    await reactions.baseline_set(world.reacting, told.event, told)
    await world.settle()
    await reactions.baseline_set(world.reacting, told.event, told)

    assert [each.policy for each in await plans_made(world)] == [SUITS]


async def test_a_plan_that_somebody_had_changed_goes_on_with_the_next_versions(world: World) -> None:
    first = await begun(world, await world.model(), "1")
    await world.react()
    await world.change_plan(first, psi_limit=0.3, features=("age", "income"))
    await begun(world, first.model_id, "2")
    await world.react()
    await begun(world, first.model_id, "3")
    await world.react()

    policy = replace(SUITS, psi_limit=0.3, features=("age", "income"))
    assert [(each.policy, each.because) for each in (await plans_made(world))[1:]] == [
        (policy, (Reason("plan", f"it is the plan of version '{tag}', which somebody had changed"),)) for tag in "12"
    ]


async def test_a_plan_that_nobody_changed_is_proposed_anew(world: World) -> None:
    first = await world.watched_version(SMALL)
    await begun(world, first.model_id, "2")

    await world.react()

    assert [each.policy for each in await plans_made(world)] == [SMALL, SUITS]


async def test_a_version_whose_baseline_is_not_kept_begins_with_the_default_plan(world: World) -> None:
    await begun(world, await world.model(), "1")
    (told,) = await world.facts(BaselineSet)
    assert isinstance(told.event, BaselineSet)
    of_an_old_backup = replace(told.event, baseline=Change(None, A_DIGEST))

    await reactions.baseline_set(world.reacting, of_an_old_backup, told)

    assert [(each.policy, bool(each.because)) for each in await plans_made(world)] == [(DEFAULT_POLICY, False)]


async def test_late_rows_and_labels_are_waited_for_as_they_came_for_the_former_version(world: World) -> None:
    """It was in use for nine days: its rows came two hours late, and labels of half of them a day after that."""
    first = await begun(world, await world.model(), "1")
    await world.react()
    used = START + timedelta(days=40)
    for day in range(9):
        rows = some_rows(150, used + timedelta(days=day), timedelta(seconds=1), named=f"day {day}")
        await send(world.intake, first, *rows)
        await send_labels(world.intake, first, *labels_of(rows[:75]))
    await world.rows(
        "UPDATE predictions.segments SET recorded_at = predicted_to + CASE"
        " WHEN predicted_from < %s THEN interval '10 days' WHEN kind = 'labels' THEN interval '26 hours'"
        " ELSE interval '2 hours' END",
        used,
    )
    second = await world.version(first.model_id, "2")
    await send(world.intake, second, *some_rows(REFERENCE_ROWS, START, timedelta(minutes=12), named="reference"))
    await world.set_baseline(second)

    await world.react()

    (made,) = [each for each in await plans_made(world) if each.version_id == second.version_id]
    assert made.policy == replace(SUITS, lateness_seconds=6 * 3_600, least_label_share=0.25)
    labels = (
        "50% of the rows of version '1' have a label; the first to come are seldom a fair sample;"
        " half of the labels of version '1' came within 2 days"
    )
    assert [each.because for each in made.because if each.field in {"latenessSeconds", "leastLabelShare"}] == [
        "99 of 100 rows of version '1' came within 3 hours",
        labels,
    ]
