"""What a version is held against: what moves, another grid, and what an evaluation says of it, at any moment."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from strawberry.relay import GlobalID

from cdt.commands import evaluations
from cdt.domain.tenancy.roles import Role
from tests.api import Api, a_system_command, newest
from tests.graphql.operations import FAILURE, a_model, a_version, act
from tests.graphql.test_evaluations import ASKED, REQUEST, SET_BASELINE, START, WINDOW, a_sent_version

BASELINE = """baseline {
  source rows digest gridDigest bodyDigest predictedFrom moving { kind days followedBy { kind } }
}"""
FOLLOW = f"""
mutation ($input: FollowBaselineInput!) {{
  followBaseline(input: $input) {{
    ... on FollowBaselinePayload {{ position lagging version {{ id {BASELINE} }} }}
    {FAILURE}
  }}
}}"""
REFIT = f"""
mutation ($input: RefitGridInput!) {{
  refitGrid(input: $input) {{
    ... on RefitGridPayload {{ position lagging version {{ id {BASELINE} }} }}
    {FAILURE}
  }}
}}"""
VERSION = f"query ($id: ID!, $asOf: AsOf) {{ node(id: $id, asOf: $asOf) {{ ... on Version {{ {BASELINE} }} }} }}"
EASTERN = {"windowStart": "2026-01-01T05:00:00+05:00", "windowEnd": "2026-01-02T05:00:00+05:00"}
HELD = """query ($id: ID!, $asOf: AsOf) {
  evaluation(id: $id, asOf: $asOf) {
    baseline { kind predictedFrom predictedTo days weekdays timeZone rows digest gridDigest }
  }
}"""


async def a_watched_version(api: Api) -> str:
    """A version of forty rows with a baseline and the plan that watches it."""
    model = await a_model(api)
    version = await a_sent_version(api, 40, model=model["id"])
    await act(api, SET_BASELINE, by=api.owner, versionId=version, **WINDOW)
    model_id, version_id = (UUID(GlobalID.from_id(each).node_id) for each in (model["id"], version))
    by = a_system_command(api.owner.tenant)
    position = await asyncio.to_thread(evaluations.make_plan, api.log, version_id, model_id=model_id, by=by)
    assert position is not None
    await api.settle(position)
    return version


async def baseline_of(api: Api, version: str, as_of: str | None = None) -> dict[str, Any]:
    answer = await api.ask(VERSION, {"id": version, "asOf": as_of}, by=api.owner)
    return answer["node"]["baseline"]


async def test_what_moves_is_followed_once_and_ends_with_the_next_baseline(api: Api) -> None:
    version = await a_watched_version(api)
    before = await newest(api)
    fields = {"versionId": version, "kind": "TRAILING", "commandId": str(uuid4())}
    first = await act(api, FOLLOW, by=api.owner, **fields)
    again = await act(api, FOLLOW, by=api.owner, **fields)
    same = await act(api, FOLLOW, by=api.owner, versionId=version, kind="TRAILING", days=30)
    other = await act(api, FOLLOW, by=api.owner, versionId=version, kind="SEASONAL", days=28)
    ended = await act(api, SET_BASELINE, by=api.owner, versionId=version, **WINDOW)

    trailing = {"kind": "TRAILING", "days": 30, "followedBy": {"kind": "USER"}}
    assert first == again
    assert first["version"]["baseline"]["moving"] == trailing
    assert same["position"] is None
    assert other["version"]["baseline"]["moving"] == trailing | {"kind": "SEASONAL", "days": 28}
    assert ended["position"] is not None
    now = await baseline_of(api, version)
    assert (now["moving"], now["source"], now["bodyDigest"]) == (None, "WINDOW", None)
    assert (await baseline_of(api, version, str(before)))["moving"] is None
    assert (await baseline_of(api, version, first["position"])) == now | {"moving": trailing}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"kind": "TRAILING", "days": 0}, "days: from 1 to 400"),
        ({"kind": "TRAILING", "days": 401}, "days: from 1 to 400"),
        ({"kind": "SEASONAL", "days": 6}, "days: the same weekday comes once in 7 days; give at least as many"),
        ({"kind": "SEASONAL", "commandId": "x"}, "commandId: give a UUID, or leave it out"),
    ],
)
async def test_what_can_not_be_followed_is_refused(api: Api, fields: dict[str, Any], problem: str) -> None:
    version = (await a_version(api, (await a_model(api))["id"]))["id"]
    answer = await act(api, FOLLOW, by=api.owner, versionId=version, **fields)
    assert (answer["code"], answer["message"]) == ("INVALID", problem)


async def test_without_a_grid_nothing_is_followed_and_none_is_fitted_anew(api: Api) -> None:
    version = await a_sent_version(api, 40)
    before = await newest(api)
    followed = await act(api, FOLLOW, by=api.owner, versionId=version, kind="TRAILING")
    refitted = await act(api, REFIT, by=api.owner, versionId=version, **WINDOW)

    assert followed["code"] == refitted["code"] == "CONFLICT"
    assert followed["message"].startswith("The version has no grid yet")
    assert await newest(api) == before


async def test_whoever_may_only_look_changes_no_baseline(api: Api) -> None:
    version = await a_watched_version(api)
    viewer = await api.make_member(Role.VIEWER)
    for document, fields in ((FOLLOW, {"kind": "TRAILING"}), (REFIT, WINDOW)):
        answer = await act(api, document, by=viewer, versionId=version, **fields)
        assert answer["code"] == "FORBIDDEN"


async def test_an_evaluation_says_what_it_was_held_against_whatever_comes_later(api: Api) -> None:
    version = await a_watched_version(api)
    set_first = await baseline_of(api, version)
    first = await asked(api, version, ASKED)
    await act(api, FOLLOW, by=api.owner, versionId=version, kind="SEASONAL", days=14)
    later = {"windowStart": "2026-01-01T06:00:00Z", "windowEnd": "2026-01-01T12:00:00Z"}
    second = await asked(api, version, later)
    half = {**WINDOW, "predictedTo": (START + timedelta(minutes=35)).isoformat()}
    refitted = await act(api, REFIT, by=api.owner, versionId=version, **half)
    moved = refitted["version"]["baseline"]

    assert moved["gridDigest"] != set_first["gridDigest"]
    assert (moved["rows"], moved["moving"]["kind"], moved["moving"]["days"]) == (35, "SEASONAL", 14)
    assert await held(api, first) == {
        "kind": "WINDOW", "predictedFrom": "2026-01-01T00:00:00+00:00", "predictedTo": "2026-01-02T00:00:00+00:00",
        "days": None, "weekdays": None, "timeZone": None, "rows": 40, "digest": set_first["digest"],
        "gridDigest": set_first["gridDigest"],
    }  # fmt: skip
    assert await held(api, second) == {
        "kind": "SEASONAL", "predictedFrom": "2025-12-18T06:00:00+00:00",
        "predictedTo": "2026-01-01T06:00:00+00:00", "days": 14, "weekdays": [4], "timeZone": "UTC", "rows": None,
        "digest": None, "gridDigest": set_first["gridDigest"],
    }  # fmt: skip


async def test_rows_that_are_held_against_others_are_measured_anew_when_somebody_asks(api: Api) -> None:
    version = await a_watched_version(api)
    found = [await asked(api, version, ASKED)]
    half = {**WINDOW, "predictedTo": (START + timedelta(minutes=35)).isoformat()}
    for document, fields in (
        (FOLLOW, {"kind": "TRAILING", "days": 7}),
        (FOLLOW, {"kind": "TRAILING", "days": 9}),
        (REFIT, half),
        (SET_BASELINE, {**half, "predictedTo": (START + timedelta(minutes=37)).isoformat()}),
    ):
        await act(api, document, by=api.owner, versionId=version, **fields)
        answer = await act(api, REQUEST, by=api.owner, versionId=version, **ASKED)
        assert answer["position"] == str(await newest(api))
        assert await asked(api, version, EASTERN) == answer["evaluation"]["id"]  # nothing has changed
        found.append(answer["evaluation"]["id"])

    assert len(set(found)) == 5
    against = [(await held(api, each)) for each in found]
    assert [(each["kind"], each["rows"], each["days"]) for each in against] == [
        ("WINDOW", 40, None), ("TRAILING", None, 7), ("TRAILING", None, 9), ("TRAILING", None, 9), ("WINDOW", 37, None),
    ]  # fmt: skip
    await act(api, FOLLOW, by=api.owner, versionId=version, kind="TRAILING", days=9)
    assert await asked(api, version, ASKED) == found[3]  # held against that before


async def asked(api: Api, version: str, window: dict[str, str]) -> str:
    """The id of an evaluation that is asked for."""
    answer = await act(api, REQUEST, by=api.owner, versionId=version, **window)
    return answer["evaluation"]["id"]


async def held(api: Api, evaluation: str) -> dict[str, Any]:
    """What it is held against."""
    return (await api.ask(HELD, {"id": evaluation, "asOf": None}, by=api.owner))["evaluation"]["baseline"]
