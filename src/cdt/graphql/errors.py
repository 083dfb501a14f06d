"""Expected failures as types of the schema, and as codes of GraphQL errors in queries and subscriptions."""

from typing import TypeAlias

import strawberry
from graphql import GraphQLError

from cdt.access.permissions import needs
from cdt.domain import errors
from cdt.domain.tenancy.roles import Permission


@needs(Permission.PUBLIC)
@strawberry.interface(description="Something that was expected to be able to go wrong, and did.")
class Failure:
    """The base of every failure in the schema."""

    code: str = strawberry.field(description="A stable name for programs.")
    message: str = strawberry.field(description="A sentence for people that says what to do.")
    path: list[str] | None = strawberry.field(default=None, description="The input that it is about.")


@needs(Permission.PUBLIC)
@strawberry.type(description="There is no such thing, or you may not see it.")
class NotFoundError(Failure):
    """See Failure."""


@needs(Permission.PUBLIC)
@strawberry.type(description="It contradicts what is already so.")
class ConflictError(Failure):
    """See Failure."""


@needs(Permission.PUBLIC)
@strawberry.type(description="You may see it, but not do this.")
class ForbiddenError(Failure):
    """See Failure."""


@needs(Permission.PUBLIC)
@strawberry.type(description="You are not signed in, or no longer.")
class UnauthenticatedError(Failure):
    """See Failure."""


@needs(Permission.PUBLIC)
@strawberry.type(description="Too much at once; wait and try again.")
class RateLimitedError(Failure):
    """See Failure."""

    retry_after_seconds: float = strawberry.field(default=1.0, description="How long to wait.")


@needs(Permission.PUBLIC)
@strawberry.type(description="One input that can't be used.")
class FieldProblem:
    """Where and why."""

    path: list[str]
    message: str


@needs(Permission.PUBLIC)
@strawberry.type(description="The input can't mean anything; one entry for each field.")
class InvalidError(Failure):
    """See Failure."""

    fields: list[FieldProblem] = strawberry.field(default_factory=list)


Failures: TypeAlias = (
    NotFoundError | ConflictError | InvalidError | ForbiddenError | UnauthenticatedError | RateLimitedError
)
"""What a mutation may answer in place of its payload."""

FailuresOfNobody: TypeAlias = ConflictError | InvalidError | UnauthenticatedError | RateLimitedError
"""What one may answer that nobody needs to be signed in for."""


class Unauthenticated(errors.DomainError):
    """Sign in first: this needs a bearer token or an API key."""

    code = "UNAUTHENTICATED"


class OnlyPeople(errors.Forbidden):
    """Only a person may do this: sign in with an address and its password."""


class Busy(errors.DomainError):
    """Too much at once; try again in {seconds} s."""

    code = "RATE_LIMITED"


class Lagging(errors.DomainError):
    """Position {position} is recorded but not readable yet; try again in a moment."""

    code = "LAGGING"


def failure_of(error: errors.DomainError) -> Failures:
    """The schema's type for a refusal of the domain."""
    message = str(error)
    match error:
        case errors.Invalid():
            path = error.field.split(".")
            problem = FieldProblem(path=path, message=error.problem)
            return InvalidError(code=error.code, message=message, path=path, fields=[problem])
        case errors.NotFound():
            return NotFoundError(code=error.code, message=message)
        case errors.Forbidden():
            return ForbiddenError(code=error.code, message=message)
        case _ if error.code == Unauthenticated.code:
            return UnauthenticatedError(code=error.code, message=message)
        case _ if error.code in {Busy.code, Lagging.code}:
            return RateLimitedError(code=error.code, message=message, retry_after_seconds=_seconds_in(error))
        case _:
            return ConflictError(code=error.code, message=message)


def _seconds_in(error: errors.DomainError) -> float:
    return float(str(error.details.get("seconds", 1.0)))


def graphql_error(error: errors.DomainError) -> GraphQLError:
    """The same refusal as an error of a query or a subscription."""
    extensions: dict[str, object] = {"code": error.code}
    if isinstance(error, errors.Invalid):
        extensions["field"] = error.field
    if error.code == Busy.code:
        extensions["retryAfterSeconds"] = _seconds_in(error)
    return GraphQLError(str(error), extensions=extensions, original_error=error)
