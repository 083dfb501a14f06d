"""The client: what it sends in which form, how often it repeats, and what it raises."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pytest

from cdt.client import (
    BaselineReceipt,
    CdtError,
    Client,
    Conflict,
    Forbidden,
    Invalid,
    NotCdt,
    NotFound,
    Receipt,
    Rejection,
    TooLarge,
    Unauthenticated,
    Unavailable,
    sign_in,
)
from cdt.client import bodies as client_bodies
from cdt.predictions.columns import Predictions
from cdt.predictions.decoding import LABEL_DECODERS, PREDICTION_DECODERS
from cdt.predictions.digests import digest_of_predictions
from cdt.predictions.receipts import Receipt as ServersReceipt
from cdt.predictions.receipts import encode
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import columns_of
from tests.predictions.builders import NOW, SIGNATURE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {
        "prediction_id": "a",
        "predicted_at": NOON,
        "decision": "yes",
        "score": np.float64(0.25),
        "features": {"age": 31, "income": float("nan"), "sex": "f"},
    },
    {
        "prediction_id": "b",
        "predicted_at": "2026-03-01T13:00:00+01:00",
        "decision": "no",
        "score": None,
        "features": {"age": np.int64(40), "income": 2.5, "sex": None},
    },
]
COLUMNS: dict[str, Any] = {
    "prediction_id": np.array(["a", "b"]),
    "predicted_at": np.array(["2026-03-01T12:00:00", "2026-03-01T12:00:00"], dtype="datetime64[s]"),
    "decision": ["yes", "no"],
    "score": np.array([0.25, np.nan]),
    "features": {
        "age": np.array([31, 40]),
        "income": np.array([np.nan, 2.5]),
        "sex": np.array(["f", None], dtype=object),
    },
}


class Server:
    """What was asked of it, and the answers it gives, one after another; the last one again and again."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.asked: list[httpx.Request] = []
        self.pauses: list[float] = []
        self._answers = list(answers)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def client(self, **given: Any) -> Client:
        return Client("http://cdt", "cdt_key", transport=self.transport, sleep=self.pauses.append, **given)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def predictions(self) -> Predictions:
        """What the server would have understood of the requests."""
        decoded: list[Predictions] = []
        for request in self.asked:
            rejections = Rejections()
            decode = PREDICTION_DECODERS[request.headers["content-type"]]
            batch = decode(request.content, SIGNATURE, now=NOW, rejections=rejections)
            assert rejections.reported == []
            decoded.append(batch if isinstance(batch, Predictions) else columns_of(batch, SIGNATURE))
        (only,) = decoded
        return only


def receipt(**counts: Any) -> httpx.Response:
    return httpx.Response(200, content=encode(ServersReceipt(**{"accepted": 2, "duplicates": 0, **counts})))


def refusal(status: int, code: str = "X", **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "message": "Because.", "path": ["body"]}, headers=headers)


def flat_table() -> pa.Table:
    return pa.table(
        {
            "prediction_id": ["a", "b"],
            "predicted_at": pa.array([NOON, NOON]),
            "decision": ["yes", "no"],
            "score": [0.25, None],
            "age": [31, 40],
            "income": [None, 2.5],
            "sex": ["f", None],
        }
    )


class Frame:
    """A data frame of any library that shows itself as Arrow."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return flat_table().__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "data",
    [ROWS, iter(ROWS), COLUMNS, flat_table(), flat_table().to_batches()[0], Frame()],
    ids=["rows", "an iterator", "columns", "a table", "a record batch", "a data frame"],
)
def test_whatever_form_rows_have_the_server_understands_the_same(data: Any) -> None:
    server, plain = Server(receipt()), Server(receipt())
    with server.client() as client, plain.client() as other:
        assert client.log_predictions("v", data).accepted == 2
        other.log_predictions("v", ROWS)
    assert server.asked[0].url.path == "/v1/versions/v/predictions"
    assert server.asked[0].headers["authorization"] == "Bearer cdt_key"
    assert digest_of_predictions(server.predictions()) == digest_of_predictions(plain.predictions())


@pytest.mark.parametrize(
    ("name", "kind", "encoding"),
    [
        ("rows.ndjson", "application/x-ndjson", None),
        ("rows.jsonl.gz", "application/x-ndjson", "gzip"),
        ("rows.csv.zst", "text/csv", "zstd"),
        ("rows.json", "application/json", None),
        ("rows.arrows", "application/vnd.apache.arrow.stream", None),
        ("rows.parquet", "application/vnd.apache.parquet", None),
    ],
)
def test_a_file_is_sent_as_one_body_under_a_key_of_what_it_holds(
    tmp_path: Path, name: str, kind: str, encoding: str | None
) -> None:
    server = Server(refusal(503), receipt(), receipt(), receipt())
    file = tmp_path / name
    file.write_bytes(b"rows" * 100_000)
    with server.client() as client:
        assert client.log_prediction_file("v", file).accepted == 2
        client.log_label_file("v", str(file))
        file.write_bytes(b"others")
        client.log_prediction_file("v", file)

    first, again, labels, others = server.asked
    assert first.content == again.content == b"rows" * 100_000
    assert {each.headers["content-type"] for each in server.asked} == {kind}
    assert {each.headers.get("content-encoding") for each in server.asked} == {encoding}
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"] != others.headers["idempotency-key"]
    assert (first.url.path, labels.url.path) == ("/v1/versions/v/predictions", "/v1/versions/v/labels")


def test_a_baseline_is_sent_as_a_file_whose_columns_may_have_names_of_their_own(tmp_path: Path) -> None:
    told = {
        "rows": 40, "labelledRows": 30, "rejected": [{"row": 3, "column": "age", "reason": "is required"}],
        "rejectedCount": 1, "every": 1, "grid": "g", "baseline": "b", "body": "c", "position": "12",
    }  # fmt: skip
    server = Server(refusal(503), httpx.Response(200, json=told), httpx.Response(200, json=told | {"position": None}))
    file = tmp_path / "training.csv.gz"
    file.write_bytes(b"rows")
    with server.client() as client:
        answer = client.upload_baseline_file("v", file, columns={"Age & more": "age", "Notes": None})
        again = client.upload_baseline_file("v", str(file))

    rejected = (Rejection(3, "age", "is required"),)
    assert answer == BaselineReceipt(40, 30, rejected, 1, baseline="b", is_new=True)
    assert again.is_new is False
    _, second, third = server.asked
    assert (second.url.path, second.content) == ("/v1/versions/v/baseline", b"rows")
    assert json.loads(second.url.params["columns"]) == {"Age & more": "age", "Notes": None}
    assert "columns" not in third.url.params
    assert (second.headers["content-type"], second.headers["content-encoding"]) == ("text/csv", "gzip")
    assert "idempotency-key" not in second.headers


@pytest.mark.parametrize("name", ["rows.xlsx", "rows", "rows.gz", "rows.parquet.gz", "rows.arrow"])
def test_a_file_of_another_kind_is_not_sent(tmp_path: Path, name: str) -> None:
    server = Server()
    (tmp_path / name).write_bytes(b"rows")
    with server.client() as client, pytest.raises(ValueError, match=name):
        client.log_prediction_file("v", tmp_path / name)


def test_labels_go_to_their_own_path() -> None:
    server = Server(receipt(waiting=1))
    with server.client() as client:
        answer = client.log_labels("v", {"prediction_id": [1, 2], "label": np.array(["yes", "no"])})
    request = server.asked[0]
    decode = LABEL_DECODERS[request.headers["content-type"]]
    labels = decode(request.content, SIGNATURE, now=NOW, rejections=Rejections())
    assert request.url.path == "/v1/versions/v/labels"
    assert labels == [("1", 1, None, None), ("2", 0, None, None)]
    assert answer.waiting == 1


@pytest.mark.parametrize("form", [list, pa.Table.from_pylist])
def test_many_rows_are_cut_into_requests_and_the_receipts_put_together(
    form: Callable[[Iterator[dict[str, Any]]], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_bodies, "ROWS_A_BODY", 2)
    bad = {"row": 1, "column": "label", "reason": "is required"}
    server = Server(receipt(sequence=7, rejected=(bad,), rejected_count=1, marked=2, batch_rejected=True))
    with server.client() as client:
        answer = client.log_labels(
            "v", form([{"prediction_id": str(number), "label": "yes"} for number in range(5)]), key="k"
        )
    assert [request.headers["idempotency-key"] for request in server.asked] == ["k-0", "k-1", "k-2"]
    assert answer == Receipt(
        accepted=6,
        duplicates=0,
        rejected=tuple(Rejection(row, "label", "is required") for row in (1, 3, 5)),
        rejected_count=3,
        sequence=7,
        marked=6,
        batch_rejected=True,
    )


def test_a_body_is_bounded_in_bytes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_bodies, "BYTES_A_BODY", 100)
    rows = [{"prediction_id": "x" * 60, "label": "yes"} for _ in range(3)]
    assert [json.loads(body.content) for body in client_bodies.bodies_of(rows)] == rows
    assert [body.first_row for body in client_bodies.bodies_of(pa.Table.from_pylist(rows))] == [0, 1, 2]


def test_nothing_to_send_sends_nothing() -> None:
    server = Server(receipt())
    with server.client() as client:
        assert client.log_predictions("v", []) == Receipt()
    assert server.asked == []


def test_what_may_be_repeated_is_repeated_with_the_same_key() -> None:
    server = Server(
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        refusal(503, **{"retry-after": "7"}),
        refusal(429),
        httpx.Response(502, text="<html>"),
        refusal(408, "TOO_SLOW"),
        receipt(),
    )
    with server.client(attempts=7) as client:
        assert client.log_predictions("v", ROWS).accepted == 2
    assert len({request.headers["idempotency-key"] for request in server.asked}) == 1
    assert len({request.content for request in server.asked}) == 1
    assert len(server.asked) == 7
    assert server.pauses[2] == 7
    assert all(0.75 <= pause / (0.5 * 2**number) <= 1.25 for number, pause in enumerate(server.pauses) if number != 2)


def test_a_key_that_can_not_be_had_yet_is_asked_for_again() -> None:
    server, pauses = Server(receipt()), []
    answers = iter([Unavailable("restarting"), "a key"])

    def ask() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with Client("http://cdt", ask, transport=server.transport, sleep=pauses.append) as client:
        assert client.log_predictions("v", ROWS).accepted == 2
    assert len(pauses) == 1


def test_a_wrong_password_is_tried_once() -> None:
    tried: list[int] = []

    def ask() -> str:
        tried.append(1)
        raise Unauthenticated("The address or the password is wrong.")

    with Client("http://cdt", ask, transport=Server(receipt()).transport) as client, pytest.raises(Unauthenticated):
        client.log_predictions("v", ROWS)
    assert len(tried) == 1


def test_threads_whose_key_has_ended_ask_for_one_together() -> None:
    both_are_refused, asked = threading.Barrier(2), []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["authorization"] == "Bearer old":
            both_are_refused.wait(10)
            return refusal(401, "UNAUTHENTICATED")
        return receipt()

    def ask() -> str:
        asked.append(1)
        return "old" if len(asked) == 1 else "new"

    with (
        Client("http://cdt", ask, transport=httpx.MockTransport(answer)) as client,
        ThreadPoolExecutor(max_workers=2) as threads,
    ):
        receipts = list(threads.map(lambda _: client.log_predictions("v", ROWS).accepted, range(2)))
    assert (receipts, len(asked)) == ([2, 2], 2)


@pytest.mark.parametrize("url", ["localhost:8765", "ftp://cdt"])
def test_an_address_that_can_mean_nothing_is_not_tried_again(url: str) -> None:
    pauses: list[float] = []
    with Client(url, "cdt_key", sleep=pauses.append) as client, pytest.raises(Invalid):
        client.log_predictions("v", ROWS)
    assert pauses == []


def test_what_is_not_cdt_is_told_apart() -> None:
    server = Server(httpx.Response(200, text="<html>welcome"))
    with server.client() as client:
        with pytest.raises(NotCdt, match="is the address right"):
            client.log_predictions("v", ROWS)
        with pytest.raises(NotCdt, match="http://cdt/graphql"):
            client.query("{ viewer { id } }")


@pytest.mark.parametrize(
    ("code", "kind"),
    [("UNAVAILABLE", Unavailable), ("LAGGING", Unavailable), ("NOT_FOUND", NotFound), ("FORBIDDEN", Forbidden),
     ("UNEXPECTED", CdtError), ("ELSE", Invalid)],
)  # fmt: skip
def test_an_operations_error_is_raised_as_what_it_is(code: str, kind: type[CdtError]) -> None:
    server = Server(
        httpx.Response(200, json={"data": None, "errors": [{"message": "No.", "extensions": {"code": code}}]})
    )
    with server.client() as client, pytest.raises(CdtError) as raised:
        client.query("{ viewer { id } }")
    assert (type(raised.value), raised.value.code) == (kind, code)


def test_each_call_has_a_key_of_its_own() -> None:
    server = Server(receipt())
    with server.client() as client:
        client.log_predictions("v", ROWS)
        client.log_predictions("v", ROWS)
    assert len({request.headers["idempotency-key"] for request in server.asked}) == 2


def test_after_all_attempts_it_is_unavailable() -> None:
    server = Server(httpx.ConnectError("refused"))
    with server.client(attempts=3) as client, pytest.raises(Unavailable, match="refused"):
        client.log_predictions("v", ROWS)
    assert (len(server.asked), len(server.pauses)) == (3, 2)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid),
        (401, Unauthenticated),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (413, TooLarge),
        (415, Invalid),
        (500, CdtError),
    ],
)
def test_a_refusal_is_raised_at_once_as_what_it_is(status: int, kind: type[CdtError]) -> None:
    server = Server(refusal(status, "SOME_CODE"))
    with server.client() as client, pytest.raises(CdtError) as raised:
        client.log_predictions("v", ROWS)
    assert type(raised.value) is kind
    assert (str(raised.value), raised.value.code, raised.value.path) == ("Because.", "SOME_CODE", ["body"])
    assert len(server.asked) == 1


def test_an_infinite_number_is_refused_before_anything_is_sent() -> None:
    server = Server(receipt())
    bad = [{**ROWS[0], "score": float("inf")}]
    with server.client() as client, pytest.raises(ValueError, match="JSON"):
        client.log_predictions("v", bad)
    assert server.asked == []


def test_a_graphql_operation_answers_its_data_or_raises_its_error() -> None:
    server = Server(
        httpx.Response(200, json={"data": {"viewer": None}}),
        httpx.Response(400, json={"errors": [{"message": "No.", "extensions": {"code": "INVALID_DOCUMENT"}}]}),
        httpx.Response(401, json={"code": "UNAUTHENTICATED", "message": "Who?", "path": None}),
        httpx.ConnectError("refused"),
    )
    with server.client() as client:
        assert client.query("{ viewer { id } }", {"a": 1}) == {"viewer": None}
        with pytest.raises(Invalid, match="No"):
            client.query("{")
        with pytest.raises(Unauthenticated, match="Who"):
            client.query("{ viewer { id } }")
        with pytest.raises(Unavailable):
            client.query("{ viewer { id } }")
    assert json.loads(server.asked[0].content) == {"query": "{ viewer { id } }", "variables": {"a": 1}}


def test_a_key_that_has_ended_is_asked_for_once_more() -> None:
    server = Server(
        receipt(),
        refusal(401, "UNAUTHENTICATED"),
        receipt(),
        httpx.Response(200, json={"errors": [{"message": "No.", "extensions": {"code": "UNAUTHENTICATED"}}]}),
        httpx.Response(200, json={"data": {"viewer": None}}),
        refusal(401, "UNAUTHENTICATED"),
    )
    keys = iter(["one", "two", "three", "four"])
    with Client("http://cdt", lambda: next(keys), transport=server.transport) as client:
        for _ in range(2):
            client.log_predictions("v", ROWS)
        assert client.query("{ viewer { id } }") == {"viewer": None}
        with pytest.raises(Unauthenticated):  # the new one is refused too
            client.query("{ viewer { id } }")

    sent = [request.headers["authorization"].removeprefix("Bearer ") for request in server.asked]
    assert sent == ["one", "one", "two", "two", "three", "three", "four"]


def test_a_person_signs_in_with_address_and_password() -> None:
    failure = {"code": "UNAUTHENTICATED", "message": "The address or the password is wrong."}
    too_many = {"code": "RATE_LIMITED", "message": "Too many wrong passwords; try again in 4 s."}
    server = Server(
        httpx.Response(200, json={"data": {"signIn": {"accessToken": "a token"}}}),
        httpx.Response(200, json={"data": {"signIn": failure}}),
        httpx.Response(200, json={"data": {"signIn": too_many}}),
        httpx.Response(502, content=b"<html>"),
        httpx.ConnectError("refused"),
    )

    assert sign_in("http://cdt", "ada@example.com", "secret", transport=server.transport) == "a token"
    for kind in (Unauthenticated, Unavailable, Unavailable, Unavailable):
        with pytest.raises(kind):
            sign_in("http://cdt", "ada@example.com", "secret", transport=server.transport)

    assert json.loads(server.asked[0].content)["variables"] == {"email": "ada@example.com", "password": "secret"}
    assert all("authorization" not in request.headers for request in server.asked)
