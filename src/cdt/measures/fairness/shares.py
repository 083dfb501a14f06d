"""A share in every group: what all measures of parity compare."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray


class Shares(Struct, frozen=True, kw_only=True):
    """A share in every group: `parts` of `rows`, both (groups,).

    is_group: (groups,) false for those whose attribute is missing: they are no group and aren't compared.
    nothing: what to say when there are no rows. none: what to say of a ratio when no group has any part.
    """

    parts: NDArray[np.int64]
    rows: NDArray[np.int64]
    is_group: NDArray[np.bool_]
    nothing: str = "no rows"
    none: str = "no positive decisions in any group"
