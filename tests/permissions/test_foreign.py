"""Another tenant's id, in every argument of every field, is answered like one of nothing, byte for byte."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from cdt.domain.tenancy.roles import Role
from tests.api import global_id
from tests.conftest import CASES
from tests.permissions.comparing import AT_ONCE, Count, telling
from tests.permissions.following import following, next_of, rest_of, streams_of, takes_in
from tests.permissions.naming import Naming, namings, unfit_for
from tests.permissions.operations import operations
from tests.permissions.people import Who
from tests.permissions.places import Place
from tests.permissions.world import World

OWNER = Who("member", Role.OWNER)
ANSWERED = [*namings("Query"), *namings("Mutation")]
FOLLOWED = namings("Subscription")
SHORTEST_ID = 40
SIGN_OUT = "mutation { signOutEverywhere(input: {}) { __typename } }"


@pytest.fixture(scope="module")
async def ours(running: World) -> Place:
    """The tenant of the owner who asks."""
    place = await _a_place(running)
    await telling(running, place)
    return place


@pytest.fixture(scope="module")
async def theirs(running: World) -> Place:
    """Another's."""
    return await _a_place(running)


async def _a_place(running: World) -> Place:
    (place,) = await running.places([OWNER])
    place.things["User"] = place.owner  # who did something there
    await takes_in(running, place)
    return place


def test_ids_are_found_in_inputs_and_lists_and_below_the_root() -> None:
    named = {str(each) for each in (*ANSWERED, *FOLLOWED)}

    assert named >= {
        "Mutation.createApiKey(input.modelIds of Model)", "Mutation.setProjectRole(input.memberId of Member)",
        "Query.models(filter.projectId of Project)", "Query.node(id of Alert)", "Model.alerts(filter.modelId of Model)",
        "Subscription.alerts(projectId of Project)", "Subscription.auditLog(filter.actorId of User)",
    }  # fmt: skip


async def test_anothers_id_is_answered_like_one_of_nothing(
    running: World, ours: Place, theirs: Place, record_property: Count
) -> None:
    record_property(CASES, 2 * len(ANSWERED))
    before = running.fingerprints()

    async def is_told_apart(each: Naming) -> str | None:
        nothing, foreign = await _answers(
            running, ours, each, global_id(_type(each), uuid7()), theirs.global_id(each.kind)
        )
        is_refused = each.asked.root == "Query" or _code(nothing) == "NOT_FOUND"
        return None if nothing == foreign and is_refused else f"{each}: {foreign}, and of nothing {nothing}"

    assert await _every(is_told_apart(each) for each in ANSWERED) == []
    assert running.fingerprints() == before


async def test_they_see_nothing_of_what_we_asked(running: World, ours: Place, theirs: Place) -> None:
    token = running.tokens[OWNER, ours.organization_id]
    viewer = (await running.ask("{ viewer { id } }", {}, token))["data"]["viewer"]["id"]
    await running.services.journal.keep(everything=True)

    for each in operations("Query"):
        answer = await running.ask(each.document, each.variables(theirs), running.tokens[OWNER, theirs.organization_id])
        assert viewer not in str(answer), each
        assert ours.mark not in str(answer), each


async def test_ones_own_id_is_answered_otherwise(running: World, ours: Place) -> None:
    """Else nothing would be seen of a leak. What may be of any kind is not asked for: some do nothing themselves."""

    async def is_told_nothing(each: Naming) -> str | None:
        nothing, own = await _answers(running, ours, each, global_id(_type(each), uuid7()), ours.global_id(each.kind))
        return f"{each}: {own}" if nothing == own else None

    asked = [each for each in namings("Query") if each.is_of_one_kind]
    assert await _every(is_told_nothing(each) for each in asked) == []


async def test_what_is_no_id_of_that_kind_is_answered_like_one_of_nothing_or_as_invalid(
    running: World, ours: Place, record_property: Count
) -> None:
    asked = [each for each in ANSWERED if each.is_of_one_kind]
    record_property(CASES, sum(len(unfit_for(each.kind, ours)) for each in asked))
    before = running.fingerprints()

    async def is_answered_badly(each: Naming) -> str | None:
        unfit = unfit_for(each.kind, ours)
        nothing, *answers = await _answers(running, ours, each, global_id(_type(each), uuid7()), *unfit)
        bad = [pair for pair in zip(unfit, answers, strict=True) if pair[1] != nothing and _code(pair[1]) != "INVALID"]
        return f"{each}: {bad}, and of nothing {nothing}" if bad else None

    assert await _every(is_answered_badly(each) for each in asked) == []
    assert running.fingerprints() == before


async def test_anothers_id_is_followed_like_one_of_nothing(
    running: World, theirs: Place, record_property: Count
) -> None:
    record_property(CASES, 2 * len(FOLLOWED))
    own = await _a_place(running)
    token, streams = running.tokens[OWNER, own.organization_id], streams_of(running)

    async with AsyncExitStack() as stack:

        async def follow(each: Naming, text: str) -> Any:
            ((variables, _),) = each.asking(own, text)
            return await stack.enter_async_context(following(streams, each.asked.document, variables, token))

        pairs = [
            (each, await follow(each, global_id(_type(each), uuid7())), await follow(each, theirs.global_id(each.kind)))
            for each in FOLLOWED
        ]
        ours = [(each, await follow(each, own.global_id(each.kind))) for each in FOLLOWED if each.is_of_one_kind]
        for each, messages in ours:  # which come after the others have begun
            assert "errors" not in await next_of(messages), each
        await running.archive(theirs)
        assert "errors" not in await running.ask(SIGN_OUT, {}, token)

        for each, nothing, foreign in pairs:
            assert await rest_of(foreign) == await rest_of(nothing), each


async def _answers(running: World, place: Place, each: Naming, *texts: str) -> list[str]:
    """What the owner is told, by texts in place of the id; without them."""
    token = running.tokens[OWNER, place.organization_id]
    told: list[str] = []
    for variables, text in each.asking(place, *texts):
        answer = json.dumps(await running.ask(each.asked.document, variables, token))
        told.append(answer.replace(text, "") if len(text) > SHORTEST_ID else answer)
    return told


async def _every(asked: Iterable[Any]) -> list[str]:
    """What is wrong of all, some at once."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one(each: Any) -> str | None:
        async with at_once:
            return await each

    return [each for each in await asyncio.gather(*map(one, asked)) if each is not None]


def _type(each: Naming) -> str:
    """What stands in an id of the kind."""
    return each.kind.removeprefix("Own")


def _code(text: str) -> str | None:
    """The code of a failure, or of the first error."""
    answer: Mapping[str, Any] = json.loads(text)
    for error in answer.get("errors", ()):
        return error.get("extensions", {}).get("code")
    (said,) = answer["data"].values()
    return said.get("code") if isinstance(said, dict) else None
