"""The schema: the contexts' fields, put together, with its limits."""

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from cdt.graphql.accounts.mutations import AccountsMutations
from cdt.graphql.accounts.queries import AccountsQueries
from cdt.graphql.alerts.mutations import AlertsMutations
from cdt.graphql.alerts.queries import AlertsQueries
from cdt.graphql.alerts.subscriptions import AlertsSubscriptions
from cdt.graphql.audit.queries import AuditQueries
from cdt.graphql.audit.subscriptions import AuditSubscriptions
from cdt.graphql.evaluations.mutations import EvaluationsMutations
from cdt.graphql.evaluations.queries import EvaluationsQueries
from cdt.graphql.limits import bound_validation
from cdt.graphql.nodes import NodeQueries
from cdt.graphql.predictions.mutations import PredictionsMutations
from cdt.graphql.predictions.subscriptions import PredictionsSubscriptions
from cdt.graphql.registry.mutations import RegistryMutations
from cdt.graphql.registry.queries import RegistryQueries
from cdt.graphql.scalars import SCALARS
from cdt.graphql.sharing import SharingExecutor
from cdt.graphql.tenancy.mutations import TenancyMutations
from cdt.graphql.tenancy.queries import TenancyQueries
from cdt.graphql.trust.mutations import TrustMutations
from cdt.graphql.watching import Watch


@strawberry.type(description="Reading. Every field takes `asOf`.")
class Query(
    AccountsQueries, TenancyQueries, RegistryQueries, EvaluationsQueries, AlertsQueries, AuditQueries, NodeQueries
):
    """The contexts' queries."""


@strawberry.type(description="Acting: each mutation is a command, and answers its payload or a failure.")
class Mutation(
    AccountsMutations,
    TenancyMutations,
    RegistryMutations,
    PredictionsMutations,
    EvaluationsMutations,
    TrustMutations,
    AlertsMutations,
):
    """The contexts' mutations."""


@strawberry.type(description="Following: states send the present first, logs send every entry once.")
class Subscription(PredictionsSubscriptions, AlertsSubscriptions, AuditSubscriptions):
    """The contexts' subscriptions."""


class Schema(strawberry.Schema):
    """The library's, without its log of every error: what is unexpected is logged where it is masked."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: see watching.Watch."""


def build_schema() -> strawberry.Schema:
    """The one schema of the server."""
    bound_validation()
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        execution_context_class=SharingExecutor,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[Watch],
    )


def as_text() -> str:
    """The schema as schema.graphql has it."""
    return build_schema().as_str() + "\n"
