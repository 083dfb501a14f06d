"""The way from a program to CDT: blocks until what was sent is durable, and repeats what is safe to repeat."""

import random
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, cast
from uuid import uuid4

import httpx

from cdt.client.bodies import Body, Data, bodies_of
from cdt.client.errors import CdtError, Invalid, Unavailable, error_of
from cdt.client.receipts import Receipt, receipt_of, together

LONGEST_PAUSE_SECONDS = 30.0


class Client:
    """Sends predictions and labels. Safe to share between threads; close it, or use it in a `with` statement."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout_seconds: float = 30.0,
        attempts: int = 6,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`url` is where CDT answers, `key` a project's API key or an access token.

        attempts: how often a request is sent before `Unavailable` is raised; pauses double from half a second.
        """
        self._attempts = attempts
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=url,
            headers={"authorization": f"Bearer {key}", "user-agent": "cdt-client"},
            timeout=timeout_seconds,
            transport=transport,
        )

    def log_predictions(self, version_id: str, data: Data, *, key: str | None = None) -> Receipt:
        """Send predictions of a version; answers when all are durable.

        data: rows, each a mapping of `prediction_id`, `predicted_at` (a time with its zone), `decision`, `score` (in
        [0, 1], or None) and `features` (a mapping by column, None or NaN for missing); or columns, a mapping of lists
        or arrays by the same names; or an Arrow table or data frame with one column for each, features among them.
        key: under which the same data may be sent again, also by another process; one is made up without it.
        Raises an error of `cdt.client.errors`; bad rows are no error, the receipt names them.
        """
        return self._log(f"/v1/versions/{version_id}/predictions", data, key)

    def log_labels(self, version_id: str, data: Data, *, key: str | None = None) -> Receipt:
        """Send the truths of predictions, however much later; else as `log_predictions`.

        data: `prediction_id`, `label` and, which helps to find it, the prediction's `predicted_at`.
        """
        return self._log(f"/v1/versions/{version_id}/labels", data, key)

    def query(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The data of a GraphQL operation. Sent once: a mutation that must be repeatable takes a `commandId`."""
        try:
            answer = self._http.post("/graphql", json={"query": document, "variables": variables or {}})
        except httpx.TransportError as error:
            raise Unavailable(str(error), code="UNAVAILABLE") from error
        told = _json_of(answer)
        if "errors" in told:
            first: dict[str, Any] = told["errors"][0]
            raise Invalid(first["message"], code=first.get("extensions", {}).get("code", "INVALID"))
        if not answer.is_success:
            raise error_of(answer.status_code, told)
        return told["data"]

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _log(self, path: str, data: Data, key: str | None) -> Receipt:
        key = key or uuid4().hex
        return together(
            receipt_of(self._send(path, body, f"{key}-{number}"), first_row=body.first_row)
            for number, body in enumerate(bodies_of(data))
        )

    def _send(self, path: str, body: Body, key: str) -> dict[str, Any]:
        for attempt in range(1, self._attempts + 1):
            try:
                answer = self._http.post(
                    path, content=body.content, headers={"content-type": body.kind, "idempotency-key": key}
                )
            except httpx.TransportError as broken:
                error: CdtError = Unavailable(str(broken) or type(broken).__name__, code="UNAVAILABLE")
                pause = None
            else:
                if answer.is_success:
                    return answer.json()
                error = error_of(answer.status_code, _json_of(answer))
                pause = answer.headers.get("retry-after")
            if not isinstance(error, Unavailable) or attempt == self._attempts:
                raise error
            self._sleep(_pause_seconds(attempt, pause))
        raise AssertionError


def _json_of(answer: httpx.Response) -> dict[str, Any]:
    """The answer's object; empty for any other content."""
    try:
        told: object = answer.json()
    except ValueError:
        return {}
    return cast(dict[str, Any], told) if isinstance(told, dict) else {}


def _pause_seconds(attempt: int, asked: str | None) -> float:
    """At least what the server asked for; else twice as long each time, and never all senders at once."""
    growing = 0.5 * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311  no secret
    least = float(asked) if asked is not None and asked.isdigit() else 0.0
    return min(max(growing, least), LONGEST_PAUSE_SECONDS)
