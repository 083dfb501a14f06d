"""Commands about plans and evaluations, on a real log."""

import pytest

from cdt.commands import evaluations
from cdt.domain.evaluations.decisions import EvaluationIsOver
from cdt.domain.evaluations.events import Completed, PlanMade, Requested
from cdt.domain.evaluations.state import plan_id_of
from tests.builders import a_command, an_id
from tests.domain.builders import A_MODEL, A_VERSION, ANOTHER_DIGEST
from tests.readmodels.recording import Recording


async def test_a_version_has_one_plan_whoever_makes_it(recording: Recording) -> None:
    recording.do(evaluations.make_plan, A_VERSION, model_id=A_MODEL)

    assert evaluations.make_plan(recording.log, A_VERSION, model_id=A_MODEL, by=a_command(id=an_id(7))) is None
    assert [type(each.event) for each in recording.log.history(plan_id_of(A_VERSION))] == [PlanMade]


async def test_an_evaluation_is_found_by_what_was_asked(recording: Recording) -> None:
    evaluation_id = recording.request(0)
    recording.complete(evaluation_id)

    history = recording.log.history(evaluation_id)

    assert [type(each.event) for each in history] == [Requested, Completed]
    assert [each.position for each in history] == [1, 2]


async def test_a_second_worker_ends_in_a_conflict_unless_it_found_the_same(recording: Recording) -> None:
    evaluation_id = recording.request(0)
    recording.complete(evaluation_id)
    again = {"rows": 100, "labels": 50, "rows_digest": "a" * 64, "results": (), "libraries": {}, "processor": "avx2"}

    same = evaluations.complete_evaluation(
        recording.log, evaluation_id, results_digest="a" * 64, by=a_command(id=an_id(7)), **again
    )
    assert same is None
    with pytest.raises(EvaluationIsOver):
        evaluations.complete_evaluation(
            recording.log, evaluation_id, results_digest=ANOTHER_DIGEST, by=a_command(id=an_id(8)), **again
        )
