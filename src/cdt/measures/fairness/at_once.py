"""All parities of all attributes and of their intersections, from one count of the rows."""

from collections.abc import Mapping
from itertools import combinations
from math import prod

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from cdt.measures.fairness.arrays import TOGETHER, Grouped, Groups, grouped, table_of, together
from cdt.measures.fairness.disparity import DRAWS, Disparity, DisparityValues, disparity
from cdt.measures.fairness.kinds import PARITIES
from cdt.measures.plain_arrays import is_positive, same_rows

_MOST_CELLS = 1_000_000
"""Of the table of all attributes together; with more, each set of them is counted by itself."""

Counted = tuple[NDArray[np.int64], tuple[str, ...]]
"""(groups + 1, 2, 2) rows by group, missing last, decision and label; and the names of the groups."""


class Parities(Struct, frozen=True, kw_only=True):
    """The parities of an attribute, or of several together, by name as in `kinds.PARITIES`."""

    attributes: tuple[str, ...]
    groups: tuple[str, ...]
    by_name: dict[str, Disparity]


def overview(
    label: ArrayLike,
    decision: ArrayLike,
    attributes: Mapping[str, Groups | Grouped],
    *,
    positive: object = 1,
    minimum_group_size: int = 1,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[Parities, ...]:
    """Every parity of each attribute, of each two, and so on to all together, with intervals.

    Rows are counted once; intervals are drawn from the counts, so that they cost the same for any number of rows.

    >>> found = overview([1, 1, 0, 0], [1, 0, 0, 1], {"sex": ["f", "m", "f", "m"]}, draws=100)
    >>> found[0].by_name["accuracy_parity"].difference.value
    1.0
    """
    counted = tables_of(label, decision, attributes, positive=positive)
    return overview_of(counted, minimum_group_size=minimum_group_size, confidence=confidence, draws=draws, seed=seed)


def overview_of(
    counted: Mapping[tuple[str, ...], Counted],
    *,
    minimum_group_size: int = 1,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[Parities, ...]:
    """`overview` of the counts that `tables_of` answers."""
    return tuple(
        Parities(
            attributes=names,
            groups=groups,
            by_name={
                name: disparity(
                    *(kind.of(table, _is_group(table)) for kind in kinds),
                    minimum_group_size=minimum_group_size,
                    confidence=confidence,
                    draws=draws,
                    seed=seed,
                )
                for name, kinds in PARITIES.items()
            },
        )
        for names, (table, groups) in counted.items()
    )


def overview_values(
    label: ArrayLike,
    decision: ArrayLike,
    attributes: Mapping[str, Groups | Grouped],
    *,
    positive: object = 1,
    minimum_group_size: int = 1,
) -> dict[tuple[str, ...], dict[str, DisparityValues]]:
    """The values of `overview` without intervals, by attributes and name."""
    counted = tables_of(label, decision, attributes, positive=positive)
    return {names: _values(table, max(1, minimum_group_size)) for names, (table, _) in counted.items()}


_KINDS = tuple(dict.fromkeys(kind for kinds in PARITIES.values() for kind in kinds))
_PARTS, _ROWS = (
    np.array([np.ravel(cells) for cells in each]).T
    for each in ([kind.part for kind in _KINDS], [kind.rows for kind in _KINDS])
)
_PLACES = {name: [_KINDS.index(kind) for kind in kinds] for name, kinds in PARITIES.items()}


def _values(table: NDArray[np.int64], least: int) -> dict[str, DisparityValues]:
    """What `disparity_values` answers of each parity, of all shares at once."""
    cells = table[:-1].reshape(-1, 4)
    parts, rows = cells @ _PARTS, cells @ _ROWS
    is_compared = rows >= least
    share = parts / np.maximum(rows, 1)
    highest = np.max(share, axis=0, where=is_compared, initial=0.0)
    lowest = np.min(share, axis=0, where=is_compared, initial=1.0)
    enough = np.count_nonzero(is_compared, axis=0) > 1
    differences = (highest - lowest).tolist()
    ratios = [low / high if high else None for low, high in zip(lowest.tolist(), highest.tolist(), strict=True)]
    found: dict[str, DisparityValues] = {}
    for name, places in _PLACES.items():
        if not all(enough[place] for place in places):
            found[name] = DisparityValues(None, None)
            continue
        known = [ratio for place in places if (ratio := ratios[place]) is not None]
        found[name] = DisparityValues(
            max(differences[place] for place in places), min(known) if len(known) == len(places) else None
        )
    return found


def tables_of(
    label: ArrayLike, decision: ArrayLike, attributes: Mapping[str, Groups | Grouped], *, positive: object = 1
) -> dict[tuple[str, ...], Counted]:
    """The table of each set of attributes: one count of all together, added up over those that a set leaves out."""
    by_name = {name: each if isinstance(each, Grouped) else grouped(each) for name, each in attributes.items()}
    sets = [names for size in range(1, len(by_name) + 1) for names in combinations(by_name, size)]
    shape = tuple(len(each.names) + 1 for each in by_name.values())
    if prod(shape) * 4 > _MOST_CELLS:
        found: dict[tuple[str, ...], Counted] = {}
        for names in sets:
            groups = by_name[names[0]] if len(names) == 1 else together([by_name[name] for name in names])
            found[names] = (table_of(groups, decision, label, positive), groups.names)
        return found
    whole = _counted_at_once(label, decision, by_name, shape, positive)
    places = {name: place for place, name in enumerate(by_name)}
    return {
        names: _of_set(whole, [places[name] for name in names], [by_name[name] for name in names]) for names in sets
    }


def _counted_at_once(
    label: ArrayLike,
    decision: ArrayLike,
    by_name: Mapping[str, Grouped],
    shape: tuple[int, ...],
    positive: object,
) -> NDArray[np.int64]:
    chosen, has_decision = is_positive(decision, positive, what="decision")
    labelled, has_label = is_positive(label, positive, what="label")
    same_rows(decisions=chosen, labels=labelled, **{name: each.codes for name, each in by_name.items()})
    cells = np.zeros(len(chosen), dtype=np.int32)
    for each, size in zip(by_name.values(), shape, strict=True):
        cells *= size
        cells += each.codes.astype(np.int32, copy=False)
    cells *= 4
    cells += chosen.view(np.int8) * np.int8(2) + labelled.view(np.int8)
    is_there = has_decision & has_label
    if not is_there.all():
        cells = cells[is_there]
    return np.bincount(cells, minlength=prod(shape) * 4).reshape(*shape, 2, 2)


def _of_set(whole: NDArray[np.int64], places: list[int], groups: list[Grouped]) -> Counted:
    """The groups that have rows; who is missing in one attribute of the set is missing."""
    left_out = tuple(place for place in range(whole.ndim - 2) if place not in places)
    table = whole.sum(axis=left_out)
    known = table[tuple(slice(None, -1) for _ in places)].reshape(-1, 2, 2)
    missing = table.sum(axis=tuple(range(len(places)))) - known.sum(axis=0)
    sizes = tuple(len(each.names) for each in groups)
    has_rows = np.flatnonzero(known.any(axis=(1, 2)))
    names = tuple(
        TOGETHER.join(each.names[at] for each, at in zip(groups, np.unravel_index(place, sizes), strict=True))
        for place in has_rows.tolist()
    )
    return np.concatenate([known[has_rows], missing[None]]), names


def _is_group(table: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.arange(len(table)) < len(table) - 1
