"""Nobody raises a role above their own, their own least of all; one that is lowered counts from the next request on."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from cdt.domain.kernel import derived_id
from cdt.domain.tenancy.roles import PERMISSIONS, Permission, Role, permissions_in_project
from cdt.graphql.ids import read_id
from tests.api import global_id
from tests.conftest import CASES
from tests.permissions.comparing import Count, compared, is_refused, told
from tests.permissions.operations import Operation, operations
from tests.permissions.people import EVERYBODY, Who
from tests.permissions.places import Place
from tests.permissions.table import BY_TOKEN, expected
from tests.permissions.world import World

OWNER, ADMIN = Who("member", Role.OWNER), Who("member", Role.ADMIN)
OTHERS = [who for who in EVERYBODY if who.way == "member" and who != OWNER]
REFUSALS = {"FORBIDDEN", "NOT_FOUND"}
"""Not allowed, and of somebody who can't be seen."""
LOWERED: dict[str, tuple[Who, dict[str, Any]]] = {
    "changeMemberRole": (Who("member", Role.VIEWER), {"role": "VIEWER"}),
    "setProjectRole": (Who("member", Role.ADMIN, Role.VIEWER), {"role": "VIEWER"}),
    "removeMember": (Who("removed"), {}),
}
"""By what an owner does to an admin: what the admin is then."""


def test_these_mutations_give_roles() -> None:
    assert {each.name for each in _giving()} == {
        "changeMemberRole", "setProjectRole", "inviteMember", "transferOwnership",
    }  # fmt: skip


async def test_nobody_gets_more_than_they_are_by_themselves_or_through_another(
    running: World, record_property: Count
) -> None:
    (place,) = await running.places([OWNER, *OTHERS])
    before, count, wrong = running.fingerprints(), 0, list[str]()

    for who in OTHERS:
        token = running.tokens[who, place.organization_id]
        own = await _membership(running, who, place)
        for each in _giving():
            for member in (own, place) if "Member" in each.kinds else (place,):
                for role in _higher(who, each):
                    variables = each.variables(member)
                    if role is not None:
                        variables["input"]["role"] = role.name
                    ((_, said),) = (await running.ask(each.document, variables, token))["data"].items()
                    count += 1
                    if said.get("code") not in REFUSALS:
                        wrong.append(f"{who}: {each}: {role}: {said}")
    record_property(CASES, count)

    assert wrong == []
    assert running.fingerprints() == before


@pytest.mark.parametrize("how", LOWERED)
async def test_a_role_that_is_lowered_counts_from_the_next_request_of_the_same_token(
    running: World, record_property: Count, how: str
) -> None:
    after, given = LOWERED[how]
    (place,) = await running.places([OWNER, ADMIN])
    token = running.tokens[ADMIN, place.organization_id]
    asked = [
        (after, each, place)
        for each in (*operations("Query"), *operations("Mutation"))
        if each.permission not in BY_TOKEN and expected(ADMIN, each) == "admitted" and is_refused(after, each)
    ]
    record_property(CASES, len(asked))
    own = await _membership(running, ADMIN, place)  # with which what the admin may do is known already
    lowering = next(each for each in operations("Mutation") if each.name == how)
    variables = lowering.variables(own)
    variables["input"].update(given)

    done = await running.ask(lowering.document, variables, running.tokens[OWNER, place.organization_id])

    assert done["data"][how]["lagging"] is False
    running.tokens[after, place.organization_id] = token
    before = running.fingerprints()
    wrong = await compared(running, asked)
    assert wrong == [], told(wrong)
    assert running.fingerprints() == before


def _giving() -> list[Operation]:
    """The mutations that say what somebody is to an organization or project."""
    return [each for each in operations("Mutation") if _says_a_role(each) or _makes_owners(each)]


def _makes_owners(each: Operation) -> bool:
    return "Member" in each.kinds and each.permission is Permission.OWN_ORGANIZATION


def _says_a_role(each: Operation) -> bool:
    given = get_named_type(each.field.args["input"].type)
    assert isinstance(given, GraphQLInputObjectType)
    return "role" in given.fields and get_named_type(given.fields["role"].type).name == "Role"


def _higher(who: Who, each: Operation) -> Iterator[Role | None]:
    """The roles that are more than somebody is, where the mutation says for what; None where it is said by its name."""
    if not _says_a_role(each):
        yield None
        return
    for role in Role:
        if each.is_in_project:
            given, own = permissions_in_project(role, None), who.in_project
        else:
            given, own = PERMISSIONS[role], who.in_organization
        if not given <= own:
            yield role


async def _membership(running: World, who: Who, place: Place) -> Place:
    """The tenant with somebody's own membership in place of a colleague's."""
    token = running.tokens[who, place.organization_id]
    answer = await running.ask("{ viewer { id } models { totalCount } }", {}, token)
    user_id = read_id(answer["data"]["viewer"]["id"]).uuid
    assert global_id("User", user_id) == answer["data"]["viewer"]["id"]
    return replace(place, things={**place.things, "Member": derived_id("member", place.organization_id, user_id)})
