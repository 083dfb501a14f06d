"""From a profile to the few bins in which drift is measured."""

import numpy as np
from numpy.typing import NDArray

from cdt.measures.grid import Feature, NumberFeature
from cdt.measures.profile import NumberCounts, Profile


def bin_counts(feature: Feature, profile: Profile) -> NDArray[np.int64]:
    """(bins + 1,) rows of a feature by bin of the stability measures; the last bin holds the missing ones.

    A number's bins are those of the grid; a category's are its frequent values and one for all others.
    """
    if isinstance(feature, NumberFeature):
        return number_bins(feature, profile.number(feature.name))
    rows = profile.categories(feature.name)
    return np.array([*rows[: feature.own_bins], rows[feature.own_bins : -1].sum(), rows[-1]], dtype=np.int64)


def number_bins(feature: NumberFeature, counts: NumberCounts) -> NDArray[np.int64]:
    """As `bin_counts`, of a number's counts: of the score's as well, with `grid.score` as the feature."""
    return np.append(np.add.reduceat(counts.cells, [0, *feature.borders]), counts.missing)
