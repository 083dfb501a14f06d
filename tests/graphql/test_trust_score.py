"""The live trust score: a state that comes at once, moves with the rows, and is for its readers alone."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from cdt.bootstrap.reactions import reactions
from cdt.domain.tenancy.roles import Role
from cdt.graphql.predictions import types
from cdt.measures.quality import NO_LIKELIHOOD
from tests.api import Api, Socket, Someone
from tests.graphql.operations import a_model, a_version, act, promoted

WATCH = """
subscription ($model: ID!, $after: Cursor) {
  trustScore(modelId: $model, after: $after) { cursor sequence rows score { value standing version { tag } } }
}"""
SET_BASELINE = """
mutation ($input: SetBaselineInput!) {
  setBaseline(input: $input) { ... on SetBaselinePayload { position } ... on Failure { code message } }
}"""
START = datetime(2026, 1, 1, tzinfo=UTC)


class Watched(NamedTuple):
    """A model whose version has a baseline of 240 rows; `send` adds to them."""

    api: Api
    model_id: str
    version_id: str

    async def send(self, count: int, *, named: str) -> int:
        """Rows two hours after those of the baseline; their intake sequence."""
        return await _send(self.api, self.version_id, count, START + timedelta(hours=6), named=named)


@pytest.fixture(scope="module")
async def watched(api: Api) -> AsyncIterator[Watched]:
    model = await a_model(api)
    version = await a_version(api, model["id"])
    await _send(api, version["id"], 240, START, named="reference")
    window = {"predictedFrom": "2026-01-01T00:00:00Z", "predictedTo": "2026-01-11T00:00:00Z"}
    answer = await act(api, SET_BASELINE, by=api.owner, versionId=version["id"], **window)
    assert "position" in answer, answer
    stopping = asyncio.Event()
    async with reactions(api.settings) as made:
        tasks = [asyncio.create_task(each.run(stopping)) for each in (made.runner, made.live)]
        yield Watched(api, model["id"], version["id"])
        stopping.set()
        await asyncio.gather(*tasks)


async def _send(api: Api, version_id: str, count: int, start: datetime, *, named: str) -> int:
    rows = [
        {
            "prediction_id": f"{named} {number}",
            "predicted_at": (start + timedelta(minutes=number)).isoformat(),
            "decision": str(number % 2),
            "score": number % 10 / 10,
            "features": {"age": 20 + number % 60, "sex": str(1 + number % 3 % 2)},
        }
        for number in range(count)
    ]
    answer = await api.client.post(
        f"/v1/versions/{version_id}/predictions",
        content="\n".join(map(json.dumps, rows)),
        headers={**api.owner.headers, "content-type": "application/x-ndjson"},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["sequence"]


async def until(socket: Socket, sequence: int) -> list[dict[str, Any]]:
    """Everything that comes until a reading has reached the sequence."""
    seen: list[dict[str, Any]] = []
    while not seen or int(seen[-1]["sequence"]) < sequence:
        seen.append((await socket.next())["trustScore"])
    return seen


async def test_the_present_comes_at_once_and_then_what_is_newer(watched: Watched) -> None:
    async with watched.api.socket(by=watched.api.owner) as socket:
        await socket.subscribe(WATCH, {"model": watched.model_id})
        first = (await socket.next())["trustScore"]
        sequence = await watched.send(60, named="at once")
        seen = [first, *await until(socket, sequence)]

    assert seen[-1]["rows"] == first["rows"] + 60
    assert first["score"]["version"] == {"tag": "1.0"}
    sequences = [int(each["sequence"]) for each in seen]
    assert sequences == sorted(set(sequences))


async def test_all_who_watch_get_the_same(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    of = types.LiveReading.of

    def counted(kept: Any, *rest: Any) -> types.LiveReading:
        made.append(str(kept.row.sequence))
        return of(kept, *rest)

    monkeypatch.setattr(types.LiveReading, "of", counted)
    async with watched.api.socket(by=watched.api.owner) as one, watched.api.socket(by=watched.api.owner) as other:
        colleague = await watched.api.make_member(Role.OWNER)
        async with watched.api.socket(by=colleague) as third:
            for socket in (one, other, third):
                await socket.subscribe(WATCH, {"model": watched.model_id})
                await socket.next()
            sequence = await watched.send(20, named="the same")
            got = [(await until(socket, sequence))[-1] for socket in (one, other, third)]

    assert got[0] == got[1] == got[2]
    assert made.count(str(sequence)) == 1


async def test_who_asks_for_something_else_gets_that(watched: Watched) -> None:
    drift = """subscription ($model: ID!, $drift: Boolean!) {
      trustScore(modelId: $model) { sequence drift @include(if: $drift) { feature } }
    }"""
    async with watched.api.socket(by=watched.api.owner) as socket:
        for number, wanted in enumerate((True, False, True)):
            await socket.subscribe(drift, {"model": watched.model_id, "drift": wanted}, named=str(number))
        answers = {}
        for _ in range(3):
            message = await socket.receive()
            answers[message["id"]] = message["payload"]["data"]["trustScore"]

    assert {each["feature"] for each in answers["0"]["drift"]} == {"age", "sex"}
    assert answers["2"] == answers["0"]
    assert "drift" not in answers["1"]


async def test_the_quality_of_the_data_is_read_column_by_column(watched: Watched) -> None:
    result = "{ value verdict limit subject }"
    quality = f"""subscription ($model: ID!) {{
      trustScore(modelId: $model) {{
        rows
        performance {{ measure }}
        quality {{
          volume {result} freshness {result} clockSkew {result} unlikely {{ value reason }}
          columns {{
            feature kind missing {result} outOfRange {result} newCategories {result} constant {result}
            spread {{ rows missing least greatest }} baselineSpread {{ rows mean deviation }}
          }}
        }}
      }}
    }}"""
    async with watched.api.socket(by=watched.api.owner) as socket:
        await socket.subscribe(quality, {"model": watched.model_id})
        answer = (await socket.next())["trustScore"]

    found = answer["quality"]
    assert found["volume"] == {"value": answer["rows"], "verdict": "PASS", "limit": 200, "subject": None}
    assert found["clockSkew"] == {"value": 0, "verdict": "PASS", "limit": 0.05, "subject": None}
    assert found["freshness"]["verdict"] == "PASS"
    assert found["unlikely"] == {"value": None, "reason": NO_LIKELIHOOD}
    age, sex = found["columns"]
    assert (age["feature"], age["kind"], sex["feature"], sex["kind"]) == ("age", "NUMBER", "sex", "CATEGORY")
    assert age["missing"] == {"value": 0, "verdict": "PASS", "limit": 0.05, "subject": "age"}
    assert age["outOfRange"] == {"value": 0, "verdict": "PASS", "limit": 0.05, "subject": "age"}
    assert sex["newCategories"] == {"value": 0, "verdict": "PASS", "limit": 0.05, "subject": "sex"}
    assert (age["newCategories"], sex["outOfRange"], sex["spread"]) == (None, None, None)
    assert age["spread"] == {"rows": answer["rows"], "missing": 0, "least": 20, "greatest": 79}
    assert age["baselineSpread"] == {"rows": 240, "mean": 49.5, "deviation": pytest.approx(17.354, abs=0.001)}
    assert [each["measure"] for each in answer["performance"]] == [
        "accuracy", "precision", "recall", "roc_auc", "estimated_accuracy", "estimated_roc_auc",
    ]  # fmt: skip


async def test_a_role_of_less_shares_nothing_with_a_role_of_more(watched: Watched) -> None:
    viewer = await watched.api.make_member(Role.VIEWER)
    got: list[dict[str, Any]] = []
    for someone in (watched.api.owner, viewer):
        async with watched.api.socket(by=someone) as socket:
            await socket.subscribe(WATCH, {"model": watched.model_id})
            got.append((await socket.next())["trustScore"])

    assert got[0] == got[1]  # a viewer may read


async def test_a_cursor_holds_back_what_is_not_newer(watched: Watched) -> None:
    async with watched.api.socket(by=watched.api.owner) as socket:
        await socket.subscribe(WATCH, {"model": watched.model_id})
        seen = (await socket.next())["trustScore"]
    async with watched.api.socket(by=watched.api.owner) as socket:
        await socket.subscribe(WATCH, {"model": watched.model_id, "after": seen["cursor"]})
        sequence = await watched.send(10, named="cursor")
        first = (await socket.next())["trustScore"]

    assert int(seen["sequence"]) < int(first["sequence"]) <= sequence


@pytest.mark.parametrize("after", ["", "x", "bGl2ZQ==", "bGl2ZTotMTox"])
async def test_a_malformed_cursor_is_refused(watched: Watched, after: str) -> None:
    async with watched.api.socket(by=watched.api.owner) as socket:
        await socket.subscribe(WATCH, {"model": watched.model_id, "after": after})

        assert await code_of(socket) == "INVALID"


async def test_nobody_else_learns_that_the_model_exists(watched: Watched) -> None:
    unknown = (await a_model(watched.api, by=watched.api.stranger))["id"]
    for someone, model in ((watched.api.stranger, watched.model_id), (watched.api.owner, unknown)):
        async with watched.api.socket(by=someone) as socket:
            await socket.subscribe(WATCH, {"model": model})

            assert await code_of(socket) == "NOT_FOUND"


async def test_a_key_that_only_sends_may_not_watch(watched: Watched) -> None:
    async with watched.api.socket(by=await watched.api.make_key()) as socket:
        await socket.subscribe(WATCH, {"model": watched.model_id})

        assert await code_of(socket) == "FORBIDDEN"


async def test_it_ends_when_the_token_does(watched: Watched) -> None:
    owner = watched.api.owner
    assert owner.user_id is not None
    token = watched.api.tokens.issue(owner.user_id, now=datetime.now(UTC) - timedelta(minutes=59, seconds=58)).text
    async with watched.api.socket(by=Someone(token, owner.organization_id, owner.project_id)) as socket:
        await socket.subscribe(WATCH, {"model": watched.model_id})
        await socket.next()

        assert await code_of(socket) == "UNAUTHENTICATED"


async def test_after_a_promotion_the_new_champion_is_watched(watched: Watched) -> None:
    api = watched.api
    model = await a_model(api)
    old, new = await a_version(api, model["id"], "old"), await a_version(api, model["id"], "new")
    window = {"predictedFrom": "2026-01-01T00:00:00Z", "predictedTo": "2026-01-11T00:00:00Z"}
    for version in (old, new):
        await _send(api, version["id"], 200, START, named="reference")
        await act(api, SET_BASELINE, by=api.owner, versionId=version["id"], **window)
    await promoted(api, old["id"])
    async with api.socket(by=api.owner) as socket:
        await socket.subscribe(WATCH, {"model": model["id"]})
        assert (await socket.next())["trustScore"]["score"]["version"] == {"tag": "old"}

        await promoted(api, new["id"])

        while (await socket.next())["trustScore"]["score"]["version"] != {"tag": "new"}:
            pass


async def code_of(socket: Socket) -> str:
    """The code of the error with which a subscription ends."""
    while True:
        message = await socket.receive()
        if message["type"] == "error":
            return message["payload"][0]["extensions"]["code"]
        if message["type"] == "next" and "errors" in message["payload"]:
            return message["payload"]["errors"][0]["extensions"]["code"]
        assert message["type"] == "next", message
