"""How differently groups fare: the greatest difference and the smallest ratio of a share.

Held against one another, against a reference group, or against the whole; see `contrasts` for the intervals.
"""

import math
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cdt.measures.estimates import Estimate
from cdt.measures.fairness.contrasts import Gaps, Levels, Whole, farthest, gaps_between, gaps_from_whole, pairs_of
from cdt.measures.fairness.shares import Shares

DRAWS = 1_000

MOST_COMPARED = 1_000
"""Groups whose half a million pairs are drawn in seconds; of more how sure the farthest is, is not told."""

Against = Literal["groups", "whole"] | int
"""What a group is held against: every other group, the whole, or the group that stands at that place."""


class Disparity(Struct, frozen=True, kw_only=True):
    """How differently groups fare.

    difference: the greatest gap between two shares, in [0, 1]; 0 is parity. Of all groups, the greatest share less the
        smallest one.
    ratio: the smallest quotient of two shares, the lesser by the greater, in [0, 1]; 1 is parity.
    highest, lowest: where in the attribute's labels the groups with the greatest and the smallest share stand, of
        several shares of the one whose gap is greatest; None when there is nothing to compare.
    """

    difference: Estimate
    ratio: Estimate
    highest: int | None = None
    lowest: int | None = None


class DisparityValues(NamedTuple):
    """The two values without their intervals; None where they can't be told."""

    difference: float | None
    ratio: float | None


def disparity(
    *shares: Shares,
    minimum_group_size: int,
    confidence: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
    against: Against = "groups",
) -> Disparity:
    """How differently groups fare in a share, groups smaller than the minimum and missing ones left out.

    Of selection rates this is demographic parity (Calders and Verwer 2010; the ratio is the four-fifths rule of the
    EEOC's Uniform Guidelines of 1978), of true positive rates equal opportunity, of true and false positive rates
    together equalised odds (Hardt, Price and Srebro 2016).

    shares: one, or several whose greatest disparity is asked for.
    draws, seed: of the bootstrap, by NumPy's PCG64: binomial decisions within each group, half a decision of each kind
        added.
    The whole is all rows, those of small groups and of missing attributes too. The rows of an estimate are those of the
    smallest group compared. The ratio is None when no group has any positive decision. Of more than 1,000 groups that
    are compared there are values without intervals.

    >>> everyone = np.array([True, True, True])
    >>> shares = Shares(parts=np.array([60, 45, 1]), rows=np.array([100, 100, 2]), is_group=everyone)
    >>> found = disparity(shares, minimum_group_size=30)
    >>> round(found.difference.value, 4), round(found.ratio.value, 4), found.difference.rows
    (0.15, 0.75, 100)
    """
    compared = [compared_groups(each, minimum_group_size) for each in shares]
    smallest = min(
        int(each.rows[places].min()) if len(places) else 0 for each, places in zip(shares, compared, strict=True)
    )
    for each, places in zip(shares, compared, strict=True):
        why_not = why_not_compared(each, places, minimum_group_size, against)
        if why_not is not None:
            missing = Estimate.missing(why_not, rows=smallest)
            return Disparity(difference=missing, ratio=missing)
    values = disparity_values(*shares, minimum_group_size=minimum_group_size, against=against)
    difference = Estimate(value=values.difference or 0.0, rows=smallest)
    drawn: list[_Drawn] = []
    if max(map(len, compared)) <= MOST_COMPARED:
        chance = np.random.default_rng(seed)
        drawn = [_drawn(each, places, against, draws, chance) for each, places in zip(shares, compared, strict=True)]
        near, far, _ = farthest([each.gaps(logarithmic=False) for each in drawn], confidence)
        difference = Estimate.of(values.difference or 0.0, near, min(1.0, far), rows=smallest)
    if values.ratio is None:
        none = next(
            each.none for each in shares if _ratio(each, compared_groups(each, minimum_group_size), against) is None
        )
        ratio = Estimate.missing(none, rows=smallest)
    elif not drawn:
        ratio = Estimate(value=values.ratio, rows=smallest)
    else:
        near, far, _ = farthest([each.gaps(logarithmic=True) for each in drawn], confidence)
        ratio = Estimate.of(values.ratio, math.exp(-far), math.exp(-near), rows=smallest)
    widest = max(range(len(shares)), key=lambda place: _difference(shares[place], compared[place], against))
    places, share = compared[widest], shares[widest].parts[compared[widest]] / shares[widest].rows[compared[widest]]
    return Disparity(
        difference=difference, ratio=ratio, highest=int(places[share.argmax()]), lowest=int(places[share.argmin()])
    )


def disparity_values(*shares: Shares, minimum_group_size: int, against: Against = "groups") -> DisparityValues:
    """What `disparity` answers, without the intervals and so without the draws."""
    differences: list[float] = []
    ratios: list[float | None] = []
    for each in shares:
        places = compared_groups(each, minimum_group_size)
        if why_not_compared(each, places, minimum_group_size, against) is not None:
            return DisparityValues(None, None)
        differences.append(_difference(each, places, against))
        ratios.append(_ratio(each, places, against))
    known = [each for each in ratios if each is not None]
    return DisparityValues(max(differences), min(known) if len(known) == len(ratios) else None)


def _sides(shares: Shares, compared: NDArray[np.intp], against: Against) -> tuple[NDArray[np.float64], float | None]:
    """The shares that are compared, and the one that each of them is held against, if there is such a one."""
    share = shares.parts[compared] / shares.rows[compared]
    if against == "groups":
        return share, None
    if against == "whole":
        return share, float(shares.parts.sum() / shares.rows.sum())
    return share, float(shares.parts[against] / shares.rows[against])


def _difference(shares: Shares, compared: NDArray[np.intp], against: Against) -> float:
    share, other = _sides(shares, compared, against)
    if other is None:
        return float(share.max()) - float(share.min())
    return float(np.abs(share - other).max())


def _ratio(shares: Shares, compared: NDArray[np.intp], against: Against) -> float | None:
    share, other = _sides(shares, compared, against)
    low, high = float(share.min()), float(share.max())
    if not high:
        return None
    if other is None:
        return low / high
    return min(min(low, other) / max(low, other), min(high, other) / max(high, other)) if other else 0.0


def compared_groups(shares: Shares, minimum_group_size: int) -> NDArray[np.intp]:
    """Where the groups stand that are large enough to be compared."""
    return np.flatnonzero(shares.is_group & (shares.rows >= max(1, minimum_group_size)))


def why_not_compared(
    shares: Shares, compared: NDArray[np.intp], minimum_group_size: int, against: Against
) -> str | None:
    """Why nothing can be compared; None if it can."""
    if len(compared) < 2:
        if not shares.rows.sum():
            return shares.nothing
        if np.count_nonzero(shares.rows[shares.is_group]) < 2:
            return "fewer than two groups"
        return f"fewer than two groups of at least {minimum_group_size} rows"
    if isinstance(against, int) and against not in compared:
        return f"fewer than {minimum_group_size} rows of the reference group"
    return None


class _Drawn(NamedTuple):
    """Shares with what was drawn of them: smoothed by half a decision of each kind, (groups,) and (draws, groups)."""

    share: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    drawn: NDArray[np.float64]
    rows: NDArray[np.int64]
    compared: NDArray[np.intp]
    against: Against

    def gaps(self, *, logarithmic: bool) -> Iterator[Gaps]:
        """All gaps that are asked for, of the shares or of their logarithms."""
        smoothed, drawn, rows = self.smoothed, self.drawn, self.rows
        variance, drawn_variance = smoothed * (1 - smoothed) / rows, drawn * (1 - drawn) / rows
        levels = Levels(self.share, drawn - smoothed, variance, drawn_variance)
        if logarithmic:
            moved = np.log(drawn) - np.log(smoothed)
            levels = Levels(np.log(smoothed), moved, variance / smoothed**2, drawn_variance / drawn**2)
        if self.against != "whole":
            reference = None
            if self.against != "groups":
                reference = int(np.flatnonzero(self.compared == self.against)[0])
            return gaps_between(levels, *pairs_of(len(smoothed), reference))
        return gaps_from_whole(levels, self._whole(variance, drawn_variance, logarithmic=logarithmic), self.compared)

    def _whole(self, variance: NDArray[np.float64], drawn_variance: NDArray[np.float64], *, logarithmic: bool) -> Whole:
        weight = self.rows / self.rows.sum()
        together, drawn_together = float(self.smoothed @ weight), self.drawn @ weight
        of_whole, drawn_of_whole = float(variance @ weight**2), drawn_variance @ weight**2
        if not logarithmic:
            return Whole(
                float(self.share @ weight),
                drawn_together - together,
                weight * variance,
                weight * drawn_variance,
                of_whole,
                drawn_of_whole,
            )
        return Whole(
            math.log(together),
            np.log(drawn_together) - math.log(together),
            weight * variance / (self.smoothed * together),
            weight * drawn_variance / (self.drawn * drawn_together[:, None]),
            of_whole / together**2,
            drawn_of_whole / drawn_together**2,
        )


def _drawn(
    shares: Shares, compared: NDArray[np.intp], against: Against, draws: int, chance: np.random.Generator
) -> _Drawn:
    """Draw decisions within each group: of those compared, or of all that make up the whole."""
    places = np.flatnonzero(shares.rows) if against == "whole" else compared
    parts, rows = shares.parts[places], shares.rows[places]
    smoothed = (parts + 0.5) / (rows + 1)
    drawn = (chance.binomial(rows, smoothed, size=(draws, len(rows))) + 0.5) / (rows + 1)
    within = np.searchsorted(places, compared) if against == "whole" else compared
    return _Drawn(parts / rows, smoothed, drawn, rows, within, against)
