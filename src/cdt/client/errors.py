"""What can go wrong between a program and CDT.

CdtError
├── Unauthenticated   the key or token is missing, unknown or expired
├── Forbidden         it may not do this
├── NotFound          the version isn't there, or not for this key
├── Conflict          the idempotency key was used for something else
├── Invalid           the data can't mean anything
├── TooLarge          one request is larger than the server takes
├── Unavailable       the server could not be reached or is busy, also after all repetitions
└── NotCdt            something else answers at this address
"""

from collections.abc import Mapping
from typing import Any

from httpx import Response


class CdtError(Exception):
    """Something was refused; `code` is for programs, the message for people, `path` names the input."""

    def __init__(self, message: str, *, code: str = "UNEXPECTED", path: list[str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.path = path


class Unauthenticated(CdtError):
    """The key or token is missing, unknown or expired."""


class Forbidden(CdtError):
    """The key may not do this."""


class NotFound(CdtError):
    """What was named isn't there, or not for this key."""


class Conflict(CdtError):
    """It contradicts what is already so."""


class Invalid(CdtError):
    """The data can't mean anything."""


class TooLarge(CdtError):
    """One request is larger than the server takes."""


class Unavailable(CdtError):
    """The server could not be reached or is busy. Nothing is half done: send it again, with the same key."""

    retry_after_seconds: float | None = None
    """How long the server asked to wait."""


class NotCdt(CdtError):
    """Something else answers at this address."""

    def __init__(self, answer: Response) -> None:
        super().__init__(f"{answer.url} answered {answer.status_code}, but not as CDT does; is the address right?")


BY_STATUS: dict[int, type[CdtError]] = {
    400: Invalid,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    408: Unavailable,
    409: Conflict,
    413: TooLarge,
    415: Invalid,
    429: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


BY_CODE: dict[str, type[CdtError]] = {
    "UNAUTHENTICATED": Unauthenticated,
    "FORBIDDEN": Forbidden,
    "NOT_FOUND": NotFound,
    "CONFLICT": Conflict,
    "RATE_LIMITED": Unavailable,
    "LAGGING": Unavailable,
    "UNAVAILABLE": Unavailable,
    "UNEXPECTED": CdtError,
}


def error_of(status: int, told: Mapping[str, Any], retry_after_seconds: float | None = None) -> CdtError:
    """The error of an answer that is no success; `told` is empty if it wasn't CDT that answered."""
    kind = BY_STATUS.get(status, CdtError)
    message = str(told.get("message") or f"The server answered with status {status}.")
    error = kind(message, code=str(told.get("code") or "UNEXPECTED"), path=told.get("path"))
    if isinstance(error, Unavailable):
        error.retry_after_seconds = retry_after_seconds
    return error


def error_of_code(message: str, code: str) -> CdtError:
    """The error of a GraphQL operation."""
    return BY_CODE.get(code, Invalid)(message, code=code)
