"""Figures of interleaved rounds as one table: medians, their spread, and ratios that are taken round by round."""

from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(frozen=True)
class Figures:
    """One contender's figure of each round, in the order of the rounds."""

    name: str
    unit: str
    of_rounds: list[float] = field(default_factory=list[float])

    def add(self, figure: float) -> None:
        """The next round's figure."""
        self.of_rounds.append(figure)


@dataclass(frozen=True)
class Claim:
    """What `ours` must reach beside `peer`: a ratio of at least, or of at most, so much.

    The ratio is the median of the rounds' ratios: what slows a whole round slows both sides of it.
    """

    ours: Figures
    peer: Figures
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratios(self) -> list[float]:
        """Ours by the peer's, round by round."""
        return [ours / peer for ours, peer in zip(self.ours.of_rounds, self.peer.of_rounds, strict=True)]

    @property
    def holds(self) -> bool:
        """Whether the median ratio reaches the target."""
        ratio = median(self.ratios)
        return (self.at_least is None or ratio >= self.at_least) and (self.at_most is None or ratio <= self.at_most)


@dataclass(frozen=True)
class Limit:
    """What `ours` must stay under, in its own unit."""

    ours: Figures
    at_most: float

    @property
    def holds(self) -> bool:
        """Whether the median stays under."""
        return median(self.ours.of_rounds) <= self.at_most


@dataclass(frozen=True)
class Table:
    """One benchmark's outcome. `what` says exactly what was measured, and how often."""

    title: str
    what: str
    figures: list[Figures]
    claims: list[Claim | Limit]

    @property
    def holds(self) -> bool:
        """Whether every claim does."""
        return all(claim.holds for claim in self.claims)

    def as_markdown(self) -> str:
        """The table as people read it."""
        header = ["", "median", "quartiles of the rounds", "ratio", "target", "holds"]
        rows = [header, *(row for figures in self.figures for row in self._rows_of(figures))]
        widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
        lines = [_line(row, widths) for row in rows]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join([f"### {self.title}", "", self.what, "", *lines, ""])

    def _rows_of(self, figures: Figures) -> list[list[str]]:
        first = [
            figures.name,
            f"{number(median(figures.of_rounds))} {figures.unit}",
            _quartiles(figures.of_rounds),
        ]
        claims = [claim for claim in self.claims if claim.ours is figures]
        if not claims:
            return [[*first, "", "", ""]]
        rows = [self._claimed(claim) for claim in claims]
        return [[*first, *rows[0]], *([["", "", "", *row] for row in rows[1:]])]

    @staticmethod
    def _claimed(claim: Claim | Limit) -> list[str]:
        verdict = "yes" if claim.holds else "NO"
        if isinstance(claim, Limit):
            return ["", f"at most {number(claim.at_most)} {claim.ours.unit}", verdict]
        target = f"at least {claim.at_least:g}" if claim.at_least is not None else f"at most {claim.at_most:g}"
        return [
            f"{median(claim.ratios):.2f} ({_quartiles(claim.ratios, digits=2)})",
            f"{target} x {claim.peer.name}",
            verdict,
        ]


def number(value: float) -> str:
    """Three significant digits, thousands set apart.

    >>> [number(each) for each in (15861.3, 730.2, 12.34, 1.9, 0.1234)]
    ['15,900', '730', '12.3', '1.90', '0.123']
    """
    if value >= 1000:
        digits = len(str(int(value))) - 3
        return f"{round(value, -digits):,.0f}"
    for limit, decimals in ((100, 0), (10, 1), (1, 2)):
        if value >= limit:
            return f"{value:.{decimals}f}"
    return f"{value:.3f}"


def quantile(samples: list[float], share: float) -> float:
    """The value below which a share of the samples lies; the share is a whole percentage."""
    return quantiles(samples, n=100, method="inclusive")[round(share * 100) - 1]


def _quartiles(values: list[float], *, digits: int | None = None) -> str:
    if len(values) < 2:
        return "one round"
    low, _, high = quantiles(values, n=4, method="inclusive")
    return f"{low:.{digits}f}-{high:.{digits}f}" if digits is not None else f"{number(low)}-{number(high)}"


def _line(cells: list[str], widths: list[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
