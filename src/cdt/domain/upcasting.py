"""How the plain JSON of an older event becomes that of the present one, a step at a time."""

from collections.abc import Callable
from typing import Any

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


def _with_defaults(event: dict[str, Any]) -> dict[str, Any]:
    """Fields were added that may be missing."""
    return event


def _in_clear(event: dict[str, Any]) -> dict[str, Any]:
    """Text was not sealed yet, and is read as it stands."""
    return event


UPCASTERS: dict[tuple[str, int], Upcaster] = {
    ("accounts.SignedIn", 1): _with_defaults,
    ("alerts.Acknowledged", 1): _in_clear,
    ("alerts.Resolved", 1): _in_clear,
    ("evaluations.PlanMade", 1): _with_defaults,
    ("evaluations.PlanMade", 2): _with_defaults,
    ("evaluations.PlanMade", 3): _with_defaults,
    ("registry.BaselineSet", 1): _with_defaults,
    ("registry.ModelRegistered", 1): _in_clear,
    ("registry.Promoted", 1): _in_clear,
    ("registry.RolledBack", 1): _in_clear,
    ("tenancy.OrganizationDescribed", 1): _in_clear,
    ("tenancy.ProjectDescribed", 1): _in_clear,
    ("trust.DefaultPolicySet", 1): _with_defaults,
    ("trust.Scored", 1): _with_defaults,
    ("trust.PolicySet", 1): _in_clear,
    ("trust.PolicySet", 2): _with_defaults,
    ("tenancy.KeyCreated", 1): _with_defaults,
    ("tenancy.KeyRevoked", 1): _in_clear,
}
"""(topic, format n) -> function from format n to n + 1."""


def upcast(topic: str, event: dict[str, Any], *, stored: int, present: int) -> dict[str, Any]:
    """The event's plain dict in the present format."""
    for step in range(stored, present):
        event = UPCASTERS[topic, step](event)
    return event
