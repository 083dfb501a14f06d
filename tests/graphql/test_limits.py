"""What nobody may ask for: too deep, too wide, too often, too large, or not JSON; and the next request is answered."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query

from cdt.graphql import limits
from tests.api import Api
from tests.graphql.operations import a_model, a_version

MEGABYTE = 1024 * 1024


def deep(selections: int) -> str:
    """Version and model in one another; `selections` selection sets on the way to the innermost field."""
    return (
        "query ($id: ID!) { version(id: $id) { " + "model { production { version { " * ((selections - 2) // 3)
        + "id" + " } } }" * ((selections - 2) // 3) + " } }"
    )  # fmt: skip


async def test_fields_may_stand_in_one_another_so_deep_and_no_deeper(api: Api) -> None:
    version = await a_version(api, (await a_model(api))["id"])

    assert (await api.ask(deep(14), {"id": version["id"]}, by=api.owner))["version"]
    assert await errors_of(api, deep(17), {"id": version["id"]}) == [
        "Fields stand in one another more than 15 deep; ask in several operations."
    ]


async def test_fragments_count_as_deep_as_they_are_entered(api: Api) -> None:
    document = "query ($id: ID!) { version(id: $id) { ...a } }" + "".join(
        f"fragment {this} on Version {{ model {{ production {{ version {{ ...{next_} }} }} }} }}"
        for this, next_ in zip("abcdef", "bcdefg", strict=True)
    ) + "fragment g on Version { id }"  # fmt: skip

    assert await errors_of(api, document, {"id": "x"}) == [
        "Fields stand in one another more than 15 deep; ask in several operations."
    ]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{" + "a{" * 3_000, "Syntax Error: Document is nested too deeply. Parsing aborted."),
        ("{ viewer(asOf: " + "[" * 1_900, "Syntax Error: Document is nested too deeply. Parsing aborted."),
        ("{" + "viewer " * 5_000 + "}", "Syntax Error: Document contains more than 4000 tokens. Parsing aborted."),
        ("{" + " ".join(f"a{n}: __typename" for n in range(31)) + "}", "31 fields have an alias; at most 30 may."),
        ("{" + "recordedTime { position } " * 900 + "}", "Validation aborted."),
        ("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
         "Cannot spread fragment 'a' within itself via 'b'."),
        ("{ ...nowhere }", "Unknown fragment 'nowhere'."),
        ("{", "Syntax Error: Expected Name, found <EOF>."),
    ],
)  # fmt: skip
async def test_a_document_that_asks_too_much_is_refused_before_it_runs(api: Api, document: str, message: str) -> None:
    assert (await errors_of(api, document))[0] == message


async def test_fragments_that_double_one_another_cost_no_more_than_they_are_long(api: Api) -> None:
    document = "{ ...f0 } " + " ".join(
        f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(200)
    ) + " fragment f200 on Query { __typename }"  # fmt: skip

    answer = (await api.post(document, by=api.owner)).json()

    assert answer.get("data") == {"__typename": "Query"} or answer["errors"][0]["message"] == "Validation aborted."


async def test_an_answer_has_only_so_many_rows(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAXIMUM_ROWS", 100)
    model = await a_model(api)
    for tag in range(5):
        await a_version(api, model["id"], str(tag))
    inner = "id"
    for _ in range(2):
        inner = f"versions {{ nodes {{ id model {{ {inner} }} }} }}"
    wide = "query ($id: ID!) { model(id: $id) { " + inner + " } }"
    wider = "query ($id: ID!) { model(id: $id) { versions { nodes { model { " + inner + " } } } } }"

    assert (await api.ask(wide, {"id": model["id"]}, by=api.owner))["model"]
    assert await api.refused(wider, {"id": model["id"]}, by=api.owner) == "INVALID"


async def test_the_schema_can_be_looked_at_by_everybody(api: Api) -> None:
    answer = await api.ask(get_introspection_query(input_value_deprecation=True))

    assert "RegisterModelInput" in {each["name"] for each in answer["__schema"]["types"]}


async def test_looking_at_the_schema_has_a_depth_too(api: Api) -> None:
    document = "{ __schema { types " + "{ fields { type " * 8 + "{ name }" + " } }" * 8 + " } }"

    assert await errors_of(api, document) == ["Maximum introspection depth exceeded"]


async def test_a_body_of_a_hundred_megabytes_is_refused_by_its_length(api: Api) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * MEGABYTE

    stated = {"content-length": str(100 * MEGABYTE), "content-type": "application/json"}
    answer = await sent(api, body(), stated)
    assert answer in {413, "closed"}

    unstated = await sent(api, body(), {"content-type": "application/json"})
    assert unstated in {413, "closed"}

    assert (await api.ask("{ __typename }")) == {"__typename": "Query"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"1",
        b'"query"',
        b"{}",
        b'{"query": null}',
        b'{"query": 1}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "variables": "x"}',
        b'{"query": "{ __typename }", "operationName": 1}',
        b'{"query": "{ __typename }", "variables": {"x": NaN}}',
        b'{"query": "{ __typename }", "variables": {"x": Infinity}}',
        b'{"query": "{ __typename }", "variables": {"x": -Infinity}}',
        b'{"query": "{ __typename }", "variables": {"x": "\xff"}}',
        b'{"query": "{ __typename }", "variables": {"x": "\\ud800"}}',
        b'{"query": "{ __typename }", "variables": {"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b'[{"query": "{ __typename }"}, {"query": "{ __typename }"}]',
        b"\xff\xfe{\x00}\x00",
    ],
)
@pytest.mark.parametrize("accepted", ["application/json", "application/graphql-response+json"])
async def test_a_body_that_is_no_request_is_refused(api: Api, body: bytes, accepted: str) -> None:
    answer = await api.client.post(
        "/graphql", content=body, headers={"content-type": "application/json", "accept": accepted}
    )

    assert answer.status_code == 400, answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1E+999999999", "0" * 5000, "9" * 5000])
async def test_a_number_beyond_all_bounds_is_refused(api: Api, number: str) -> None:
    body = '{"query": "query ($first: Int) { projects(first: $first) { totalCount } }", "variables": {"first": %s}}'

    answer = await api.client.post(
        "/graphql", content=body % number, headers={**api.owner.headers, "content-type": "application/json"}
    )

    assert answer.status_code in {200, 400}
    assert "errors" in answer.text or answer.status_code == 400
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("first", [1.5, "1", True, 2**31, 2**64, [1, 2], {}])
async def test_a_variable_of_another_type_is_refused(api: Api, first: Any) -> None:
    answer = await api.post(
        "query ($first: Int) { projects(first: $first) { totalCount } }", {"first": first}, by=api.owner
    )

    assert answer.json()["errors"][0]["message"].startswith("Variable '$first' has invalid value")


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("POST", "text/plain"),
        ("POST", "application/x-www-form-urlencoded"),
        ("POST", "multipart/form-data; boundary=x"),
        ("POST", "application/xml"),
        ("PUT", "application/json"),
        ("DELETE", "application/json"),
    ],
)
async def test_only_json_is_posted_so_that_no_form_of_another_site_can_act(api: Api, method: str, kind: str) -> None:
    """A form with a file says besides, by a header that no other site can send, whose it is."""
    answer = await api.client.request(
        method, "/graphql", content=b'{"query": "{ __typename }"}', headers={"content-type": kind}
    )

    assert answer.status_code in ({403} if kind.startswith("multipart") else {400, 405, 415})


async def test_nothing_is_changed_by_getting(api: Api) -> None:
    answer = await api.client.get(
        "/graphql",
        params={"query": 'mutation { signIn(input: {email: "a@b.c", password: "x"}) { __typename } }'},
    )

    assert answer.status_code in {400, 405}


async def errors_of(api: Api, document: str, variables: dict[str, Any] | None = None) -> list[str]:
    answer = (await api.post(document, variables, by=api.owner)).json()
    assert answer.get("data") is None
    return [error["message"] for error in answer["errors"]]


async def sent(api: Api, body: AsyncIterator[bytes], headers: dict[str, str]) -> int | str:
    """The status, or that the server hung up on so much."""
    try:
        return (await api.client.post("/graphql", content=body, headers=headers)).status_code
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        return "closed"
