"""Why rows that fit their signature are not taken in."""

from typing import NamedTuple

IS_ANOTHER = "is another than that of the prediction with this id and day, which stays as it is"
WAS_ERASED = "is that of a prediction that was erased, and is not taken in again"
IS_TOO_OLD = "is before the days for which rows of this project are kept"
IS_OF_TOO_OLD = "is that of a prediction of before the days for which rows of this project are kept"


class Refusal(NamedTuple):
    """The column that it is about, and a sentence."""

    column: str
    reason: str

    @property
    def may_be_kept(self) -> bool:
        """Whether what was sent may lie in the quarantine: nothing of what was erased, or is too old, shall stay."""
        return self.reason == IS_ANOTHER
