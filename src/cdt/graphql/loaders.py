"""The loaders of one operation, by context."""

from typing import TYPE_CHECKING

from cdt.graphql.accounts.loaders import AccountsLoaders
from cdt.graphql.alerts.loaders import AlertsLoaders
from cdt.graphql.evaluations.loaders import EvaluationsLoaders
from cdt.graphql.registry.loaders import RegistryLoaders
from cdt.graphql.tenancy.loaders import TenancyLoaders
from cdt.graphql.trust.loaders import TrustLoaders

if TYPE_CHECKING:
    from cdt.graphql.context import Context


class Loaders:
    """Each looks many things up as one statement."""

    def __init__(self, context: "Context") -> None:
        """Reads as far as the context's grants reach."""
        self.accounts = AccountsLoaders(context)
        self.tenancy = TenancyLoaders(context)
        self.registry = RegistryLoaders(context)
        self.evaluations = EvaluationsLoaders(context)
        self.trust = TrustLoaders(context)
        self.alerts = AlertsLoaders(context)
