"""Registering, adding, promoting and rolling back: what each mutation answers, and to whom."""

from typing import Any
from uuid import uuid4

import pytest
from strawberry.relay import GlobalID

from cdt.domain.kernel import Position
from cdt.domain.tenancy.roles import Role
from cdt.graphql import context
from tests.api import Api, Someone, global_id
from tests.graphql.operations import (
    ADD_VERSION,
    FAILURE,
    PROMOTE,
    REGISTER,
    ROLL_BACK,
    SIGNATURE,
    a_model,
    a_version,
    act,
    promoted,
)

NOBODYS = str(uuid4())
UNKNOWN_MODEL = {
    "__typename": "NotFoundError", "code": "NOT_FOUND", "message": "There is no such model, or you may not see it.",
    "path": None,
}  # fmt: skip
UNKNOWN_VERSION = {**UNKNOWN_MODEL, "message": "There is no such version, or you may not see it."}
COMMAND_WAS_OTHER = {
    "__typename": "ConflictError", "code": "CONFLICT", "path": None,
    "message": "This commandId was used before, for something else or by somebody else; use a new one.",
}  # fmt: skip
UNKNOWN_PROJECT = {**UNKNOWN_MODEL, "message": "There is no such project, or you may not see it."}


@pytest.fixture(scope="module")
async def viewer(api: Api) -> Someone:
    return await api.make_member(Role.VIEWER)


async def test_a_registered_model_is_answered_as_it_now_is(api: Api) -> None:
    answer = await act(api, REGISTER, by=api.owner, projectId=api.owner.project, name=" Churn ", description="who goes")

    assert answer["lagging"] is False
    assert int(answer["position"]) > 0
    assert answer["model"] | {"id": None} == {"id": None, "name": "Churn", "description": "who goes", "versionCount": 0}


async def test_what_is_recorded_and_can_not_be_read_in_time_is_answered_as_lagging(
    own_api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "WAIT_SECONDS", 0.05)
    await own_api.stop_following()
    try:
        answer = await act(own_api, REGISTER, by=own_api.owner, projectId=own_api.owner.project, name="late")
    finally:
        await own_api.start_following()
    assert answer == {"lagging": True, "model": None, "position": answer["position"]}
    await own_api.settle(Position(int(answer["position"])))

    found = await own_api.ask('{ models(filter: {search: "late"}) { edges { node { name } } } }', by=own_api.owner)
    assert [edge["node"]["name"] for edge in found["models"]["edges"]] == ["late"]


async def test_a_repeated_command_answers_the_model_as_it_has_become(api: Api) -> None:
    fields = {"projectId": api.owner.project, "name": "becoming", "commandId": str(uuid4())}
    first = await act(api, REGISTER, by=api.owner, **fields)
    await a_version(api, first["model"]["id"], by=api.owner)
    again = await act(api, REGISTER, by=api.owner, **fields)

    assert again["position"] == first["position"]
    assert (first["model"]["versionCount"], again["model"]["versionCount"]) == (0, 1)


async def test_a_repeated_command_answers_the_first_position_and_makes_no_event(api: Api) -> None:
    fields = {"projectId": api.owner.project, "name": "once", "commandId": str(uuid4())}
    first = await act(api, REGISTER, by=api.owner, **fields)
    again = await act(api, REGISTER, by=api.owner, **fields)

    assert again == first
    assert (await api.ask("{ recordedTime { position } }", by=api.owner))["recordedTime"] == {
        "position": first["position"]
    }


async def test_a_command_id_used_again_for_something_else_is_a_conflict_and_changes_nothing(api: Api) -> None:
    model = await a_model(api)
    command = str(uuid4())
    fields = {"modelId": model["id"], "signature": SIGNATURE, "commandId": command}
    first = await act(api, ADD_VERSION, by=api.owner, **fields, tag="1")

    other_content = await act(api, ADD_VERSION, by=api.owner, **fields, tag="2")
    other_mutation = await promoted(api, first["version"]["id"], commandId=command)
    somebody_else = await act(api, ADD_VERSION, by=await api.make_member(Role.ADMIN), **fields, tag="1")

    assert other_content == other_mutation == somebody_else == COMMAND_WAS_OTHER
    assert await act(api, ADD_VERSION, by=api.owner, **fields, tag="1") == first
    assert await tags(api, model["id"]) == ["1"]


async def test_a_name_is_taken_once_in_a_project_in_any_case(api: Api) -> None:
    await a_model(api, name="Taken")

    answer = await act(api, REGISTER, by=api.owner, projectId=api.owner.project, name=" tAKEN ")

    assert answer == {
        "__typename": "ConflictError", "code": "CONFLICT",
        "message": "The name ' tAKEN ' is already taken; choose another.", "path": None,
    }  # fmt: skip


async def test_another_project_may_take_the_same_name(api: Api) -> None:
    await a_model(api, name="shared")

    assert (await a_model(api, name="shared", by=api.stranger))["name"] == "shared"


@pytest.mark.parametrize(
    ("fields", "path", "message"),
    [
        ({"name": ""}, ["name"], "name: write at least one character"),
        ({"name": "x" * 201}, ["name"], "name: write at most 200 characters"),
        ({"name": "a\x00b"}, ["name"], "name: write printable characters only"),
        ({"name": "a", "description": "a\x00b"}, ["description"], "description: write no NUL characters"),
        ({"name": "a", "description": "x" * 4001}, ["description"], "description: write at most 4000 characters"),
        ({"name": "a", "commandId": "not a UUID"}, ["commandId"], "commandId: give a UUID, or leave it out"),
    ],
)
async def test_what_can_mean_nothing_is_invalid_and_names_its_field(
    api: Api, fields: dict[str, str], path: list[str], message: str
) -> None:
    answer = await act(api, REGISTER, by=api.owner, projectId=api.owner.project, **fields)

    assert answer == {"__typename": "InvalidError", "code": "INVALID", "message": message, "path": path}


async def test_a_version_is_added_and_answered(api: Api) -> None:
    model = await a_model(api)

    answer = await act(api, ADD_VERSION, by=api.owner, modelId=model["id"], tag=" 2.1 ", signature=SIGNATURE)

    assert answer["version"]["tag"] == "2.1"
    assert answer["version"]["model"] == {"id": model["id"]}


async def test_the_same_tag_with_the_same_signature_changes_nothing(api: Api) -> None:
    model = await a_model(api)
    first = await a_version(api, model["id"])

    answer = await act(api, ADD_VERSION, by=api.owner, modelId=model["id"], tag="1.0", signature=SIGNATURE)

    assert answer == {"position": None, "lagging": False, "version": first}


async def test_the_same_tag_with_another_signature_is_a_conflict(api: Api) -> None:
    model = await a_model(api)
    await a_version(api, model["id"])

    answer = await act(
        api, ADD_VERSION, by=api.owner, modelId=model["id"], tag="1.0", signature={**SIGNATURE, "groups": []}
    )

    assert answer["code"] == "CONFLICT"


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": []},
        {"columns": [{"name": "age", "kind": "NUMBER"}] * 2},
        {"classes": ["0"]},
        {"positiveClass": "2"},
        {"groups": [{"name": "sex", "column": "nowhere"}]},
    ],
)
async def test_a_signature_must_hang_together(api: Api, changes: dict[str, object]) -> None:
    model = await a_model(api)

    answer = await act(api, ADD_VERSION, by=api.owner, modelId=model["id"], tag="1", signature={**SIGNATURE, **changes})

    assert answer["__typename"] == "InvalidError"
    assert answer["path"][0] == "signature"


async def test_a_promoted_version_serves(api: Api) -> None:
    model = await a_model(api)
    version = await a_version(api, model["id"], "1.0")

    answer = await promoted(api, version["id"])

    assert answer["model"] == {"production": {"version": {"tag": "1.0"}, "reason": "it is better"}}


async def test_promoting_the_champion_again_changes_nothing(api: Api) -> None:
    model = await a_model(api)
    version = await a_version(api, model["id"], "1.0")
    await promoted(api, version["id"])

    assert (await promoted(api, version["id"], reason="again"))["position"] is None


async def test_a_promotion_needs_a_reason(api: Api) -> None:
    version = await a_version(api, (await a_model(api))["id"])

    answer = await promoted(api, version["id"], reason="  ")

    assert (answer["code"], answer["path"]) == ("INVALID", ["reason"])


async def test_a_roll_back_returns_to_the_champion_before(api: Api) -> None:
    model = await a_model(api)
    for tag in ("1", "2"):
        await promoted(api, (await a_version(api, model["id"], tag))["id"])

    answer = await act(api, ROLL_BACK, by=api.owner, modelId=model["id"], reason="it got worse")

    assert answer["model"] == {"production": {"version": {"tag": "1"}, "reason": "it got worse"}}


async def test_without_a_champion_before_a_roll_back_is_a_conflict(api: Api) -> None:
    model = await a_model(api)
    await promoted(api, (await a_version(api, model["id"]))["id"])

    answer = await act(api, ROLL_BACK, by=api.owner, modelId=model["id"], reason="it got worse")

    assert (answer["code"], answer["message"]) == (
        "CONFLICT", "There was no champion in production before the present one.",
    )  # fmt: skip


async def test_anothers_things_are_answered_exactly_as_unknown_ones(api: Api) -> None:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    add = {"tag": "1", "signature": SIGNATURE}
    for by, model_id, version_id, project_id in (
        (api.stranger, model["id"], version["id"], api.owner.project),
        (api.owner, global_id("Model", NOBODYS), global_id("Version", NOBODYS), global_id("Project", NOBODYS)),
    ):
        assert await act(api, REGISTER, by=by, projectId=project_id, name="mine") == UNKNOWN_PROJECT
        assert await act(api, ADD_VERSION, by=by, modelId=model_id, **add) == UNKNOWN_MODEL
        assert await act(api, PROMOTE, by=by, versionId=version_id, reason="why not") == UNKNOWN_VERSION
        assert await act(api, ROLL_BACK, by=by, modelId=model_id, reason="why not") == UNKNOWN_MODEL


async def test_an_id_of_another_type_is_answered_as_an_unknown_one(api: Api) -> None:
    model = await a_model(api)

    answer = await act(api, PROMOTE, by=api.owner, versionId=model["id"], reason="why not")

    assert answer == UNKNOWN_VERSION


async def test_who_may_only_read_is_forbidden_to_write(api: Api, viewer: Someone) -> None:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    forbidden = {
        "__typename": "ForbiddenError", "code": "FORBIDDEN",
        "message": "You may not do this; it needs the permission write_registry.", "path": None,
    }  # fmt: skip

    assert await act(api, REGISTER, by=viewer, projectId=viewer.project, name="mine") == forbidden
    assert await act(api, ADD_VERSION, by=viewer, modelId=model["id"], tag="1", signature=SIGNATURE) == forbidden
    assert await act(api, PROMOTE, by=viewer, versionId=version["id"], reason="why not") == forbidden
    assert await act(api, ROLL_BACK, by=viewer, modelId=model["id"], reason="why not") == forbidden


async def test_nobody_must_sign_in_first(api: Api) -> None:
    answer = await act(api, REGISTER, by=None, projectId=api.owner.project, name="mine")

    assert (answer["__typename"], answer["code"]) == ("UnauthenticatedError", "UNAUTHENTICATED")


async def tags(api: Api, model_id: str) -> list[str]:
    answer = await api.ask("query ($id: ID!) { model(id: $id) { versions { nodes { tag } } } }", {"id": model_id},
                           by=api.owner)  # fmt: skip
    return [each["tag"] for each in answer["model"]["versions"]["nodes"]]


@pytest.mark.parametrize(
    ("document", "fields"), [(ROLL_BACK, {"reason": "r"}), (ADD_VERSION, {"tag": "t", "signature": SIGNATURE})]
)
async def test_a_version_is_not_taken_for_a_model_though_it_was_acted_on(
    api: Api, document: str, fields: dict[str, Any]
) -> None:
    version = await a_version(api, (await a_model(api))["id"])
    await promoted(api, version["id"])  # the process knows it from now on
    disguised = global_id("Model", GlobalID.from_id(version["id"]).node_id)

    answer = await act(api, document, by=api.owner, modelId=disguised, **fields)

    assert answer["code"] == "NOT_FOUND"


async def test_a_signature_is_kept_whole_or_refused_with_what_to_do(api: Api) -> None:
    model = (await a_model(api))["id"]

    def of_names(characters: int) -> dict[str, Any]:
        columns = [{"name": f"{number:0{characters}}", "kind": "CATEGORY"} for number in range(1_000)]
        return {"columns": columns, "classes": ["0", "1"], "positiveClass": "1", "groups": []}

    kept = await act(api, ADD_VERSION, by=api.owner, modelId=model, tag="\U0001f600" * 200, signature=of_names(30))
    refused = await act(api, ADD_VERSION, by=api.owner, modelId=model, tag="2", signature=of_names(50))

    assert kept["version"]["tag"] == "\U0001f600" * 200
    assert refused == {
        "__typename": "InvalidError", "code": "INVALID", "path": ["signature"],
        "message": "signature: it has 80,066 bytes as JSON, and at most 62,000 can be kept; send fewer columns, or"
        " shorter names and labels",
    }  # fmt: skip


async def test_a_band_beyond_all_floats_is_refused(api: Api) -> None:
    model = (await a_model(api))["id"]
    document = f"""mutation ($model: ID!) {{
      addVersion(input: {{ modelId: $model, tag: "1", signature: {{
        columns: [{{ name: "age", kind: NUMBER }}], classes: ["0", "1"], positiveClass: "1",
        groups: [{{ name: "age group", column: "age", bands: [30, 1e999] }}]
      }} }}) {{ {FAILURE} }}
    }}"""

    answer = await api.ask(document, {"model": model}, by=api.owner)

    assert answer["addVersion"]["message"] == "signature.groups: 'age group': bands are finite numbers"
    assert await tags(api, model) == []
