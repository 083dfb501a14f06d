"""Asking for history to be measured: which windows, once, bounded, and by whom."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from strawberry.relay import GlobalID

from cdt.commands import evaluations as commands
from cdt.database.reading import NOBODY, Reader
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.evaluations.backfills import MOST_WINDOWS
from cdt.domain.evaluations.plan import PlanPolicy
from cdt.domain.evaluations.windows import Window
from cdt.domain.tenancy.roles import Role
from cdt.predictions.versions import find_version
from cdt.readmodels import registry
from cdt.vault.secret import IDENTITIES
from cdt.workers import specification
from cdt.workers.fold import fold_all
from tests.api import Api, a_system_command, newest
from tests.graphql.operations import FAILURE, a_model, a_version, act
from tests.graphql.test_evaluations import SET_BASELINE

BACKFILL = f"""
mutation ($input: BackfillEvaluationsInput!) {{
  backfillEvaluations(input: $input) {{
    ... on BackfillEvaluationsPayload {{
      position
      backfill {{ windows completed failed cancelled isOver windowStart windowEnd reason requestedBy {{ kind }} }}
      plan {{ backfills {{ windows }} }}
    }}
    {FAILURE}
  }}
}}"""
START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURLY = PlanPolicy(window_seconds=3_600, lateness_seconds=600, minimum_rows=5, minimum_group_size=5)
HOURS = 6


async def send(api: Api, version: str, hours: range, *, each: int = 10) -> None:
    rows = [
        {
            "prediction_id": f"{hour} {number}",
            "predicted_at": (START + hour * HOUR + number * HOUR / each).isoformat(),
            "decision": str(number % 2), "score": 0.5, "features": {"age": 20 + number, "sex": str(1 + number % 2)},
        }
        for hour in hours
        for number in range(each)
    ]  # fmt: skip
    answer = await api.client.post(
        f"/v1/versions/{version}/predictions",
        content="\n".join(map(json.dumps, rows)),
        headers={**api.owner.headers, "content-type": "application/x-ndjson"},
    )
    assert answer.json()["accepted"] == len(rows)


async def fold(api: Api, version: str) -> None:
    system = conninfo_as(api.dsn, DatabaseRole.SYSTEM, application="cdt-test")
    async with api.writer.transaction([api.owner.project_id]) as connection:
        found = await find_version(connection, UUID(GlobalID.from_id(version).node_id))
    assert found is not None
    assert await fold_all(system, None, found.number, api.secret.key_for(IDENTITIES))


async def watched(api: Api, *, hours: range = range(HOURS), is_folded: bool = True, **changes: Any) -> str:
    """A version that is watched by the hour, with rows of some hours; all but the last have closed."""
    model = await a_model(api)
    version = (await a_version(api, model["id"]))["id"]
    await send(api, version, hours)
    window = {"predictedFrom": START.isoformat(), "predictedTo": (START + hours.stop * HOUR).isoformat()}
    await act(api, SET_BASELINE, by=api.owner, versionId=version, **window)
    model_id, version_id = (UUID(GlobalID.from_id(each).node_id) for each in (model["id"], version))
    position = await asyncio.to_thread(
        commands.make_plan, api.log, version_id, model_id=model_id, policy=PlanPolicy(**{**_HOURLY, **changes}),
        by=a_system_command(api.owner.tenant),
    )  # fmt: skip
    assert position is not None
    await api.settle(position)
    if is_folded:
        await fold(api, version)
    return version


_HOURLY: dict[str, Any] = {name: getattr(HOURLY, name) for name in HOURLY.__struct_fields__}


async def close(api: Api, version: str, window: Window, policy: PlanPolicy = HOURLY) -> None:
    """A window is recorded as one that has closed, by a plan."""
    version_id = UUID(GlobalID.from_id(version).node_id)
    reader = Reader(conninfo_as(api.dsn, DatabaseRole.SYSTEM, application="cdt-test"), connections=1)
    await reader.open()
    async with reader.at(None, NOBODY) as view:
        (row,) = await registry.versions(view, [version_id])
    await reader.close()
    async with api.writer.transaction([api.owner.project_id]) as connection:
        digest = await specification.keep(
            connection, row, window=window, zone=ZoneInfo("UTC"), through_sequence=1, policy=policy
        )
    position = await asyncio.to_thread(
        commands.request_evaluation, api.log, version_id, model_id=row.model_id, environment="development",
        cause="window_closed", window_start=window.start, window_end=window.end, through_sequence=1,
        specification=digest, by=a_system_command(api.owner.tenant),
    )  # fmt: skip
    assert position is not None
    await api.settle(position)


def hour(number: int) -> Window:
    return Window(START + number * HOUR, START + (number + 1) * HOUR)


def span(answer: dict[str, Any]) -> tuple[int, int, int]:
    """How many windows were asked for, from which hour to which."""
    found = answer["backfill"]
    start, end = ((datetime.fromisoformat(found[name]) - START) // HOUR for name in ("windowStart", "windowEnd"))
    return found["windows"], start, end


async def test_each_closed_window_of_history_is_asked_for_once(api: Api) -> None:
    version = await watched(api)

    first = await act(api, BACKFILL, by=api.owner, versionId=version, reason="An audit.")
    again = await act(api, BACKFILL, by=api.owner, versionId=version, reason="An audit.")

    assert first["position"] is not None
    assert first["backfill"] == {
        "windows": HOURS - 1, "completed": 0, "failed": 0, "cancelled": 0, "isOver": False,
        "windowStart": START.isoformat(), "windowEnd": (START + (HOURS - 1) * HOUR).isoformat(),
        "reason": "An audit.", "requestedBy": {"kind": "USER"},
    }  # fmt: skip
    assert again == {**first, "position": None}
    assert again["plan"] == {"backfills": [{"windows": HOURS - 1}]}


async def test_windows_that_lie_whole_in_the_time_and_were_not_measured_by_this_plan_are_asked_for(api: Api) -> None:
    version = await watched(api, hours=range(8))
    await close(api, version, hour(3))
    await close(api, version, hour(4), PlanPolicy(**{**_HOURLY, "minimum_rows": 6}))
    part = {"predictedFrom": (START + HOUR / 2).isoformat(), "predictedTo": (START + 5.5 * HOUR).isoformat()}

    first = await act(api, BACKFILL, by=api.owner, versionId=version, reason="An audit.", **part)
    rest = await act(api, BACKFILL, by=api.owner, versionId=version, reason="All of it.")

    assert span(first) == (3, 1, 5)  # the hours 1, 2 and 4
    assert span(rest) == (3, 0, 7)  # 0, 5 and 6
    assert rest["plan"] == {"backfills": [{"windows": 3}, {"windows": 3}]}


async def test_where_nothing_is_left_to_measure_the_answer_says_so(api: Api) -> None:
    version = await watched(api, hours=range(3))
    for number in range(2):
        await close(api, version, hour(number))
    before = await newest(api)

    answer = await act(api, BACKFILL, by=api.owner, versionId=version, reason="An audit.")

    assert (answer["__typename"], answer["message"]) == (
        "ConflictError",
        "Each window of that time that has closed and holds rows is measured by the present plan already.",
    )  # fmt: skip
    assert await newest(api) == before


async def test_more_windows_than_are_asked_for_at_once_are_refused(api: Api) -> None:
    version = await watched(api, window_seconds=60, hours=range(8))
    assert MOST_WINDOWS < 8 * 60

    refused = await act(api, BACKFILL, by=api.owner, versionId=version, reason="An audit.")
    end = (START + 6 * HOUR).isoformat()
    taken = await act(api, BACKFILL, by=api.owner, versionId=version, reason="An audit.", predictedTo=end)

    assert (refused["code"], refused["path"], refused["message"]) == (
        "INVALID", ["predictedFrom"], "predictedFrom: at most 400 windows at once; name a shorter time",
    )  # fmt: skip
    assert span(taken) == (360, 0, 6)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"predictedFrom": "2026-01-02T00:00:00Z", "predictedTo": "2026-01-01T00:00:00Z"},
         "predictedTo: the window ends after it starts"),
        ({"predictedFrom": "2026-01-01T00:00:00"}, "predictedFrom: times need a time zone"),
        ({"reason": " "}, "reason: say why; the record needs it"),
    ],
)  # fmt: skip
async def test_what_can_not_be_measured_is_refused(api: Api, fields: dict[str, Any], message: str) -> None:
    version = await watched(api, hours=range(3))
    answer = await act(api, BACKFILL, by=api.owner, **{"versionId": version, "reason": "An audit.", **fields})
    assert answer["message"] == message


async def test_rows_that_are_not_counted_yet_and_a_version_without_a_baseline_can_not_be_measured(api: Api) -> None:
    uncounted = await watched(api, hours=range(3), is_folded=False)
    bare = (await a_version(api, (await a_model(api))["id"]))["id"]
    messages = [
        (await act(api, BACKFILL, by=api.owner, versionId=version, reason="An audit."))["message"]
        for version in (uncounted, bare)
    ]
    assert messages == [
        "The version's rows are being counted on its grid; try again in a minute.",
        "The version has no baseline to be measured against; set one first.",
    ]


async def test_who_only_reads_asks_for_no_history(api: Api) -> None:
    version = await watched(api, hours=range(3))
    viewer = await api.make_member(Role.VIEWER)
    kinds = [
        (await act(api, BACKFILL, by=by, versionId=version, reason="An audit."))["__typename"]
        for by in (viewer, api.stranger)
    ]
    assert kinds == ["ForbiddenError", "NotFoundError"]


CANCEL = f"""
mutation ($input: CancelBackfillInput!) {{
  cancelBackfill(input: $input) {{
    ... on CancelBackfillPayload {{
      position
      backfill {{ windows waiting notAskedFor cancelled isOver cancelledBecause cancelledBy {{ kind }} }}
    }}
    {FAILURE}
  }}
}}"""
WITH_ID = BACKFILL.replace("{ windows completed", "{ id windows completed")


async def test_a_backfill_is_cancelled_once_with_a_reason_by_who_may_ask_for_one(api: Api) -> None:
    version = await watched(api)
    asked = await act(api, WITH_ID, by=api.owner, versionId=version, reason="An audit.")
    backfill = asked["backfill"]["id"]
    viewer = await api.make_member(Role.VIEWER)

    refused = await act(api, CANCEL, by=viewer, backfillId=backfill, reason="It takes too long.")
    done = await act(api, CANCEL, by=api.owner, backfillId=backfill, reason="It takes too long.")
    again = await act(api, CANCEL, by=api.owner, backfillId=backfill, reason="It takes too long.")
    unknown = await act(api, CANCEL, by=api.owner, backfillId=version, reason="It takes too long.")

    assert (refused["code"], unknown["code"]) == ("FORBIDDEN", "NOT_FOUND")
    assert done["position"] is not None
    assert done["backfill"] == {
        "windows": HOURS - 1, "waiting": 0, "notAskedFor": 0, "cancelled": HOURS - 1, "isOver": True,
        "cancelledBecause": "It takes too long.", "cancelledBy": {"kind": "USER"},
    }  # fmt: skip
    assert again == {**done, "position": None}
