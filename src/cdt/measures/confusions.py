"""How often each class was decided as which: the confusion matrix of a window beside the baseline's."""

from msgspec import Struct

from cdt.measures.profile import Profile

Counts = tuple[tuple[int, ...], ...]


class Confusions(Struct, frozen=True, kw_only=True):
    """Two confusion matrices over the same classes.

    current, baseline: labelled rows, [label][decision], both in the order of the classes; the last decision is none.
    """

    classes: tuple[str, ...]
    current: Counts
    baseline: Counts


def confusions_of(baseline: Profile, current: Profile) -> Confusions:
    """Those of two profiles of one grid; all of zeros without labels."""
    return Confusions(classes=current.grid.classes, current=_counts(current), baseline=_counts(baseline))


def _counts(profile: Profile) -> Counts:
    return tuple(map(tuple, profile.confusion.T.tolist()))
