"""Why a score changed: against the one before, against any other of the model, and what can't be told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cdt.commands import evaluations, trust
from cdt.domain.evaluations.state import evaluation_id_of, plan_id_of
from cdt.domain.trust.formula import score
from cdt.domain.trust.policy import DEFAULT_POLICY
from cdt.graphql import limits
from tests.api import Api
from tests.domain.builders import A_DIGEST, ALL_WELL, a_ratio, an_accuracy, an_auc, an_index
from tests.graphql.operations import a_model, act, promoted
from tests.graphql.test_evaluations import SET_BASELINE, WINDOW, a_sent_version
from tests.graphql.test_recomputing import its_id, kept, settled

DRIFTED = [an_index("age", 9.0), an_index("school", 0.02), a_ratio("sex", 0.9), an_accuracy(0.8), an_auc(0.9)]
UNFAIR = [*DRIFTED[:2], a_ratio("sex", 0.4), an_accuracy(0.8), an_auc(0.9)]
HISTORY = ([*ALL_WELL], DRIFTED, UNFAIR)
START = datetime(2026, 1, 1, tzinfo=UTC)
END = """
    value position windowEnd evaluationId"""
WHY = f"""
query ($model: ID!, $since: Position, $asOf: AsOf) {{
  model(id: $model, asOf: $asOf) {{
    trust {{
      changedBecause(since: $since) {{
        before {{ {END} }} after {{ {END} }}
        amount reason sentence
        contributions {{ cause kind amount before after parts {{ name cause amount before after }} }}
      }}
    }}
    trustHistory {{ positions }}
    trustIf(policy: {{}}) {{ changedBecause {{ amount }} }}
  }}
}}"""


@pytest.fixture(scope="module")
async def scored(api: Api) -> str:
    """A model with three recorded scores: all is well, then a feature has drifted, then it is unfair, too."""
    model = (await a_model(api))["id"]
    version = await a_sent_version(api, 40, model=model)
    await act(api, SET_BASELINE, by=api.owner, versionId=version, **WINDOW)
    await promoted(api, version)
    ids = its_id(model), its_id(version)
    await settled(api, evaluations.make_plan, ids[1], model_id=ids[0])
    previous = None
    for day, results in enumerate(HISTORY):
        start, end = START + timedelta(days=day), START + timedelta(days=day + 1)
        await settled(
            api, evaluations.request_evaluation, ids[1], model_id=ids[0], environment="production",
            cause="window_closed", window_start=start, window_end=end, through_sequence=1, specification=A_DIGEST,
        )  # fmt: skip
        evaluation = evaluation_id_of(plan_id_of(ids[1]), "window_closed", start, end, 1, specification=A_DIGEST)
        await settled(
            api, evaluations.complete_evaluation, evaluation, rows=40, labels=40, rows_digest=A_DIGEST, results=(),
            results_digest=await kept(api, *results), libraries={}, processor="any",
        )  # fmt: skip
        reckoned = score(results, DEFAULT_POLICY, previous=previous)
        await settled(
            api, trust.record_score, evaluation, model_id=ids[0], version_id=ids[1], environment="production",
            score=reckoned, previous=previous, previous_window_end=None if previous is None else start,
            window_end=end,
        )  # fmt: skip
        previous = reckoned
    return model


async def asked(api: Api, model: str, **variables: Any) -> dict[str, Any]:
    return (await api.ask(WHY, {"model": model, **variables}, by=api.owner))["model"]


async def test_the_change_is_taken_apart_against_the_score_before(api: Api, scored: str) -> None:
    answer = await asked(api, scored)
    change = answer["trust"]["changedBecause"]

    (fairness,) = change["contributions"]
    assert (fairness["kind"], fairness["cause"], fairness["before"], fairness["after"]) == (
        "FAIRNESS", "VALUE", 1.0, 0.5,
    )  # fmt: skip
    assert fairness["amount"] == pytest.approx(change["amount"], abs=1e-12) == pytest.approx(-1 / 6)
    assert [(part["name"], part["cause"], part["before"], part["after"]) for part in fairness["parts"]] == [
        ("sex", "VALUE", 1.0, 0.5)
    ]
    assert change["sentence"] == "Down 0.17 since 2026-01-03: fairness -0.17 (sex)."
    assert [change["before"]["position"], change["after"]["position"]] == answer["trustHistory"]["positions"][1:]
    assert change["before"]["evaluationId"] != change["after"]["evaluationId"]
    assert change["before"]["windowEnd"] == "2026-01-03T00:00:00+00:00"


async def test_the_change_is_taken_apart_against_any_other_score_of_the_history(api: Api, scored: str) -> None:
    first = (await asked(api, scored))["trustHistory"]["positions"][0]

    change = (await asked(api, scored, since=first))["trust"]["changedBecause"]

    assert change["sentence"] == "Down 0.33 since 2026-01-02: fairness -0.17 (sex), stability -0.17 (age)."
    assert sum(each["amount"] for each in change["contributions"]) == pytest.approx(change["amount"], abs=1e-12)


async def test_each_change_counts_as_a_statement_of_its_own(
    api: Api, scored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = (
        "query ($id: ID!) { model(id: $id) { trust { a: changedBecause { amount } b: changedBecause { amount } } } }"
    )

    monkeypatch.setattr(limits, "MAXIMUM_ROWS", 2 * limits.A_STATEMENT)
    refused = (await api.post(twice, {"id": scored}, by=api.owner)).json()["errors"]
    assert {each["extensions"]["code"] for each in refused} == {"INVALID"}
    assert await api.ask(twice.replace("b: changedBecause { amount }", ""), {"id": scored}, by=api.owner)


async def test_the_first_score_and_one_that_is_tried_have_no_change(api: Api, scored: str) -> None:
    answer = await asked(api, scored)
    assert answer["trustIf"] == {"changedBecause": None}

    then = await asked(api, scored, asOf=answer["trustHistory"]["positions"][0])
    assert then["trust"] == {"changedBecause": None}


@pytest.mark.parametrize(
    ("since", "problem"),
    [
        ("1", "since: no score of the model is recorded at this position"),
        ("9223372036854775807", "since: no score of the model is recorded at this position"),
        ("9" * 5_000, "since: it is the position of a recorded score"),
        ("-1", "since: it is the position of a recorded score"),
        ("now", "since: it is the position of a recorded score"),
    ],
)
async def test_a_position_without_a_score_is_refused(api: Api, scored: str, since: str, problem: str) -> None:
    answer = (await api.post(WHY, {"model": scored, "since": since}, by=api.owner)).json()
    assert [each["message"] for each in answer["errors"]] == [problem]


async def test_the_evaluation_that_a_change_leads_to_tells_every_measure_of_fairness(api: Api, scored: str) -> None:
    evaluation = (await asked(api, scored))["trust"]["changedBecause"]["after"]["evaluationId"]
    wanted = "fairnessResults { measure subject value } intersections { rows }"
    query = f"query ($id: ID!) {{ evaluation(id: $id) {{ {wanted} }} }}"

    answer = await api.ask(query, {"id": evaluation}, by=api.owner)

    assert answer["evaluation"]["fairnessResults"] == [
        {"measure": "demographic_parity_ratio", "subject": "sex", "value": 0.4}
    ]
    assert answer["evaluation"]["intersections"] is None  # its plan asked for no measure of them
