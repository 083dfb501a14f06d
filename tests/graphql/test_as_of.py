"""What `asOf` promises: everything below a field is read at one moment, and nothing of a moment that is not known."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from cdt.graphql import context
from tests.api import Api
from tests.graphql.operations import REGISTER, a_model, a_version, act, promoted

MODEL = """
query ($id: ID!, $asOf: AsOf) {
  model(id: $id, asOf: $asOf) {
    readAt
    versionCount
    versions { nodes { tag deployments { role } model { versionCount production { version { tag } } } } }
    production { version { tag model { versionCount } } reason promotedBy { name } }
  }
}"""


async def test_everything_below_a_field_is_read_at_the_same_moment(api: Api) -> None:
    model = await a_model(api)
    first = await a_version(api, model["id"], "1")
    then = (await promoted(api, first["id"], reason="the first"))["position"]
    await promoted(api, (await a_version(api, model["id"], "2"))["id"], reason="better")

    answer = await api.ask(MODEL, {"id": model["id"], "asOf": then}, by=api.owner)

    assert answer["model"] == {
        "readAt": then,
        "versionCount": 1,
        "versions": {
            "nodes": [
                {
                    "tag": "1",
                    "deployments": [{"role": "CHAMPION"}],
                    "model": {"versionCount": 1, "production": {"version": {"tag": "1"}}},
                }
            ]
        },
        "production": {
            "version": {"tag": "1", "model": {"versionCount": 1}},
            "reason": "the first",
            "promotedBy": {"name": "Ada"},
        },
    }


async def test_then_and_now_stand_side_by_side_in_one_operation(api: Api) -> None:
    model = await a_model(api)
    then = (await promoted(api, (await a_version(api, model["id"], "1"))["id"]))["position"]
    await promoted(api, (await a_version(api, model["id"], "2"))["id"])

    answer = await api.ask(
        """query ($id: ID!, $then: AsOf!) {
          then: model(id: $id, asOf: $then) { versionCount production { version { tag } } }
          now: model(id: $id) { versionCount production { version { tag } } }
        }""",
        {"id": model["id"], "then": then},
        by=api.owner,
    )

    assert answer == {
        "then": {"versionCount": 1, "production": {"version": {"tag": "1"}}},
        "now": {"versionCount": 2, "production": {"version": {"tag": "2"}}},
    }


async def test_a_time_means_the_last_position_recorded_by_then(api: Api) -> None:
    model = await a_model(api)
    position = await recorded_time(api)
    await a_version(api, model["id"], "1")

    answer = await api.ask(MODEL, {"id": model["id"], "asOf": position["recordedAt"]}, by=api.owner)

    assert (answer["model"]["readAt"], answer["model"]["versionCount"]) == (position["position"], 0)


async def test_a_time_in_another_zone_is_the_same_moment(api: Api) -> None:
    model = await a_model(api)
    position = await recorded_time(api)
    moment = datetime.fromisoformat(position["recordedAt"])
    elsewhere = (moment + timedelta(hours=5, minutes=30)).replace(tzinfo=None).isoformat() + "+05:30"

    answer = await api.ask(MODEL, {"id": model["id"], "asOf": elsewhere}, by=api.owner)

    assert answer["model"]["readAt"] == position["position"]


async def test_before_its_first_fact_a_thing_is_unknown(api: Api) -> None:
    before = (await recorded_time(api))["position"]
    model = await a_model(api)

    assert await api.ask(MODEL, {"id": model["id"], "asOf": before}, by=api.owner) == {"model": None}
    assert await api.ask(MODEL, {"id": model["id"], "asOf": "0"}, by=api.owner) == {"model": None}
    assert await api.ask(MODEL, {"id": model["id"], "asOf": "2001-01-01T00:00:00Z"}, by=api.owner) == {"model": None}


async def test_lists_are_those_of_the_moment(api: Api) -> None:
    before = (await recorded_time(api))["position"]
    await a_model(api, name=f"later {uuid4()}")
    names = "query ($asOf: AsOf) { models(asOf: $asOf, first: 200) { totalCount nodes { id } } }"

    then = (await api.ask(names, {"asOf": before}, by=api.owner))["models"]
    now = (await api.ask(names, by=api.owner))["models"]

    assert now["totalCount"] == then["totalCount"] + 1
    assert len(now["nodes"]) == len(then["nodes"]) + 1


@pytest.mark.parametrize("moment", [str(10**17), "in an hour", "9999-12-31T23:59:59Z"])
async def test_the_future_is_refused(api: Api, moment: str) -> None:
    model = await a_model(api)
    if moment == "in an hour":
        moment = (datetime.now(UTC) + timedelta(hours=1)).isoformat()

    assert await api.refused(MODEL, {"id": model["id"], "asOf": moment}, by=api.owner) == "INVALID"


@pytest.mark.parametrize(
    "moment",
    ["yesterday", "", "-1", "1.5", "2026-03-03T12:00:00", "2026-13-03T12:00:00Z", "9" * 30, "٣", None, 1.5, [1]],
)
async def test_what_is_no_moment_is_refused(api: Api, moment: Any) -> None:
    if moment is None:
        assert (await api.ask("{ recordedTime(asOf: null) { position } }", by=api.owner))["recordedTime"]
        return
    answer = (await api.post(MODEL, {"id": "x", "asOf": moment}, by=api.owner)).json()
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_the_ends_of_time_are_refused_where_they_are_none_in_utc(api: Api, moment: str) -> None:
    assert await api.refused(f'{{ models(asOf: "{moment}") {{ totalCount }} }}', by=api.owner) == "INVALID"


async def test_a_position_may_be_given_as_a_number(api: Api) -> None:
    model = await a_model(api)
    position = (await recorded_time(api))["position"]

    answer = await api.ask(MODEL, {"id": model["id"], "asOf": int(position)}, by=api.owner)

    assert answer["model"]["readAt"] == position


async def test_what_is_recorded_but_not_projected_yet_is_lagging(own_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "WAIT_SECONDS", 0.05)
    model = await a_model(own_api)
    await own_api.stop_following()

    answer = await act(own_api, REGISTER, by=own_api.owner, projectId=own_api.owner.project, name="waits")
    assert (answer["lagging"], answer["model"]) == (True, None)
    asked = {"id": model["id"], "asOf": answer["position"]}
    assert await own_api.refused(MODEL, asked, by=own_api.owner) == "LAGGING"

    await own_api.start_following()
    await own_api.settle(int(answer["position"]))
    read = await own_api.ask(MODEL, asked, by=own_api.owner)
    assert read["model"]["readAt"] == answer["position"]


async def test_one_operation_reads_its_present_once(api: Api) -> None:
    model = await a_model(api)

    async def add_versions() -> None:
        for tag in range(10):
            await a_version(api, model["id"], str(tag))

    adding = asyncio.create_task(add_versions())
    document = "query ($id: ID!) {" + "".join(
        f"a{n}: model(id: $id) {{ readAt versionCount versions(first: 200) {{ totalCount }} }} " for n in range(10)
    ) + "}"  # fmt: skip

    while not adding.done():
        answer = await api.ask(document, {"id": model["id"]}, by=api.owner)
        first = answer["a0"]
        assert all(each == first for each in answer.values())
        assert first["versions"]["totalCount"] == first["versionCount"]
    await adding


async def test_a_mutation_and_what_follows_it_read_the_write(api: Api) -> None:
    model = await a_model(api)
    for tag in range(5):
        answer = await a_version(api, model["id"], str(tag))
        read = await api.ask(
            "query ($id: ID!) { version(id: $id) { tag model { versionCount } } }", {"id": answer["id"]}, by=api.owner
        )
        assert read["version"] == {"tag": str(tag), "model": {"versionCount": tag + 1}}


async def recorded_time(api: Api) -> dict[str, str]:
    return (await api.ask("{ recordedTime { position recordedAt } }", by=api.owner))["recordedTime"]
