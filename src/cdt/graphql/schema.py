"""The schema: the contexts' fields, put together, with its limits."""

import inspect
from collections.abc import Iterable
from functools import cache
from typing import Any, cast

import strawberry
from graphql import GraphQLError, execute  # pyright: ignore[reportUnknownVariableType]
from strawberry.exceptions import MissingQueryError
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from cdt.access.rates.policies import Operation, RateLimited
from cdt.graphql.accounts.mutations import AccountsMutations
from cdt.graphql.accounts.queries import AccountsQueries
from cdt.graphql.alerts.mutations import AlertsMutations
from cdt.graphql.alerts.queries import AlertsQueries
from cdt.graphql.alerts.subscriptions import AlertsSubscriptions
from cdt.graphql.audit.mutations import AuditMutations
from cdt.graphql.audit.queries import AuditQueries
from cdt.graphql.audit.subscriptions import AuditSubscriptions
from cdt.graphql.compliance.mutations import ComplianceMutations
from cdt.graphql.compliance.queries import ComplianceQueries
from cdt.graphql.context import Context
from cdt.graphql.documents import judged, parsed
from cdt.graphql.errors import graphql_error
from cdt.graphql.evaluations.backfilling import BackfillMutations
from cdt.graphql.evaluations.baselines import BaselineMutations
from cdt.graphql.evaluations.cancelling import CancellingMutations
from cdt.graphql.evaluations.cancelling_backfills import CancellingBackfillMutations
from cdt.graphql.evaluations.changing_plans import PlanMutations
from cdt.graphql.evaluations.mutations import EvaluationsMutations
from cdt.graphql.evaluations.queries import EvaluationsQueries
from cdt.graphql.evaluations.recomputing import RecomputationMutations
from cdt.graphql.evaluations.retrying import RetryingMutations
from cdt.graphql.inputs import make_inputs
from cdt.graphql.limits import bound_validation, rows_spent
from cdt.graphql.nodes import NodeQueries
from cdt.graphql.predictions.mutations import PredictionsMutations
from cdt.graphql.predictions.numbers_subscription import NumbersSubscriptions
from cdt.graphql.predictions.policy import IntakePolicyMutations
from cdt.graphql.predictions.quarantine_mutations import QuarantineMutations
from cdt.graphql.predictions.subscriptions import PredictionsSubscriptions
from cdt.graphql.predictions.uploads import UploadMutations
from cdt.graphql.registry.describing import DescribeMutations
from cdt.graphql.registry.mutations import RegistryMutations
from cdt.graphql.registry.queries import RegistryQueries
from cdt.graphql.scalars import SCALARS
from cdt.graphql.security.queries import SecurityQueries
from cdt.graphql.sharing import SharingExecutor
from cdt.graphql.tenancy.invitation_mutations import InvitationMutations
from cdt.graphql.tenancy.key_mutations import KeyMutations
from cdt.graphql.tenancy.keys import KeyQueries
from cdt.graphql.tenancy.member_mutations import MemberMutations
from cdt.graphql.tenancy.organization_mutations import OrganizationMutations
from cdt.graphql.tenancy.project_mutations import ProjectMutations
from cdt.graphql.tenancy.queries import TenancyQueries
from cdt.graphql.trust.mutations import TrustMutations
from cdt.graphql.watching import Watch, begin_operation, notice_refusals


@strawberry.type(description="Reading. Every field takes `asOf`.")
class Query(
    AccountsQueries,
    TenancyQueries,
    KeyQueries,
    RegistryQueries,
    EvaluationsQueries,
    AlertsQueries,
    ComplianceQueries,
    AuditQueries,
    SecurityQueries,
    NodeQueries,
):
    """The contexts' queries."""


@strawberry.type(description="Acting: each mutation is a command, and answers its payload or a failure.")
class Mutation(
    AccountsMutations,
    OrganizationMutations,
    MemberMutations,
    InvitationMutations,
    ProjectMutations,
    KeyMutations,
    RegistryMutations,
    PredictionsMutations,
    UploadMutations,
    IntakePolicyMutations,
    DescribeMutations,
    QuarantineMutations,
    EvaluationsMutations,
    BackfillMutations,
    CancellingMutations,
    CancellingBackfillMutations,
    RetryingMutations,
    PlanMutations,
    RecomputationMutations,
    BaselineMutations,
    TrustMutations,
    AlertsMutations,
    ComplianceMutations,
    AuditMutations,
):
    """The contexts' mutations."""


@strawberry.type(description="Following: states send the present first, logs send every entry once.")
class Subscription(PredictionsSubscriptions, NumbersSubscriptions, AlertsSubscriptions, AuditSubscriptions):
    """The contexts' subscriptions."""


class Schema(strawberry.Schema):
    """The library's, with a short way for what has one answer, and without its log of every error (see watching)."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing: what is unexpected is logged where it is masked."""

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,  # noqa: ANN401
        root_value: Any = None,  # noqa: ANN401
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """As the library, which makes anew for each operation what is the same for all: a tenth of its time."""
        begin_operation()
        if not query:
            raise MissingQueryError
        try:
            document = parsed(query)
        except GraphQLError as error:
            return PreExecutionError(data=None, errors=[error])
        verdict = judged(self._schema, query)
        operation_type = verdict.type_of(operation_name)
        if operation_type is None:
            raise CannotGetOperationTypeError(operation_name)
        if allowed_operation_types is not None and operation_type not in allowed_operation_types:
            raise InvalidOperationTypeError(operation_type)
        if errors := verdict.errors_for(operation_name):
            return PreExecutionError(data=None, errors=errors)
        context: Context = context_value
        try:
            if operation_type is OperationType.QUERY:  # a mutation's fields are counted one by one
                context.admit_rate(Operation.QUERY)
        except RateLimited as error:
            return PreExecutionError(data=None, errors=[graphql_error(error)])
        try:
            result: Any = execute(
                self._schema,
                document,
                root_value=root_value,
                variable_values=variable_values,
                operation_name=operation_name,
                context_value=context_value,
                is_awaitable=cast("Any", optimized_is_awaitable),
                executor_class=SharingExecutor,
                operation_extensions=operation_extensions,
            )
            if inspect.isawaitable(result):
                result = await result
        except Exception as error:  # noqa: BLE001  of the library's own: what resolvers raise is among the result's
            unforeseen = GraphQLError(str(error), original_error=error)
            return PreExecutionError(data=None, errors=self._watch.masked([unforeseen]))
        context.charge_rate(Operation.QUERY, rows_spent())
        notice_refusals(context, result.errors)
        return ExecutionResult(data=result.data, errors=self._watch.masked(result.errors) if result.errors else None)

    _watch = Watch()


@cache
def build_schema() -> strawberry.Schema:
    """The one schema of the server: made once, which takes 60 ms, however many ask for it."""
    bound_validation()
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        execution_context_class=SharingExecutor,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[Watch],
    )
    make_inputs(schema)
    return schema


def as_text() -> str:
    """The schema as schema.graphql has it."""
    return build_schema().as_str() + "\n"
