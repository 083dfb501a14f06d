"""What decisions are worth: said of a plan and taken back, refused by its field, told in words."""

from typing import Any

import pytest
from msgspec import UNSET

from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.registry.signature import Column, Signature
from cdt.graphql.evaluations.results import Interval, ReadingParts
from cdt.graphql.evaluations.worth import BusinessValueOfWindow, sentence_of
from cdt.workers.readings import JudgedReading
from tests.api import Api, newest
from tests.domain.builders import a_result
from tests.graphql.operations import FAILURE, act
from tests.graphql.test_plans import watched

__all__ = ["watched"]  # the version with a plan

PLAN = "businessValue { unit classes values least } pValueCorrection"
CHANGE = f"""
mutation ($input: ChangePlanInput!) {{
  changePlan(input: $input) {{ ... on ChangePlanPayload {{ plan {{ {PLAN} }} }} {FAILURE} }}
}}"""
ASK = f"query ($version: ID!, $asOf: AsOf) {{ version(id: $version, asOf: $asOf) {{ plan {{ {PLAN} }} }} }}"
CLASSES = "query ($version: ID!) { version(id: $version) { signature { classes } } }"
VALUES = [[0.0, -80.0], [-5.0, 20.0]]


async def classes_of(api: Api, version: str) -> list[str]:
    return (await api.ask(CLASSES, {"version": version}, by=api.owner))["version"]["signature"]["classes"]


async def plan_of(api: Api, version: str, *, as_of: str | None = None) -> dict[str, Any]:
    return (await api.ask(ASK, {"version": version, "asOf": as_of}, by=api.owner))["version"]["plan"]


async def test_a_plan_says_what_decisions_are_worth_and_takes_it_back(api: Api, watched: str) -> None:
    assert (await plan_of(api, watched))["businessValue"] is None
    worth = {"unit": "EUR", "classes": await classes_of(api, watched), "values": VALUES, "least": 0.5}

    answer = await act(api, CHANGE, by=api.owner, versionId=watched, reason="So it is.", businessValue=worth)

    assert answer["plan"]["businessValue"] == worth
    then = str(await newest(api))
    await act(api, CHANGE, by=api.owner, versionId=watched, reason="Something else.", minimumRows=100)
    assert (await plan_of(api, watched))["businessValue"] == worth
    await act(api, CHANGE, by=api.owner, versionId=watched, reason="As before.", businessValue=None)
    assert (await plan_of(api, watched))["businessValue"] is None
    assert (await plan_of(api, watched, as_of=then))["businessValue"] == worth


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"unit": ""}, ["businessValue", "unit"]),
        ({"classes": ["these", "those"]}, ["businessValue", "classes"]),
        ({"values": [[1.0, 2.0], [3.0]]}, ["businessValue", "values", "1"]),
    ],
)
async def test_what_means_nothing_is_refused_by_its_field(
    api: Api, watched: str, changed: dict[str, Any], path: list[str]
) -> None:
    before = await newest(api)
    worth = {"unit": "EUR", "classes": await classes_of(api, watched), "values": VALUES} | changed

    answer = await act(api, CHANGE, by=api.owner, versionId=watched, reason="A try.", businessValue=worth)

    assert (answer["code"], answer["path"]) == ("INVALID", path)
    assert await newest(api) == before


async def test_p_values_are_corrected_otherwise_or_not_at_all(api: Api, watched: str) -> None:
    for correction in ("BONFERRONI", None, "BENJAMINI_HOCHBERG"):
        answer = await act(api, CHANGE, by=api.owner, versionId=watched, reason="A try.", pValueCorrection=correction)
        assert answer["plan"]["pValueCorrection"] == correction


def of_reading(result: MeasureResult, unit: Any = "EUR") -> BusinessValueOfWindow | None:
    reading = JudgedReading(
        rows=40, labelled=40, baseline_rows=40, results=(result,), groups={}, distributions={}, definitions={},
        unit_of_value=unit,
    )  # fmt: skip
    columns = (Column("sex", "category"),)
    return BusinessValueOfWindow.of(ReadingParts(reading, Signature(columns=columns, classes=(), positive_class="")))


def test_all_decisions_together_are_worth_as_many_times_one() -> None:
    found = of_reading(a_result("business_value", 1.5, within=0.25, rows=1_000, baseline=1.75))

    assert found is not None
    assert (found.total, found.total_interval, found.decisions) == (1_500.0, Interval(low=1_250, high=1_750), 1_000)
    told = "Each decision earned 1.50 EUR, 0.25 less than the baseline's; 1,000 decisions came to 1,500.00 EUR."
    assert found.sentence == told


def test_what_is_not_known_says_why() -> None:
    found = of_reading(a_result("business_value", None, rows=0, reason="no labelled rows with a decision"))

    assert found is not None
    assert (found.total, found.total_interval) == (None, None)
    assert found.sentence == "What decisions were worth is not known: no labelled rows with a decision."


def test_nothing_is_told_where_the_plan_had_said_nothing() -> None:
    assert of_reading(a_result("business_value", 1.5), unit=UNSET) is None
    assert of_reading(a_result("accuracy", 0.5)) is None


@pytest.mark.parametrize(
    ("value", "baseline", "decisions", "told"),
    [
        (2.0, 1.0, 2, "Each decision earned 2.00 h, 1.00 more than the baseline's; 2 decisions came to 4.00 h."),
        (2.0, 2.0, 1, "Each decision earned 2.00 h, as the baseline's; 1 decision came to 2.00 h."),
        (-2.0, None, 2_000, "Each decision cost 2.00 h; 2,000 decisions came to -4,000.00 h."),
        (2.001, 2.0, 1, "Each decision earned 2.00 h, as the baseline's; 1 decision came to 2.00 h."),
        (0.00012, None, 10, "Each decision earned 0.00012 h; 10 decisions came to 0.0012 h."),
    ],
)
def test_it_is_told_in_a_sentence(value: float, baseline: float | None, decisions: int, told: str) -> None:
    assert sentence_of(value, baseline, decisions, "h") == told
