"""What can go wrong while rows are taken in, besides the domain's own errors."""

from cdt.domain.errors import Conflict


class KeyWasOther(Conflict):
    """This idempotency key was already used for another body; use a new one."""


class TooLarge(Exception):
    """The body is larger than one may be."""


class Unavailable(Exception):
    """Nothing of the request was kept; send it again, with the same idempotency key, after `retry_after_seconds`."""

    code = "UNAVAILABLE"

    def __init__(self, sentence: str, *, retry_after_seconds: float) -> None:
        super().__init__(sentence)
        self.retry_after_seconds = retry_after_seconds


class Busy(Unavailable):
    """More is waiting than may be held in memory."""

    code = "BUSY"

    def __init__(self, *, retry_after_seconds: float = 1.0) -> None:
        super().__init__(
            "More is to be stored at this moment than can be; send the rows again, with the same Idempotency-Key.",
            retry_after_seconds=retry_after_seconds,
        )


class BeingTakenIn(Unavailable):
    """Another body with some of its rows is just being written: it is not known yet whether they will be there."""

    code = "BUSY"

    def __init__(self, *, retry_after_seconds: float = 2.0) -> None:
        super().__init__(
            "Another request is just sending rows with the same ids; send this one again in a moment.",
            retry_after_seconds=retry_after_seconds,
        )


class WasGivenUp(Unavailable):
    """This process stood still for so long while it wrote a body that another took the body back."""

    def __init__(self) -> None:
        super().__init__("It took too long to store the rows; send the request again.", retry_after_seconds=5.0)


class DatabaseIsAway(Unavailable):
    """The database could not be reached, or went away in the middle: then the same key tells what became of it."""

    def __init__(self, *, retry_after_seconds: float = 2.0) -> None:
        super().__init__(
            "The database can't be reached; send the same request again, with the same Idempotency-Key.",
            retry_after_seconds=retry_after_seconds,
        )


class StoredRowsAreAway(Unavailable):
    """Rows that came before must be looked at, and the object storage that keeps them does not answer."""

    def __init__(self, *, retry_after_seconds: float = 10.0) -> None:
        super().__init__(
            "Rows that came in before, and that this request needs, can't be read now; send it again later.",
            retry_after_seconds=retry_after_seconds,
        )


class Stopping(Unavailable):
    """The process finishes what it accepted and takes in nothing more."""

    def __init__(self) -> None:
        super().__init__("This process is stopping; send the request again.", retry_after_seconds=1.0)


class Overtaken(Exception):
    """Somebody else wrote what this transaction had looked up: roll back and look again. Never leaves this package."""
