"""Two sides of a table for the benches of drift: numbers of four shapes and categories, each moved a little."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

NUMBERS, CATEGORIES = 20, 5

Side = dict[str, NDArray[Any]]


def two_sides(rows: int) -> tuple[Side, Side]:
    """Reference and current: 20 numbers, and 5 categories as texts of two letters."""
    random = np.random.default_rng(7)

    def zero_inflated(size: int) -> NDArray[np.float64]:
        return np.where(random.random(size) < 0.3, 0.0, random.lognormal(size=size))

    shapes: tuple[Callable[..., NDArray[np.float64]], ...] = (
        lambda size: random.normal(size=size),
        lambda size: random.lognormal(size=size),
        zero_inflated,
        lambda size: random.normal(45, 20, size).round(),
    )
    sides: tuple[Side, Side] = {}, {}
    for number in range(NUMBERS):
        moved = 1 if number % 4 == 3 else 1 + 0.01 * number
        sides[0][f"number {number}"] = shapes[number % 4](rows)
        sides[1][f"number {number}"] = shapes[number % 4](rows) * moved
    for number in range(CATEGORIES):
        values = np.array([f"{letter}{number}" for letter in "abcdefghijkl"[: 4 + 2 * number]])
        shares = np.linspace(1, 3, len(values))
        sides[0][f"category {number}"] = random.choice(values, rows, p=shares / shares.sum())
        moved_shares = shares + 0.1 * number
        sides[1][f"category {number}"] = random.choice(values, rows, p=moved_shares / moved_shares.sum())
    return sides
