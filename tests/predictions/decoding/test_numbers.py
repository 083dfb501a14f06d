"""Rows of a version that predicts numbers: the same in every format, and as they are stored."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cdt.domain.registry.signature import Column, GroupAttribute, PredictedNumber, Signature
from cdt.predictions.columns import Labels, Predictions, truths_of
from cdt.predictions.decoding.arrow_bodies import labels_of_arrow, predictions_of_arrow
from cdt.predictions.decoding.csv_bodies import labels_of_csv, predictions_of_csv
from cdt.predictions.decoding.json_bodies import labels_of_json, predictions_of_json
from cdt.predictions.decoding.ndjson import labels_of_ndjson, predictions_of_ndjson
from cdt.predictions.decoding.plain import labels_of_rows, predictions_of_rows
from cdt.predictions.decoding.references import REFERENCE_DECODERS
from cdt.predictions.digests import digest_of_labels, digest_of_predictions, digest_of_rows
from cdt.predictions.kserve.mapping import Mapping
from cdt.predictions.kserve.rows import outputs_of
from cdt.predictions.kserve.verdicts import Reader, Verdict
from cdt.predictions.parquet import (
    labels_of_parquet,
    predictions_of_parquet,
    table_of_labels,
    table_of_predictions,
)
from cdt.predictions.payloads import (
    labels_as_arrow,
    labels_of,
    predictions_as_arrow,
    predictions_as_json,
    predictions_of,
)
from cdt.predictions.quarantine.examining import examine
from cdt.predictions.rejections import Rejections
from cdt.predictions.row_forms import format_of
from cdt.predictions.rows import Problem, columns_of
from tests.predictions.builders import NOW, as_ndjson

SIGNATURE = Signature(
    columns=(Column("area", "number"), Column("prediction", "number"), Column("sex", "category")),
    groups=(GroupAttribute("sex", "sex"),),
    number=PredictedNumber(minimum=-5.0, maximum=1e6),
)
START = datetime(2026, 2, 1, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {
        "prediction_id": f"flat {number}",
        "predicted_at": (START + timedelta(minutes=number)).isoformat(),
        "prediction": predicted,
        "features": {"area": area, "prediction": 0.5, "sex": sex},
    }
    for number, (predicted, area, sex) in enumerate([(-5.0, 30.0, "f"), (0.1 + 0.2, None, "m"), (1e6, 4.0, None)])
]
LABELS: list[dict[str, Any]] = [
    {"prediction_id": row["prediction_id"], "label": label}
    for row, label in zip(ROWS, (-5.0, 0.1 + 0.2, 999_999.5), strict=True)
]


def flat(row: dict[str, Any]) -> dict[str, Any]:
    features = row["features"]
    own = {name: row[name] for name in ("prediction_id", "predicted_at", "prediction")}
    return {**own, "area": features["area"], "features.prediction": features["prediction"], "sex": features["sex"]}


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    lines = [",".join(rows[0])] + [
        ",".join("" if value is None else repr(value) if isinstance(value, float) else value for value in row.values())
        for row in rows
    ]
    return "\n".join(lines).encode()


def as_arrow(rows: list[dict[str, Any]]) -> bytes:
    table = pa.Table.from_pylist(rows)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def bodies(rows: list[dict[str, Any]], tabular: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "ndjson": as_ndjson(*rows),
        "json": json.dumps(rows).encode(),
        "csv": as_csv(tabular),
        "arrow": as_arrow(tabular),
        "plain": rows,
    }


PREDICTIONS: dict[str, Any] = {
    "ndjson": predictions_of_ndjson,
    "json": predictions_of_json,
    "csv": predictions_of_csv,
    "arrow": predictions_of_arrow,
    "plain": predictions_of_rows,
}
TRUTHS: dict[str, Any] = {
    "ndjson": labels_of_ndjson,
    "json": labels_of_json,
    "csv": labels_of_csv,
    "arrow": labels_of_arrow,
    "plain": labels_of_rows,
}


def decoded(form: str, rows: list[dict[str, Any]]) -> Predictions:
    rejections = Rejections()
    body = bodies(rows, [flat(row) for row in rows])[form]
    batch = PREDICTIONS[form](body, SIGNATURE, now=NOW, rejections=rejections)
    assert rejections.reported == []
    return columns_of(batch, SIGNATURE) if isinstance(batch, list) else batch


def some_labels(rows: Predictions) -> Labels:
    return Labels(
        ids=rows.ids,
        predicted_at=rows.predicted_at,
        label=truths_of([each["label"] for each in LABELS], SIGNATURE),
        sign=np.array([1, -1, 1], dtype=np.int8),
        decision=rows.decision,
        score=rows.score,
        features={"sex": rows.features["sex"]},
    )


@pytest.mark.parametrize("form", PREDICTIONS)
def test_predictions_are_the_same_to_the_bit_in_every_format(form: str) -> None:
    rows = decoded(form, ROWS)

    assert rows.score.tolist() == [row["prediction"] for row in ROWS]
    assert rows.is_of_numbers
    assert digest_of_predictions(rows) == digest_of_predictions(decoded("ndjson", ROWS))


@pytest.mark.parametrize("form", TRUTHS)
def test_labels_are_the_same_to_the_bit_in_every_format(form: str) -> None:
    rejections = Rejections()
    found = TRUTHS[form](bodies(LABELS, LABELS)[form], SIGNATURE, now=NOW, rejections=rejections)

    assert rejections.reported == []
    assert [each.label for each in found] == [each["label"] for each in LABELS]


@pytest.mark.parametrize("form", PREDICTIONS)
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [(-5.5, "at least -5"), (1e7, "at most 1"), (None, ""), (float("inf"), "")],
    ids=["low", "high", "none", "infinite"],
)
def test_a_prediction_out_of_bounds_is_rejected_by_its_column(form: str, wrong: float | None, reason: str) -> None:
    rows, rejections = [ROWS[0], {**ROWS[1], "prediction": wrong}], Rejections()
    if form == "json":  # which has no infinities
        rows[1]["prediction"] = 1e7 if wrong == float("inf") else wrong
    PREDICTIONS[form](bodies(rows, [flat(row) for row in rows])[form], SIGNATURE, now=NOW, rejections=rejections)

    ((row, column, why),) = [(each.row, each.column, each.reason) for each in rejections.reported]
    assert (row, column) == (1, "prediction")
    assert reason in why


@pytest.mark.parametrize("form", TRUTHS)
def test_a_label_out_of_bounds_is_rejected(form: str) -> None:
    rows, rejections = [LABELS[0], {**LABELS[1], "label": -6.0}], Rejections()
    found = TRUTHS[form](bodies(rows, rows)[form], SIGNATURE, now=NOW, rejections=rejections)

    assert len(found) == 1
    assert [(each.row, each.column, each.reason) for each in rejections.reported] == [
        (1, "label", "must be at least -5")
    ]


def test_what_is_stored_is_what_came_in_each_form_and_is_called_what_it_is() -> None:
    rows = decoded("arrow", ROWS)
    labels = some_labels(rows)
    few = predictions_of_ndjson(as_ndjson(*ROWS), SIGNATURE, now=NOW, rejections=Rejections())
    assert isinstance(few, list)
    assert digest_of_rows(few, SIGNATURE) == digest_of_predictions(rows)

    for stored, form in ((predictions_as_arrow(rows), "arrow"), (predictions_as_json(few), "json")):
        assert digest_of_predictions(predictions_of(stored, form, SIGNATURE)) == digest_of_predictions(rows)
    assert digest_of_labels(labels_of(labels_as_arrow(labels), SIGNATURE)) == digest_of_labels(labels)

    predictions, truths = table_of_predictions(rows), table_of_labels(labels)
    assert predictions.column_names == [
        "prediction_id", "predicted_at", "prediction", "area", "features.prediction", "sex",
    ]  # fmt: skip
    assert truths.column_names == ["prediction_id", "predicted_at", "label", "sign", "prediction", "sex"]
    assert truths.schema.field("label").type == pa.float64()
    file = io.BytesIO()
    pq.write_table(predictions, file)
    read = pq.read_table(file, read_dictionary=["sex"])
    assert digest_of_predictions(predictions_of_parquet(read, SIGNATURE)) == digest_of_predictions(rows)
    assert digest_of_labels(labels_of_parquet(truths, SIGNATURE)) == digest_of_labels(labels)


def test_reference_rows_may_have_their_truth_beside_them() -> None:
    tabular = [
        {**{name: value for name, value in flat(row).items() if not name.startswith("predict")}, **values}
        for row, values in zip(
            ROWS, ({"prediction": 1.0, "label": 2.0}, {"prediction": 3.0, "label": None}), strict=False
        )
    ]
    plain = [{"prediction": 1.0, "label": 2, "features": ROWS[0]["features"]},
             {"prediction": 3.0, "features": ROWS[1]["features"]}]  # fmt: skip
    found = bodies(plain, tabular)
    for form, kind in (
        ("ndjson", "application/x-ndjson"),
        ("json", "application/json"),
        ("csv", "text/csv"),
        ("arrow", "application/vnd.apache.arrow.stream"),
    ):
        rejections = Rejections()
        rows = REFERENCE_DECODERS[kind](found[form], SIGNATURE, now=NOW, rejections=rejections)
        assert rejections.reported == []
        assert rows.predictions.score.tolist() == [1.0, 3.0], form
        labels = rows.labels(SIGNATURE)
        assert isinstance(labels.label, np.ndarray)
        assert (labels.label.tolist(), labels.score.tolist()) == ([2.0], [1.0])


def test_the_quarantine_tells_all_that_is_wrong_with_a_row() -> None:
    form = format_of(SIGNATURE)
    sent = {**ROWS[0], "prediction": "dear", "decision": "yes"}
    found = examine(sent, "predictions", form, now=NOW)
    assert [(each.column, each.kind) for each in found.reasons] == [("decision", "column"), ("prediction", "type")]

    found = examine({"prediction_id": "a", "label": 1e9}, "labels", form, now=NOW)
    assert [(each.column, each.kind) for each in found.reasons] == [("label", "range")]

    found = examine({**ROWS[0], "features": {**ROWS[0]["features"], "area": "large"}}, "predictions", form, now=NOW)
    assert found.marked is not None
    assert found.marked.score == -5.0


@pytest.mark.parametrize(
    "answers",
    [
        [12.5, 13],
        {"output_0": [12.5, 13]},
        {"prediction": [[12.5], [13]], "shap": [1, 2]},
        [{"prediction": 12.5}, [13]],
    ],
    ids=["list", "only output", "named", "mixed"],
)
def test_a_served_models_answer_is_its_prediction(answers: Any) -> None:
    found = Reader(SIGNATURE, Mapping()).verdicts(answers)

    assert all(isinstance(each, Verdict) for each in found)
    assert [outputs_of(each, SIGNATURE) for each in found if isinstance(each, Verdict)] == [
        {"prediction": 12.5},
        {"prediction": 13},
    ]


def test_a_served_model_that_says_no_number_is_told() -> None:
    (found,) = Reader(SIGNATURE, Mapping()).verdicts([{"class": 1}])

    assert found == Problem("prediction", "is not in the answer, as 'prediction'")
