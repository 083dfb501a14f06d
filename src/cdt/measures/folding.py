"""Counts rows into a profile: what is added up for predictions, what for labelled rows."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from cdt.measures.cells import BLOCK
from cdt.measures.code_counting import rows_by_code
from cdt.measures.columns import CategoryColumn, Columns, categories_of, numbers_of
from cdt.measures.grid import CategoryFeature, Grid, GroupAttribute
from cdt.measures.layout import AHEAD, SCORE_COLUMN, SCORED, UNLIKELY
from cdt.measures.likelihood import Bins
from cdt.measures.numbers_folding import fold_numbers, score_cells
from cdt.measures.outcome_folding import fold_outcomes, fold_sums
from cdt.measures.profile import Profile, no_extremes
from cdt.measures.row_bins import NumberBins, fill_categories

SOME_ROWS = 2_000
"""Below so many rows, adding them one by one is faster than counting them first."""

GroupCodes: TypeAlias = NDArray[np.uint8]
"""(rows,) indexes into the labels of a group attribute; the last label is missing."""


def profile_predictions(
    grid: Grid,
    columns: Columns,
    decision: NDArray[np.int32],
    score: NDArray[np.float64] | None = None,
    is_ahead: NDArray[np.bool_] | None = None,
) -> Profile:
    """Count predictions.

    columns: by name, each (rows,); a column that the grid knows and that isn't there counts as missing in every row.
    decision: (rows,) codes of the grid's classes, -1 for missing; see `class_codes`.
    score: (rows,) the model's scores; NaN, or None altogether, for missing.
    is_ahead: (rows,) whether a row was predicted, by its own clock, after it was received.
    """
    rows = len(decision)
    layout = grid.layout
    counts, extremes = np.zeros(layout.size, dtype=np.int64), no_extremes(grid)
    numbers = {name: numbers_of(name, columns[name], rows) for name in layout.numbers if name in columns}
    if score is not None:
        numbers[SCORE_COLUMN] = numbers_of("score", score, rows)
    bins = None if grid.likelihood is UNSET else np.empty((len(grid.features), rows), dtype=np.uint8)
    number_bins = None if bins is None else NumberBins.of(grid, bins)
    for family in layout.families:
        fold_numbers(family, numbers, rows, counts, extremes, number_bins)
    if grid.is_of_numbers and score is not None:
        for name, codes in group_codes(grid, columns, rows).items():
            low, unit = grid.score.cells.low, grid.score.cells.quantum
            fold_sums(layout.group_predictions[name], codes, numbers[SCORE_COLUMN], low, unit, counts)
    for feature in grid.features:
        if isinstance(feature, CategoryFeature):
            _fold_categories(feature, columns, rows, layout.categories[feature.name].of(counts))
    groups = group_codes(grid, columns, rows)
    for block in _blocks(rows):
        sides = _sides(grid, "decision", decision, rows, block)
        layout.decision.of(counts)[:] += np.bincount(sides, minlength=len(grid.classes) + 1)
        for name, codes in groups.items():
            _fold_groups(codes[block], sides, layout.group_decisions[name].of(counts))
    if is_ahead is not None:
        layout.quality.of(counts)[AHEAD] = np.count_nonzero(is_ahead)
    if bins is not None:
        fill_categories(grid, columns, rows, bins)
        _fold_likelihood(grid, bins, layout.quality.of(counts))
    return Profile(grid=grid, counts=counts, extremes=extremes)


def profile_labels(
    grid: Grid,
    decision: NDArray[np.int32],
    score: NDArray[np.float64] | None,
    label: NDArray[np.int32],
    groups: Mapping[str, GroupCodes],
) -> Profile:
    """Count labelled rows, each with the decision, score and groups of its prediction.

    decision, label: (rows,) codes of the grid's classes, -1 for missing; a row without a label is not counted.
    groups: for each attribute the (rows,) that `group_codes` answered; an attribute that isn't there counts as missing.
    """
    rows = len(label)
    layout = grid.layout
    counts = np.zeros(layout.size, dtype=np.int64)
    codes = {attribute.name: _groups(attribute, groups, rows) for attribute in grid.groups}
    scores = None if score is None else numbers_of("score", score, rows)
    confusion, ranking = layout.confusion.of(counts), layout.ranking.of(counts)
    for block in _blocks(rows):
        labels = _sides(grid, "label", label, rows, block)
        is_labelled = labels < len(grid.classes)
        pairs = (_sides(grid, "decision", decision, rows, block) * len(grid.classes) + labels)[is_labelled]
        confusion += np.bincount(pairs, minlength=confusion.size).reshape(confusion.shape)
        for name, group in codes.items():
            _fold_groups(group[block][is_labelled], pairs, layout.group_confusions[name].of(counts))
        cells = score_cells(grid.score.cells, None if scores is None else scores[block], len(labels))
        ranks = (cells * 2 + (labels == grid.positive_code))[is_labelled]
        ranking += np.bincount(ranks, minlength=ranking.size).reshape(ranking.shape)
    return Profile(grid=grid, counts=counts, extremes=no_extremes(grid))


def profile_outcomes(
    grid: Grid,
    predicted: NDArray[np.float64] | None,
    label: NDArray[np.float64],
    groups: Mapping[str, GroupCodes],
) -> Profile:
    """Count labelled rows of a version that predicts numbers, each with its prediction and groups.

    predicted, label: (rows,), NaN for missing; groups: as of `profile_labels`.
    """
    rows = len(label)
    counts, extremes = np.zeros(grid.layout.size, dtype=np.int64), no_extremes(grid)
    codes = {attribute.name: _groups(attribute, groups, rows) for attribute in grid.groups}
    guesses = np.full(rows, np.nan) if predicted is None else numbers_of("prediction", predicted, rows)
    fold_outcomes(grid, guesses, numbers_of("label", label, rows), codes, counts, extremes)
    return Profile(grid=grid, counts=counts, extremes=extremes)


def group_codes(grid: Grid, columns: Columns, rows: int) -> dict[str, GroupCodes]:
    """The group of each row by each attribute of the grid: small enough to store beside a label.

    A column that isn't there puts every row into the group of the missing.
    """
    return {attribute.name: _group_codes(attribute, columns, rows) for attribute in grid.groups}


def class_codes(grid: Grid, column: CategoryColumn) -> NDArray[np.int32]:
    """The codes of the grid's classes for a column of decisions or labels; -1 for missing and for what is no class."""
    code_by_class = {name: code for code, name in enumerate(grid.classes)}
    codes = [code_by_class.get(value, -1) for value in column.values]
    return np.array([*codes, -1], dtype=np.int32)[column.codes]


def _group_codes(attribute: GroupAttribute, columns: Columns, rows: int) -> GroupCodes:
    missing = len(attribute.labels) - 1
    if attribute.column not in columns:
        return np.full(rows, missing, dtype=np.uint8)
    column = columns[attribute.column]
    if attribute.bands:
        numbers = numbers_of(attribute.column, column, rows)
        codes = np.zeros(rows, dtype=np.uint8)
        for band in attribute.bands:  # comparing with a few bands is ten times faster than searching them
            codes += numbers >= band
        codes[np.isnan(numbers)] = missing
        return codes
    categories = categories_of(attribute.column, column, rows)
    code_by_value = {value: code for code, value in enumerate(attribute.values)}
    codes = [code_by_value.get(value, missing - 1) for value in categories.values]
    return np.array([*codes, missing], dtype=np.uint8)[categories.codes]


def _fold_likelihood(grid: Grid, bins: Bins, quality: NDArray[np.int64]) -> None:
    """Count the rows that the grid's likelihood is asked about, and those of them that are unlikely."""
    assert grid.likelihood is not UNSET
    for start in range(0, bins.shape[1], BLOCK):
        quality[UNLIKELY] += np.count_nonzero(grid.likelihood.is_unlikely(bins[:, start : start + BLOCK]))
    quality[SCORED] += bins.shape[1]


def _fold_categories(feature: CategoryFeature, columns: Columns, rows: int, table: NDArray[np.int64]) -> None:
    if feature.name not in columns:
        table[-1] += rows
        return
    column = categories_of(feature.name, columns[feature.name], rows)
    other, known = len(feature.values), feature.code_by_value
    places = np.array([*(known.get(value, other) for value in column.values), other + 1], dtype=np.intp)
    if rows < SOME_ROWS:
        np.add.at(table, places[column.codes], 1)
        return
    np.add.at(table, places, rows_by_code(column.codes, len(column.values)))


def _blocks(rows: int) -> Iterator[slice]:
    """The rows, some at a time: what is made of them in passing stays in the processor's cache."""
    return (slice(start, start + BLOCK) for start in range(0, rows, BLOCK))


def _sides(grid: Grid, what: str, codes: NDArray[np.int32], rows: int, block: slice) -> NDArray[np.intp]:
    """The codes of a block as indexes, with missing last."""
    classes = len(grid.classes)
    if codes.shape != (rows,) or codes.dtype.kind not in "iu":
        raise ValueError(f"a {what} is a whole number for each of {rows} rows, the code of its class")
    codes = codes[block]
    if codes.min() < -1 or codes.max() >= classes:
        raise ValueError(f"a {what} is the code of one of {classes} classes, or -1 for missing")
    return np.where(codes < 0, classes, codes).astype(np.intp)


def _groups(attribute: GroupAttribute, groups: Mapping[str, GroupCodes], rows: int) -> GroupCodes:
    codes = groups.get(attribute.name)
    if codes is None:
        return np.full(rows, len(attribute.labels) - 1, dtype=np.uint8)
    if codes.shape != (rows,) or (rows and (codes.min() < 0 or codes.max() >= len(attribute.labels))):
        raise ValueError(f"attribute {attribute.name!r} needs, for each of {rows} rows, an index into its labels")
    return codes


def _fold_groups(codes: GroupCodes, sides: NDArray[np.intp], table: NDArray[np.int64]) -> None:
    """Add the rows to the table of (groups, ...) counts; sides: (rows,) where a row lies within its group."""
    within = table.size // len(table)
    table += np.bincount(codes * np.intp(within) + sides, minlength=table.size).reshape(table.shape)
