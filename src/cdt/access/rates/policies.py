"""The classes of operations, and how much of each a minute may hold."""

import enum
from dataclasses import dataclass

from cdt.domain.errors import DomainError

MINUTE_SECONDS = 60.0


class Operation(enum.StrEnum):
    """What is counted apart from the rest."""

    SIGN_IN = "sign-in"
    INGEST = "ingest"
    ROWS = "rows"
    QUERY = "query"
    MUTATION = "mutation"

    # it is looked up by in each request, and an enumeration's own hash is computed in Python
    __hash__ = str.__hash__


class RateLimited(DomainError):
    """That is more than a minute holds of this ({operation}); try again in {seconds} s."""

    code = "RATE_LIMITED"

    def __init__(self, operation: Operation, seconds: float) -> None:
        """Of which operation there was too much, and how long to wait."""
        super().__init__(operation=operation.value, seconds=seconds)
        self.operation = operation
        self.seconds = seconds


@dataclass(frozen=True)
class Limits:
    """How much a key or a person may do in a minute; 0 is no limit.

    An address may do `address_times` as much, since many may share it; who is not known there may do as much as one.
    """

    sign_ins: float = 0
    ingest_requests: float = 0
    ingest_rows: float = 0
    query_cost: float = 0
    mutations: float = 0
    address_times: float = 0

    def of(self, operation: Operation) -> float:
        """The limit of one who asks."""
        match operation:
            case Operation.SIGN_IN:
                return self.sign_ins
            case Operation.INGEST:
                return self.ingest_requests
            case Operation.ROWS:
                return self.ingest_rows
            case Operation.QUERY:
                return self.query_cost
            case Operation.MUTATION:
                return self.mutations
