"""The slices of a version in any window, from what is counted of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.predictions.versions import find_version
from cdt.workers.counted_slices import BEING_COUNTED
from cdt.workers.fold import fold_all
from tests.api import Api, newest
from tests.graphql.operations import act
from tests.graphql.test_evaluations import START, a_sent_version, watched
from tests.graphql.test_plan_slices import CHANGE
from tests.graphql.test_recomputing import its_id
from tests.graphql.test_rows import refused
from tests.predictions.builders import HASH_KEY

__all__ = ["watched"]

ASK = """
query ($id: ID!, $from: DateTime, $to: DateTime, $asOf: AsOf) { version(id: $id, asOf: $asOf) {
  slices(from: $from, to: $to) {
    windowStart windowEnd addedUpFrom reason
    slices {
      name rows labelledRows labelsReason rowShare selectionRate verdict baselineRows baselineReason
      results { measure value }
      drift { passed failed inconclusive results { measure subject value } }
      fairness { results { measure subject } }
    }
  }
} }"""
SLICES: list[dict[str, Any]] = [
    {"name": "over 30", "conditions": [{"column": "age", "low": 30}]},
    {"name": "everybody", "conditions": [{"column": "age", "low": -1e9}]},
]


async def asked(api: Api, version: str, **window: Any) -> dict[str, Any]:
    return (await api.ask(ASK, {"id": version, **window}, by=api.owner))["version"]["slices"]


async def counted(api: Api, version: str) -> None:
    """What the worker does."""
    async with api.writer.transaction([api.owner.tenant.project_id]) as connection:  # type: ignore[list-item]
        known = await find_version(connection, its_id(version))
    assert known is not None
    assert await fold_all(conninfo_as(api.dsn, DatabaseRole.SYSTEM), None, known.number, HASH_KEY)


async def test_slices_of_any_window_are_told_from_counts_once_these_are_there(api: Api, watched: str) -> None:
    assert (await asked(api, watched))["reason"] == "The plan declares no slices."
    await act(api, CHANGE, by=api.owner, versionId=watched, reason="They differ.", minimumRows=1, slices=SLICES)
    assert (await asked(api, watched))["reason"] == BEING_COUNTED
    await counted(api, watched)

    found = await asked(api, watched)

    assert found["reason"] is None
    old, everybody = found["slices"]
    assert (everybody["rows"], everybody["baselineRows"], everybody["rowShare"]) == (40, 40, None)
    assert 0 < old["rows"] < 40
    assert {each["measure"] for each in everybody["results"]} == {"volume", "accuracy", "precision", "recall"}
    assert (everybody["labelledRows"], everybody["labelsReason"]) == (0, None)
    assert {each["measure"] for each in everybody["drift"]["results"]} == {
        "population_stability_index", "jensen_shannon_distance", "drift_score",
    }  # fmt: skip
    assert {each["value"] for each in everybody["drift"]["results"]} <= {0.0, None}  # the baseline's own rows
    before = START - timedelta(days=3)
    nothing = await asked(api, watched, **{"from": before.isoformat(), "to": START.isoformat()})
    assert [(each["rows"], each["verdict"]) for each in nothing["slices"]] == [(0, None), (0, None)]


async def test_windows_that_are_none_and_the_past_are_refused(api: Api, watched: str) -> None:
    await act(api, CHANGE, by=api.owner, versionId=watched, reason="They differ.", slices=SLICES)
    ends = {"from": START.isoformat(), "to": (START + timedelta(days=1)).isoformat()}

    assert await refused(api, ASK, id=watched, asOf=str(await newest(api))) == ("INVALID", "slices")
    half = {**ends, "from": datetime(2026, 1, 1, 0, 30, tzinfo=UTC).isoformat()}
    assert await refused(api, ASK, id=watched, **half) == ("INVALID", "from")
    assert await refused(api, ASK, id=watched, **{"from": ends["to"], "to": ends["from"]}) == ("INVALID", "to")


async def test_a_version_without_a_baseline_has_none_and_says_so(api: Api) -> None:
    version = await a_sent_version(api, 5)

    assert (await asked(api, version))["reason"] == "The plan declares no slices."
