"""What a model's score is worth by how long no rows have come in."""

import json
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from cdt.database.roles import DatabaseRole, conninfo_as
from tests.api import Api, newest
from tests.graphql.operations import a_model, act
from tests.graphql.test_evaluations import START
from tests.graphql.test_recomputing import its_id
from tests.graphql.test_trust import CHANGE
from tests.graphql.test_trying import scored

__all__ = ["scored"]

ASK = """
query ($model: ID!, $asOf: AsOf) { model(id: $model, asOf: $asOf) {
  trust { value standing coverage }
  trustFreshness { newestRowsAt ageSeconds weight coverage standing sentence }
  trustPolicy { freshSeconds halfLifeSeconds }
} }"""

CHAMPION = "query ($model: ID!) { model(id: $model) { production { version { id } } } }"
TRY = """
query ($model: ID!, $policy: PolicyToTryInput!) {
  model(id: $model) { trustIf(policy: $policy) { value standing coverage sentence } }
}"""


async def asked(api: Api, model: str, *, by: Any = None, as_of: str | None = None) -> dict[str, Any]:
    return (await api.ask(ASK, {"model": model, "asOf": as_of}, by=by or api.owner))["model"]


async def received_earlier(api: Api, model: str, days: int) -> None:
    """As though the rows of all its versions had come in so much earlier."""
    conninfo = conninfo_as(api.dsn, DatabaseRole.SYSTEM)
    async with await psycopg.AsyncConnection.connect(conninfo) as connection:
        await connection.execute(
            "UPDATE predictions.segments SET recorded_at = recorded_at - make_interval(days => %s)"
            " WHERE version_number IN (SELECT number FROM predictions.versions WHERE model_id = %s)",
            (days, its_id(model)),
        )


async def test_a_score_is_worth_less_the_longer_no_rows_come_in_and_more_again_by_policy(api: Api, scored: str) -> None:
    fresh = await asked(api, scored)
    past = (await asked(api, scored, as_of=str(await newest(api))))["trustFreshness"]
    await received_earlier(api, scored, 38)
    stale = await asked(api, scored)

    assert (fresh["trustFreshness"]["weight"], fresh["trustFreshness"]["sentence"]) == (1.0, None)
    assert fresh["trustFreshness"]["standing"] == fresh["trust"]["standing"] == "TRUSTED"
    assert fresh["trustFreshness"]["coverage"] == fresh["trust"]["coverage"] == 1.0
    assert fresh["trustPolicy"] == {"freshSeconds": 7 * 86_400, "halfLifeSeconds": 30 * 86_400}
    assert stale["trust"] == fresh["trust"]
    found = stale["trustFreshness"]
    assert found["standing"] == "NOT_ENOUGH_EVIDENCE"
    assert found["coverage"] == found["weight"] == pytest.approx(2 ** (-31 / 30), abs=1e-4)
    assert found["ageSeconds"] == pytest.approx(38 * 86_400, abs=600)
    assert found["sentence"].startswith(
        "No rows have come in for 38 days, so the evidence counts 0.49, and covers 0.49"
    )
    moved = datetime.fromisoformat(fresh["trustFreshness"]["newestRowsAt"]) - timedelta(days=38)
    assert datetime.fromisoformat(found["newestRowsAt"]) == moved
    assert (past["weight"], past["standing"]) == (1.0, "TRUSTED")

    await act(api, CHANGE, by=api.owner, modelId=scored, reason="once a quarter", freshSeconds=100 * 86_400)

    milder = await asked(api, scored)
    assert milder["trustFreshness"]["standing"] == "TRUSTED"
    assert milder["trustPolicy"] == {"freshSeconds": 100 * 86_400, "halfLifeSeconds": 30 * 86_400}


@pytest.mark.parametrize(("prediction_id", "decision"), [("0", "0"), ("new", "no such class")])
async def test_rows_that_are_not_taken_in_are_no_fresh_evidence(
    api: Api, scored: str, prediction_id: str, decision: str
) -> None:
    version = (await api.ask(CHAMPION, {"model": scored}, by=api.owner))["model"]["production"]["version"]["id"]
    before = (await asked(api, scored))["trustFreshness"]["newestRowsAt"]
    row = {
        "prediction_id": prediction_id, "predicted_at": START.isoformat(), "decision": decision, "score": 0.5,
        "features": {"age": 20, "sex": "1"},
    }  # fmt: skip
    answer = await api.client.post(
        f"/v1/versions/{version}/predictions",
        content=json.dumps(row),
        headers={**api.owner.headers, "content-type": "application/x-ndjson"},
    )

    assert (answer.status_code, answer.json()["accepted"]) == (200, 0)
    assert (await asked(api, scored))["trustFreshness"]["newestRowsAt"] == before


async def test_a_decay_that_is_tried_says_what_it_would_leave(api: Api, scored: str) -> None:
    await received_earlier(api, scored, 38)

    async def tried(**policy: int) -> dict[str, Any]:
        return (await api.ask(TRY, {"model": scored, "policy": policy}, by=api.owner))["model"]["trustIf"]

    strict, mild = await tried(freshSeconds=60, halfLifeSeconds=86_400), await tried(freshSeconds=1_000 * 86_400)
    assert (strict["standing"], mild["standing"], mild["coverage"]) == ("NOT_ENOUGH_EVIDENCE", "TRUSTED", 1.0)
    assert strict["coverage"] < 1e-9
    assert strict["value"] == mild["value"]
    assert "No rows have come in for" in strict["sentence"]
    assert "No rows" not in mild["sentence"]


async def test_before_the_first_score_there_is_nothing_to_age(api: Api) -> None:
    assert (await asked(api, (await a_model(api))["id"]))["trustFreshness"] is None


async def test_times_that_nobody_means_are_refused_by_their_field(api: Api) -> None:
    model = (await a_model(api))["id"]
    answer = await act(api, CHANGE, by=api.owner, modelId=model, reason="never", halfLifeSeconds=1)

    assert answer["code"] == "INVALID"
    assert answer["message"] == "halfLifeSeconds: it lies between one minute and 3,650 days"
