"""The way from a program to CDT: blocks until what was sent is durable, and repeats what is safe to repeat."""

import hashlib
import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeVar, cast
from uuid import uuid4

import httpx

from cdt.client.bodies import Body, Data, bodies_of, headers_of
from cdt.client.errors import Invalid, NotCdt, Unauthenticated, Unavailable, error_of, error_of_code
from cdt.client.receipts import BaselineReceipt, Receipt, baseline_receipt_of, receipt_of, together

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
    """An access token of a person; it holds for an hour.

    Raises Unauthenticated when address or password is wrong, Unavailable after too many that were.
    """
    with httpx.Client(
        base_url=url, timeout=timeout_seconds, headers={"user-agent": USER_AGENT}, transport=transport
    ) as http:
        variables = {"email": email, "password": password}
        signed_in = _data_of(_post(http, "/graphql", json={"query": SIGN_IN, "variables": variables}))["signIn"]
    if "accessToken" not in signed_in:
        raise error_of_code(signed_in["message"], signed_in["code"])
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
        """`url` is where CDT answers, `key` an API key or an access token.

        key: may be a function that answers one, such as `lambda: sign_in(url, email, password)`; it is called at the
        first request, and once more when the server knows the key no longer.
        attempts: how often a request is sent before `Unavailable` is raised; pauses double from half a second.
        """
        self._ask_key: Callable[[], str] | None = None if isinstance(key, str) else key
        self._key = key if isinstance(key, str) else None
        self._asking_key = threading.Lock()
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
            Of a version that predicts numbers it is `prediction`, a number, in place of `decision` and `score`.
        key: under which the same data may be sent again, also by another process; one is made up without it.
        Raises an error of `cdt.client.errors`; bad rows are no error, the receipt names them.
        """
        return self._log(f"/v1/versions/{version_id}/predictions", data, key)

    def log_labels(self, version_id: str, data: Data, *, key: str | None = None) -> Receipt:
        """Send the truths of predictions, however much later; else as `log_predictions`.

        data: `prediction_id`, `label` and, which helps to find it, the prediction's `predicted_at`.
        """
        return self._log(f"/v1/versions/{version_id}/labels", data, key)

    def log_prediction_file(self, version_id: str, file: str | Path, *, key: str | None = None) -> Receipt:
        """Send a file of predictions, of any length, as one body: all its good rows become visible at once.

        file: its name ends in .ndjson, .jsonl, .json, .csv, .arrows (a stream) or .parquet, and all but the last may
            have .gz or .zst besides.
        key: as for `log_predictions`; without it, it is made of what the file holds, so that sending it again, by
        whatever process, stores nothing twice. Raises ValueError for another name.
        """
        return self._log_file(f"/v1/versions/{version_id}/predictions", Path(file), key)

    def log_label_file(self, version_id: str, file: str | Path, *, key: str | None = None) -> Receipt:
        """The same of labels, of 64 MiB at most."""
        return self._log_file(f"/v1/versions/{version_id}/labels", Path(file), key)

    def upload_baseline_file(
        self, version_id: str, file: str | Path, *, columns: Mapping[str, str | None] | None = None
    ) -> BaselineReceipt:
        """Make the rows of a file, such as those that the model was trained on, the version's baseline.

        file: as for `log_prediction_file`; rows may have their truth beside them, as `label`, and need no id or time.
        columns: by the names in a CSV, Arrow or Parquet file those of the version; None leaves one out.
        The key must be allowed to write the registry. The same file again records nothing more.
        """
        file = Path(file)
        asked = {} if columns is None else {"columns": json.dumps(dict(columns))}
        path = str(httpx.URL(f"/v1/versions/{version_id}/baseline", params=asked))
        return baseline_receipt_of(self._send_file(path, file, headers_of(file), expected="baseline"))

    def query(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The data of a GraphQL operation. Sent once: a mutation that must be repeatable takes a `commandId`."""
        return self._authorized(lambda key: self._query(document, variables or {}, key))

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
            receipt_of(self._patiently(partial(self._send, path, body, f"{key}-{number}")), first_row=body.first_row)
            for number, body in enumerate(bodies_of(data))
        )

    def _log_file(self, path: str, file: Path, key: str | None) -> Receipt:
        headers = headers_of(file)
        if key is None:
            with file.open("rb") as content:
                key = hashlib.file_digest(content, "sha256").hexdigest()
        told = self._send_file(path, file, {**headers, "idempotency-key": key}, expected="accepted")
        return receipt_of(told, first_row=0)

    def _send_file(self, path: str, file: Path, headers: dict[str, str], *, expected: str) -> dict[str, Any]:
        def send(authorization: str) -> dict[str, Any]:
            with file.open("rb") as content:
                return self._send_body(path, content, headers, authorization, expected=expected)

        return self._patiently(send)

    def _patiently(self, ask: Callable[[str], T]) -> T:
        """Again and again while the server is away or busy; getting a key is part of it."""
        for attempt in range(1, self._attempts + 1):
            try:
                return self._authorized(ask)
            except Unavailable as error:
                if attempt == self._attempts:
                    raise
                self._sleep(_pause_seconds(attempt, error.retry_after_seconds))
        raise AssertionError

    def _authorized(self, ask: Callable[[str], T]) -> T:
        """Once more with a new key, when the old one has ended and a new one can be had."""
        key = self._key or self._new_key(None)
        try:
            return ask(key)
        except Unauthenticated:
            if self._ask_key is None:
                raise
        return ask(self._new_key(key))

    def _new_key(self, refused: str | None) -> str:
        with self._asking_key:
            if self._key is None or self._key == refused:  # else another thread has asked meanwhile
                assert self._ask_key is not None
                self._key = self._ask_key()
            return self._key

    def _send(self, path: str, body: Body, idempotency_key: str, key: str) -> dict[str, Any]:
        headers = {"content-type": body.kind, "idempotency-key": idempotency_key}
        return self._send_body(path, body.content, headers, key, expected="accepted")

    def _send_body(
        self, path: str, content: bytes | BinaryIO, headers: dict[str, str], key: str, *, expected: str
    ) -> dict[str, Any]:
        headers = {**headers, "authorization": f"Bearer {key}"}
        answer = _post(self._http, path, content=content, headers=headers)
        told = _json_of(answer)
        if not answer.is_success:
            raise error_of(answer.status_code, told, _retry_after(answer))
        if expected not in told:
            raise NotCdt(answer)
        return told

    def _query(self, document: str, variables: dict[str, Any], key: str) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {key}"}
        answer = _post(self._http, "/graphql", json={"query": document, "variables": variables}, headers=headers)
        return _data_of(answer)


def _post(http: httpx.Client, path: str, **request: Any) -> httpx.Response:  # noqa: ANN401  as httpx takes it
    try:
        return http.post(path, **request)
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:  # it would not be another the next time
        raise Invalid(str(error), code="INVALID") from error
    except httpx.TransportError as error:
        raise Unavailable(str(error) or type(error).__name__, code="UNAVAILABLE") from error


def _data_of(answer: httpx.Response) -> dict[str, Any]:
    """The data of a GraphQL operation, or its first error."""
    told = _json_of(answer)
    if errors := told.get("errors"):
        raise error_of_code(errors[0]["message"], errors[0].get("extensions", {}).get("code", "INVALID"))
    if not answer.is_success:
        raise error_of(answer.status_code, told, _retry_after(answer))
    if "data" not in told:
        raise NotCdt(answer)
    return told["data"]


def _json_of(answer: httpx.Response) -> dict[str, Any]:
    """The answer's object; empty for any other content."""
    try:
        told: object = answer.json()
    except ValueError:
        return {}
    return cast(dict[str, Any], told) if isinstance(told, dict) else {}


def _retry_after(answer: httpx.Response) -> float | None:
    asked = answer.headers.get("retry-after", "")
    return float(asked) if asked.isascii() and asked.isdigit() else None


def _pause_seconds(attempt: int, asked: float | None) -> float:
    """At least what the server asked for, up to half a minute; else twice as long each time, each sender apart."""
    growing = 0.5 * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311  no secret
    return min(max(growing, asked or 0.0), LONGEST_PAUSE_SECONDS)
