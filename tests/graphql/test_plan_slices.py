"""Slices: declared by a change of the plan, refused where they are wrong, and shown with an evaluation."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from strawberry.relay import GlobalID

from cdt.commands import evaluations
from cdt.domain.evaluations.slices import Condition
from cdt.domain.evaluations.state import evaluation_id_of, plan_id_of
from cdt.measures.estimates import Estimate
from cdt.predictions import documents
from cdt.workers import readings
from tests.api import Api, newest
from tests.domain.builders import A_DIGEST, a_result, an_accuracy
from tests.graphql.operations import FAILURE, a_model, act
from tests.graphql.test_evaluations import watched
from tests.graphql.test_recomputing import its_id, settled

__all__ = ["watched"]  # the version with a plan

SLICES = "slices { name conditions { column values low high } }"
CHANGE = f"""
mutation ($input: ChangePlanInput!) {{
  changePlan(input: $input) {{ ... on ChangePlanPayload {{ plan {{ {SLICES} }} }} {FAILURE} }}
}}"""
PLAN = f"query ($version: ID!, $asOf: AsOf) {{ version(id: $version, asOf: $asOf) {{ plan {{ {SLICES} }} }} }}"
ASK = """
query ($id: ID!) { evaluation(id: $id) { slices {
  name conditions { column values low high } rows labelledRows rowShare selectionRate selectionInterval { low high }
  verdict results { measure value verdict } baselineRows baselineReason
  drift { passed failed inconclusive results(first: 2) { measure subject value verdict } }
  fairness { passed failed inconclusive results { measure subject value } }
} } }"""
OLD: dict[str, Any] = {"name": "old", "conditions": [{"column": "age", "low": 60}]}


async def plan_of(api: Api, version: str, *, as_of: str | None = None) -> list[dict[str, Any]]:
    found = await api.ask(PLAN, {"version": version, "asOf": as_of}, by=api.owner)
    return found["version"]["plan"]["slices"]


async def test_a_plan_declares_slices_and_takes_them_back(api: Api, watched: str) -> None:
    assert await plan_of(api, watched) == []
    women = {"column": "sex", "values": ["f"]}

    answer = await act(
        api, CHANGE, by=api.owner, versionId=watched, reason="They fare otherwise.",
        slices=[OLD, {"name": "young women", "conditions": [women, {"column": "age", "high": 30.5}]}],
    )  # fmt: skip

    declared = [
        {"name": "old", "conditions": [{"column": "age", "values": None, "low": 60.0, "high": None}]},
        {
            "name": "young women",
            "conditions": [
                {"column": "sex", "values": ["f"], "low": None, "high": None},
                {"column": "age", "values": None, "low": None, "high": 30.5},
            ],
        },
    ]
    assert answer["plan"]["slices"] == declared
    then = str(await newest(api))
    await act(api, CHANGE, by=api.owner, versionId=watched, reason="Something else.", minimumRows=100)
    assert await plan_of(api, watched) == declared
    await act(api, CHANGE, by=api.owner, versionId=watched, reason="No more.", slices=[])
    assert await plan_of(api, watched) == []
    assert await plan_of(api, watched, as_of=then) == declared


@pytest.mark.parametrize(
    ("slices", "path"),
    [
        ([OLD, OLD], ["slices", "1", "name"]),
        ([{"name": "", "conditions": OLD["conditions"]}], ["slices", "0", "name"]),
        ([OLD | {"conditions": [{"column": "height", "low": 1}]}], ["slices", "0", "conditions", "0", "column"]),
        ([OLD | {"conditions": [{"column": "sex", "low": 1}]}], ["slices", "0", "conditions", "0", "low"]),
        ([OLD | {"conditions": []}], ["slices", "0", "conditions"]),
    ],
)
async def test_a_slice_that_means_nothing_is_refused_at_its_field(
    api: Api, watched: str, slices: list[Any], path: list[str]
) -> None:
    before = await newest(api)

    answer = await act(api, CHANGE, by=api.owner, versionId=watched, reason="A try.", slices=slices)

    assert (answer["path"], await newest(api)) == (path, before)


async def test_an_evaluation_shows_what_was_recorded_of_each_slice(api: Api, watched: str) -> None:
    conditions = (Condition(column="age", low=60.0),)
    of_drift = [
        replace(a_result("population_stability_index", value), subject=subject, limit=0.15, verdict=verdict)
        for subject, value, verdict in (
            ("age", 0.01, "pass"), ("income", 0.1, "pass"), ("height", None, "inconclusive"), ("weight", 0.2, "fail"),
        )
    ]  # fmt: skip
    nobody = readings.SliceReading(
        name="nobody", conditions=conditions, rows=0, labelled=0, selection=Estimate.missing("none"),
        results=(an_accuracy(None),), baseline_reason="it was uploaded",
    )  # fmt: skip
    old = readings.SliceReading(
        name="old", conditions=conditions, rows=10, labelled=4, selection=Estimate.of(0.5, 0.25, 0.75, rows=10),
        results=(
            a_result("volume", 10.0), an_accuracy(0.7), *of_drift,
            replace(a_result("demographic_parity_ratio", 0.9), subject="sex", limit=0.8),
            replace(a_result("demographic_parity_ratio", 0.5), subject="race", limit=0.8),
        ),
        baseline_rows=77,
    )  # fmt: skip
    reading = readings.JudgedReading(
        rows=40, labelled=4, baseline_rows=1, results=(), groups={}, distributions={}, definitions={},
        slices=(old, nobody),
    )  # fmt: skip
    project = api.owner.tenant.project_id
    assert project is not None
    async with api.writer.transaction([project]) as connection:
        digest = await documents.put(connection, project, readings.encode(reading))
    version, model = its_id(watched), its_id((await a_model(api))["id"])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    window = {"window_start": start, "window_end": start + timedelta(days=1)}
    await settled(
        api, evaluations.request_evaluation, version, model_id=model, environment="production", cause="window_closed",
        **window, through_sequence=1, specification=A_DIGEST,
    )  # fmt: skip
    evaluation = evaluation_id_of(
        plan_id_of(version), "window_closed", *window.values(), 1, specification=A_DIGEST  # type: ignore[arg-type]
    )  # fmt: skip
    shown = str(GlobalID("Evaluation", str(evaluation)))
    assert (await api.ask(ASK, {"id": shown}, by=api.owner))["evaluation"]["slices"] == []
    await settled(
        api, evaluations.complete_evaluation, evaluation, rows=40, labels=4, rows_digest=A_DIGEST, results=(),
        results_digest=digest, libraries={}, processor="any",
    )  # fmt: skip

    first, second = (await api.ask(ASK, {"id": shown}, by=api.owner))["evaluation"]["slices"]

    assert first == {
        "name": "old", "conditions": [{"column": "age", "values": None, "low": 60.0, "high": None}],
        "rows": 10, "labelledRows": 4, "rowShare": 0.25,
        "selectionRate": 0.5, "selectionInterval": {"low": 0.25, "high": 0.75}, "verdict": "FAIL",
        "results": [
            {"measure": "volume", "value": 10.0, "verdict": "PASS"},
            {"measure": "accuracy", "value": 0.7, "verdict": "PASS"},
        ],
        "baselineRows": 77, "baselineReason": None,
        "drift": {"passed": 2, "failed": 1, "inconclusive": 1, "results": [
            {"measure": "population_stability_index", "subject": "weight", "value": 0.2, "verdict": "FAIL"},
            {"measure": "population_stability_index", "subject": "height", "value": None, "verdict": "INCONCLUSIVE"},
        ]},
        "fairness": {"passed": 2, "failed": 0, "inconclusive": 0, "results": [
            {"measure": "demographic_parity_ratio", "subject": "race", "value": 0.5},
            {"measure": "demographic_parity_ratio", "subject": "sex", "value": 0.9},
        ]},
    }  # fmt: skip
    assert (second["rows"], second["selectionRate"], second["verdict"]) == (0, None, None)
    assert (second["baselineRows"], second["baselineReason"]) == (None, "it was uploaded")
    assert (second["drift"], second["fairness"]) == (None, None)
