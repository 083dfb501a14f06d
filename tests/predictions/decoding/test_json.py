"""JSON: the rows of an array are those of the same lines of NDJSON, however the array is cut."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdt.domain.errors import Invalid
from cdt.predictions.decoding import JSON, LABEL_DECODERS, NDJSON, PREDICTION_DECODERS, json_bodies
from cdt.predictions.digests import digest_of_predictions
from cdt.predictions.rejections import Rejection, Rejections
from cdt.predictions.rows import columns_of
from tests.predictions.builders import NOW, SIGNATURE, a_row

MISLEADING = ["}, {", '"}, {"', "}},{", "]", "},\n{", "\\", '"']
ROW = st.builds(
    a_row,
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8),
    decision=st.sampled_from(["yes", "no", "maybe"]),
    score=st.sampled_from([None, 0.25, 1.5]),
    sex=st.sampled_from([None, *MISLEADING]),
)
ANYTHING = ROW | st.sampled_from([1, None, [], {}, "text", [{}, {}], {"rows": []}])


def decoded(body: bytes, kind: str) -> tuple[str, list[Rejection]]:
    rejections = Rejections()
    batch = PREDICTION_DECODERS[kind](body, SIGNATURE, now=NOW, rejections=rejections)
    columns = columns_of(batch, SIGNATURE) if isinstance(batch, list) else batch
    return digest_of_predictions(columns), rejections.reported


@pytest.fixture(params=[None, 1, 300])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param is not None:
        monkeypatch.setattr(json_bodies, "BLOCK_BYTES", request.param)
        monkeypatch.setattr(json_bodies, "_MOST_BLOCK_BYTES", 10_000)


@pytest.mark.usefixtures("block")
@given(st.lists(ANYTHING, min_size=1, max_size=12), st.sampled_from([None, 1]), st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_array_gives_the_rows_and_the_rejections_of_its_lines(
    rows: list[Any], indent: int | None, is_wrapped: bool
) -> None:
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    array = json.dumps({"rows": rows} if is_wrapped else rows, indent=indent).encode()

    assert decoded(array, JSON) == decoded(lines, NDJSON)


def test_labels_are_read_alike() -> None:
    labels = [{"prediction_id": "a", "label": "yes"}, {"prediction_id": "b", "label": "?"}]
    rejections = Rejections()
    good = LABEL_DECODERS[JSON](json.dumps(labels).encode(), SIGNATURE, now=NOW, rejections=rejections)

    assert [(label.id, label.label) for label in good] == [("a", 1)]
    assert [each.row for each in rejections.reported] == [1]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b'{"rows":{}}',
        b'{"rows":[],"more":1}',
        b"[",
        b"]",
        b"[1,]",
        b"[1] 2]",
        b'[{"prediction_id":"a"]',
        b"[NaN]",
        b"[" * 100_000 + b"]" * 100_000,
        b'["\xff"]'[:-2] + b"]",
        json.dumps([a_row("a")]).encode("utf-16"),
    ],
)
def test_what_is_no_array_of_json_is_refused_whole(body: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        decoded(body, JSON)
    assert refusal.value.field == "body"


def test_an_empty_array_has_no_rows_and_a_mark_before_it_is_passed_over() -> None:
    assert decoded(b"\xef\xbb\xbf [ ] ", JSON) == decoded(b"", NDJSON)


def test_rows_that_cannot_be_told_apart_are_refused_before_they_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_bodies, "BLOCK_BYTES", 100)
    monkeypatch.setattr(json_bodies, "_MOST_BLOCK_BYTES", 400)
    with pytest.raises(Invalid, match="send them as NDJSON"):
        decoded(b"[" + b"1," * 10_000 + b"1]", JSON)
