"""The bytes of a segment: JSON for a few rows, an Arrow stream for many; both give the same columns."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.arrow import ipc, pa
from cdt.predictions.columns import Labels, Predictions, feature_kinds, group_kinds, no_decisions
from cdt.predictions.own_columns import DECISION, PREDICTION, SCORE, score_name
from cdt.predictions.rows import PredictionRow, columns_of

Format: TypeAlias = Literal["json", "arrow", "parquet"]

_ENCODER = msgspec.json.Encoder()
_PREDICTIONS = msgspec.json.Decoder(list[tuple[str, datetime, int, float | None, tuple[float | str | None, ...]]])
_LABELS = msgspec.json.Decoder(list[tuple[str, datetime, int, int, int, float | None, tuple[float | str | None, ...]]])


def predictions_as_json(rows: list[PredictionRow]) -> bytes:
    """A few predictions, each a list in the order of `PredictionRow`."""
    return _ENCODER.encode(rows)


def predictions_as_arrow(rows: Predictions) -> bytes:
    """Many predictions."""
    columns = {
        "prediction_id": rows.ids,
        "predicted_at": _as_times(rows.predicted_at),
        **_outputs(rows),
        **{f"features.{name}": _as_arrow(column) for name, column in rows.features.items()},
    }
    return _stream(columns)


def labels_as_arrow(rows: Labels) -> bytes:
    """Labels, few or many."""
    columns = {
        "prediction_id": rows.ids,
        "predicted_at": _as_times(rows.predicted_at),
        "label": pa.array(rows.label.codes.astype(np.int16) if isinstance(rows.label, CategoryColumn) else rows.label),
        "sign": pa.array(rows.sign),
        **_outputs(rows),
        **{f"features.{name}": _as_arrow(column) for name, column in rows.features.items()},
    }
    return _stream(columns)


def predictions_of(payload: bytes, form: Format, signature: Signature) -> Predictions:
    """The predictions that were stored."""
    if form == "json":
        return predictions_of_json([payload], signature)
    return predictions_of_table(_table(payload), signature)


def predictions_of_json(payloads: Iterable[bytes], signature: Signature) -> Predictions:
    """The few predictions of each payload, one after another."""
    return columns_of([PredictionRow(*row) for each in payloads for row in _PREDICTIONS.decode(each)], signature)


def predictions_of_table(table: Any, signature: Signature) -> Predictions:
    """The predictions of an Arrow table that was stored."""
    return Predictions(
        ids=_one(table, "prediction_id"),
        predicted_at=_times(table),
        decision=_decisions(table, signature),
        score=_numbers(table, score_name(signature)),
        features=_features(table, feature_kinds(signature)),
    )


def labels_of(payload: bytes, signature: Signature) -> Labels:
    """The labels that were stored."""
    return labels_of_table(_table(payload), signature)


def labels_of_table(table: Any, signature: Signature) -> Labels:
    """The labels of an Arrow table that was stored."""
    return Labels(
        ids=_one(table, "prediction_id"),
        predicted_at=_times(table),
        label=_numbers(table, "label") if signature.is_of_numbers else _classes(table, "label", signature),
        sign=_one(table, "sign").to_numpy(zero_copy_only=False),
        decision=_decisions(table, signature),
        score=_numbers(table, score_name(signature)),
        features=_features(table, group_kinds(signature)),
    )


def _outputs(rows: Predictions | Labels) -> dict[str, Any]:
    if rows.is_of_numbers:
        return {PREDICTION: pa.array(rows.score)}
    return {DECISION: pa.array(rows.decision.codes.astype(np.int16)), SCORE: pa.array(rows.score)}


def _stream(columns: dict[str, Any]) -> bytes:
    batch = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def _table(payload: bytes) -> Any:
    with ipc.open_stream(payload) as reader:
        return reader.read_next_batch()


def _one(table: Any, name: str) -> Any:
    column = table.column(name)
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column


def _as_times(values: NDArray[np.int64]) -> Any:
    return pa.array(values).cast(pa.timestamp("us", "UTC"))


def _as_arrow(column: Column) -> Any:
    if not isinstance(column, CategoryColumn):
        return pa.array(column)
    codes = pa.array(column.codes, mask=column.codes < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(column.values), type=pa.string()))


def _times(table: Any) -> NDArray[np.int64]:
    return _one(table, "predicted_at").cast(pa.int64()).to_numpy(zero_copy_only=False)


def _classes(table: Any, name: str, signature: Signature) -> CategoryColumn:
    codes = _one(table, name).to_numpy(zero_copy_only=False)
    return CategoryColumn(codes.astype(np.int32), signature.classes)


def _decisions(table: Any, signature: Signature) -> CategoryColumn:
    if signature.is_of_numbers:
        return no_decisions(len(table))
    return _classes(table, DECISION, signature)


def _numbers(table: Any, name: str) -> NDArray[np.float64]:
    return _one(table, name).to_numpy(zero_copy_only=False)


def _features(table: Any, kinds: dict[str, str]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for name, kind in kinds.items():
        column = _one(table, f"features.{name}")
        if kind == "number":
            columns[name] = column.to_numpy(zero_copy_only=False)
        else:
            codes = column.indices.fill_null(-1) if column.null_count else column.indices
            columns[name] = CategoryColumn(
                codes.to_numpy(zero_copy_only=False).astype(np.int32, copy=False), tuple(column.dictionary.to_pylist())
            )
    return columns
