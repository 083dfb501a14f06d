"""Realised beside estimated performance, window by window, and the curves of one evaluation."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import UNSET, UnsetType
from strawberry.relay import GlobalID

from cdt.commands import evaluations
from cdt.domain.evaluations.results import MeasureResult
from cdt.domain.evaluations.state import evaluation_id_of, plan_id_of
from cdt.measures.confusions import Confusions
from cdt.measures.estimates import Estimate, wilson_interval
from cdt.measures.performance.curves import Bin, Curves, CurvesOfBoth
from cdt.predictions import documents
from cdt.workers import readings
from tests.api import Api, newest
from tests.domain.builders import A_DIGEST, a_result, an_accuracy, an_auc
from tests.graphql.operations import a_model, act, promoted
from tests.graphql.test_evaluations import SET_BASELINE, WINDOW, a_sent_version
from tests.graphql.test_recomputing import its_id, settled

START = datetime(2026, 1, 1, tzinfo=UTC)
CURVES = CurvesOfBoth(
    baseline=Curves(reason="no labelled rows of the positive class"),
    current=Curves(
        thresholds=(0.75, 0.25, None),
        others=(1, 2, 4),
        positives=(3, 5, 5),
        bins=(
            Bin(mean_score=0.25, positive_share=Estimate.of(0.4, 0.2, 0.7, rows=5)),
            Bin(mean_score=0.8, positive_share=Estimate.of(0.75, 0.3, 0.9, rows=4)),
        ),
    ),
)
CONFUSIONS = Confusions(classes=("0", "1"), current=((3, 1, 0), (2, 0, 1)), baseline=((0, 0, 0), (0, 0, 0)))
RECORDED: list[tuple[int, str, int, int, tuple[MeasureResult, ...], CurvesOfBoth | UnsetType]] = [
    (0, "window_closed", 1, 10, (an_accuracy(0.7),), UNSET),
    (1, "window_closed", 2, 0, (an_accuracy(None), a_result("estimated_accuracy", 0.81)), UNSET),
    (0, "restatement", 3, 40, (an_accuracy(0.75, low=0.7, high=0.8), an_auc(0.85)), CURVES),
]
"""Day, cause, intake sequence, labels of 40 rows, results, curves; in the order in which they were recorded."""
ASK = """
query ($id: ID!, $windows: Int!, $asOf: AsOf) {
  model(id: $id, asOf: $asOf) { performanceHistory(windows: $windows) {
    evaluationIds windowEnds rows labelCoverages
    measures {
      measure realised realisedIntervals { low high } estimated estimatedIntervals { low high } baselines
    }
  } }
}"""
ASK_CONFUSIONS = """
query ($id: ID!) { evaluation(id: $id) { confusions { classes
  current { labelled counts rates { labels decisions right precision precisionInterval { low high } recall } }
  baseline { labelled counts rates { labels precision recall } }
} } }"""
ASK_CURVES = """
query ($id: ID!) { evaluation(id: $id) { curves { baseline { reason thresholds reliabilityReason labelled } current {
  reason labelled positives thresholds falsePositiveRates truePositiveRates precisions
  meanScores positiveShares positiveShareIntervals { low high } binRows reliabilityReason
} } } }"""


@pytest.fixture(scope="module")
async def recorded(api: Api) -> tuple[str, list[str]]:
    """A model with three recorded evaluations, and their ids."""
    model = (await a_model(api))["id"]
    version = await a_sent_version(api, 40, model=model)
    await act(api, SET_BASELINE, by=api.owner, versionId=version, **WINDOW)
    await promoted(api, version)
    ids = its_id(model), its_id(version)
    await settled(api, evaluations.make_plan, ids[1], model_id=ids[0])
    found: list[str] = []
    for day, cause, sequence, labels, results, curves in RECORDED:
        start, end = START + timedelta(days=day), START + timedelta(days=day + 1)
        await settled(
            api, evaluations.request_evaluation, ids[1], model_id=ids[0], environment="production", cause=cause,
            window_start=start, window_end=end, through_sequence=sequence, specification=A_DIGEST,
        )  # fmt: skip
        evaluation = evaluation_id_of(
            plan_id_of(ids[1]), cause, start, end, sequence, specification=A_DIGEST  # type: ignore[arg-type]
        )  # fmt: skip
        await settled(
            api, evaluations.complete_evaluation, evaluation, rows=40, labels=labels, rows_digest=A_DIGEST, results=(),
            results_digest=await _kept(api, results, curves), libraries={}, processor="any",
        )  # fmt: skip
        found.append(str(GlobalID("Evaluation", str(evaluation))))
    return model, found


async def _kept(api: Api, results: tuple[MeasureResult, ...], curves: CurvesOfBoth | UnsetType) -> Any:
    reading = readings.JudgedReading(
        rows=40,
        labelled=1,
        baseline_rows=1,
        results=results,
        groups={},
        distributions={},
        curves=curves,
        confusions=UNSET if curves is UNSET else CONFUSIONS,
        definitions={},
    )
    project = api.owner.tenant.project_id
    assert project is not None
    async with api.writer.transaction([project]) as connection:
        return await documents.put(connection, project, readings.encode(reading))


async def asked(api: Api, model: str, **wanted: Any) -> dict[str, Any]:
    variables = {"id": model, "windows": 24, **wanted}
    return (await api.ask(ASK, variables, by=api.owner))["model"]["performanceHistory"]


async def test_each_window_tells_what_was_seen_and_what_was_expected_as_it_was_recorded_last(
    api: Api, recorded: tuple[str, list[str]]
) -> None:
    model, ids = recorded
    history = await asked(api, model)

    assert history["evaluationIds"] == [ids[2], ids[1]]
    assert [end[:10] for end in history["windowEnds"]] == ["2026-01-02", "2026-01-03"]
    assert (history["rows"], history["labelCoverages"]) == ([40, 40], [1.0, 0.0])
    accuracy, auc = history["measures"]
    assert (accuracy["measure"], auc["measure"]) == ("accuracy", "roc_auc")
    assert (accuracy["realised"], accuracy["estimated"]) == ([0.75, None], [None, 0.81])
    assert accuracy["realisedIntervals"][0] == {"low": 0.7, "high": 0.8}
    assert accuracy["baselines"] == [0.8, 0.8]
    assert (auc["realised"], auc["estimated"], auc["estimatedIntervals"]) == ([0.85, None], [None, None], [None, None])


async def test_the_past_is_told_as_it_was_known_and_only_so_many_windows(
    api: Api, recorded: tuple[str, list[str]]
) -> None:
    model, ids = recorded
    position = await newest(api)
    before_the_last = await asked(api, model, asOf=str(position - 2))

    assert before_the_last["measures"][0]["realised"] == [0.7, None]
    assert before_the_last["labelCoverages"] == [0.25, 0.0]
    assert (await asked(api, model, windows=-1))["evaluationIds"] == [ids[1]]


async def test_a_model_without_a_record_has_no_history_of_performance(api: Api) -> None:
    history = await asked(api, (await a_model(api))["id"])

    assert (history["evaluationIds"], [each["realised"] for each in history["measures"]]) == ([], [[], []])


async def test_an_evaluation_tells_its_curves_or_why_there_are_none(api: Api, recorded: tuple[str, list[str]]) -> None:
    _, ids = recorded
    curves = (await api.ask(ASK_CURVES, {"id": ids[2]}, by=api.owner))["evaluation"]["curves"]
    former = (await api.ask(ASK_CURVES, {"id": ids[0]}, by=api.owner))["evaluation"]["curves"]

    assert former is None
    assert curves["baseline"] == {
        "reason": "no labelled rows of the positive class",
        "thresholds": [],
        "reliabilityReason": "no labelled rows of the positive class",
        "labelled": 0,
    }
    assert curves["current"] == {
        "reason": None,
        "labelled": 9,
        "positives": 5,
        "thresholds": [0.75, 0.25, None],
        "falsePositiveRates": [0.25, 0.5, 1.0],
        "truePositiveRates": [0.6, 1.0, 1.0],
        "precisions": [0.75, 5 / 7, 5 / 9],
        "meanScores": [0.25, 0.8],
        "positiveShares": [0.4, 0.75],
        "positiveShareIntervals": [{"low": 0.2, "high": 0.7}, {"low": 0.3, "high": 0.9}],
        "binRows": [5, 4],
        "reliabilityReason": None,
    }


async def test_an_evaluation_tells_how_often_each_class_was_decided_as_which(
    api: Api, recorded: tuple[str, list[str]]
) -> None:
    ids = recorded[1]
    found = (await api.ask(ASK_CONFUSIONS, {"id": ids[2]}, by=api.owner))["evaluation"]["confusions"]
    former = (await api.ask(ASK_CONFUSIONS, {"id": ids[0]}, by=api.owner))["evaluation"]["confusions"]

    assert former is None
    of_no, of_yes = found["current"].pop("rates")
    low, high = wilson_interval(0.6, 5, confidence=0.95)
    assert of_no == {
        "labels": 4, "decisions": 5, "right": 3, "precision": 0.6, "precisionInterval": {"low": low, "high": high},
        "recall": 0.75,
    }  # fmt: skip
    assert (of_yes["labels"], of_yes["decisions"], of_yes["right"]) == (3, 1, 0)
    assert (of_yes["precision"], of_yes["recall"]) == (0.0, 0.0)
    nobody = {"labels": 0, "precision": None, "recall": None}
    assert found == {
        "classes": ["0", "1"],
        "current": {"labelled": 7, "counts": [[3, 1, 0], [2, 0, 1]]},
        "baseline": {"labelled": 0, "counts": [[0, 0, 0], [0, 0, 0]], "rates": [nobody, nobody]},
    }
