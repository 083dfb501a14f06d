"""Every projection; importing this declares them."""

from cdt.domain.kernel import Event
from cdt.projections import (
    accounts,
    alerts,
    audit,
    compliance,
    evaluations,
    notifications,
    registry,
    security,
    tenancy,
    tenancy_keys,
    trust,
)
from cdt.projections.writing import HANDLERS, OF_EVERY_EVENT, Handler

PROJECTIONS = (
    tenancy,
    tenancy_keys,
    accounts,
    security,
    registry,
    evaluations,
    trust,
    alerts,
    notifications,
    compliance,
    audit,
)


def handlers_of(event: Event) -> list[tuple[str, Handler]]:
    """The projections of an event, by name, in order."""
    return [*HANDLERS.get(type(event), ()), *OF_EVERY_EVENT]
