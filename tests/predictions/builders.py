"""Rows by id, and sending them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.registry.signature import Column, GroupAttribute, Signature
from cdt.predictions.decoding.ndjson import labels_of_ndjson, predictions_of_ndjson
from cdt.predictions.intake import Intake, digest_of_body
from cdt.predictions.receipts import Receipt
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import PredictionRow
from cdt.predictions.versions import Version

HASH_KEY = b"a key of thirty-two bytes, about"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

SIGNATURE = Signature(
    columns=(Column("age", "number"), Column("income", "number"), Column("sex", "category")),
    classes=("no", "yes"),
    positive_class="yes",
    groups=(GroupAttribute("sex", "sex"), GroupAttribute("age group", "age", bands=(30.0, 60.0))),
)


def an_intake(dsn: str, **changes: Any) -> Intake:
    return Intake(conninfo_as(dsn, DatabaseRole.API), **{"hash_key": HASH_KEY, "connections": 3, **changes})


def a_row(
    prediction_id: str,
    *,
    predicted_at: str = "2026-03-01T12:00:00Z",
    decision: str = "yes",
    score: float | None = 0.75,
    age: float | None = 40.0,
    income: float | None = None,
    sex: str | None = "f",
) -> dict[str, Any]:
    return {
        "prediction_id": prediction_id,
        "predicted_at": predicted_at,
        "decision": decision,
        "score": score,
        "features": {"age": age, "income": income, "sex": sex},
    }


def many_rows(count: int) -> list[dict[str, Any]]:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        a_row(f"p{number}", predicted_at=(start + timedelta(seconds=number)).isoformat(), age=number % 90 + 0.5)
        for number in range(count)
    ]


def as_ndjson(*rows: dict[str, Any]) -> bytes:
    return msgspec.json.Encoder().encode_lines(rows)


def rows_of(*rows: dict[str, Any]) -> list[PredictionRow]:
    rejections = Rejections()
    batch = predictions_of_ndjson(as_ndjson(*rows), SIGNATURE, now=NOW, rejections=rejections)
    assert isinstance(batch, list)
    assert rejections.count == 0
    return batch


async def send(intake: Intake, version: Version, *rows: dict[str, Any], key: str | None = None) -> Receipt:
    body, rejections = as_ndjson(*rows), Rejections()
    batch = predictions_of_ndjson(body, version.signature, now=NOW, rejections=rejections)
    return await intake.take_predictions(
        version, batch, rejections=rejections, body_digest=digest_of_body(body), key=key
    )


def a_label(prediction_id: str, label: str, *, predicted_at: str | None = None) -> dict[str, Any]:
    return {"prediction_id": prediction_id, "label": label, "predicted_at": predicted_at}


async def send_labels(intake: Intake, version: Version, *rows: dict[str, Any], key: str | None = None) -> Receipt:
    body, rejections = as_ndjson(*rows), Rejections()
    batch = labels_of_ndjson(body, version.signature, now=NOW, rejections=rejections)
    return await intake.take_labels(version, batch, rejections=rejections, body_digest=digest_of_body(body), key=key)
