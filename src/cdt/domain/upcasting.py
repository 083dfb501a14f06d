"""How the plain JSON of an older event becomes that of the present one, a step at a time."""

from collections.abc import Callable
from typing import Any

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


def _with_defaults(event: dict[str, Any]) -> dict[str, Any]:
    """Fields were added that may be missing."""
    return event


UPCASTERS: dict[tuple[str, int], Upcaster] = {
    ("accounts.SignedIn", 1): _with_defaults,
    ("tenancy.KeyCreated", 1): _with_defaults,
}
"""(topic, format n) -> function from format n to n + 1."""


def upcast(topic: str, event: dict[str, Any], *, stored: int, present: int) -> dict[str, Any]:
    """The event's plain dict in the present format."""
    for step in range(stored, present):
        event = UPCASTERS[topic, step](event)
    return event
