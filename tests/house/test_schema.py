"""The schema keeps its promises: a permission on every field, a moment to every question, an id to every command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLInputObjectType, GraphQLNonNull, GraphQLObjectType, GraphQLUnionType, get_named_type
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from cdt.access.permissions import PERMISSION_OF
from cdt.domain.tenancy.roles import PERMISSIONS, Permission
from cdt.graphql.fields import PERMISSION
from cdt.graphql.schema import Schema, as_text, build_schema

ROOT = Path(__file__).resolve().parents[2]
FAILURES = {
    "NotFoundError",
    "ConflictError",
    "InvalidError",
    "ForbiddenError",
    "UnauthenticatedError",
    "RateLimitedError",
}
WITHOUT_COMMAND: dict[str, str] = {}
OF_NOBODY = {"NotFoundError", "ForbiddenError"}
WITHOUT_EVERY_FAILURE = dict.fromkeys(
    ("signIn", "refreshSession", "signUp", "verifyEmail", "requestPasswordReset", "resetPassword"), OF_NOBODY
)


@pytest.fixture(scope="module")
def schema() -> Schema:
    schema = build_schema()
    assert isinstance(schema, Schema)
    return schema


def test_the_committed_schema_is_the_present_one() -> None:
    assert (ROOT / "schema.graphql").read_text() == as_text()


def test_every_root_field_declares_the_permission_it_needs(schema: Schema) -> None:
    assert [
        name for name, field in root_fields(schema) if not isinstance(field.metadata.get(PERMISSION), Permission)
    ] == []


def test_every_object_type_declares_the_permission_of_its_fields(schema: Schema) -> None:
    missing = [
        definition.name
        for definition in object_types(schema)
        if (definition.concrete_of or definition).origin not in PERMISSION_OF
        and not is_root(definition)
        and not definition.is_input
        and definition.origin.__module__.startswith("cdt.")
    ]

    assert missing == []


def test_some_role_has_every_permission_that_is_asked_for(schema: Schema) -> None:
    asked = {field.metadata[PERMISSION] for _, field in root_fields(schema)} | set(PERMISSION_OF.values())

    assert asked <= {Permission.PUBLIC, Permission.SIGNED_IN}.union(*PERMISSIONS.values())


def test_every_question_takes_a_moment(schema: Schema) -> None:
    fields = schema._schema.query_type.fields  # type: ignore[union-attr]

    assert [name for name, field in fields.items() if "asOf" not in field.args] == []
    assert {get_named_type(field.args["asOf"].type).name for field in fields.values()} == {"AsOf"}


def test_nothing_below_a_question_takes_a_moment_of_its_own(schema: Schema) -> None:
    assert [
        f"{kind.name}.{name}"
        for kind in schema._schema.type_map.values()
        if isinstance(kind, GraphQLObjectType) and kind.name != "Query"
        for name, field in kind.fields.items()
        if "asOf" in field.args
    ] == []


def test_every_mutation_takes_one_input_with_an_id_that_makes_it_repeatable(schema: Schema) -> None:
    for name, field in schema._schema.mutation_type.fields.items():  # type: ignore[union-attr]
        assert list(field.args) == ["input"], name
        given = field.args["input"].type
        assert isinstance(given, GraphQLNonNull), name
        kind = given.of_type
        assert isinstance(kind, GraphQLInputObjectType), name
        assert {"commandId", "idempotencyKey", "key"} & set(kind.fields) or name in WITHOUT_COMMAND, name


def test_every_mutation_answers_a_payload_or_an_expected_failure(schema: Schema) -> None:
    for name, field in schema._schema.mutation_type.fields.items():  # type: ignore[union-attr]
        kind = get_named_type(field.type)
        assert isinstance(kind, GraphQLUnionType), name
        assert kind.name == name[0].upper() + name[1:] + "Result"
        members = {member.name for member in kind.types}
        assert members & FAILURES == FAILURES - WITHOUT_EVERY_FAILURE.get(name, set()), name
        assert len(members - FAILURES) == 1, name


def test_every_list_that_grows_is_a_connection_with_a_bound(schema: Schema) -> None:
    for kind in schema._schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType):
            continue
        for name, field in kind.fields.items():
            if get_named_type(field.type).name.endswith("Connection"):
                assert {"first", "after"} <= set(field.args), f"{kind.name}.{name}"


def test_everything_is_described(schema: Schema) -> None:
    described = [
        f"{kind.name}.{name}"
        for kind in (schema._schema.query_type, schema._schema.mutation_type, schema._schema.subscription_type)
        if kind is not None
        for name, field in kind.fields.items()
        if not field.description
    ]

    assert described == []


def root_fields(schema: Schema) -> Iterator[tuple[str, StrawberryField]]:
    for root in (schema.query, schema.mutation, schema.subscription):
        assert root is not None
        for field in root.__strawberry_definition__.fields:
            yield f"{root.__name__}.{field.name}", field


def object_types(schema: Schema) -> Iterator[StrawberryObjectDefinition]:
    for kind in schema.schema_converter.type_map.values():
        if isinstance(kind.definition, StrawberryObjectDefinition):
            yield kind.definition


def is_root(definition: StrawberryObjectDefinition) -> bool:
    return definition.name in {"Query", "Mutation", "Subscription"}
