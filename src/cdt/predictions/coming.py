"""A file of rows that a request brings along: there once it is asked for, and read as it comes."""

from abc import ABC, abstractmethod

from cdt.predictions.bodies import Sent
from cdt.predictions.receipts import Receipt


class ComingFile(ABC):
    """Nothing of it has been read yet: first it is looked who sends it, and for which version."""

    @abstractmethod
    async def take(self, sent: Sent, *, organization: int, version_id: str) -> Receipt:
        """Take it in, as any body. organization: whose room it takes up. version_id: as the sender wrote it.

        Raises Invalid when it breaks off, is too large or too slow, or was taken in before; and Unavailable.
        """
