"""The loaders of one operation, by context."""

from functools import cached_property
from typing import TYPE_CHECKING

from cdt.graphql.accounts.loaders import AccountsLoaders
from cdt.graphql.alerts.loaders import AlertsLoaders
from cdt.graphql.evaluations.loaders import EvaluationsLoaders
from cdt.graphql.registry.loaders import RegistryLoaders
from cdt.graphql.tenancy.loaders import TenancyLoaders
from cdt.graphql.texts import texts_of
from cdt.graphql.trust.loaders import TrustLoaders

if TYPE_CHECKING:
    from strawberry.dataloader import DataLoader

    from cdt.domain.text import Text
    from cdt.graphql.context import Context


class Loaders:
    """Each looks many things up as one statement. Those of a context are made when the first of them is used."""

    def __init__(self, context: "Context") -> None:
        """Reads as far as the context's grants reach."""
        self._context = context

    @cached_property
    def accounts(self) -> AccountsLoaders:
        """Look-ups of people."""
        return AccountsLoaders(self._context)

    @cached_property
    def tenancy(self) -> TenancyLoaders:
        """Look-ups of organizations and projects."""
        return TenancyLoaders(self._context)

    @cached_property
    def registry(self) -> RegistryLoaders:
        """Look-ups of models, versions and deployments."""
        return RegistryLoaders(self._context)

    @cached_property
    def evaluations(self) -> EvaluationsLoaders:
        """Look-ups of plans and evaluations."""
        return EvaluationsLoaders(self._context)

    @cached_property
    def trust(self) -> TrustLoaders:
        """Look-ups of policies and scores."""
        return TrustLoaders(self._context)

    @cached_property
    def text(self) -> "DataLoader[Text, str]":
        """What people wrote, opened."""
        return texts_of(self._context)

    @cached_property
    def alerts(self) -> AlertsLoaders:
        """Look-ups of rules, alerts and deliveries."""
        return AlertsLoaders(self._context)
