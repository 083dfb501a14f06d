"""How labels are kept in a table: the code of a class in one column, a number that came in another; one of them is."""

from collections.abc import Iterable

from cdt.predictions.columns import Label


def codes_of(labels: Iterable[Label]) -> list[int | None]:
    """The codes of classes; none of a number."""
    return [label if isinstance(label, int) else None for label in labels]


def numbers_of(labels: Iterable[Label]) -> list[float | None]:
    """The numbers that came; none of a class."""
    return [None if isinstance(label, int) else label for label in labels]


def label_of(code: int | None, number: float | None) -> Label:
    """What is kept in a row.

    >>> label_of(1, None), label_of(None, 0.0)
    (1, 0.0)
    """
    if code is not None:
        return code
    assert number is not None
    return number
