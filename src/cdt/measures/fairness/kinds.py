"""The shares that groups are compared by, each a part of some cells of decision by label."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cdt.measures.fairness.shares import Shares

Counts = NDArray[np.int64]


class Kind(NamedTuple):
    """A share of the labelled rows of a group.

    part, rows: the cells of ((not decided, decided positively) by (not labelled, labelled positively)) that count.
    nothing: what to say when no group has any such rows. none: what to say of a ratio when no group has any part.
    """

    part: tuple[tuple[int, int], tuple[int, int]]
    rows: tuple[tuple[int, int], tuple[int, int]]
    nothing: str
    none: str

    def of(self, table: Counts, is_group: NDArray[np.bool_]) -> Shares:
        """The share in every group: table (groups, 2, 2) rows by group, decision and label, positive ones second."""
        part, rows = (np.tensordot(table, np.array(cells), axes=2) for cells in (self.part, self.rows))
        return Shares(parts=part, rows=rows, is_group=is_group, nothing=self.nothing, none=self.none)


_ALL = ((1, 1), (1, 1))
_LABELLED, _OTHERS = ((0, 1), (0, 1)), ((1, 0), (1, 0))
_CHOSEN = ((0, 0), (1, 1))
_FALSE_POSITIVE, _FALSE_NEGATIVE, _TRUE_POSITIVE = ((0, 0), (1, 0)), ((0, 1), (0, 0)), ((0, 0), (0, 1))
_NO_CHOSEN = "no labelled rows decided positively"
_NO_LABELLED = "no labelled rows of the positive class"
_NO_OTHERS = "no labelled rows of the other class"

SELECTION = Kind(_CHOSEN, _ALL, "no predictions with a decision", "no positive decisions in any group")
TRUE_POSITIVE = Kind(_TRUE_POSITIVE, _LABELLED, _NO_LABELLED, "no positive decisions in any group")
FALSE_POSITIVE = Kind(_FALSE_POSITIVE, _OTHERS, _NO_OTHERS, "no false positives in any group")
FALSE_NEGATIVE = Kind(_FALSE_NEGATIVE, _LABELLED, _NO_LABELLED, "no false negatives in any group")
POSITIVE_PREDICTIVE = Kind(_TRUE_POSITIVE, _CHOSEN, _NO_CHOSEN, "no true positives in any group")
FALSE_DISCOVERY = Kind(_FALSE_POSITIVE, _CHOSEN, _NO_CHOSEN, "no false positives in any group")
CORRECT = Kind(((1, 0), (0, 1)), _ALL, "no labelled rows with a decision", "no right decisions in any group")
FALSE_NEGATIVE_OF_ERRORS = Kind(
    _FALSE_NEGATIVE, ((0, 1), (1, 0)), "no labelled rows decided wrongly", "no false negatives in any group"
)

PARITIES: Mapping[str, tuple[Kind, ...]] = {
    "demographic_parity": (SELECTION,),
    "equal_opportunity": (TRUE_POSITIVE,),
    "equalized_odds": (TRUE_POSITIVE, FALSE_POSITIVE),
    "predictive_parity": (POSITIVE_PREDICTIVE,),
    "false_positive_rate": (FALSE_POSITIVE,),
    "false_negative_rate": (FALSE_NEGATIVE,),
    "false_discovery_rate": (FALSE_DISCOVERY,),
    "accuracy_parity": (CORRECT,),
}
"""What each parity compares; each has a difference and a ratio. Of several shares the greatest disparity counts."""
