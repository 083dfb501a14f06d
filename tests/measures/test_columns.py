import numpy as np
import pytest

from cdt.measures import CategoryColumn, concatenate, number_column


def test_texts_are_encoded_in_the_order_in_which_they_appear() -> None:
    column = CategoryColumn.from_texts(["b", None, "a", "b"])
    assert column.codes.tolist() == [0, -1, 1, 0]
    assert column.values == ("b", "a")


@pytest.mark.parametrize("codes", [[-2], [1], [2_000_000_000]])
def test_a_code_without_a_value_is_refused(codes: list[int]) -> None:
    with pytest.raises(ValueError, match="codes lie between -1 and 0"):
        CategoryColumn(np.array(codes, dtype=np.int32), ("only",))


def test_codes_of_another_type_are_refused() -> None:
    with pytest.raises(TypeError, match="int32"):
        CategoryColumn(np.array([0]), ("only",))  # type: ignore[arg-type]


def test_parts_that_are_encoded_differently_become_one_column() -> None:
    whole = concatenate([CategoryColumn.from_texts(["a", "b"]), CategoryColumn.from_texts(["b", "c", None])])
    assert isinstance(whole, CategoryColumn)
    assert [None if code < 0 else whole.values[code] for code in whole.codes] == ["a", "b", "b", "c", None]


def test_numbers_of_parts_become_one_column_and_none_becomes_missing() -> None:
    whole = concatenate([number_column([1, None]), number_column([2])])
    assert isinstance(whole, np.ndarray)
    assert np.array_equal(whole, [1.0, np.nan, 2.0], equal_nan=True)


def test_numbers_and_categories_are_not_one_column() -> None:
    with pytest.raises(TypeError, match="can't be one column"):
        concatenate([number_column([1]), CategoryColumn.from_texts(["a"])])
