"""What a model's columns mean to people is said by whoever may change the model, and asked with it, then and now."""

from typing import Any

from cdt.domain.tenancy.roles import Role
from tests.api import Api, Someone
from tests.graphql.operations import FAILURE, a_model, a_version, act

DESCRIBE = f"""
mutation ($input: DescribeColumnsInput!) {{
  describeColumns(input: $input) {{
    ... on DescribeColumnsPayload {{ position lagging model {{ columns {{ name title values {{ value label }} }} }} }}
    {FAILURE}
  }}
}}"""
ASK = "query ($id: ID!, $asOf: AsOf) { model(id: $id, asOf: $asOf) { columns { name title values { value label } } } }"
AGE = {"name": "age", "title": "Age in years", "values": []}
SEX = {"name": "sex", "title": None, "values": [{"value": "1", "label": "male"}, {"value": "2", "label": "female"}]}


async def described_model(api: Api) -> dict[str, Any]:
    model = await a_model(api)
    await a_version(api, model["id"])
    return model


async def describe(api: Api, model: dict[str, Any], *columns: dict[str, Any], by: Someone | None = None) -> Any:
    return await act(api, DESCRIBE, by=by or api.owner, modelId=model["id"], columns=list(columns))


async def test_columns_are_described_and_what_was_said_before_can_be_asked(api: Api) -> None:
    model = await described_model(api)
    first = await describe(api, model, SEX, AGE)
    again = await describe(api, model, AGE, SEX)
    second = await describe(api, model, AGE)

    assert first["model"]["columns"] == [AGE, SEX]
    assert again["position"] is None
    assert second["model"]["columns"] == [AGE]
    then = await api.ask(ASK, {"id": model["id"], "asOf": first["position"]}, by=api.owner)
    before = await api.ask(ASK, {"id": model["id"], "asOf": str(int(first["position"]) - 1)}, by=api.owner)
    assert (then["model"]["columns"], before["model"]["columns"]) == ([AGE, SEX], [])


async def test_what_can_not_be_said_is_refused_in_words(api: Api) -> None:
    model = await described_model(api)

    other = await describe(api, model, {"name": "height", "title": "Height"})
    twice = await describe(api, model, {"name": "sex", "values": [SEX["values"][0], SEX["values"][0]]})

    assert (other["__typename"], other["message"]) == (
        "InvalidError", "columns: no version of the model has a column 'height'",
    )  # fmt: skip
    assert (twice["__typename"], twice["message"]) == ("InvalidError", "columns: 'sex': name each value once")


async def test_only_whoever_may_change_the_model_describes_its_columns(api: Api) -> None:
    model = await described_model(api)
    viewer = await api.make_member(Role.VIEWER)

    assert (await describe(api, model, AGE, by=viewer))["__typename"] == "ForbiddenError"
    assert (await api.ask(ASK, {"id": model["id"]}, by=viewer))["model"]["columns"] == []
