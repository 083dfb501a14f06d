"""Every projection, in the order in which each event runs through them; importing it declares them."""

from cdt.projections import accounts, audit, registry, tenancy

PROJECTIONS = (tenancy, accounts, registry, audit)
