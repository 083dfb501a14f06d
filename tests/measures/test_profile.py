import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cdt.measures import CategoryColumn, Profile, class_codes, empty, fit_grid, group_codes, merge, merge_all, subtract
from cdt.measures.cells import cells_of
from cdt.measures.folding import profile_labels, profile_predictions
from cdt.measures.grid import NumberFeature
from cdt.measures.profile import no_extremes

from .builders import CLASSES, HOSTILE, SHAPES, a_grid, a_grid_of, a_profile, a_sample, chance, part_of

GRID = a_grid()
LARGE = 70_000  # more than two blocks
DECISIONS = np.array([0, 1, 1, -1], dtype=np.int32)

some_rows = st.tuples(st.integers(0, 1_000), st.integers(0, 60))


@settings(max_examples=40, deadline=None)
@given(one=some_rows, two=some_rows, three=some_rows)
def test_merging_is_associative_and_commutative(
    one: tuple[int, int], two: tuple[int, int], three: tuple[int, int]
) -> None:
    a, b, c = (a_profile(GRID, *rows) for rows in (one, two, three))
    assert merge(merge(a, b), c) == merge(a, merge(b, c)) == merge(c, b, a) == merge_all(GRID, [b, c, a])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1_000), rows=st.integers(0, 300), cut=st.integers(0, 300))
def test_rows_cut_anywhere_give_the_same_profile(seed: int, rows: int, cut: int) -> None:
    sample = a_sample(GRID, seed, rows)
    parts = [part_of(sample, slice(None, cut)), part_of(sample, slice(cut, None))]
    assert merge(*(part.profile(GRID) for part in parts)) == sample.profile(GRID)


def test_many_rows_counted_in_blocks_equal_few_rows_counted_together() -> None:
    sample = a_sample(GRID, 3, LARGE)
    parts = (part_of(sample, slice(start, start + 999)).profile(GRID) for start in range(0, LARGE, 999))
    assert merge_all(GRID, parts) == sample.profile(GRID)


@pytest.mark.parametrize("reference", SHAPES)
def test_each_shape_is_counted_in_blocks_as_it_is_together_whatever_lies_outside(reference: str) -> None:
    random = chance()
    column = SHAPES[reference](random, 5_000)
    grid = fit_grid({"x": column, "y": column}, features=["x", "y"], classes=CLASSES, positive_class="yes")
    values = np.concatenate([shape(random, LARGE // 10) * 1.5 for shape in SHAPES.values()])
    values[::7], values[1::97], values[2::97], values[3::97] = np.nan, np.inf, -np.inf, -0.0
    random.shuffle(values)

    def counted(part: NDArray[np.float64]) -> Profile:
        return profile_predictions(grid, {"x": part, "y": part}, np.zeros(len(part), dtype=np.int32))

    parts = [counted(values[start : start + 999]) for start in range(0, len(values), 999)]
    assert merge_all(grid, parts) == counted(values)


@settings(max_examples=40, deadline=None)
@given(one=some_rows, two=some_rows)
def test_subtracting_undoes_merging(one: tuple[int, int], two: tuple[int, int]) -> None:
    a, b = a_profile(GRID, *one), a_profile(GRID, *two)
    left = subtract(merge(a, b), b)
    assert left.counts.tolist() == a.counts.tolist()
    assert left.extremes.tolist() == merge(a, b).extremes.tolist()


def test_rows_that_are_not_there_can_not_be_subtracted() -> None:
    with pytest.raises(ValueError, match="doesn't hold them"):
        subtract(a_profile(GRID, 1, 5), a_profile(GRID, 2, 50))


def test_profiles_on_different_grids_can_not_be_merged() -> None:
    with pytest.raises(ValueError, match="different grids"):
        merge(empty(GRID), empty(a_grid(300)))


def test_a_profile_of_other_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="counts of type int64"):
        Profile(grid=GRID, counts=np.zeros(3, dtype=np.int64), extremes=no_extremes(GRID))


def test_the_counts_of_a_profile_can_not_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        a_profile(GRID, 1, 5).counts[0] = 1


@pytest.mark.parametrize("rows", [40, LARGE])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_number_column_is_counted_as_one_by_one(shape: str, rows: int) -> None:
    random = chance()
    grid = a_grid_of(SHAPES[shape](random, 5_000))
    values = SHAPES[shape](random, rows) * 1.5
    values[::7], values[1::97], values[2::97] = np.nan, np.inf, -np.inf
    counts = profile_predictions(grid, {"x": values}, np.zeros(rows, dtype=np.int32)).number("x")
    feature = grid.features[0]
    assert isinstance(feature, NumberFeature)
    known = values[~np.isnan(values)]
    expected = np.bincount(cells_of(feature.cells, known), minlength=feature.cells.size)
    assert counts.cells.tolist() == expected.tolist()
    assert (counts.rows, counts.missing) == (len(known), rows - len(known))
    if feature.cells.atom is not None:
        assert counts.special == np.count_nonzero(known == feature.cells.atom)


@pytest.mark.parametrize("rows", [40, LARGE])
def test_rows_off_the_steps_are_counted(rows: int) -> None:
    values = np.arange(rows) % 90 / 1.0
    grid = a_grid_of(values)
    values[::4] += 0.25
    counts = profile_predictions(grid, {"x": values}, np.zeros(rows, dtype=np.int32)).number("x")
    assert counts.special == rows // 4


def test_how_far_values_lie_outside_is_added_up_in_quanta() -> None:
    grid = a_grid_of(chance().normal(size=1_000))
    cells = grid.score.cells  # from 0 to 1
    score = np.array([-1.0, 0.5, 1.0, 3.0, np.inf])
    counts = profile_predictions(grid, {}, np.zeros(5, dtype=np.int32), score).score
    assert counts.tail_below == pytest.approx(1 / cells.quantum, abs=1)
    assert counts.tail_above - 2**32 == pytest.approx((0 + 2) / cells.quantum, abs=1)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_values_are_counted_whatever_the_grid(name: str) -> None:
    values = np.array(HOSTILE[name])
    decision = np.zeros(len(values), dtype=np.int32)
    for reference in [*HOSTILE.values(), SHAPES["lognormal"](chance(), 500)]:
        counts = profile_predictions(a_grid_of(np.array(reference)), {"x": values}, decision).number("x")
        assert counts.rows + counts.missing == len(values)
        assert counts.missing == np.count_nonzero(np.isnan(values))
        assert counts.cells.min() >= 0


def test_categories_are_counted_with_the_unknown_and_the_missing_apart() -> None:
    for rows in (6, 6_000):
        town = CategoryColumn.from_texts(["Delft", "Arnhem", "Atlantis", None, "Delft", "Lyonesse"] * (rows // 6))
        counts = profile_predictions(GRID, {"town": town}, np.zeros(rows, dtype=np.int32)).categories("town")
        feature = GRID.by_name["town"]
        by_value = dict(zip([*feature.values, "other", "missing"], counts.tolist(), strict=True))  # type: ignore[union-attr]
        times = rows // 6
        assert by_value == {
            "Arnhem": times, "Breda": 0, "Cuijk": 0, "Delft": 2 * times, "other": 2 * times, "missing": times,
        }  # fmt: skip


def test_a_column_that_is_not_there_is_missing_in_every_row() -> None:
    profile = profile_predictions(GRID, {}, DECISIONS)
    assert profile.number("age").missing == 4
    assert profile.categories("town")[-1] == 4
    assert profile.score.missing == 4
    assert profile.group_decisions("sex").tolist() == [[0] * 3, [0] * 3, [0] * 3, [1, 2, 1]]
    assert profile.rows == 4


def test_predictions_are_counted_by_group_and_decision() -> None:
    columns = {
        "age": np.array([17.0, 18.0, np.nan, 99.0]),
        "sex": CategoryColumn.from_texts(["male", "x", None, "male"]),
    }
    profile = profile_predictions(GRID, columns, DECISIONS)
    assert profile.decisions.tolist() == [1, 2, 1]
    assert profile.group_decisions("sex").tolist() == [[0, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 0]]
    ages = profile.group_decisions("age group").tolist()
    assert (ages[0], ages[1], ages[5], ages[6]) == ([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0])


def test_labelled_rows_are_counted_by_group_decision_and_label_and_by_score() -> None:
    label = np.array([0, 1, 0, -1], dtype=np.int32)
    groups = {"sex": np.array([1, 1, 0, 0], dtype=np.uint8)}
    profile = profile_labels(GRID, DECISIONS, np.array([0.1, 0.9, np.nan, 0.5]), label, groups)
    assert profile.labelled == 3
    assert profile.confusion.tolist() == [[1, 0], [1, 1], [0, 0]]
    assert profile.group_confusions("sex")[:2].tolist() == [[[0, 0], [1, 0], [0, 0]], [[1, 0], [0, 1], [0, 0]]]
    assert profile.group_confusions("age group")[-1].sum() == 3
    assert profile.ranking.sum(axis=0).tolist() == [1, 1]
    assert profile.rows == 0


def test_groups_kept_beside_a_label_are_the_groups_of_its_prediction() -> None:
    sample = a_sample(GRID, 4, 500)
    codes = group_codes(GRID, sample.predictions.columns, 500)
    assert {name: kept.dtype for name, kept in codes.items()} == {"sex": np.uint8, "age group": np.uint8}
    counted = sample.profile(GRID).group_decisions("age group").sum(axis=1)
    assert np.bincount(codes["age group"], minlength=7).tolist() == counted.tolist()


def test_classes_are_coded_and_what_is_no_class_is_missing() -> None:
    column = CategoryColumn.from_texts(["yes", "no", "perhaps", None])
    assert class_codes(GRID, column).tolist() == [CLASSES.index("yes"), CLASSES.index("no"), -1, -1]


@pytest.mark.parametrize(
    ("columns", "decision", "error", "sentence"),
    [
        ({"age": np.zeros(3)}, DECISIONS, ValueError, "4 rows were expected"),
        ({"age": CategoryColumn.from_texts("abcd")}, DECISIONS, TypeError, "holds categories"),
        ({"town": np.zeros(4)}, DECISIONS, TypeError, "holds numbers"),
        ({"town": CategoryColumn.from_texts("abc")}, DECISIONS, ValueError, "4 were expected"),
        ({}, np.array([2], dtype=np.int32), ValueError, "one of 2 classes"),
        ({}, np.array([-2], dtype=np.int32), ValueError, "one of 2 classes"),
        ({}, np.array([0.5]), ValueError, "a whole number"),
    ],
)
def test_rows_that_do_not_fit_the_grid_are_refused_with_the_reason(
    columns: dict[str, object], decision: np.ndarray, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        profile_predictions(GRID, columns, decision)  # type: ignore[arg-type]


def test_a_group_that_is_not_of_the_attribute_is_refused() -> None:
    with pytest.raises(ValueError, match="an index into its labels"):
        profile_labels(GRID, DECISIONS, None, np.zeros(4, dtype=np.int32), {"sex": np.full(4, 9, dtype=np.uint8)})
