"""Impact ratios, category by category, as rules of law ask for them; the rules are data.

A category's impact ratio is its selection rate divided by that of the category that is selected most often.
"""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from cdt.measures.estimates import Estimate, share_estimate
from cdt.measures.fairness.arrays import Grouped, Groups, grouped, table_of, together
from cdt.measures.fairness.kinds import SELECTION
from cdt.measures.plain_arrays import numbers
from cdt.measures.quantiles import normal_quantile


class Preset(Struct, frozen=True, kw_only=True):
    """What a rule asks for.

    least_share: of all rows, below which a category is shown and not compared. pairs: whether categories are compared
    by the intersections of each two attributes too. limit: the impact ratio that the rule takes as its line, if it has
    one.
    """

    name: str
    title: str
    least_share: float
    pairs: bool
    limit: float | None
    source: str


FOUR_FIFTHS = Preset(
    name="four_fifths",
    title="The four-fifths rule",
    least_share=0.0,
    pairs=False,
    limit=0.8,
    source="US Uniform Guidelines on Employee Selection Procedures of 1978, 29 CFR 1607.4 (D)",
)
LOCAL_LAW_144 = Preset(
    name="nyc_local_law_144",
    title="New York City Local Law 144",
    least_share=0.02,
    pairs=True,
    limit=None,  # it asks for the ratios to be published, and sets none
    source="Rules of the City of New York, title 6, § 5-301 (b), (c), and (d) for categories of less than 2 %",
)
PRESETS: Mapping[str, Preset] = {each.name: each for each in (FOUR_FIFTHS, LOCAL_LAW_144)}


def as_markdown() -> list[str]:
    """The lines of `docs/measures.md` about the presets."""
    return [
        "## Presets of impact ratios",
        "",
        '`cdt.measures.fairness.impact_ratios(decision, {"sex": sex, "race": race}, preset=...)` answers, category by',
        "category, rows, selection rate and impact ratio: the rate divided by that of the category that is selected",
        "most often, each with its interval. `impact_ratios_of_scores` takes those as selected whose score lies above",
        "the median.",
        "",
        "| preset | rule | compared | left out below | line | source |",
        "|---|---|---|---|---|---|",
        *(
            f"| `{each.name}` | {each.title} | each attribute{' and each two together' if each.pairs else ''} "
            f"| {f'{each.least_share:.0%} of the rows' if each.least_share else 'nothing'} "
            f"| {each.limit or 'none'} | {each.source} |"
            for each in PRESETS.values()
        ),
    ]


class Category(Struct, frozen=True, kw_only=True):
    """One category: its rows, their share of all rows, its selection rate, and its impact ratio if it is compared."""

    name: str
    rows: int
    share: float
    rate: Estimate
    ratio: Estimate


class Impact(Struct, frozen=True, kw_only=True):
    """The categories of an attribute, or of two together; unknown: the rows that are in none of them."""

    attributes: tuple[str, ...]
    categories: tuple[Category, ...]
    unknown: int


def impact_ratios(
    decision: ArrayLike,
    attributes: Mapping[str, Groups],
    *,
    preset: Preset = FOUR_FIFTHS,
    positive: object = 1,
    confidence: float = 0.95,
) -> tuple[Impact, ...]:
    """Selection rates and impact ratios of the categories of each attribute, and of each two where the rule says so.

    attributes: by name, each (rows,). The interval of a rate is Wilson's. That of a ratio holds whichever category is
    truly selected most often: its low end is the lowest of the ratios to every other category, its high end the lowest
    high end of them, at Bonferroni's confidence.

    >>> sex = impact_ratios([1, 1, 0, 1, 0, 0], {"sex": ["m", "m", "m", "f", "f", "f"]})[0]
    >>> [(each.name, each.ratio.value) for each in sex.categories]
    [('f', 0.5), ('m', 1.0)]
    """
    by_name = {name: grouped(group) for name, group in attributes.items()}
    sets: list[tuple[str, ...]] = [(name,) for name in by_name]
    if preset.pairs:
        sets += combinations(by_name, 2)
    found: list[Impact] = []
    for names in sets:
        groups = by_name[names[0]] if len(names) == 1 else together([by_name[name] for name in names])
        found.append(_impact(names, groups, decision, preset, positive, confidence))
    return tuple(found)


def impact_ratios_of_scores(
    score: ArrayLike,
    attributes: Mapping[str, Groups],
    *,
    preset: Preset = LOCAL_LAW_144,
    confidence: float = 0.95,
) -> tuple[Impact, ...]:
    """`impact_ratios` where a model scores: those count as selected whose score lies above the median of all scores."""
    scores = numbers(score, "score")
    has_score = ~np.isnan(scores)
    middle = float(np.median(scores[has_score])) if has_score.any() else 0.0
    selected = np.where(has_score, scores > middle, np.nan)
    return impact_ratios(selected, attributes, preset=preset, confidence=confidence)


def _impact(
    names: tuple[str, ...],
    groups: Grouped,
    decision: ArrayLike,
    preset: Preset,
    positive: object,
    confidence: float,
) -> Impact:
    shares = SELECTION.of(table_of(groups, decision, None, positive), groups.is_group)
    total = int(shares.rows.sum())
    parts, rows = shares.parts[:-1], shares.rows[:-1]
    is_compared = (rows > 0) & (rows >= preset.least_share * total)
    ratios = _ratios(parts[is_compared], rows[is_compared], confidence)
    compared = iter(ratios)
    too_small = f"less than {preset.least_share:.0%} of the rows"
    return Impact(
        attributes=names,
        categories=tuple(
            Category(
                name=name,
                rows=size,
                share=size / total,
                rate=share_estimate(part, size, confidence=confidence, reason=SELECTION.nothing),
                ratio=next(compared) if takes_part else Estimate.missing(too_small, rows=size),
            )
            for name, part, size, takes_part in zip(
                groups.names, parts.tolist(), rows.tolist(), is_compared.tolist(), strict=True
            )
            if size
        ),
        unknown=int(shares.rows[-1]),
    )


def _ratios(parts: NDArray[np.int64], rows: NDArray[np.int64], confidence: float) -> list[Estimate]:
    """The impact ratio of each category to the one that is selected most often."""
    if len(rows) < 2 or not parts.any():
        reason = SELECTION.none if len(rows) > 1 else "fewer than two categories"
        return [Estimate.missing(reason, rows=size) for size in rows.tolist()]
    rate = parts / rows
    smoothed = (parts + 0.5) / (rows + 1)
    level, variance = np.log(smoothed), (1 - smoothed) / smoothed / rows
    gap = level[:, None] - level[None, :]
    error = np.sqrt(variance[:, None] + variance[None, :])
    np.fill_diagonal(error, 0.0)
    at_once = normal_quantile(1 - (1 - confidence) / (len(rows) - 1))
    low = np.exp(np.min(gap - normal_quantile(confidence) * error, axis=1))
    high = np.exp(np.min(gap + at_once * error, axis=1))
    values = rate / rate.max()
    smallest = np.minimum(rows, rows[rate.argmax()])
    return [
        Estimate.of(value, least, most, rows=size)
        for value, least, most, size in zip(
            values.tolist(), low.tolist(), high.tolist(), smallest.tolist(), strict=True
        )
    ]
