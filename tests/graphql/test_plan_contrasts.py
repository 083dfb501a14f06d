"""What groups are held against: said of a plan, taken back, refused by its field, and followed by an evaluation."""

from typing import Any

import pytest

from cdt.domain.registry.signature import Column, GroupAttribute, Signature
from cdt.graphql.evaluations.results import ReadingParts
from cdt.workers.readings import JudgedReading
from tests.api import Api, newest
from tests.domain.builders import A_DIGEST, a_result
from tests.graphql.operations import FAILURE, act
from tests.graphql.test_plans import watched

__all__ = ["watched"]  # the version with a plan

PARITIES = ("demographic_parity", "equal_opportunity")
CONTRASTS = "contrasts { attribute against reference leastShare }"
CHANGE = f"""
mutation ($input: ChangePlanInput!) {{
  changePlan(input: $input) {{ ... on ChangePlanPayload {{ plan {{ {CONTRASTS} }} }} {FAILURE} }}
}}"""
PLAN = f"query ($version: ID!, $asOf: AsOf) {{ version(id: $version, asOf: $asOf) {{ plan {{ {CONTRASTS} }} }} }}"


async def plan_of(api: Api, version: str, *, as_of: str | None = None) -> list[dict[str, Any]]:
    found = await api.ask(PLAN, {"version": version, "asOf": as_of}, by=api.owner)
    return found["version"]["plan"]["contrasts"]


async def test_a_plan_says_what_groups_are_held_against_and_takes_it_back(api: Api, watched: str) -> None:
    assert await plan_of(api, watched) == []
    to_men = {"attribute": "sex", "against": "REFERENCE", "reference": "1", "leastShare": 0.02}

    answer = await act(api, CHANGE, by=api.owner, versionId=watched, reason="As the law has it.", contrasts=[to_men])

    assert answer["plan"]["contrasts"] == [to_men]
    then = str(await newest(api))
    await act(api, CHANGE, by=api.owner, versionId=watched, reason="Something else.", minimumRows=100)
    assert await plan_of(api, watched) == [to_men]
    await act(api, CHANGE, by=api.owner, versionId=watched, reason="As before.", contrasts=[])
    assert await plan_of(api, watched) == []
    assert await plan_of(api, watched, as_of=then) == [to_men]


@pytest.mark.parametrize(
    ("contrast", "field"),
    [
        ({"attribute": "height", "against": "WHOLE"}, "attribute"),
        ({"attribute": "sex", "against": "REFERENCE"}, "reference"),
        ({"attribute": "sex", "against": "WHOLE", "leastShare": 0.6}, "leastShare"),
        ({"attribute": "sex"}, "against"),
    ],
)
async def test_what_means_nothing_is_refused_by_its_field(
    api: Api, watched: str, contrast: dict[str, Any], field: str
) -> None:
    before = await newest(api)

    answer = await act(api, CHANGE, by=api.owner, versionId=watched, reason="A try.", contrasts=[contrast])

    assert (answer["code"], answer["path"]) == ("INVALID", ["contrasts", "0", field])
    assert await newest(api) == before


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({}, "one another"),
        ({"held_against": "all rows together"}, "all rows together"),
        ({"held_against": "a reference group", "reference": "1", "least_share": 0.02},
         "male; groups of less than 0.02 of all rows take no part"),
        ({"held_against": "a reference group", "reference": "3"}, "3"),
    ],
)  # fmt: skip
def test_what_groups_were_held_against_is_told_in_their_words(stated: dict[str, Any], told: str) -> None:
    pairs = [f"{parity}_{form}" for parity in PARITIES for form in ("difference", "ratio")]
    reading = JudgedReading(
        rows=40, labelled=40, baseline_rows=40, results=tuple(a_result(each, 0.9, subject="sex") for each in pairs),
        groups={"sex": ()}, distributions={}, definitions={A_DIGEST: stated},
    )  # fmt: skip
    signature = Signature(
        columns=(Column("sex", "category"),), classes=("0", "1"), positive_class="1",
        groups=(GroupAttribute("sex", "sex", labels={"1": "male"}),),
    )  # fmt: skip

    (found,) = ReadingParts(reading, signature).fairness()

    assert found.held_against == told
