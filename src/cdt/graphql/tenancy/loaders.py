"""Look-ups of organizations and projects."""

from typing import TYPE_CHECKING

from cdt.graphql.batching import one_by_id
from cdt.readmodels import tenancy

if TYPE_CHECKING:
    from cdt.graphql.context import Context


class TenancyLoaders:
    """Look-ups by id."""

    def __init__(self, context: "Context") -> None:
        """Reads as far as the context's grants reach."""
        self.project = one_by_id(context, tenancy.projects, lambda row: row.id)
        self.organization = one_by_id(context, tenancy.organizations, lambda row: row.id)
