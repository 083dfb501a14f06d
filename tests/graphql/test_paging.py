"""Lists come in pages: complete, in order, without repetition, and a cursor is only good for its own list."""

import base64
from typing import Any

import pytest

from tests.api import Api, Someone
from tests.graphql.operations import a_model, a_version

MODELS = """
query ($first: Int, $after: Cursor, $filter: ModelFilter, $orderBy: ModelOrder! = NAME_ASC) {
  models(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { name } }
    nodes { name }
  }
}"""


@pytest.fixture(scope="module")
async def reader(api: Api) -> Someone:
    """The owner of seven models."""
    for name in ("Ant", "bee", "Cat", "dog", "Eel", "fox", "Gnu"):
        await a_model(api, name=name)
    return api.owner


async def test_pages_follow_one_another_without_gap_or_repetition(api: Api, reader: Someone) -> None:
    names: list[str] = []
    after, pages = None, 0
    while True:
        answer = (await api.ask(MODELS, {"first": 3, "after": after}, by=reader))["models"]
        assert answer["totalCount"] == 7
        assert answer["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert answer["pageInfo"]["startCursor"] == answer["edges"][0]["cursor"]
        assert [edge["node"] for edge in answer["edges"]] == answer["nodes"]
        names += [node["name"] for node in answer["nodes"]]
        after, pages = answer["pageInfo"]["endCursor"], pages + 1
        if not answer["pageInfo"]["hasNextPage"]:
            break

    assert pages == 3
    assert names == ["Ant", "bee", "Cat", "dog", "Eel", "fox", "Gnu"]


async def test_an_order_can_be_turned_round(api: Api, reader: Someone) -> None:
    by_name = (await api.ask(MODELS, {"orderBy": "NAME_DESC", "first": 2}, by=reader))["models"]["nodes"]
    by_time = (await api.ask(MODELS, {"orderBy": "REGISTERED_DESC", "first": 2}, by=reader))["models"]["nodes"]

    assert by_name == by_time == [{"name": "Gnu"}, {"name": "fox"}]


async def test_a_filter_narrows_the_list_and_its_count(api: Api, reader: Someone) -> None:
    answer = (await api.ask(MODELS, {"filter": {"search": "E"}}, by=reader))["models"]

    assert answer["totalCount"] == 2
    assert [node["name"] for node in answer["nodes"]] == ["bee", "Eel"]


@pytest.mark.parametrize("search", ["%", "_", "\\", "'", '"', "🜂" * 4000])
async def test_a_search_is_text_and_no_pattern(api: Api, reader: Someone, search: str) -> None:
    answer = (await api.ask(MODELS, {"filter": {"search": search}}, by=reader))["models"]

    assert answer["totalCount"] == 0


@pytest.mark.parametrize("search", ["a\x00b", "x" * 4001])
async def test_a_search_for_what_no_name_can_hold_is_refused(api: Api, reader: Someone, search: str) -> None:
    assert await api.refused(MODELS, {"filter": {"search": search}}, by=reader) == "INVALID"


async def test_anothers_project_holds_no_models(api: Api, reader: Someone) -> None:
    answer = (await api.ask(MODELS, {"filter": {"projectId": reader.project}}, by=api.stranger))["models"]

    assert (answer["totalCount"], answer["edges"]) == (0, [])
    assert answer["pageInfo"] == {
        "hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None,
    }  # fmt: skip


@pytest.mark.parametrize("size", [0, -1, 201, 2**31 - 1])
async def test_a_page_has_a_size_that_can_be_answered(api: Api, reader: Someone, size: int) -> None:
    assert await api.refused(MODELS, {"first": size}, by=reader) == "INVALID"


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "=====",
        "A" * 100_000,
        base64.urlsafe_b64encode(b"null").decode(),
        base64.urlsafe_b64encode(b"[1]").decode(),
        base64.urlsafe_b64encode(b"[[[[[[").decode(),
        base64.urlsafe_b64encode(b'["audit",1e400]').decode(),
        base64.urlsafe_b64encode(b'["audit",99999999999999999999999]').decode(),
        base64.urlsafe_b64encode(b'["audit",-9223372036854775809]').decode(),
        base64.urlsafe_b64encode(b'["audit",true]').decode(),
        base64.urlsafe_b64encode(b'["00000000-0000-0000-0000-000000000000"]').decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
@pytest.mark.parametrize(
    "field",
    ["models(after: $c) { totalCount }", "projects(after: $c) { totalCount }", "auditLog(after: $c) { totalCount }"],
)
async def test_a_cursor_that_the_list_did_not_give_is_refused(
    api: Api, reader: Someone, field: str, cursor: str
) -> None:
    assert await api.refused(f"query ($c: Cursor) {{ {field} }}", {"c": cursor}, by=reader) == "INVALID"


@pytest.mark.parametrize("cursor", [1, 1.5, True, [], {}])
async def test_a_cursor_is_text(api: Api, reader: Someone, cursor: Any) -> None:
    answer = (await api.post(MODELS, {"after": cursor}, by=reader)).json()

    assert len(answer["errors"]) == 1
    assert answer.get("data") is None


async def test_a_models_versions_come_in_pages_too(api: Api, reader: Someone) -> None:
    model = await a_model(api)
    for tag in ("1", "2", "3"):
        await a_version(api, model["id"], tag)
    document = """query ($id: ID!, $after: Cursor) { model(id: $id) {
      versions(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { tag } } } }"""

    first = (await api.ask(document, {"id": model["id"]}, by=reader))["model"]["versions"]
    end = first["pageInfo"]["endCursor"]
    second = (await api.ask(document, {"id": model["id"], "after": end}, by=reader))["model"]["versions"]

    assert [node["tag"] for node in first["nodes"] + second["nodes"]] == ["3", "2", "1"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
