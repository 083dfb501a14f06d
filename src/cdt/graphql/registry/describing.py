"""Saying what a model's columns mean to people."""

from functools import partial
from typing import Annotated

import strawberry

from cdt.access.permissions import needs
from cdt.commands import registry as commands
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.registry.dictionaries import ColumnMeaningInput
from cdt.graphql.registry.mutations import ModelPayload
from cdt.graphql.registry.subjects import model_of


@strawberry.input(description="What a model's columns mean to people. It replaces all that was said of them before.")
class DescribeColumnsInput:
    """Columns that are not named have their own names."""

    model_id: strawberry.ID
    columns: list[ColumnMeaningInput]
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="See ModelPayload.")
class DescribeColumnsPayload(ModelPayload):
    """The model with its columns."""


DescribeColumnsResult = Annotated[DescribeColumnsPayload | Failures, strawberry.union("DescribeColumnsResult")]


@strawberry.type
class DescribeMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.WRITE_REGISTRY,
        "Say what a model's columns, and the codes in them, mean to people. Nothing that is measured follows from it.",
    )
    async def describe_columns(
        self,
        info: Info,
        input: DescribeColumnsInput,  # noqa: A002
    ) -> DescribeColumnsResult:
        """Of all versions, those to come as well."""
        model, tenant = await model_of(info, input.model_id, Permission.WRITE_REGISTRY)
        done, row = await info.context.do_and_read(
            partial(info.context.loaders.registry.model_acted_on, model_id=model.id),
            commands.describe_columns,
            model.id,
            dictionary=tuple(each.to_domain() for each in input.columns),
            by=await command_of(info, input, tenant),
        )
        return DescribeColumnsPayload.of(done, row)
