"""Files of the watched folder, as a version lists them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.http.ids import id_in
from cdt.predictions import files
from cdt.predictions.files import Found
from cdt.predictions.receipts import Receipt
from cdt.predictions.rejections import Rejection
from tests.api import Api
from tests.graphql.operations import a_model, a_version

FILES = """
query ($id: ID!, $states: [FileState!], $first: Int, $after: Cursor, $at: AsOf) {
  node(id: $id, asOf: $at) { ... on Version { files(states: $states, first: $first, after: $after) {
    nodes { name kind state bytes accepted duplicates rejected marked reason }
    pageInfo { hasNextPage endCursor }
  } } }
}"""
AT = datetime(2026, 3, 1, tzinfo=UTC)


async def a_version_with_files(api: Api) -> str:
    """One that was taken in, one that was refused, one that waits."""
    version: str = (await a_version(api, (await a_model(api))["id"]))["id"]
    version_id = id_in(version, "Version")
    assert isinstance(version_id, UUID)
    named = [
        Found(f"{version_id}/predictions/day/{number}.csv", "s", api.owner.project_id, version_id, "predictions", 7)
        for number in range(3)
    ]
    conninfo = conninfo_as(api.dsn, DatabaseRole.SYSTEM)
    async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
        await files.add(connection, named, at=AT)
        rejected = (Rejection(2, "age", "must be finite"),)
        receipt = Receipt(accepted=5, duplicates=1, rejected=rejected, rejected_count=1, marked=2)
        await files.settle(connection, named[0], receipt, at=AT)
        await files.settle_refused(connection, named[1], "it is no CSV", at=AT)
    return version


async def listed(api: Api, **variables: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.ask(FILES, variables, by=api.owner))["node"]["files"]
    return answer


async def test_a_version_lists_its_files_newest_first_with_what_became_of_them(api: Api) -> None:
    version = await a_version_with_files(api)
    unsettled = {"accepted": None, "duplicates": None, "rejected": None, "marked": None}
    about = {"kind": "PREDICTIONS", "bytes": 7.0}
    assert (await listed(api, id=version))["nodes"] == [
        {"name": "day/2.csv", "state": "WAITING", "reason": None, **about, **unsettled},
        {"name": "day/1.csv", "state": "REFUSED", "reason": "it is no CSV", **about, **unsettled},
        {"name": "day/0.csv", "state": "TAKEN", "reason": "row 2: age must be finite", **about,
         "accepted": 5, "duplicates": 1, "rejected": 1, "marked": 2},
    ]  # fmt: skip
    refused = await listed(api, id=version, states=["REFUSED"])
    assert [each["name"] for each in refused["nodes"]] == ["day/1.csv"]
    first = await listed(api, id=version, first=2)
    assert first["pageInfo"]["hasNextPage"]
    rest = await listed(api, id=version, after=first["pageInfo"]["endCursor"])
    assert [each["name"] for each in rest["nodes"]] == ["day/0.csv"]


async def test_files_are_of_now(api: Api) -> None:
    version = await a_version_with_files(api)
    position = (await api.ask("{ recordedTime { position } }", by=api.owner))["recordedTime"]["position"]
    assert await api.refused(FILES, {"id": version, "at": position}, by=api.owner) == "INVALID"
