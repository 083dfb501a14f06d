"""Inputs, made from what was found out once: the library looks up the type of every field again in each request."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any, NamedTuple, cast

import strawberry
from graphql import GraphQLInputObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition

TAKEN_AS_THEY_COME = (str, int, float, bool, strawberry.ID)


class _Field(NamedTuple):
    """A field of an input; `type` is None when its value is taken as it comes."""

    python_name: str
    type: Any


def make_inputs(schema: strawberry.Schema) -> None:
    """Let every input type of the schema make its own values, by the hook that the library has for it."""
    for each in schema._schema.type_map.values():  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if isinstance(each, GraphQLInputObjectType):
            definition: StrawberryObjectDefinition = each.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
            definition.from_input = _maker(definition, schema.config.name_converter.from_field)


def _maker(
    definition: StrawberryObjectDefinition, name_of: Callable[[Any], str]
) -> Callable[[type, Mapping[str, Any], InputContext], Any]:
    fields = {name_of(each): _Field(each.python_name, _converted_as(each.resolve_type())) for each in definition.fields}
    # a field may be left out that has no default, when it can be null
    nothing = {each.python_name: None for each in definition.fields if _has_no_default(each)}

    def make(type_: type, given: Mapping[str, Any], context: InputContext) -> Any:  # noqa: ANN401
        values: dict[str, Any] = dict(nothing)
        for name, value in given.items():
            python_name, converted_as = fields[name]
            values[python_name] = value if converted_as is None else context.convert(value, converted_as, name)
        return type_(**values)

    return make


def _has_no_default(field: Any) -> bool:  # noqa: ANN401  the library's, which is not typed whole
    return field.default_value is MISSING and field.default_factory is MISSING


def _converted_as(type_: Any) -> Any:  # noqa: ANN401  what the library knows of types
    inner: Any = cast("Any", type_.of_type) if isinstance(type_, StrawberryOptional) else type_
    is_taken = inner in TAKEN_AS_THEY_COME or isinstance(inner, StrawberryEnumDefinition)
    return None if is_taken else type_
