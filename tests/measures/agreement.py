"""How far our numbers lie from those of independent implementations, as a section of `docs/measures.md`."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"
_BOUNDS = (1e-12, 1e-9, 1e-6, 1e-4, 1e-3, 1e-2)


class Agreement(NamedTuple):
    """One measure: whose number it was held against, in how many cases, and the largest difference found."""

    measure: str
    peer: str
    cases: int
    largest: float
    tolerance: float = 1e-9

    @property
    def holds(self) -> bool:
        return self.largest <= self.tolerance

    @property
    def line(self) -> str:
        # the next bound above: last digits differ between processors
        bound = next((each for each in _BOUNDS if self.largest <= each), None)
        found = f"above {_short(_BOUNDS[-1])}" if bound is None else f"under {_short(bound)}"
        return f"| `{self.measure}` | {self.peer} | {self.cases} | {found} | {_short(self.tolerance)} |"


def _short(bound: float) -> str:
    return f"{bound:.0e}".replace("e-0", "e-")


def section(title: str, sentence: str, agreements: Iterable[Agreement]) -> str:
    """The section of the page, as it must stand there."""
    return "\n".join(
        [
            f"## {title}",
            "",
            sentence,
            "",
            "| measure | held against | cases | largest difference | allowed |",
            "|---|---|---|---|---|",
            *(each.line for each in agreements),
            "",
        ]
    )
