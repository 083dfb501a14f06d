"""Root fields that declare the permission they need, and turn refusals into what the schema promises."""

import inspect
from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension

from cdt.access.rates.policies import Operation
from cdt.domain.errors import DomainError, Forbidden
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.context import Info
from cdt.graphql.errors import RateLimitedError, failure_of, graphql_error
from cdt.predictions.errors import Unavailable

PERMISSION = "permission"
"""The key of a field's metadata under which its permission stands."""


class Requires(FieldExtension):
    """Admits, resolves; a refusal becomes a failure of the result union, or an error with its code."""

    def __init__(self, permission: Permission, *, counts: Operation | None = None) -> None:
        """`counts` for mutations, as what each is counted; their failures are data."""
        self.permission = permission
        self.counts = counts

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:  # noqa: ANN401
        """Of a resolver that waits for nothing: nor do we where the token alone admits."""
        try:
            if self.counts is None and info.context.admits_by_token(self.permission):
                return next_(source, info, **kwargs)
        except DomainError as error:
            return self._refusal(error)
        return self.resolve_async(next_, source, info, **kwargs)

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:  # noqa: ANN401
        """Check, then go on."""
        try:
            if self.counts is not None:
                info.context.admit_rate(self.counts)
            await info.context.admit(self.permission)
            answer = next_(source, info, **kwargs)
            return await answer if inspect.isawaitable(answer) else answer
        except DomainError as error:
            if self.counts is not None and isinstance(error, Forbidden):  # of a query's it is noticed when it is told
                info.context.notice_refusal(error, info.field_name)
            return self._refusal(error)
        except Unavailable as error:
            if self.counts is None:
                raise
            return RateLimitedError(code=error.code, message=str(error), retry_after_seconds=error.retry_after_seconds)

    def _refusal(self, error: DomainError) -> object:
        if self.counts is not None:
            return failure_of(error)
        raise graphql_error(error) from error


def query(permission: Permission, description: str, **options: Any) -> Any:  # noqa: ANN401  strawberry's decorators are untyped
    """A field of Query."""
    return strawberry.field(
        description=description,
        extensions=[Requires(permission)],
        metadata={PERMISSION: permission},
        **options,
    )


def mutation(permission: Permission, description: str, *, counts: Operation = Operation.MUTATION) -> Any:  # noqa: ANN401
    """A field of Mutation, whose answer is a union of payload and failures; `counts` says which limit holds for it."""
    return strawberry.mutation(
        description=description,
        extensions=[Requires(permission, counts=counts)],
        metadata={PERMISSION: permission},
    )


def subscription(permission: Permission, description: str) -> Any:  # noqa: ANN401
    """A field of Subscription; its generator begins with `await info.context.admit(...)`, through `refusing`."""
    return strawberry.subscription(description=description, metadata={PERMISSION: permission})
