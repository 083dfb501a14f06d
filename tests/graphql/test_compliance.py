"""Legal holds and erasures, as people place, lift, ask for and see them."""

import hashlib
from typing import Any
from uuid import uuid4

import msgspec
from psycopg import AsyncConnection

from cdt.bootstrap.worker import worker_tools
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.tenancy.roles import Role
from cdt.workers.erase import erase
from tests.api import Api, Someone, newest
from tests.graphql.operations import FAILURE, a_model, a_version, act
from tests.graphql.tenancy_operations import a_project, do, organization_of
from tests.graphql.test_baselines import a_watched_version, asked
from tests.graphql.test_evaluations import ASKED

HOLD = "id reason placedAt placedBy { __typename } model { id }"
PLACE = f"""mutation ($input: PlaceLegalHoldInput!) {{
  placeLegalHold(input: $input) {{ ... on PlaceLegalHoldPayload {{ position legalHold {{ {HOLD} }} }} {FAILURE} }}
}}"""
LIFT = f"""mutation ($input: LiftLegalHoldInput!) {{
  liftLegalHold(input: $input) {{ ... on LiftLegalHoldPayload {{ position lagging }} {FAILURE} }}
}}"""
HOLDS = f"query ($project: ID!, $asOf: AsOf) {{ legalHolds(projectId: $project, asOf: $asOf) {{ {HOLD} }} }}"
ERASURE = "id column subjects versions versionsLeft predictions labels segments state progress reason completedAt"
ERASE = f"""mutation ($input: RequestErasureInput!) {{
  requestErasure(input: $input) {{ ... on RequestErasurePayload {{ position erasure {{ {ERASURE} }} }} {FAILURE} }}
}}"""
ERASURES = f"""query ($project: ID!, $first: Int, $after: Cursor) {{
  erasures(projectId: $project, first: $first, after: $after) {{
    nodes {{ {ERASURE} model {{ id }} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}"""
WHY = {"reason": "A lawsuit."}


async def holds(api: Api, project: Someone, **about: Any) -> list[dict[str, Any]]:
    return (await api.ask(HOLDS, {"project": project.project, **about}, by=api.owner))["legalHolds"]


async def test_a_hold_keeps_a_project_from_being_deleted_until_it_is_lifted(api: Api) -> None:
    name = f"project {uuid4()}"
    project = await a_project(api, name=name)
    before = str(await newest(api))
    given = {"projectId": project.project, "commandId": str(uuid4()), **WHY}
    placed = (await act(api, PLACE, by=api.owner, **given))["legalHold"]
    assert (placed["reason"], placed["model"]) == ("A lawsuit.", None)
    assert (await act(api, PLACE, by=api.owner, **given))["legalHold"] == placed

    refused = await do(api, "deleteProject", projectId=project.project, name=name)
    assert (refused["code"], refused["message"]) == (
        "CONFLICT", "A legal hold keeps rows of this project: have it lifted first, then delete.",
    )  # fmt: skip
    refused = await do(api, "deleteOrganization", organizationId=organization_of(api.owner), name=await its_name(api))
    assert (refused["code"], refused["message"]) == (
        "CONFLICT", "A legal hold keeps rows of one of its projects: have it lifted first, then delete.",
    )  # fmt: skip
    held = str(await newest(api))
    assert await holds(api, project) == [placed]

    for _ in range(2):
        assert "code" not in await act(api, LIFT, by=api.owner, legalHoldId=placed["id"], reason="It is over.")
    assert await holds(api, project) == await holds(api, project, asOf=before) == []
    assert await holds(api, project, asOf=held) == [placed]
    assert "code" not in await do(api, "deleteProject", projectId=project.project, name=name)


async def its_name(api: Api) -> str:
    answer = await api.ask(
        "query ($id: ID!) { organization(id: $id) { name } }", {"id": organization_of(api.owner)}, by=api.owner
    )
    return answer["organization"]["name"]


async def test_a_hold_of_a_model_is_of_a_model_of_the_project(api: Api) -> None:
    model, other = await a_model(api), await a_project(api)
    refused = await act(api, ERASE, by=api.owner, modelId=model["id"], predictionIds=["a"], **WHY)
    assert refused["code"] == "INVALID"  # it has no version
    placed = await act(api, PLACE, by=api.owner, projectId=api.owner.project, modelId=model["id"], **WHY)
    assert placed["legalHold"]["model"] == {"id": model["id"]}
    refused = await act(api, PLACE, by=api.owner, projectId=other.project, modelId=model["id"], **WHY)
    assert refused["code"] == "NOT_FOUND"
    refused = await act(api, PLACE, by=api.owner, projectId=other.project, reason=" ")
    assert refused["code"] == "INVALID"
    await a_version(api, model["id"])
    refused = await act(api, ERASE, by=api.owner, modelId=model["id"], predictionIds=["a"], **WHY)
    assert (refused["code"], refused["message"]) == (
        "CONFLICT", "A legal hold keeps these rows: have it lifted first.",
    )  # fmt: skip
    await act(api, LIFT, by=api.owner, legalHoldId=placed["legalHold"]["id"], reason="It is over.")


async def test_members_and_strangers_place_and_lift_nothing(api: Api) -> None:
    member = await api.make_member(Role.MEMBER)
    given = {"projectId": api.owner.project, **WHY}
    assert (await act(api, PLACE, by=member, **given))["code"] == "FORBIDDEN"
    assert (await act(api, PLACE, by=api.stranger, **given))["code"] == "NOT_FOUND"
    placed = (await act(api, PLACE, by=api.owner, **given))["legalHold"]
    assert (await act(api, LIFT, by=member, legalHoldId=placed["id"], reason="No."))["code"] == "FORBIDDEN"
    assert (await act(api, LIFT, by=api.stranger, legalHoldId=placed["id"], reason="No."))["code"] == "NOT_FOUND"
    await act(api, LIFT, by=api.owner, legalHoldId=placed["id"], reason="It is over.")


async def test_an_erasure_is_asked_for_once_and_nothing_tells_of_whom(api: Api) -> None:
    model = await a_model(api)
    await a_version(api, model["id"])
    subject = f"subject-{uuid4()}"
    given = {
        "modelId": model["id"], "column": "sex", "values": [subject], "commandId": str(uuid4()),
        "reason": "They asked.",
    }  # fmt: skip
    answer = await act(api, ERASE, by=api.owner, **given)
    assert answer["erasure"] == {
        "id": answer["erasure"]["id"], "column": "sex", "subjects": 1, "versions": 1, "versionsLeft": 1,
        "predictions": 0, "labels": 0, "segments": 0, "state": "RUNNING", "progress": 0.0, "reason": "They asked.",
        "completedAt": None,
    }  # fmt: skip
    assert await act(api, ERASE, by=api.owner, **given) == answer
    listed = await api.ask(ERASURES, {"project": api.owner.project, "first": 1}, by=api.owner)
    assert listed["erasures"]["nodes"] == [{**answer["erasure"], "model": {"id": model["id"]}}]

    async with await AsyncConnection.connect(conninfo_as(api.dsn, DatabaseRole.SYSTEM)) as connection:
        cursor = await connection.execute("SELECT convert_from(state, 'UTF8') FROM log.cdt_events")
        log = "".join(row[0] for row in await cursor.fetchall())
    asked = {"column": "sex", "model_id": model["id"], "reason": "They asked.", "values": [subject]}
    guessed = msgspec.json.Encoder(order="deterministic").encode(("requestErasure", asked))
    for told in (subject, hashlib.sha256(subject.encode()).hexdigest(), hashlib.sha256(guessed).hexdigest()):
        assert told not in log


async def test_what_names_nobody_is_refused(api: Api) -> None:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    for given, path in (
        ({}, ["predictionIds"]),
        ({"predictionIds": []}, ["predictionIds"]),
        ({"predictionIds": ["a"], "column": "sex", "values": ["b"]}, ["values"]),
        ({"column": "sex"}, ["values"]),
        ({"column": "nothing", "values": ["a"]}, ["column"]),
        ({"column": "age", "values": ["old"]}, ["values"]),
        ({"column": "age", "values": ["nan"]}, ["values"]),
        ({"predictionIds": [str(number) for number in range(501)]}, ["predictionIds"]),
    ):
        answer = await act(api, ERASE, by=api.owner, modelId=model["id"], versionId=version["id"], **WHY, **given)
        assert (answer["code"], answer["path"]) == ("INVALID", path), given
    other = await a_version(api, (await a_model(api))["id"])
    answer = await act(api, ERASE, by=api.owner, modelId=model["id"], versionId=other["id"], predictionIds=["a"], **WHY)
    assert answer["code"] == "NOT_FOUND"


ERASED = """query ($id: ID!, $first: Int, $after: Cursor, $asOf: AsOf) {
  evaluation(id: $id, asOf: $asOf) {
    erasedRows(first: $first, after: $after) {
      nodes { sequence kind rows digestBefore digestAfter erasureId }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""


async def test_an_evaluation_names_the_batches_that_lost_rows_since(api: Api) -> None:
    version = await a_watched_version(api)
    model = (await api.ask("query ($id: ID!) { version(id: $id) { model { id } } }", {"id": version}, by=api.owner))[
        "version"
    ]["model"]["id"]
    whole = await asked(api, version, ASKED)
    before = await newest(api)
    erasing = {"modelId": model, "reason": "They asked."}
    erased: list[str] = []
    async with worker_tools(api.settings, name="a worker") as tools:
        for ids in (["3"], ["5", "7"], [str(number) for number in range(40) if number not in {3, 5, 7}]):
            answer = await act(api, ERASE, by=api.owner, predictionIds=ids, **erasing)
            await erase(tools.erasing, int(answer["position"]))
            erased.append(answer["erasure"]["id"])
    await api.settle(await newest(api))

    async def told(first: int | None = None, **about: Any) -> dict[str, Any]:
        return (await api.ask(ERASED, {"id": whole, "first": first, **about}, by=api.owner))["evaluation"]["erasedRows"]

    nodes = (await told())["nodes"]
    assert [(each["sequence"], each["kind"], each["rows"], each["erasureId"]) for each in nodes] == [
        ("1", "PREDICTIONS", 1, erased[0]), ("1", "PREDICTIONS", 2, erased[1]), ("1", "PREDICTIONS", 37, erased[2]),
    ]  # fmt: skip
    digests = [each["digestBefore"] for each in nodes]
    assert [each["digestAfter"] for each in nodes] == [*digests[1:], None]
    assert len(set(digests)) == 3
    assert (await told(asOf=str(before)))["nodes"] == []
    paged, after = [], None
    while len(paged) < 3:
        found = await told(1, after=after)
        paged += found["nodes"]
        after = found["pageInfo"]["endCursor"]
        assert found["pageInfo"]["hasNextPage"] == (len(paged) < 3)
    assert paged == nodes
