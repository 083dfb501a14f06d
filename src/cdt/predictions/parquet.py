"""Rows as Parquet, for CDT and for everybody: plain columns that DuckDB, pandas and Spark open without our help.

A column of the signature has its own name, or `features.<name>` where that is one of CDT's, as rows are sent. Numbers
that are missing are null; decisions and labels are the classes' texts, or the numbers that were predicted and came;
times are microseconds in UTC.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from io import RawIOBase
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.arrow import Table, pa, pq
from cdt.predictions.columns import Labels, Predictions, feature_kinds, group_kinds, no_decisions
from cdt.predictions.own_columns import (
    DECISION,
    LABEL_COLUMNS,
    LABEL_COLUMNS_OF_NUMBERS,
    PREDICTION,
    SCORE,
    label_columns,
    prediction_columns,
    score_name,
)

ROW_GROUP_ROWS = 131_072
"""Of 25 columns about 18 MB: large enough to read at the disk's rate, small enough to find one row in."""
_PREFIX = "features."


def column_of(feature: str, signature: Signature) -> str:
    """The name that a column of the signature has in a file; no two have the same."""
    return _name(feature, label_columns(signature))


def _name(feature: str, own: Collection[str]) -> str:
    return f"{_PREFIX}{feature}" if feature in own or feature.startswith(_PREFIX) else feature


def table_of_predictions(rows: Predictions) -> Table:
    """Predictions as they are written."""
    return pa.table(
        {
            "prediction_id": rows.ids,
            "predicted_at": _as_times(rows.predicted_at),
            **_outputs(rows),
            **_features(rows),
        }
    )


def table_of_labels(rows: Labels) -> Table:
    """Labels as they are written."""
    return pa.table(
        {
            "prediction_id": rows.ids,
            "predicted_at": _as_times(rows.predicted_at),
            "label": _as_column(rows.label),
            "sign": pa.array(rows.sign, type=pa.int8()),
            **_outputs(rows),
            **_features(rows),
        }
    )


def _outputs(rows: Predictions | Labels) -> dict[str, Any]:
    if rows.is_of_numbers:
        return {PREDICTION: _as_numbers(rows.score)}
    return {DECISION: _as_texts(rows.decision), SCORE: _as_numbers(rows.score)}


def _features(rows: Predictions | Labels) -> dict[str, Any]:
    own = LABEL_COLUMNS_OF_NUMBERS if rows.is_of_numbers else LABEL_COLUMNS
    return {_name(name, own): _as_column(column) for name, column in rows.features.items()}


class Writing:
    """A Parquet file that is being written, a row group at a time."""

    def __init__(self, file: IO[bytes] | RawIOBase, schema: Any) -> None:
        texts = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        numbers = [field.name for field in schema if pa.types.is_floating(field.type)]
        self._writer = pq.ParquetWriter(
            file,
            schema,
            version="2.6",
            compression="zstd",
            use_dictionary=texts,
            use_byte_stream_split=numbers,
            store_schema=False,
        )

    def add(self, table: Table) -> None:
        """One row group."""
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))

    def close(self) -> None:
        """Write the footer."""
        self._writer.close()


def text_columns(names: Iterable[str], signature: Signature) -> list[str]:
    """Which of the columns are read as codes of few texts."""
    categories = {column_of(name, signature) for name, kind in feature_kinds(signature).items() if kind == "category"}
    if not signature.is_of_numbers:
        categories |= {DECISION, "label"}
    return [name for name in names if name in categories]


def columns_of_predictions(signature: Signature, wanted: Collection[str] | None) -> list[str]:
    """The columns of a file that hold what is wanted; None is all."""
    return _chosen(prediction_columns(signature), feature_kinds(signature), wanted, signature)


def columns_counted(signature: Signature) -> list[str]:
    """What is counted and measured of predictions: all but their ids, which are dear to read."""
    return columns_of_predictions(signature, None)[1:]


def columns_of_labels(signature: Signature, wanted: Collection[str] | None) -> list[str]:
    """The same of a file of labels."""
    return _chosen(label_columns(signature), group_kinds(signature), wanted, signature)


def predictions_of_parquet(table: Table, signature: Signature) -> Predictions:
    """The predictions of a table that was read; what was not asked for is missing in every row."""
    columns = _Columns(table, signature)
    return Predictions(
        ids=columns.ids(),
        predicted_at=columns.times(),
        decision=columns.decisions(),
        score=columns.numbers(score_name(signature)),
        features=columns.features(feature_kinds(signature)),
    )


def labels_of_parquet(table: Table, signature: Signature) -> Labels:
    """The labels of a table that was read."""
    columns = _Columns(table, signature)
    return Labels(
        ids=columns.ids(),
        predicted_at=columns.times(),
        label=columns.numbers("label") if signature.is_of_numbers else columns.classes("label"),
        sign=columns.signs(),
        decision=columns.decisions(),
        score=columns.numbers(score_name(signature)),
        features=columns.features(group_kinds(signature)),
    )


class _Columns:
    """The columns of a table that was read; what isn't there takes no memory."""

    def __init__(self, table: Table, signature: Signature) -> None:
        self._table = table
        self._names = set(table.column_names)
        self._rows: int = table.num_rows
        self._signature = signature

    def ids(self) -> Any:
        return self._of("prediction_id", lambda column: column.combine_chunks(), lambda: pa.nulls(self._rows))

    def times(self) -> NDArray[np.int64]:
        return self._of("predicted_at", lambda column: column.cast(pa.int64()).to_numpy(), lambda: self._all(0))

    def signs(self) -> NDArray[np.int8]:
        return self._of("sign", lambda column: column.to_numpy(), lambda: self._all(np.int8(0)))

    def numbers(self, name: str) -> NDArray[np.float64]:
        return self._of(name, lambda column: column.to_numpy(), lambda: self._all(np.nan))

    def decisions(self) -> CategoryColumn:
        return no_decisions(self._rows) if self._signature.is_of_numbers else self.classes(DECISION)

    def classes(self, name: str) -> CategoryColumn:
        found = self.texts(name)
        places = {text: code for code, text in enumerate(self._signature.classes)}
        code_of = np.array([*(places[text] for text in found.values), -1], dtype=np.int32)
        return CategoryColumn(code_of[found.codes] if found.values else found.codes, self._signature.classes)

    def texts(self, name: str) -> CategoryColumn:
        return self._of(name, _as_category, lambda: CategoryColumn(self._all(np.int32(-1)), ()))

    def features(self, kinds: Mapping[str, str]) -> dict[str, Column]:
        column_by_name = {name: column_of(name, self._signature) for name in kinds}
        return {
            name: self.numbers(column_by_name[name]) if kind == "number" else self.texts(column_by_name[name])
            for name, kind in kinds.items()
            if column_by_name[name] in self._names
        }

    def _of(self, name: str, convert: Callable[[Any], Any], missing: Callable[[], Any]) -> Any:
        return convert(self._table.column(name)) if name in self._names else missing()

    def _all(self, value: Any) -> NDArray[Any]:
        return np.broadcast_to(value, self._rows)


def _chosen(
    own: Iterable[str], kinds: Mapping[str, str], wanted: Collection[str] | None, signature: Signature
) -> list[str]:
    """`wanted` names CDT's own columns as they are, and the signature's as they are in a file."""
    names = (column_of(name, signature) for name in kinds)
    return [name for name in (*own, *names) if wanted is None or name in wanted]


def _as_times(values: NDArray[np.int64]) -> Any:
    return pa.array(values).cast(pa.timestamp("us", "UTC"))


def _as_numbers(values: NDArray[np.float64]) -> Any:
    return pa.array(values, type=pa.float64(), from_pandas=True)


def _as_texts(column: CategoryColumn) -> Any:
    codes = pa.array(column.codes, type=pa.int32(), mask=column.codes < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(column.values), type=pa.string()))


def _as_column(column: Column) -> Any:
    return _as_texts(column) if isinstance(column, CategoryColumn) else _as_numbers(column)


def _as_category(column: Any) -> CategoryColumn:
    joined = column.unify_dictionaries().combine_chunks()
    if hasattr(joined, "chunks"):  # an empty column keeps its chunks
        joined = joined.chunk(0)
    codes = joined.indices.fill_null(-1) if joined.null_count else joined.indices
    return CategoryColumn(
        codes.to_numpy(zero_copy_only=False).astype(np.int32, copy=False), tuple(joined.dictionary.to_pylist())
    )
