"""What can go wrong between a program and CDT.

CdtError
├── Unauthenticated   the key or token is missing, unknown or expired
├── Forbidden         it may not do this
├── NotFound          the version isn't there, or not for this key
├── Conflict          the idempotency key was used for something else
├── Invalid           the data can't mean anything
├── TooLarge          one request is larger than the server takes
└── Unavailable       the server could not be reached or is busy, also after all repetitions
"""

from collections.abc import Mapping
from typing import Any


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


BY_STATUS: dict[int, type[CdtError]] = {
    400: Invalid,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    415: Invalid,
    429: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def error_of(status: int, told: Mapping[str, Any]) -> CdtError:
    """The error of an answer that is no success; `told` is empty if it wasn't CDT that answered."""
    kind = BY_STATUS.get(status, CdtError)
    message = str(told.get("message") or f"The server answered with status {status}.")
    return kind(message, code=str(told.get("code") or "UNEXPECTED"), path=told.get("path"))
