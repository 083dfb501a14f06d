"""Counts of slices: added up in any order and grouping they tell what the whole slice's profile tells of its bins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cdt.measures import Grid, PredictionRows, Sample, fit_grid
from cdt.measures.columns import CategoryColumn, Column
from cdt.measures.definitions import ReadingRules
from cdt.measures.fitting import GroupRule
from cdt.measures.folding import group_codes
from cdt.measures.outputs import targets
from cdt.measures.packing import BrokenProfile
from cdt.measures.profile import Profile, merge
from cdt.measures.samples import LabelRows
from cdt.measures.slice_contrasts import slice_contrasts
from cdt.measures.slice_counting import members_counted
from cdt.measures.slice_counts import SliceBins
from cdt.measures.slice_packing import decode_slices, encode_slices
from tests.measures.builders import HOSTILE, SHAPES, chance

ROWS = 600
MARK = b"8 bytes."


def some_rows(
    seed: int, rows: int = ROWS, *, shapes: bool = True
) -> tuple[dict[str, Column], PredictionRows, LabelRows]:
    """Columns of every shape, hostile values among them, categories rare and unknown, decisions and scores missing."""
    random = chance(seed)
    columns: dict[str, Column] = {name: draw(random, rows) for name, draw in SHAPES.items()}
    for name, values in HOSTILE.items():
        column = np.asarray(random.normal(size=rows))
        column[: len(values)] = values[:rows]
        columns[name] = column
    texts = [f"text {number}" if number < 25 else None for number in random.geometric(0.1, rows)]
    columns["texts"] = CategoryColumn.from_texts(texts)
    columns["few"] = CategoryColumn.from_texts([str(each) for each in random.integers(0, 3, rows)])
    decision = random.integers(-1, 2, rows).astype(np.int32)
    score = np.where(random.random(rows) < 0.1, np.nan, random.random(rows))
    label = random.integers(-1, 2, rows).astype(np.int32)
    groups = group_codes(GRID, columns, rows) if shapes else {}
    return columns, PredictionRows(columns, decision, score), LabelRows(decision, score, label, groups)


def a_grid() -> Grid:
    columns, rows, _ = some_rows(1, 2_000, shapes=False)
    return fit_grid(
        columns,
        features=list(columns),
        classes=("no", "yes"),
        positive_class="yes",
        groups=[GroupRule(name="few", column="few"), GroupRule(name="normal", column="normal", bands=(-1.0, 1.0))],
        score=rows.score,
    )


GRID = a_grid()
BINS = SliceBins(GRID)


def members(seed: int, slices: int, rows: int = ROWS) -> NDArray[np.bool_]:
    shares = np.linspace(0, 1, slices)[:, None]
    return chance(seed).random((slices, rows)) < shares


def counted(predictions: PredictionRows, labels: LabelRows, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    is_labelled = labels.label >= 0
    groups = {name: codes[is_labelled] for name, codes in labels.groups.items()}
    of_labels = BINS.places_of_labels(labels.decision[is_labelled], labels.label[is_labelled], groups)
    places = BINS.places_of_predictions(predictions.columns, predictions.decision, predictions.score)
    return BINS.counted(places, chosen) + BINS.counted(of_labels, chosen[:, is_labelled])


def whole(predictions: PredictionRows, labels: LabelRows, chosen: NDArray[np.bool_]) -> Profile:
    return merge(members_counted(GRID, predictions, chosen), labels.where(chosen).profile(GRID))


def part(rows: PredictionRows, labels: LabelRows, where: NDArray[np.bool_]) -> tuple[PredictionRows, LabelRows]:
    columns = {
        name: CategoryColumn(each.codes[where], each.values) if isinstance(each, CategoryColumn) else each[where]
        for name, each in rows.columns.items()
    }
    assert rows.score is not None
    return PredictionRows(columns, rows.decision[where], rows.score[where]), labels.where(where)


OUTPUTS = ("decision", "score", "label")


@settings(deadline=None, max_examples=15)
@given(
    st.integers(0, 10_000), st.integers(1, 5), st.lists(st.integers(0, 3), min_size=ROWS, max_size=ROWS), st.randoms()
)
def test_parts_in_any_order_and_grouping_are_the_bins_of_the_whole_slice(
    seed: int, slices: int, cut: list[int], random: np.random.Generator
) -> None:
    _, predictions, labels = some_rows(seed)
    chosen, places = members(seed, slices), np.array(cut)
    parts: list[NDArray[np.int64]] = []
    for number in range(4):
        where = places == number
        parts.append(counted(*part(predictions, labels, where), chosen[:, where]))
    stored = [encode_slices(each, MARK) for each in parts]
    random.shuffle(stored)
    one, other = (decode_slices(BINS, slices, MARK, half) for half in (stored[:2], stored[2:]))

    for declared, counts in enumerate(one + other):
        expected, found = whole(predictions, labels, chosen[declared]), BINS.profile(counts)
        for target in targets(GRID, OUTPUTS):
            assert target.bins(found).tolist() == target.bins(expected).tolist(), target.subject
        for attribute in GRID.attributes:
            assert np.array_equal(found.group_decisions(attribute), expected.group_decisions(attribute))
            assert np.array_equal(found.group_confusions(attribute), expected.group_confusions(attribute))
        assert np.array_equal(found.confusion, expected.confusion)


def test_measures_over_bins_are_those_of_rows_to_the_bit() -> None:
    _, before, labels_before = some_rows(2)
    _, now, labels = some_rows(3)
    rules = ReadingRules(
        measures=("population_stability_index", "jensen_shannon_distance", "drift_score", "demographic_parity_ratio",
                  "equal_opportunity_difference"),
        outputs=OUTPUTS, edition=2,
    )  # fmt: skip
    chosen = members(4, 3)
    of_rows = [whole(rows, known, chosen[1]) for rows, known in ((before, labels_before), (now, labels))]
    of_bins = [
        BINS.profile(counted(rows, known, chosen)[1]) for rows, known in ((before, labels_before), (now, labels))
    ]

    assert slice_contrasts(GRID, *of_bins, rules) == slice_contrasts(GRID, *of_rows, rules)


def test_a_block_of_rows_ends_nowhere_in_particular(monkeypatch: pytest.MonkeyPatch) -> None:
    _, predictions, labels = some_rows(5)
    chosen = members(6, 4)
    at_once = counted(predictions, labels, chosen)
    monkeypatch.setattr("cdt.measures.slice_counts.ROWS_AT_ONCE", 7)

    assert np.array_equal(counted(predictions, labels, chosen), at_once)


def test_nobody_and_nothing_are_counts_of_zero() -> None:
    _, predictions, labels = some_rows(7, 0)

    assert not counted(predictions, labels, members(0, 2, 0)).any()
    assert BINS.profile(BINS.none(1)[0]) == Sample(part(predictions, labels, np.zeros(0, dtype=np.bool_))[0]).profile(
        GRID
    )


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (lambda stored: stored[:10], "cut off"),
        (lambda stored: b"CDTP" + stored[4:], "no counts"),
        (lambda stored: stored[:4] + b"\2" + stored[5:], "known format"),
        (lambda stored: stored[:5] + b"8 others" + stored[13:], "other slices"),
        (lambda stored: stored[:17] + b"\xff\xff\xff\x7f" + stored[21:], "more than there is place"),
        (lambda stored: stored[:17] + b"\1\0\0\0" + stored[21:], "more than|as many"),
        (lambda stored: stored[:-3], "long as it claims|damaged"),
    ],
)
def test_broken_bytes_are_refused(broken: "object", why: str) -> None:
    _, predictions, labels = some_rows(8)
    stored = encode_slices(counted(predictions, labels, members(9, 2)), MARK)

    with pytest.raises(BrokenProfile, match=why):
        decode_slices(BINS, 2, MARK, [broken(stored)])  # type: ignore[operator]
