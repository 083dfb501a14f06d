"""What a person or a program follows at once: their open WebSockets and subscriptions, in this process."""

from collections import Counter

from cdt.domain.errors import DomainError

COME_AGAIN_SECONDS = 10


class TooManyStreams(DomainError):
    """No more than {most} WebSockets and subscriptions at once; close some, or try again in {seconds} s."""

    code = "RATE_LIMITED"


class Streams:
    """Counts them by who follows, as an address' connections are counted."""

    def __init__(self, most: int) -> None:
        """`most` of one person or key; 0 is no bound."""
        self._most = most
        self._count_by_name: Counter[str] = Counter()

    def begin(self, name: str) -> None:
        """Count one more, or raise TooManyStreams."""
        if 0 < self._most <= self._count_by_name.get(name, 0):
            raise TooManyStreams(most=self._most, seconds=COME_AGAIN_SECONDS)
        self._count_by_name[name] += 1

    def end(self, name: str) -> None:
        """Count one less, which began."""
        self._count_by_name[name] -= 1
        if self._count_by_name[name] <= 0:
            del self._count_by_name[name]

    def __len__(self) -> int:
        """How many are open."""
        return self._count_by_name.total()
