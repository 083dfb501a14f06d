"""The digests of many segments whose rows were read together."""

from collections.abc import Sequence
from typing import TypeVar, cast

import numpy as np

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.columns import Labels, Predictions, moment_of
from cdt.predictions.digests import digest_of_rows
from cdt.predictions.rows import PredictionRow
from cdt.predictions.shapes import Shape

FEW_ROWS = 100
"""Up to so many rows of predictions are digested row by row: columns cost more than rows do."""

R = TypeVar("R", Predictions, Labels)


def digests_of(segments: Sequence[R], shape: Shape[R], signature: Signature) -> list[str]:
    """The digest of each segment; they share the texts of their columns, of which each needs but a few."""
    found: list[str] = []
    for rows in segments:
        if isinstance(rows, Predictions) and len(rows) <= FEW_ROWS:
            found.append(digest_of_rows(_rows(rows, signature), signature))
        else:
            found.append(shape.digest(_alone(rows)))
    return found


def _rows(rows: Predictions, signature: Signature) -> list[PredictionRow]:
    columns = [_values(rows.features[column.name]) for column in signature.columns]
    return [
        PredictionRow(*row)
        for row in zip(
            rows.ids.to_pylist(),
            map(moment_of, rows.predicted_at.tolist()),
            rows.decision.codes.tolist(),
            rows.score.tolist(),
            zip(*columns, strict=True),
            strict=True,
        )
    ]


def _values(column: Column) -> list[float | str | None]:
    if isinstance(column, CategoryColumn):
        return [None if code < 0 else column.values[code] for code in column.codes.tolist()]
    return column.tolist()


def _alone(rows: R) -> R:
    """The same rows, with the texts alone that they have."""
    features = {name: _few(column) for name, column in rows.features.items()}
    if isinstance(rows, Predictions):
        return cast("R", Predictions(rows.ids, rows.predicted_at, rows.decision, rows.score, features))
    return cast("R", Labels(rows.ids, rows.predicted_at, rows.label, rows.sign, rows.decision, rows.score, features))


def _few(column: Column) -> Column:
    if not isinstance(column, CategoryColumn) or len(column.values) <= len(column.codes):
        return column
    used, codes = np.unique(column.codes, return_inverse=True)
    is_missing = bool(len(used)) and used[0] < 0
    places: list[int] = used.tolist()
    texts = tuple(column.values[code] for code in places if code >= 0)
    return CategoryColumn((codes - int(is_missing)).astype(np.int32), texts)
