"""The digest of a segment's content: the same for the same rows, however they came and however they are stored.

SHA-256 over a heading, `cdt segment 1`, the kind and the number of rows, then each column in the order of its name: the
name and its type on a line, then its values, all little-endian. Numbers are float64, a missing one is the plain NaN;
times are int64 microseconds since 1970; texts are their lengths in bytes as int32, -1 for missing, then their UTF-8.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cdt.domain.kernel import Digest
from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.arrow import Texts, compute, pa
from cdt.predictions.columns import Labels, Predictions, microseconds
from cdt.predictions.own_columns import DECISION, PREDICTION, SCORE, score_name
from cdt.predictions.rows import PredictionRow

_MANY_ROWS = 1_000
"""Up to so many rows one update is cheaper than one for each column; above, their bytes are not copied together."""
_NUMBER, _TEXT, _TIME, _SIGN = "float64", "text", "time", "int8"


def digest_of_predictions(rows: Predictions) -> Digest:
    """The digest of a segment of predictions."""
    columns = {
        "prediction_id": (_TEXT, _texts(rows.ids)),
        "predicted_at": (_TIME, _integers(rows.predicted_at)),
        **_outputs(rows),
        **{f"features.{name}": _column(column) for name, column in rows.features.items()},
    }
    return _digest("predictions", len(rows), columns)


def digest_of_labels(rows: Labels) -> Digest:
    """The digest of a segment of labels."""
    columns = {
        "prediction_id": (_TEXT, _texts(rows.ids)),
        "predicted_at": (_TIME, _integers(rows.predicted_at)),
        "label": _column(rows.label),
        "sign": (_SIGN, rows.sign.astype("i1").tobytes()),
        **_outputs(rows),
        **{f"features.{name}": _column(column) for name, column in rows.features.items()},
    }
    return _digest("labels", len(rows), columns)


def digest_of_rows(rows: Sequence[PredictionRow], signature: Signature) -> Digest:
    """The digest of a segment of few predictions, without making columns of them first."""
    ids, moments, decisions, scores, features = zip(*rows, strict=True)
    columns = {
        "prediction_id": (_TEXT, _plain_texts(ids)),
        "predicted_at": (_TIME, np.array([microseconds(each) for each in moments], dtype="<i8").tobytes()),
        score_name(signature): (_NUMBER, _numbers(np.array(scores, dtype=np.float64))),
    }
    if not signature.is_of_numbers:
        columns[DECISION] = (_TEXT, _plain_texts([signature.classes[code] for code in decisions]))
    for column, values in zip(signature.columns, zip(*features, strict=True), strict=True):
        if column.kind == "number":
            columns[f"features.{column.name}"] = (_NUMBER, _numbers(np.array(values, dtype=np.float64)))
        else:
            columns[f"features.{column.name}"] = (_TEXT, _plain_texts(values))
    return _digest("predictions", len(rows), columns)


def digest_of_segments(digests: Sequence[str]) -> Digest:
    """The digest of an evaluation's rows: over the digests of its segments in the order of their sequence."""
    text = "".join(f"{digest}\n" for digest in digests)
    return Digest(hashlib.sha256(f"cdt segments 1 {len(digests)}\n{text}".encode()).hexdigest())


def _outputs(rows: Predictions | Labels) -> dict[str, tuple[str, bytes]]:
    if rows.is_of_numbers:
        return {PREDICTION: (_NUMBER, _numbers(rows.score))}
    return {DECISION: (_TEXT, _categories(rows.decision)), SCORE: (_NUMBER, _numbers(rows.score))}


def _digest(kind: str, rows: int, columns: dict[str, tuple[str, bytes]]) -> Digest:
    parts = [f"cdt segment 1 {kind} {rows}\n".encode()]
    for name in sorted(columns):
        form, values = columns[name]
        encoded = name.encode()
        parts += (b"%d %b %b %d\n" % (len(encoded), encoded, form.encode(), len(values)), values)
    total = hashlib.sha256()
    for part in parts if rows > _MANY_ROWS else [b"".join(parts)]:
        total.update(part)
    return Digest(total.hexdigest())


def _column(column: Column) -> tuple[str, bytes]:
    return (_TEXT, _categories(column)) if isinstance(column, CategoryColumn) else (_NUMBER, _numbers(column))


def _numbers(values: NDArray[np.float64]) -> bytes:
    missing = np.isnan(values)
    if missing.any():
        values = np.where(missing, np.nan, values)
    return values.astype("<f8", copy=False).tobytes()


def _integers(values: NDArray[np.int64]) -> bytes:
    return values.astype("<i8", copy=False).tobytes()


def _plain_texts(values: Sequence[Any]) -> bytes:
    if None not in values:
        joined = "".join(values)
        if joined.isascii():  # then a character is a byte: a third of the time
            return np.fromiter(map(len, values), dtype="<i4", count=len(values)).tobytes() + joined.encode()
    encoded = [b"" if text is None else text.encode() for text in values]
    lengths = [-1 if text is None else len(code) for text, code in zip(values, encoded, strict=True)]
    return np.array(lengths, dtype="<i4").tobytes() + b"".join(encoded)


def _categories(column: CategoryColumn) -> bytes:
    encoded = [text.encode() for text in column.values]
    lengths = np.array([*map(len, encoded), -1], dtype="<i4")[column.codes]
    indices = pa.array(column.codes, mask=column.codes < 0)
    texts = pa.DictionaryArray.from_arrays(indices, pa.array(list(column.values), type=pa.string())).dictionary_decode()
    return lengths.tobytes() + _bytes_of(texts)


def _texts(texts: Texts) -> bytes:
    lengths = compute.binary_length(texts).to_numpy(zero_copy_only=False)
    return lengths.astype("<i4", copy=False).tobytes() + _bytes_of(texts)


def _bytes_of(texts: Texts) -> bytes:
    """All texts, one after another; a missing one has none."""
    if len(texts) == 0:
        return b""
    filled = texts.fill_null("") if texts.null_count else texts
    _, offsets, data = filled.buffers()
    if data is None:
        return b""
    bounds = np.frombuffer(offsets, dtype=np.int32)[filled.offset : filled.offset + len(filled) + 1]
    return data[int(bounds[0]) : int(bounds[-1])].to_pybytes()
