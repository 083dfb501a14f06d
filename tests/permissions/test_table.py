"""Every root field and every id, asked by everybody: answered as the table of permissions says, and nothing else."""

import pytest

from tests.conftest import CASES
from tests.permissions.comparing import Count, compared, is_refused, telling, told
from tests.permissions.following import begun, takes_in
from tests.permissions.operations import Operation, operations, subscriptions
from tests.permissions.people import EACH_KIND, EVERYBODY, OTHERS, ROLES, Who
from tests.permissions.places import Place
from tests.permissions.table import expected_of_archived
from tests.permissions.world import World


@pytest.fixture(scope="module")
async def ours(running: World) -> Place:
    """A tenant to which everybody stands in their own way."""
    (place,) = await running.places(EVERYBODY)
    await telling(running, place)
    return place


@pytest.fixture(scope="module")
async def archived(running: World) -> Place:
    """A tenant whose project is archived, and that each kind of somebody asks about."""
    (place,) = await running.places(EACH_KIND)
    await running.archive(place)
    return place


async def test_each_question_is_answered_to_whom_the_table_says(
    running: World, ours: Place, record_property: Count
) -> None:
    asked = [(who, each, ours) for each in operations("Query") for who in EVERYBODY]
    record_property(CASES, len(asked))

    wrong = await compared(running, asked)

    assert wrong == [], told(wrong)


async def test_what_is_refused_changes_nothing(running: World, ours: Place, record_property: Count) -> None:
    asked = [(who, each, ours) for each in operations("Mutation") for who in EVERYBODY if is_refused(who, each)]
    record_property(CASES, len(asked))
    before = running.fingerprints()

    wrong = await compared(running, asked)

    assert wrong == [], told(wrong)
    assert running.fingerprints() == before


async def test_whoever_may_act_is_never_refused_for_want_of_permission(running: World, record_property: Count) -> None:
    admitted = [(who, each) for each in operations("Mutation") for who in EVERYBODY if _is_admitted_as_such(who, each)]
    record_property(CASES, len(admitted))
    places = await running.places(*[[who] for who, _ in admitted])
    asked = [(who, each, place) for (who, each), place in zip(admitted, places, strict=True)]

    wrong = await compared(running, asked)

    assert wrong == [], told(wrong)


async def test_each_subscription_begins_for_whom_the_table_says(
    running: World, ours: Place, record_property: Count
) -> None:
    asked = [(who, each, ours) for each in subscriptions() for who in EVERYBODY]
    record_property(CASES, len(asked))
    await takes_in(running, ours)

    wrong = await begun(running, asked)

    assert wrong == [], told(wrong)


async def test_an_archived_project_is_read_as_ever(running: World, archived: Place, record_property: Count) -> None:
    asked = [(who, each, archived) for each in operations("Query") if each.is_in_project for who in (*ROLES, *OTHERS)]
    record_property(CASES, len(asked))

    wrong = await compared(running, asked)

    assert wrong == [], told(wrong)


async def test_what_is_written_into_an_archived_project_is_refused_in_these_words(
    running: World, archived: Place, record_property: Count
) -> None:
    written = [each for each in operations("Mutation") if each.is_in_project]
    asked = [
        (who, each, archived) for each in written for who in EACH_KIND if expected_of_archived(who, each) != "admitted"
    ]
    record_property(CASES, len(asked))
    before = running.fingerprints()

    wrong = await compared(running, asked, expected_of_archived)

    assert {expected_of_archived(who, each) for who, each, _ in asked} >= {"archived", "forbidden", "not found"}
    assert wrong == [], told(wrong)
    assert running.fingerprints() == before


async def test_every_question_about_a_thing_tells_its_owner_something(running: World, ours: Place) -> None:
    """Else a tenant of the tests lacks that kind of thing, and nothing would be seen of a leak."""
    found = await telling(running, ours)

    assert [str(each) for each in operations("Query") if each.kinds and each not in found] == []


def _is_admitted_as_such(who: Who, asked: Operation) -> bool:
    """Whether it is for what somebody is, and not for a role of which another has been asked already."""
    is_widened = who.project_role is None or (asked.is_in_project and asked.permission not in who.in_organization)
    return is_widened and not is_refused(who, asked)
