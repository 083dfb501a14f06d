"""Fits a grid to reference rows."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import UNSET, Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from cdt.measures.binning import fit_number
from cdt.measures.code_counting import rows_by_code
from cdt.measures.columns import CategoryColumn, Column, Columns, every
from cdt.measures.grid import MISSING, MOST_GROUPS, OTHER, CategoryFeature, Feature, Grid, GroupAttribute
from cdt.measures.likelihood import fit_likelihood, step_of
from cdt.measures.outcome_fitting import fit_outcomes
from cdt.measures.row_bins import row_bins, sizes_of

MOST_CATEGORIES = 200
LEAST_SHARE_OF_A_BIN = 0.005


class GroupRule(Struct, frozen=True, kw_only=True):
    """An attribute that groups people: each value of a category column, or the bands of a number column.

    bands: the ascending numbers at which the second band and the following begin: (18, 30) makes three bands.
    """

    name: str
    column: str
    bands: tuple[float, ...] = ()


def fit_grid(
    columns: Columns,
    *,
    features: Sequence[str],
    classes: Sequence[str] = (),
    positive_class: str = "",
    groups: Sequence[GroupRule] = (),
    score: NDArray[np.float64] | None = None,
    labelled: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    cells: int = 4096,
    most_categories: int = MOST_CATEGORIES,
) -> Grid:
    """Choose the cells, bins, categories and groups of a version from its reference rows.

    columns: the reference by column name; whether a feature is a number or a category is what its column is.
    features: the names of the columns whose drift is measured; a group attribute's column need not be among them.
    classes: without any the version predicts numbers.
    score: (rows,) the model's scores on the reference; without it, or with scores in [0, 1], the cells span [0, 1]. Of
        a version that predicts numbers these.
    labelled: of such a version, (labelled rows,) what came, and what was predicted of it.

    >>> grid = fit_grid(
    ...     {"age": np.array([17.0, 25.0, 40.0]), "sex": CategoryColumn.from_texts(["f", "m", "f"])},
    ...     features=["age", "sex"], classes=["no", "yes"], positive_class="yes",
    ...     groups=[GroupRule(name="age", column="age", bands=(18, 30))],
    ... )
    >>> grid.groups[0].labels
    ('under 18', '18-29', '30+', '(missing)')
    """
    absent = [name for name in (*features, *(rule.column for rule in groups)) if name not in columns]
    if absent:
        raise ValueError(f"the reference has no column {absent[0]!r}")
    if "\0" in "".join(features):
        raise ValueError("a column's name can't hold the character NUL")
    scores = np.empty(0) if score is None else np.asarray(score, dtype=np.float64)
    grid = Grid(
        features=tuple(_fit_feature(name, columns[name], cells, most_categories) for name in features),
        score=fit_number("score", scores, cells=cells, within=(0.0, 1.0) if classes else None),
        groups=tuple(_fit_group(rule, columns) for rule in groups),
        classes=tuple(classes),
        positive_class=positive_class,
        outcomes=UNSET if classes else fit_outcomes(scores, labelled, cells=cells),
    )
    rows = len(columns[features[0]]) if features else 0
    some = {name: every(columns[name], step_of(rows)) for name in features}
    likelihood = fit_likelihood(row_bins(grid, some, len(range(0, rows, step_of(rows)))), sizes_of(grid))
    return grid if likelihood is None else replace(grid, likelihood=likelihood)


def _fit_feature(name: str, column: Column, cells: int, most_categories: int) -> Feature:
    if not isinstance(column, CategoryColumn):
        return fit_number(name, np.asarray(column, dtype=np.float64), cells=cells)
    return fit_category(name, column, most_categories=most_categories)


def fit_category(name: str, column: CategoryColumn, *, most_categories: int = MOST_CATEGORIES) -> CategoryFeature:
    """The values of a category column that are counted one by one, and those of them with a bin of their own.

    >>> fit_category("town", CategoryColumn.from_texts(["Breda", "Arnhem", "Breda", None])).values
    ('Breda', 'Arnhem')
    """
    rows_by_value = _rows_by_value(column)
    frequent = sorted(rows_by_value, key=lambda value: (-rows_by_value[value], value))[:most_categories]
    enough = LEAST_SHARE_OF_A_BIN * sum(rows_by_value.values())
    return CategoryFeature(
        name=name,
        values=tuple(frequent),
        own_bins=sum(rows_by_value[value] >= enough for value in frequent),
    )


def _fit_group(rule: GroupRule, columns: Mapping[str, Column]) -> GroupAttribute:
    column = columns[rule.column]
    if isinstance(column, CategoryColumn):
        if rule.bands:
            raise ValueError(f"attribute {rule.name!r} has bands, but its column {rule.column!r} holds categories")
        rows_by_value = _rows_by_value(column)
        frequent = sorted(rows_by_value, key=lambda value: (-rows_by_value[value], value))[:MOST_GROUPS]
        values = tuple(sorted(frequent))
        return GroupAttribute(name=rule.name, column=rule.column, values=values, labels=(*values, OTHER, MISSING))
    if not rule.bands:
        raise ValueError(f"attribute {rule.name!r} needs bands, since its column {rule.column!r} holds numbers")
    bands = tuple(float(band) for band in rule.bands)
    finite = column[np.isfinite(column)]
    is_whole = bool((finite == np.rint(finite)).all())
    return GroupAttribute(
        name=rule.name, column=rule.column, bands=bands, labels=(*band_labels(bands, is_whole), MISSING)
    )


def band_labels(bands: Sequence[float], is_whole: bool) -> list[str]:
    """The names of bands; of whole numbers by their first and last.

    >>> band_labels((18, 30, 60), is_whole=True)
    ['under 18', '18-29', '30-59', '60+']
    >>> band_labels((0.5, 2), is_whole=False)
    ['under 0.5', '0.5 to under 2', '2 and more']
    """
    if is_whole and all(float(band).is_integer() for band in bands):
        whole = [int(band) for band in bands]
        between = [f"{low}-{high - 1}" if high - 1 > low else f"{low}" for low, high in itertools.pairwise(whole)]
        return [f"under {whole[0]}", *between, f"{whole[-1]}+"]
    between = [f"{low:g} to under {high:g}" for low, high in itertools.pairwise(bands)]
    return [f"under {bands[0]:g}", *between, f"{bands[-1]:g} and more"]


def _rows_by_value(column: CategoryColumn) -> dict[str, int]:
    """The rows of each value that has any."""
    rows_by_value: dict[str, int] = {}
    known = rows_by_code(column.codes, len(column.values))[:-1]
    for value, rows in zip(column.values, known.tolist(), strict=True):
        if rows:
            rows_by_value[value] = rows_by_value.get(value, 0) + rows
    return rows_by_value
