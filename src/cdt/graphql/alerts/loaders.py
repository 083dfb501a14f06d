"""Look-ups of rules, alerts and their counts."""

from typing import TYPE_CHECKING

from cdt.graphql.batching import one_by_id
from cdt.readmodels import alerts

if TYPE_CHECKING:
    from cdt.graphql.context import Context


class AlertsLoaders:
    """Look-ups by id and by model."""

    def __init__(self, context: "Context") -> None:
        """Reads as far as the context's grants reach."""
        self.rule = one_by_id(context, alerts.rules, lambda row: row.id)
        self.alert = one_by_id(context, alerts.alerts, lambda row: row.id)
        self.open_count = one_by_id(context, alerts.open_counts, lambda row: row.model_id)
