"""A client that writes down what was acknowledged: it sends rows over HTTP, again and again until they are taken in."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import websockets

from tests.flows import operations, ways
from tests.flows.whole import Whole, watched_by

FIRST_MOMENT = datetime(2020, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=7)
"""Between two rows: 80 days and more in a run, so that windows close under load."""
REFERENCE_ROWS = 600
MOST_ROWS = 20
LARGE_BODY_ROWS = 1_500
BODIES_AN_EVALUATION = 20
AGAIN_SECONDS = 0.05
A_FILE_EVERY_SECONDS = 0.5

SIGNATURE = {
    "columns": [{"name": "age", "kind": "NUMBER"}, {"name": "sex", "kind": "CATEGORY"}],
    "classes": ["no", "yes"],
    "positiveClass": "yes",
    "groups": [{"name": "sex", "column": "sex"}, {"name": "age group", "column": "age", "bands": [30.0, 60.0]}],
}


@dataclass
class Ledger:
    """What the client knows to be there, by what it was told."""

    predictions: dict[str, dict[str, Any]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    early: int = 0
    """How many labels were sent before their predictions."""
    large: int = 0
    """How many large bodies were acknowledged."""
    streamed: int = 0
    """How many batches over a WebSocket."""
    uploaded: int = 0
    """How many files beside an operation."""
    calls: int = 0
    """How many calls of a served model."""
    files: list[list[dict[str, Any]]] = field(default_factory=list)
    """The rows of each file that was put into the watched folder."""
    commands: list[str] = field(default_factory=list)
    """Ids of commands that were answered with a position."""
    acknowledged_at: list[tuple[float, float]] = field(default_factory=list)
    """When each acknowledged body was sent, for the last time, and when it was acknowledged."""
    refused: Counter[str] = field(default_factory=Counter)
    """What was answered or broke instead."""

    @property
    def bodies(self) -> int:
        return len(self.acknowledged_at)


class Client:
    """Sends in several tasks at once. Each body has a key of its own, and is sent until it is acknowledged."""

    def __init__(self, whole: Whole, http: httpx.AsyncClient, chance: random.Random) -> None:
        self.ledger = Ledger()
        self.version_id = ""
        self._whole = whole
        self._http = http
        self._chance = chance
        self._headers: dict[str, str] = {}
        self._rows = 0
        self._is_stopping = False

    async def set_up(self) -> None:
        """A model with a version in production, watched against a baseline."""
        self._headers = await self._whole.sign_in(self._http)
        project = (await self._ask(operations.PROJECT))["projects"]["nodes"][0]["id"]
        model = await self._do(operations.REGISTER, projectId=project, name="Churn")
        added = await self._do(operations.ADD_VERSION, modelId=model["model"]["id"], tag="1", signature=SIGNATURE)
        self.version_id = added["version"]["id"]
        rows = [self._row() for _ in range(REFERENCE_ROWS)]
        await self._send_labels(self._truths(rows[::2]), rows)
        await self._send_predictions(rows)
        await self._send_labels(self._truths(rows[1::2]))
        window = {"predictedFrom": FIRST_MOMENT.isoformat(), "predictedTo": self._moment(self._rows).isoformat()}
        await self._do(operations.SET_BASELINE, versionId=self.version_id, **window)
        await self._do(operations.PROMOTE, versionId=self.version_id, reason="It is the first.")

    @property
    def version_key(self) -> UUID:
        """The version's id in the database."""
        return UUID(operations.key_of(self.version_id))

    def load(self, tasks: asyncio.TaskGroup) -> None:
        """Begin to send, until `stop`."""
        for form in (
            self._predict,
            self._pour,
            self._stream,
            self._upload,
            self._call,
            self._put,
            self._label,
            self._evaluate,
        ):
            tasks.create_task(form(), name=form.__name__)

    def stop(self) -> None:
        """Send nothing new; what was begun is sent until it is acknowledged."""
        self._is_stopping = True

    async def _predict(self) -> None:
        while not self._is_stopping:
            rows = [self._row() for _ in range(self._chance.randint(1, MOST_ROWS))]
            if self._chance.random() < 0.3:  # labels that wait for their predictions
                await self._send_labels(self._truths(rows[::2]), rows)
            await self._send_predictions(rows)
            if self._chance.random() < 0.1:  # the same rows under another key are no new rows
                await self._send_again()

    async def _pour(self) -> None:
        """Send large bodies, one after another."""
        while not self._is_stopping:
            rows = [self._row() for _ in range(LARGE_BODY_ROWS)]
            receipt = await self._post("predictions", *ways.large(rows))
            self._note(rows, receipt)
            self.ledger.large += 1

    async def _stream(self) -> None:
        """Send small batches over a WebSocket."""
        url = f"{self._whole.address.replace('http', 'ws')}/v1/versions/{self.version_id}/stream"
        stream = ways.Stream(url, str(uuid4()))
        while not self._is_stopping:
            rows = [self._row() for _ in range(self._chance.randint(1, MOST_ROWS))]
            stream.next()
            while True:
                began = time.monotonic()
                try:
                    answer = await stream.send(self._headers, rows)
                except (OSError, TimeoutError, websockets.WebSocketException) as error:
                    self.ledger.refused[type(error).__name__] += 1
                else:
                    if "receipt" in answer:
                        break
                    self.ledger.refused[answer["refusal"]["code"]] += 1
                await asyncio.sleep(AGAIN_SECONDS)
            self.ledger.acknowledged_at.append((began, time.monotonic()))
            self.ledger.streamed += 1
            self._note(rows, answer["receipt"])
        await stream.close()

    async def _upload(self) -> None:
        """Send files beside operations."""
        while not self._is_stopping:
            rows = [self._row() for _ in range(self._chance.randint(1, MOST_ROWS))]
            body, form = ways.a_body(rows, self._chance)
            sent = ways.an_upload(body, form, self.version_id, str(uuid4()))
            headers = {**self._headers, "x-csrf-token": "1"}
            self._note(rows, await self._told("/graphql", _receipt_of_upload, headers=headers, **sent))
            self.ledger.uploaded += 1

    async def _call(self) -> None:
        """Send both halves of calls, in either order."""
        while not self._is_stopping:
            rows = [self._row() for _ in range(self._chance.randint(1, 3))]
            halves = list(ways.a_call(rows, f"call-{self.ledger.calls}"))
            self._chance.shuffle(halves)
            for half in halves:
                sent = {"headers": {**self._headers, **half.headers}, "json": half.body}
                told = await self._told(f"/v1/versions/{self.version_id}/kserve", **sent)
            assert told["state"] == "taken", told
            self._note(rows, told["receipt"])
            self.ledger.calls += 1

    async def _put(self) -> None:
        """Put files into the watched folder."""
        while not self._is_stopping:
            rows = [self._row() for _ in range(self._chance.randint(1, MOST_ROWS))]
            folder = watched_by(self._whole.state) / str(self.version_key) / "predictions"
            ways.put(rows, folder, str(len(self.ledger.files)))
            self.ledger.files.append(rows)
            await asyncio.sleep(A_FILE_EVERY_SECONDS)

    async def _label(self) -> None:
        while not self._is_stopping:
            known = list(self.ledger.predictions)[-500:]
            chosen = self._chance.sample(known, k=min(len(known), self._chance.randint(1, MOST_ROWS)))
            await self._send_labels(self._truths([self.ledger.predictions[each] for each in chosen]))

    async def _evaluate(self) -> None:
        """Ask for an evaluation again and again."""
        asked_at = 0
        while not self._is_stopping:
            if self.ledger.bodies - asked_at >= BODIES_AN_EVALUATION:
                asked_at = self.ledger.bodies
                end = self._moment(len(self.ledger.predictions) - 1)  # so many are there: no later than the newest
                window = {"windowStart": (end - timedelta(days=5)).isoformat(), "windowEnd": end.isoformat()}
                await self._do(operations.REQUEST_EVALUATION, versionId=self.version_id, **window)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _send_predictions(self, rows: list[dict[str, Any]]) -> None:
        self._note(rows, await self._post("predictions", *ways.a_body(rows, self._chance)))

    def _note(self, rows: list[dict[str, Any]], receipt: dict[str, Any]) -> None:
        """They were acknowledged, and none of them was there before."""
        assert (receipt["accepted"], receipt["duplicates"], receipt["rejectedCount"]) == (len(rows), 0, 0), receipt
        self.ledger.predictions.update((row["prediction_id"], row) for row in rows)

    async def _send_again(self) -> None:
        rows = self._chance.choices(list(self.ledger.predictions.values()), k=5)
        receipt = await self._post("predictions", *ways.a_body(rows, self._chance))
        assert (receipt["accepted"], receipt["duplicates"]) == (0, len(rows)), receipt

    def _truths(self, rows: list[dict[str, Any]]) -> dict[str, str]:
        return {row["prediction_id"]: self._chance.choice(("no", "yes")) for row in rows}

    async def _send_labels(self, labels: dict[str, str], early: Sequence[dict[str, Any]] = ()) -> None:
        """Labels of what is there, or of rows that are sent only afterwards."""
        known = {row["prediction_id"]: row for row in early} or self.ledger.predictions
        rows = [
            {"prediction_id": each, "label": label, "predicted_at": known[each]["predicted_at"]}
            for each, label in labels.items()
        ]
        receipt = await self._post("labels", *ways.FORMS["NDJSON"](rows))
        assert receipt["accepted"] + receipt["duplicates"] == len(rows), receipt
        assert receipt["waiting"] == (len(rows) if early else 0), receipt
        self.ledger.early += receipt["waiting"]
        self.ledger.labels.update(labels)

    async def _post(self, kind: str, body: bytes, form: dict[str, str]) -> dict[str, Any]:
        headers = {**self._headers, **form, "idempotency-key": str(uuid4())}
        return await self._told(f"/v1/versions/{self.version_id}/{kind}", content=body, headers=headers)

    async def _told(
        self, path: str, told_by: Callable[[Any], dict[str, Any] | None] = lambda told: told, **sent: Any
    ) -> dict[str, Any]:
        """Send it until it is acknowledged; what it is told then. told_by: what an answer tells; None for "again"."""
        while True:
            began = time.monotonic()
            try:
                answer = await self._http.post(path, **sent)
            except httpx.HTTPError as error:
                self.ledger.refused[type(error).__name__] += 1
            else:
                told = told_by(answer.json()) if answer.status_code == 200 else None
                if told is not None:
                    self.ledger.acknowledged_at.append((began, time.monotonic()))
                    return told
                self.ledger.refused[f"{answer.status_code} {answer.text[:200]}"] += 1
                assert answer.status_code == 200 or answer.status_code >= 500, answer.text
            await asyncio.sleep(AGAIN_SECONDS)

    async def _do(self, document: str, **values: Any) -> dict[str, Any]:
        """A command, under one id until it is answered."""
        command = str(uuid4())
        data = await self._ask(document, {"input": {**values, "commandId": command}})
        payload = next(iter(data.values()))
        assert "code" not in payload, payload
        self.ledger.commands.append(command)
        return payload

    async def _ask(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        while True:
            try:
                sent = {"query": document, "variables": variables or {}}
                answer = (await self._http.post("/graphql", json=sent, headers=self._headers)).json()
            except (httpx.HTTPError, ValueError) as error:
                self.ledger.refused[type(error).__name__] += 1
            else:
                if not answer.get("errors"):
                    return answer["data"]
                self.ledger.refused[answer["errors"][0]["extensions"]["code"]] += 1
            await asyncio.sleep(AGAIN_SECONDS)

    def _row(self) -> dict[str, Any]:
        number, self._rows = self._rows, self._rows + 1
        score = self._chance.random()
        return {
            "prediction_id": f"p{number}",
            "predicted_at": self._moment(number).isoformat(),
            "decision": "yes" if score > 0.5 else "no",
            "score": score,
            "features": {"age": self._chance.uniform(18, 90), "sex": self._chance.choice("mf")},
        }

    def _moment(self, number: int) -> datetime:
        return FIRST_MOMENT + number * STEP


def _receipt_of_upload(answer: dict[str, Any]) -> dict[str, Any] | None:
    """None of what is to be sent again: an error of the server's, or a database that is away."""
    if answer.get("errors"):
        return None
    told: dict[str, Any] = answer["data"]["uploadPredictions"]
    assert told.get("code") in {None, "UNAVAILABLE", "BUSY"}, told
    return None if "code" in told else told
