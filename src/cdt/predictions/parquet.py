"""Rows as Parquet, for CDT and for everybody: plain columns that DuckDB, pandas and Spark open without our help.

A column of the signature has its own name, or `features.<name>` where that is one of CDT's, as rows are sent. Numbers
that are missing are null; decisions and labels are the classes' texts; times are microseconds in UTC.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from io import RawIOBase
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.arrow import Table, pa, pq
from cdt.predictions.columns import Labels, Predictions, feature_kinds, group_kinds

ROW_GROUP_ROWS = 131_072
"""Of 25 columns about 18 MB: large enough to read at the disk's rate, small enough to find one row in."""
OWN_PREDICTION_COLUMNS = ("prediction_id", "predicted_at", "decision", "score")
OWN_LABEL_COLUMNS = ("prediction_id", "predicted_at", "label", "sign", "decision", "score")
_PREFIX = "features."


def column_of(feature: str) -> str:
    """The name that a column of the signature has in a file; no two have the same."""
    return f"{_PREFIX}{feature}" if feature in OWN_LABEL_COLUMNS or feature.startswith(_PREFIX) else feature


def table_of_predictions(rows: Predictions) -> Table:
    """Predictions as they are written."""
    return pa.table(
        {
            "prediction_id": rows.ids,
            "predicted_at": _as_times(rows.predicted_at),
            "decision": _as_texts(rows.decision),
            "score": _as_numbers(rows.score),
            **_as_columns(rows.features),
        }
    )


def table_of_labels(rows: Labels) -> Table:
    """Labels as they are written."""
    return pa.table(
        {
            "prediction_id": rows.ids,
            "predicted_at": _as_times(rows.predicted_at),
            "label": _as_texts(rows.label),
            "sign": pa.array(rows.sign, type=pa.int8()),
            "decision": _as_texts(rows.decision),
            "score": _as_numbers(rows.score),
            **_as_columns(rows.features),
        }
    )


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
    categories = {column_of(name) for name, kind in feature_kinds(signature).items() if kind == "category"}
    return [name for name in names if name in categories or name in ("decision", "label")]


def columns_of_predictions(signature: Signature, wanted: Collection[str] | None) -> list[str]:
    """The columns of a file that hold what is wanted; None is all."""
    return _chosen(OWN_PREDICTION_COLUMNS, feature_kinds(signature), wanted)


def columns_counted(signature: Signature) -> list[str]:
    """What is counted and measured of predictions: all but their ids, which are dear to read."""
    return columns_of_predictions(signature, None)[1:]


def columns_of_labels(signature: Signature, wanted: Collection[str] | None) -> list[str]:
    """The same of a file of labels."""
    return _chosen(OWN_LABEL_COLUMNS, group_kinds(signature), wanted)


def predictions_of_parquet(table: Table, signature: Signature) -> Predictions:
    """The predictions of a table that was read; what was not asked for is missing in every row."""
    columns = _Columns(table, signature)
    return Predictions(
        ids=columns.ids(),
        predicted_at=columns.times(),
        decision=columns.classes("decision"),
        score=columns.numbers("score"),
        features=columns.features(feature_kinds(signature)),
    )


def labels_of_parquet(table: Table, signature: Signature) -> Labels:
    """The labels of a table that was read."""
    columns = _Columns(table, signature)
    return Labels(
        ids=columns.ids(),
        predicted_at=columns.times(),
        label=columns.classes("label"),
        sign=columns.signs(),
        decision=columns.classes("decision"),
        score=columns.numbers("score"),
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

    def classes(self, name: str) -> CategoryColumn:
        found = self.texts(name)
        places = {text: code for code, text in enumerate(self._signature.classes)}
        code_of = np.array([*(places[text] for text in found.values), -1], dtype=np.int32)
        return CategoryColumn(code_of[found.codes] if found.values else found.codes, self._signature.classes)

    def texts(self, name: str) -> CategoryColumn:
        return self._of(name, _as_category, lambda: CategoryColumn(self._all(np.int32(-1)), ()))

    def features(self, kinds: Mapping[str, str]) -> dict[str, Column]:
        return {
            name: self.numbers(column_of(name)) if kind == "number" else self.texts(column_of(name))
            for name, kind in kinds.items()
            if column_of(name) in self._names
        }

    def _of(self, name: str, convert: Callable[[Any], Any], missing: Callable[[], Any]) -> Any:
        return convert(self._table.column(name)) if name in self._names else missing()

    def _all(self, value: Any) -> NDArray[Any]:
        return np.broadcast_to(value, self._rows)


def _chosen(own: Iterable[str], kinds: Mapping[str, str], wanted: Collection[str] | None) -> list[str]:
    """`wanted` names CDT's own columns as they are, and the signature's as they are in a file."""
    return [name for name in (*own, *map(column_of, kinds)) if wanted is None or name in wanted]


def _as_times(values: NDArray[np.int64]) -> Any:
    return pa.array(values).cast(pa.timestamp("us", "UTC"))


def _as_numbers(values: NDArray[np.float64]) -> Any:
    return pa.array(values, type=pa.float64(), from_pandas=True)


def _as_texts(column: CategoryColumn) -> Any:
    codes = pa.array(column.codes, type=pa.int32(), mask=column.codes < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array(list(column.values), type=pa.string()))


def _as_columns(features: Mapping[str, Column]) -> dict[str, Any]:
    return {
        column_of(name): _as_texts(column) if isinstance(column, CategoryColumn) else _as_numbers(column)
        for name, column in features.items()
    }


def _as_category(column: Any) -> CategoryColumn:
    joined = column.unify_dictionaries().combine_chunks()
    if hasattr(joined, "chunks"):  # an empty column keeps its chunks
        joined = joined.chunk(0)
    codes = joined.indices.fill_null(-1) if joined.null_count else joined.indices
    return CategoryColumn(
        codes.to_numpy(zero_copy_only=False).astype(np.int32, copy=False), tuple(joined.dictionary.to_pylist())
    )
