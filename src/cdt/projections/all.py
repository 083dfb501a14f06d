"""Every projection, in the order in which each event runs through them; importing it declares them."""

from cdt.projections import accounts, alerts, audit, evaluations, notifications, registry, tenancy, trust

PROJECTIONS = (tenancy, accounts, registry, evaluations, trust, alerts, notifications, audit)
