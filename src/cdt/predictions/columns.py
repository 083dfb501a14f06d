"""Predictions and labels as columns: what is profiled, digested and stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from cdt.domain.registry.signature import Signature
from cdt.measures.columns import CategoryColumn, Column
from cdt.predictions.arrow import Texts, pa, texts_of

Label: TypeAlias = int | float
"""The code of a class; in a version of numbers the number that came, always a float."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_A_SECOND = 1_000_000
MICROSECONDS_A_DAY = 86_400_000_000


@final
@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Rows of one version, in the order in which they came.

    ids: (rows,) prediction ids; of type null where they were not read.
    predicted_at: (rows,) int64 microseconds since 1970, UTC.
    decision: codes into the signature's classes; -1 in every row of a version of numbers.
    score: (rows,) in [0, 1]; NaN is missing. In a version of numbers the number that was predicted.
    features: the signature's columns by name.
    received_at: (rows,) as `predicted_at`, when each was taken in; None of rows that are not stored yet.
    processing_ms: (rows,) how long each call took, NaN where that is not known; None where it is of none, and of rows
    that are stored: it is counted, and not kept with the row.
    """

    ids: Texts
    predicted_at: NDArray[np.int64]
    decision: CategoryColumn
    score: NDArray[np.float64]
    features: dict[str, Column]
    received_at: NDArray[np.int64] | None = None
    processing_ms: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.predicted_at)

    @property
    def is_of_numbers(self) -> bool:
        """Whether the version predicts numbers: no decision can be made."""
        return not self.decision.values

    @property
    def is_ahead(self) -> NDArray[np.bool_] | None:
        """(rows,) whether a row was predicted more than a second after it was received: its clock is ahead of ours."""
        return None if self.received_at is None else self.predicted_at - self.received_at > MICROSECONDS_A_SECOND

    def where(self, chosen: NDArray[np.bool_]) -> "Predictions":
        """The rows that are chosen."""
        return self._some(self.ids.filter(pa.array(chosen)), chosen)

    def at(self, places: NDArray[np.intp]) -> "Predictions":
        """The rows at these places, in their order."""
        return self._some(self.ids.take(pa.array(places)), places)

    def between(self, start: int, end: int) -> "Predictions":
        """The rows from `start` up to `end`, as views."""
        part = slice(start, end)
        return self._some(self.ids[part], part)

    def _some(self, ids: Texts, which: NDArray[np.bool_] | NDArray[np.intp] | slice) -> "Predictions":
        return Predictions(
            ids=ids,
            predicted_at=self.predicted_at[which],
            decision=_where(self.decision, which),
            score=self.score[which],
            features={name: _where(column, which) for name, column in self.features.items()},
            received_at=None if self.received_at is None else self.received_at[which],
            processing_ms=None if self.processing_ms is None else self.processing_ms[which],
        )


@final
@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Truths that found their prediction, each with what the prediction said.

    label: codes into the signature's classes, or (rows,) the numbers that came.
    decision, score: as of `Predictions`.
    sign: (rows,) int8, 1 for a label that counts from now on, -1 for one that a correction takes back.
    features: the columns that the signature's group attributes are read from.
    """

    ids: Texts
    predicted_at: NDArray[np.int64]
    label: Column
    sign: NDArray[np.int8]
    decision: CategoryColumn
    score: NDArray[np.float64]
    features: dict[str, Column]

    def __len__(self) -> int:
        return len(self.predicted_at)

    @property
    def is_of_numbers(self) -> bool:
        """As of `Predictions`."""
        return not self.decision.values

    def where(self, chosen: NDArray[np.bool_]) -> "Labels":
        """The rows that are chosen."""
        return self._some(self.ids.filter(pa.array(chosen)), chosen)

    def between(self, start: int, end: int) -> "Labels":
        """The rows from `start` up to `end`, as views."""
        part = slice(start, end)
        return self._some(self.ids[part], part)

    def _some(self, ids: Texts, which: NDArray[np.bool_] | slice) -> "Labels":
        return Labels(
            ids=ids,
            predicted_at=self.predicted_at[which],
            label=_where(self.label, which),
            sign=self.sign[which],
            decision=_where(self.decision, which),
            score=self.score[which],
            features={name: _where(column, which) for name, column in self.features.items()},
        )


def join_predictions(parts: Sequence[Predictions], signature: Signature) -> Predictions:
    """The rows of all parts, one after another."""
    if len(parts) == 1:
        return parts[0]
    return Predictions(
        ids=_join_texts([part.ids for part in parts]),
        predicted_at=_join_arrays([part.predicted_at for part in parts], np.int64),
        decision=join_categories([part.decision for part in parts], signature.classes),
        score=_join_arrays([part.score for part in parts], np.float64),
        features=_join_features(feature_kinds(signature), [part.features for part in parts]),
        received_at=_join_received(parts),
        processing_ms=_join_times(parts),
    )


def join_labels(parts: Sequence[Labels], signature: Signature) -> Labels:
    """The rows of all parts, one after another."""
    if len(parts) == 1:
        return parts[0]
    return Labels(
        ids=_join_texts([part.ids for part in parts]),
        predicted_at=_join_arrays([part.predicted_at for part in parts], np.int64),
        label=join_truths([part.label for part in parts], signature),
        sign=_join_arrays([part.sign for part in parts], np.int8),
        decision=join_categories([part.decision for part in parts], signature.classes),
        score=_join_arrays([part.score for part in parts], np.float64),
        features=_join_features(group_kinds(signature), [part.features for part in parts]),
    )


def truths_of(labels: Sequence[Label | None], signature: Signature) -> Column:
    """Labels as a column; None is not known."""
    if signature.is_of_numbers:
        return np.array(labels, dtype=np.float64)
    codes = [-1 if label is None else label for label in labels]
    return CategoryColumn(np.array(codes, dtype=np.int32), signature.classes)


def chosen_of(column: Column, which: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Column:
    """Some rows of a column."""
    return _where(column, which)


def no_decisions(rows: int) -> CategoryColumn:
    """What a version of numbers decides."""
    return CategoryColumn(np.full(rows, -1, dtype=np.int32), ())


def shown_label(label: Label, signature: Signature) -> str | float:
    """A label as it was sent: the text of its class, or the number that came.

    A class may come from Postgres as a float, since the same column of an answer holds numbers too.
    """
    return label if signature.is_of_numbers else signature.classes[int(label)]


def has_truth(label: Column) -> NDArray[np.bool_]:
    """(rows,) whether it is known what came."""
    return label.codes >= 0 if isinstance(label, CategoryColumn) else ~np.isnan(label)


def join_truths(parts: Sequence[Column], signature: Signature) -> Column:
    """The labels of all parts, one after another."""
    if signature.is_of_numbers:
        return _join_arrays([each for each in parts if isinstance(each, np.ndarray)], np.float64)
    return join_categories([each for each in parts if isinstance(each, CategoryColumn)], signature.classes)


def feature_kinds(signature: Signature) -> dict[str, str]:
    """'number' or 'category' of each input column."""
    return {column.name: column.kind for column in signature.columns}


def group_kinds(signature: Signature) -> dict[str, str]:
    """The same of the columns that group attributes are read from."""
    wanted = {group.column for group in signature.groups}
    return {name: kind for name, kind in feature_kinds(signature).items() if name in wanted}


def microseconds(moment: datetime) -> int:
    """Since 1970, UTC; exact."""
    return (moment - EPOCH) // MICROSECOND


def moment_of(value: int) -> datetime:
    """The time that many microseconds after 1970, UTC."""
    return EPOCH + timedelta(microseconds=int(value))


def join_categories(parts: Sequence[CategoryColumn], values: Iterable[str] | None = None) -> CategoryColumn:
    """One column over the values of all parts; `values` are those that all parts share already."""
    if values is not None:
        return CategoryColumn(_join_arrays([part.codes for part in parts], np.int32), tuple(values))
    code_by_text: dict[str, int] = {}
    joined: list[NDArray[np.int32]] = []
    for part in parts:
        codes = [code_by_text.setdefault(text, len(code_by_text)) for text in part.values]
        renumbered = np.array([*codes, -1], dtype=np.int32)
        joined.append(renumbered[part.codes])
    return CategoryColumn(_join_arrays(joined, np.int32), tuple(code_by_text))


def _join_received(parts: Sequence[Predictions]) -> NDArray[np.int64] | None:
    received = [part.received_at for part in parts if part.received_at is not None]
    return _join_arrays(received, np.int64) if len(received) == len(parts) else None


def _join_times(parts: Sequence[Predictions]) -> NDArray[np.float64] | None:
    if all(part.processing_ms is None for part in parts):
        return None
    known = [np.full(len(part), np.nan) if part.processing_ms is None else part.processing_ms for part in parts]
    return _join_arrays(known, np.float64)


def _join_features(kinds: Mapping[str, str], parts: Sequence[Mapping[str, Column]]) -> dict[str, Column]:
    """Those columns that all parts have: some may have been read with fewer than others."""
    joined: dict[str, Column] = {}
    for name, kind in kinds.items():
        if not all(name in part for part in parts):
            continue
        columns = [part[name] for part in parts]
        if kind == "number":
            joined[name] = _join_arrays([each for each in columns if isinstance(each, np.ndarray)], np.float64)
        else:
            joined[name] = join_categories([each for each in columns if isinstance(each, CategoryColumn)])
    return joined


def _join_texts(parts: Sequence[Texts]) -> Texts:
    if any(pa.types.is_null(part.type) for part in parts):
        return pa.nulls(sum(map(len, parts)))
    return pa.concat_arrays(parts) if parts else texts_of([])


def _join_arrays(parts: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def _where(column: Any, chosen: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Any:
    if isinstance(column, CategoryColumn):
        return CategoryColumn(column.codes[chosen], column.values)
    return column[chosen]
