"""The measures of fairness, of each protected attribute of a window."""

from collections.abc import Iterator

from cdt.measures.answers import Answer
from cdt.measures.definitions import ReadingRules
from cdt.measures.fairness import disparity, disparity_values
from cdt.measures.grid import Grid
from cdt.measures.profile import Profile
from cdt.measures.rates import selections, true_positives


def fairness(grid: Grid, baseline: Profile, current: Profile, rules: ReadingRules) -> Iterator[Answer]:
    """How far the groups of each attribute lie apart, beside how far those of the baseline do."""
    for attribute in grid.attributes:
        for name, shares in (("demographic_parity", selections), ("equal_opportunity", true_positives)):
            found = disparity(
                shares(grid, current, attribute),
                minimum_group_size=rules.minimum_group_size,
                confidence=rules.confidence_of("fairness"),
                draws=rules.draws,
                seed=rules.seed,
            )
            before = disparity_values(shares(grid, baseline, attribute), rules.minimum_group_size)
            yield Answer(f"{name}_difference", attribute, found.difference, before.difference)
            yield Answer(f"{name}_ratio", attribute, found.ratio, before.ratio)
