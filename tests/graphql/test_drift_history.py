"""Drift over time: each closed window as it was recorded last, the gravest feature first, with words for how grave."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from strawberry.relay import GlobalID

from cdt.commands import evaluations
from cdt.domain.evaluations.state import evaluation_id_of, plan_id_of
from cdt.graphql import limits
from tests.api import Api, newest
from tests.domain.builders import A_DIGEST, an_index
from tests.graphql.operations import a_model, act, promoted
from tests.graphql.test_evaluations import SET_BASELINE, WINDOW, a_sent_version
from tests.graphql.test_recomputing import its_id, kept, settled

START = datetime(2026, 1, 1, tzinfo=UTC)
RECORDED: list[tuple[int, str, int, list[Any]]] = [
    (0, "window_closed", 1, [an_index("age", 0.01), an_index("school", 0.2)]),
    (1, "window_closed", 2, [an_index("age", 0.07), an_index("school", 0.12), an_index("(score)", 0.01)]),
    (1, "asked", 2, [an_index("age", 9.0)]),
    (0, "restatement", 3, [an_index("age", 0.02), an_index("school", 0.26)]),
    (2, "window_closed", 4, [an_index("age", 0.3, has_enough_rows=False), an_index("school", None)]),
]
"""Day, cause, intake sequence, results; in the order in which they were recorded."""
ASK = """
query ($id: ID!, $measure: String!, $windows: Int!, $subjects: Int!, $name: String, $asOf: AsOf) {
  model(id: $id, asOf: $asOf) { driftHistory(
    measure: $measure, windows: $windows, subjects: $subjects, name: $name
  ) {
    measure evaluationIds windowEnds subjects subjectCount values severities verdicts
  } latestEvaluation { drift { psi { severity } } } }
}"""


async def a_watched_version(api: Api) -> tuple[str, str]:
    """A model with a version in production and its plan."""
    model = (await a_model(api))["id"]
    version = await a_sent_version(api, 40, model=model)
    await act(api, SET_BASELINE, by=api.owner, versionId=version, **WINDOW)
    await promoted(api, version)
    await settled(api, evaluations.make_plan, its_id(version), model_id=its_id(model))
    return model, version


async def a_record(api: Api, model: str, version: str, day: int, cause: str, sequence: int, results: list[Any]) -> str:
    """A completed evaluation of one day; its id."""
    ids = its_id(model), its_id(version)
    start, end = START + timedelta(days=day), START + timedelta(days=day + 1)
    await settled(
        api, evaluations.request_evaluation, ids[1], model_id=ids[0], environment="production", cause=cause,
        window_start=start, window_end=end, through_sequence=sequence, specification=A_DIGEST,
    )  # fmt: skip
    evaluation = evaluation_id_of(
        plan_id_of(ids[1]), cause, start, end, sequence, specification=A_DIGEST  # type: ignore[arg-type]
    )  # fmt: skip
    await settled(
        api, evaluations.complete_evaluation, evaluation, rows=40, labels=40, rows_digest=A_DIGEST, results=(),
        results_digest=await kept(api, *results), libraries={}, processor="any",
    )  # fmt: skip
    return str(GlobalID("Evaluation", str(evaluation)))


@pytest.fixture(scope="module")
async def recorded(api: Api) -> tuple[str, list[str]]:
    """A model with five recorded evaluations, and their ids."""
    model, version = await a_watched_version(api)
    return model, [await a_record(api, model, version, *each) for each in RECORDED]


async def asked(api: Api, model: str, **wanted: Any) -> dict[str, Any]:
    fields = {"measure": "population_stability_index", "windows": 24, "subjects": 100, **wanted}
    return (await api.ask(ASK, {"id": model, **fields}, by=api.owner))["model"]["driftHistory"]


async def test_each_window_counts_as_it_was_recorded_last_and_what_was_asked_for_does_not(
    api: Api, recorded: tuple[str, list[str]]
) -> None:
    model, ids = recorded
    history = await asked(api, model)

    assert history["evaluationIds"] == [ids[3], ids[1], ids[4]]
    assert [end[:10] for end in history["windowEnds"]] == ["2026-01-02", "2026-01-03", "2026-01-04"]
    assert (history["subjects"], history["subjectCount"]) == (["school", "age", "(score)"], 3)
    assert history["values"] == [[0.26, 0.12, None], [0.02, 0.07, 0.3], [None, 0.01, None]]
    assert history["severities"] == [["CRITICAL", "MEDIUM", None], ["NONE", "LOW", None], [None, "NONE", None]]
    assert history["verdicts"][2] == [None, "PASS", None]


async def test_the_past_is_told_as_it_was_known(api: Api, recorded: tuple[str, list[str]]) -> None:
    model, ids = recorded
    position = await newest(api)
    before_the_last = await asked(api, model, asOf=str(position - 2))

    assert before_the_last["evaluationIds"] == [ids[3], ids[1]]


async def test_only_so_many_windows_and_subjects_are_shown(api: Api, recorded: tuple[str, list[str]]) -> None:
    model, ids = recorded
    history = await asked(api, model, windows=2, subjects=1)

    assert (history["evaluationIds"], history["subjects"], history["subjectCount"]) == ([ids[1], ids[4]], ["school"], 3)
    assert len((await asked(api, model, windows=-1, subjects=0))["evaluationIds"]) == 1
    assert (await asked(api, model, measure="kolmogorov_smirnov"))["subjects"] == []


@pytest.mark.parametrize(("name", "subjects"), [("SCHOO", ["school"]), ("e", ["age", "(score)"]), ("%", []), (" ", [])])
async def test_the_calmest_of_many_is_found_by_its_name(
    api: Api, recorded: tuple[str, list[str]], name: str, subjects: list[str]
) -> None:
    history = await asked(api, recorded[0], name=name, subjects=1)

    assert (history["subjects"], history["subjectCount"]) == (subjects[:1], len(subjects))
    assert len(history["values"]) == len(subjects[:1])


async def test_a_window_that_is_restated_often_hides_no_other(api: Api) -> None:
    model, version = await a_watched_version(api)
    for day, sequence in ((0, 1), *((1, sequence) for sequence in range(2, 11))):
        await a_record(api, model, version, day, "restatement", sequence, [an_index("age", sequence / 100)])
    history = await asked(api, model, windows=2)

    assert [end[:10] for end in history["windowEnds"]] == ["2026-01-02", "2026-01-03"]
    assert history["values"] == [[0.01, 0.1]]


async def test_a_history_costs_what_its_documents_do_however_little_of_them_is_shown(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, version = await a_watched_version(api)
    wide = [an_index(f"feature {number}", 0.1) for number in range(2_000)]
    await a_record(api, model, version, 0, "window_closed", 1, wide)
    fields = {"id": model, "measure": "population_stability_index", "windows": 1, "subjects": 1}
    document = ASK.replace("latestEvaluation { drift { psi { severity } } }", "id")

    monkeypatch.setattr(limits, "MAXIMUM_ROWS", 120)  # of which its statement is 50, and half a megabyte 60
    assert (await api.ask(document, fields, by=api.owner))["model"]["driftHistory"]["subjectCount"] == 2_000
    monkeypatch.setattr(limits, "MAXIMUM_ROWS", 100)
    assert await api.refused(document, fields, by=api.owner) == "INVALID"


async def test_a_measure_without_bands_is_refused_in_words(api: Api, recorded: tuple[str, list[str]]) -> None:
    variables = {"id": recorded[0], "measure": "accuracy", "windows": 1, "subjects": 1}
    answer = (await api.post(ASK, variables, by=api.owner)).json()

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "INVALID"
    assert error["message"].startswith("measure: it is one of population_stability_index, jensen_shannon_distance,")


async def test_a_model_without_a_record_has_no_history(api: Api) -> None:
    history = await asked(api, (await a_model(api))["id"])

    assert (history["evaluationIds"], history["values"], history["subjectCount"]) == ([], [], 0)
