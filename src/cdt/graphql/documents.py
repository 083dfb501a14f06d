"""The text of operations, parsed and judged once: clients send the same few again and again."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, parse, specified_rules
from strawberry.schema.schema import validate_document
from strawberry.types.graphql import OperationType

from cdt.graphql.limits import MAXIMUM_TOKENS, BoundedAliases, BoundedDepth

CACHED_DOCUMENTS = 500
RULES = (*specified_rules, BoundedDepth, BoundedAliases)
SEVERAL = "There are several operations; say in operationName which one."


class Verdict(NamedTuple):
    """What validation said of a document, and its operations by their names, in its order."""

    errors: Sequence[GraphQLError]
    operations: Mapping[str | None, OperationType]

    def errors_for(self, operation_name: str | None) -> list[GraphQLError]:
        """Of several operations one must be named: the library takes the first."""
        if operation_name is None and len(self.operations) > 1:
            return [GraphQLError(SEVERAL, extensions={"code": "INVALID"})]
        return list(self.errors)

    def type_of(self, operation_name: object) -> OperationType | None:
        """Of the operation of this name, or of the first when none is named; None when there is no such."""
        if operation_name is None:
            return next(iter(self.operations.values()), None)
        return self.operations.get(operation_name) if isinstance(operation_name, str) else None


@lru_cache(maxsize=CACHED_DOCUMENTS)
def parsed(query: str) -> DocumentNode:
    """The document; a GraphQLError when it can't be parsed."""
    return parse(query, max_tokens=MAXIMUM_TOKENS)


@lru_cache(maxsize=CACHED_DOCUMENTS)
def judged(schema: GraphQLSchema, query: str) -> Verdict:
    """The verdict on a text that can be parsed."""
    document = parsed(query)
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return Verdict(
        validate_document(schema, document, RULES),
        {each.name and each.name.value: OperationType(each.operation.value) for each in operations},
    )
