"""Asking for an evaluation to be computed once more: what is answered, recorded, shown, and refused."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import replace
from strawberry.relay import GlobalID

from cdt.commands import evaluations
from cdt.commands import recomputations as commands
from cdt.domain.evaluations.recomputations import recomputation_id_of
from cdt.domain.kernel import EvaluationId, Position
from cdt.domain.tenancy.roles import Role
from cdt.predictions import documents
from cdt.workers import readings, significance
from tests.api import Api, a_system_command, global_id, newest
from tests.domain.builders import A_DIGEST
from tests.graphql.operations import FAILURE, act
from tests.graphql.test_evaluations import ASKED, REQUEST, watched
from tests.workers.test_readings import decided, held_against

__all__ = ["watched"]  # the version with a plan

RECOMPUTE = f"""
mutation ($input: RecomputeEvaluationInput!) {{
  recomputeEvaluation(input: $input) {{
    ... on RecomputeEvaluationPayload {{ position evaluation {{ id recomputations {{ state outcome }} }} }}
    {FAILURE}
  }}
}}"""
RECOMPUTATIONS = """
query ($id: ID!) { evaluation(id: $id) { recomputations {
  state outcome areRowsTheSame differenceCount isSameProcessor otherLibraries failure requestedBy { kind }
  differences { measure subject withinTolerance recorded { value verdict } now { value verdict } }
  testDifferences { measure subject withinTolerance recorded { corrected hasDrifted } now { corrected hasDrifted } }
} } }"""


def its_id(evaluation: str) -> EvaluationId:
    return EvaluationId(UUID(GlobalID.from_id(evaluation).node_id))


async def an_evaluation(api: Api, version: str, *, hours: int) -> str:
    """Of a window of so many hours."""
    window = ASKED | {"windowEnd": f"2026-01-01T{hours:02}:00:00Z"}
    return (await act(api, REQUEST, by=api.owner, versionId=version, **window))["evaluation"]["id"]


async def settled(api: Api, command: Any, *about: Any, **values: Any) -> Position:
    by = a_system_command(api.owner.tenant)
    position = await asyncio.to_thread(lambda: command(api.log, *about, **values, by=by))
    assert position is not None
    await api.settle(position)
    return position


async def kept(api: Api, *results: Any, corrected: float = 0.002) -> Any:
    """The digest of a document with these results, and a test of a column."""
    test = significance.Tested(
        measure="chi_square", subject="sex", p_value=0.001, corrected=corrected, has_drifted=True
    )
    reading = readings.JudgedReading(
        rows=1, labelled=1, baseline_rows=1, results=results, groups={}, distributions={}, definitions={},
        significance=significance.Significance(correction="bonferroni", level=0.005, tests=(test,)),
    )  # fmt: skip
    project = api.owner.tenant.project_id
    assert project is not None
    async with api.writer.transaction([project]) as connection:
        return await documents.put(connection, project, readings.encode(reading))


async def test_an_evaluation_is_computed_once_more_and_says_what_came_of_it(api: Api, watched: str) -> None:
    evaluation = await an_evaluation(api, watched, hours=5)
    early = await act(api, RECOMPUTE, by=api.owner, evaluationId=evaluation)
    assert (early["__typename"], early["message"]) == (
        "ConflictError", "The evaluation is requested; only a completed one can be computed once more.",
    )  # fmt: skip

    result = held_against(decided(300, right=300), of="rows")["accuracy"]
    assert result.value is not None
    then, now = await kept(api, result), await kept(api, replace(result, value=result.value + 1e-13), corrected=0.004)
    await settled(
        api, evaluations.complete_evaluation, its_id(evaluation), rows=40, labels=0, rows_digest=A_DIGEST, results=(),
        results_digest=then, libraries={"numpy": "1"}, processor="any",
    )  # fmt: skip

    auditor = await api.make_member(Role.AUDITOR)
    command = str(uuid4())
    asked = await act(api, RECOMPUTE, by=auditor, evaluationId=evaluation, commandId=command)
    assert asked["evaluation"]["recomputations"] == [{"state": "REQUESTED", "outcome": None}]
    while_under_way = await act(api, RECOMPUTE, by=api.owner, evaluationId=evaluation)
    assert (while_under_way["position"], len(while_under_way["evaluation"]["recomputations"])) == (None, 1)

    requested = recomputation_id_of(its_id(evaluation), UUID(command))
    await settled(
        api, commands.complete_recomputation, its_id(evaluation), requested,
        outcome="different", differences=2, rows_digest=A_DIGEST, results_digest=now,
        libraries={"numpy": "2"}, processor="another",
    )  # fmt: skip
    (shown,) = (await api.ask(RECOMPUTATIONS, {"id": evaluation}, by=auditor))["evaluation"]["recomputations"]
    assert shown == {
        "state": "COMPLETED", "outcome": "DIFFERENT", "areRowsTheSame": True, "differenceCount": 2,
        "isSameProcessor": False, "otherLibraries": ["numpy 1 -> 2"], "failure": None, "requestedBy": {"kind": "USER"},
        "differences": [{
            "measure": "accuracy", "subject": None, "withinTolerance": True,
            "recorded": {"value": 0.9, "verdict": result.verdict.upper()},
            "now": {"value": 0.9 + 1e-13, "verdict": result.verdict.upper()},
        }],
        "testDifferences": [{
            "measure": "chi_square", "subject": "sex", "withinTolerance": False,
            "recorded": {"corrected": 0.002, "hasDrifted": True}, "now": {"corrected": 0.004, "hasDrifted": True},
        }],
    }  # fmt: skip


async def test_what_was_given_up_says_why(api: Api, watched: str) -> None:
    evaluation = await an_evaluation(api, watched, hours=6)
    await settled(
        api, evaluations.complete_evaluation, its_id(evaluation), rows=40, labels=0, rows_digest=A_DIGEST, results=(),
        results_digest=A_DIGEST, libraries={}, processor="any",
    )  # fmt: skip
    command = str(uuid4())
    await act(api, RECOMPUTE, by=api.owner, evaluationId=evaluation, commandId=command)
    requested = recomputation_id_of(its_id(evaluation), UUID(command))
    await settled(api, commands.give_up_recomputation, its_id(evaluation), requested, attempts=4, reason="why")
    (shown,) = (await api.ask(RECOMPUTATIONS, {"id": evaluation}, by=api.owner))["evaluation"]["recomputations"]
    assert (shown["state"], shown["failure"], shown["outcome"], shown["areRowsTheSame"]) == (
        "FAILED",
        "why",
        None,
        None,
    )


async def test_who_only_reads_may_not_and_others_do_not_see_it(api: Api, watched: str) -> None:
    evaluation = await an_evaluation(api, watched, hours=7)
    viewer, before = await api.make_member(Role.VIEWER), await newest(api)
    refusals = [(viewer, "ForbiddenError"), (api.stranger, "NotFoundError"), (None, "UnauthenticatedError")]
    for by, kind in refusals:
        assert (await act(api, RECOMPUTE, by=by, evaluationId=evaluation))["__typename"] == kind
    unknown = await act(api, RECOMPUTE, by=api.owner, evaluationId=global_id("Evaluation", uuid4()))
    assert unknown["__typename"] == "NotFoundError"
    assert await newest(api) == before


COMPARED = """
query ($id: ID!, $with: ID!) { evaluation(id: $id) { comparedWith(id: $with) {
  measure subject areApart first { value } second { value verdict }
} } }"""


async def test_two_evaluations_are_laid_side_by_side(api: Api, watched: str) -> None:
    result = held_against(decided(300, right=300), of="rows")["accuracy"]
    worse = replace(result, value=0.5, low=0.4, high=0.6, verdict="fail")
    evaluations_ = [await an_evaluation(api, watched, hours=hours) for hours in (11, 12, 13)]
    for evaluation, found in zip(evaluations_, (result, worse), strict=False):
        await settled(
            api, evaluations.complete_evaluation, its_id(evaluation), rows=40, labels=0, rows_digest=A_DIGEST,
            results=(), results_digest=await kept(api, found), libraries={}, processor="any",
        )  # fmt: skip
    first, second, running = evaluations_

    async def compared(one: str, other: str, *, by: Any = api.owner) -> Any:
        found = (await api.ask(COMPARED, {"id": one, "with": other}, by=by))["evaluation"]
        return None if found is None else found["comparedWith"]

    assert await compared(second, first) == [
        {"measure": "accuracy", "subject": None, "areApart": True, "first": {"value": 0.9},
         "second": {"value": 0.5, "verdict": "FAIL"}},
    ]  # fmt: skip
    assert await compared(second, running) is None
    assert await compared(second, global_id("Evaluation", uuid4())) is None
    assert await compared(second, first, by=api.stranger) is None
