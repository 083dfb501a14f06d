"""The way from a program to CDT: blocks until what was sent is durable, and repeats what is safe to repeat."""

import random
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar, cast
from uuid import uuid4

import httpx

from cdt.client.bodies import Body, Data, bodies_of
from cdt.client.errors import CdtError, Invalid, Unauthenticated, Unavailable, error_of
from cdt.client.receipts import Receipt, receipt_of, together

T = TypeVar("T")

LONGEST_PAUSE_SECONDS = 30.0
USER_AGENT = "cdt-client"
SIGN_IN = """
mutation ($email: String!, $password: String!) {
  signIn(input: {email: $email, password: $password}) {
    ... on SignInPayload { accessToken }
    ... on Failure { code message }
  }
}
"""


def sign_in(
    url: str, email: str, password: str, *, timeout_seconds: float = 30.0, transport: httpx.BaseTransport | None = None
) -> str:
    """An access token of a person; it holds for an hour. Raises Unauthenticated when address or password is wrong."""
    with httpx.Client(
        base_url=url, timeout=timeout_seconds, headers={"user-agent": USER_AGENT}, transport=transport
    ) as http:
        try:
            answer = http.post("/graphql", json={"query": SIGN_IN, "variables": {"email": email, "password": password}})
        except httpx.TransportError as error:
            raise Unavailable(str(error), code="UNAVAILABLE") from error
    told = _json_of(answer)
    if not answer.is_success or not isinstance(told.get("data"), dict):
        raise error_of(answer.status_code, told)
    signed_in: dict[str, Any] = told["data"]["signIn"]
    if "accessToken" not in signed_in:
        raise Unauthenticated(signed_in["message"], code=signed_in["code"])
    return signed_in["accessToken"]


class Client:
    """Sends predictions and labels. Safe to share between threads; close it, or use it in a `with` statement."""

    def __init__(
        self,
        url: str,
        key: str | Callable[[], str],
        *,
        timeout_seconds: float = 30.0,
        attempts: int = 6,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`url` is where CDT answers, `key` a project's API key or an access token.

        key: may be a function that answers one, such as `lambda: sign_in(url, email, password)`; it is called at the
        first request, and once more when the server knows the key no longer.
        attempts: how often a request is sent before `Unavailable` is raised; pauses double from half a second.
        """
        self._ask_key: Callable[[], str] | None = None if isinstance(key, str) else key
        self._key = key if isinstance(key, str) else None
        self._attempts = attempts
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=url,
            headers={"user-agent": USER_AGENT},
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
            return self._authorized(lambda: self._query(document, variables or {}))
        except httpx.TransportError as error:
            raise Unavailable(str(error), code="UNAVAILABLE") from error

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _query(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(
            "/graphql", json={"query": document, "variables": variables}, headers=self._authorization()
        )
        told = _json_of(answer)
        if "errors" in told:
            first: dict[str, Any] = told["errors"][0]
            code = first.get("extensions", {}).get("code", "INVALID")
            raise (Unauthenticated if code == "UNAUTHENTICATED" else Invalid)(first["message"], code=code)
        if not answer.is_success:
            raise error_of(answer.status_code, told)
        return told["data"]

    def _authorization(self) -> dict[str, str]:
        if self._key is None:
            assert self._ask_key is not None
            self._key = self._ask_key()
        return {"authorization": f"Bearer {self._key}"}

    def _authorized(self, ask: Callable[[], T]) -> T:
        """Once more with a new key, when the old one has ended and a new one can be had."""
        try:
            return ask()
        except Unauthenticated:
            if self._ask_key is None:
                raise
            self._key = None
            return ask()

    def _log(self, path: str, data: Data, key: str | None) -> Receipt:
        key = key or uuid4().hex
        return together(
            receipt_of(self._authorized(partial(self._send, path, body, f"{key}-{number}")), first_row=body.first_row)
            for number, body in enumerate(bodies_of(data))
        )

    def _send(self, path: str, body: Body, key: str) -> dict[str, Any]:
        for attempt in range(1, self._attempts + 1):
            try:
                headers = {"content-type": body.kind, "idempotency-key": key, **self._authorization()}
                answer = self._http.post(path, content=body.content, headers=headers)
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
