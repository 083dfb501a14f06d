"""Operations made from the schema: each root field with arguments of their types, and all that it can show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any
from uuid import uuid4

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)
from strawberry.types.base import StrawberryObjectDefinition

from cdt.access.permissions import PERMISSION_BY_ID, PERMISSION_OF
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.describing import declared_of, node_types, object_types
from cdt.graphql.scalars import cursor_of
from cdt.graphql.schema import Schema, build_schema
from tests.permissions.places import OF_ORGANIZATION, OF_PERSON, Place

DEPTH = 2
UPLOADED = "a file beside the operation"
"""What stands in the variables where a file is sent beside them."""
SCALARS: Mapping[str, Any] = {
    "Int": 1,
    "Position": "1",
    "Float": 0.5,
    "Boolean": True,
    "DateTime": "2026-03-02T12:00:00Z",
    "JSON": {},
    "Upload": UPLOADED,
}
TEXTS: Mapping[str, str] = {
    "password": "correct horse battery staple",
    "currentPassword": "correct horse battery staple",
}


BEGINNINGS: Mapping[str, str] = {"alerts": cursor_of("alerts", 0), "auditLog": cursor_of("audit", 0)}
"""By the field of a log: the cursor before its first entry."""

OWN = {"ApiKey": "OwnApiKey"}


@cache
def schema() -> Schema:
    """The one that is served."""
    built = build_schema()
    assert isinstance(built, Schema)
    return built


def core() -> GraphQLSchema:
    """As the library underneath has it."""
    return schema()._schema


@dataclass(frozen=True)
class Operation:
    """A root field, with all that may be selected below it."""

    root: str
    name: str
    permission: Permission
    kind: str | None = None
    """Of what the id is that is asked for, where that may be of several kinds."""
    below: str | None = None
    """A field that needs a permission of its own: then it alone is selected."""
    besides: tuple[str, ...] = ()
    """Arguments that are given although they may be left out."""

    def __str__(self) -> str:
        said = f"{self.root}.{self.name}" + (f" of {self.kind}" if self.kind else "")
        return f"{said} > {self.below}" if self.below else said

    @property
    def field(self) -> GraphQLField:
        root = core().type_map[self.root]
        assert isinstance(root, GraphQLObjectType)
        return root.fields[self.name]

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What the ids that it must be given are of."""
        if self.kind is not None:
            return (self.kind,)
        return tuple(kind for kind, _ in ids_of(self.field.args, self, only_required=True))

    @property
    def needed_below(self) -> Permission:
        """What the field that is selected alone needs."""
        assert self.kind is not None
        assert self.below is not None
        return guarded()[self.kind, self.below]

    @property
    def is_in_project(self) -> bool:
        """Whether what it is about belongs to a project."""
        return any(is_in_project(kind) for kind in self.kinds)

    @cached_property
    def document(self) -> str:
        """The operation's text."""
        declared = ", ".join(f"${name}: {argument.type}" for name, argument in self._given())
        given = ", ".join(f"{name}: ${name}" for name, _ in self._given())
        head = f"{self.root.lower()} a({declared})" if declared else self.root.lower()
        call = f"{self.name}({given})" if given else self.name
        return f"{head} {{ {call} {self._selection()} }}"

    def variables(self, place: Place) -> dict[str, Any]:
        """Arguments of their types, about the things of a tenant."""
        return {name: value_of(argument.type, name, place, self) for name, argument in self._given()}

    def kinds_of(self, name: str) -> tuple[str, ...]:
        """What an id is of: of what is asked as a person, a key is one's own."""
        own = self.permission is Permission.PERSON
        return tuple(OWN.get(kind, kind) if own else kind for kind in kinds_of(name, self.field))

    def _selection(self) -> str:
        if self.kind is None:
            return selection(self.field, DEPTH if self.root != "Mutation" else 1)
        type_ = core().type_map[self.kind]
        assert isinstance(type_, GraphQLObjectType)
        if self.below is None:
            return f"{{ ... on {self.kind} {_selected(type_, DEPTH, ())} }}"
        return f"{{ ... on {self.kind} {{ {self.below} {selection(type_.fields[self.below], DEPTH + 1)} }} }}"

    def _given(self) -> list[tuple[str, GraphQLArgument]]:
        given = self.field.args.items()
        return [(name, each) for name, each in given if is_required_argument(each) or name in self.besides]


@cache
def operations(root: str) -> tuple[Operation, ...]:
    """Every field of a root type."""
    definition: StrawberryObjectDefinition = getattr(schema(), root.lower()).__strawberry_definition__
    made = [Operation(root, name, permission) for name, permission in declared_of(schema(), definition).items()]
    return tuple(
        Operation(each.root, each.name, each.permission, kind, below)
        for each in made
        for kind in (each.kinds if len(each.kinds) > 1 and "id" in each.field.args else (None,))
        for below in (None, *(name for of, name in guarded() if of == kind))
    )


def subscriptions() -> tuple[Operation, ...]:
    """Every field of Subscription; a log from its beginning."""
    return tuple(
        replace(each, besides=("after",) if each.name in BEGINNINGS else ()) for each in operations("Subscription")
    )


def answered_by(asked: Operation) -> str:
    """The type of an answer, or of its entries."""
    answered = get_named_type(asked.field.type)
    if isinstance(answered, GraphQLObjectType) and "nodes" in answered.fields:
        answered = get_named_type(answered.fields["nodes"].type)
    return answered.name


def is_log(asked: Operation) -> bool:
    """Whether the first page tells of what was newest, and not of everything."""
    return get_named_type(asked.field.type).name.endswith("Connection") and answered_by(asked) not in kinds_by_id()


def needed_by_answer(asked: Operation) -> Permission:
    """What the fields of an answer's entries need."""
    definition = schema().schema_converter.type_map[answered_by(asked)].definition
    assert isinstance(definition, StrawberryObjectDefinition)
    return PERMISSION_OF.get((definition.concrete_of or definition).origin, Permission.PUBLIC)


@cache
def kinds_by_id() -> Mapping[str, Permission]:
    """What `node` finds, and what that needs."""
    return {each.name: PERMISSION_BY_ID[each.origin] for each in node_types(schema())}


def needed_by_id(kind: str) -> Permission:
    """What whoever sees such a thing has."""
    return kinds_by_id().get(kind, Permission.READ)


@cache
def guarded() -> Mapping[tuple[str, str], Permission]:
    """The fields below the root that need a permission of their own, by type and name."""
    return {
        (each.name, name): permission
        for each in object_types(schema())
        for name, permission in declared_of(schema(), each).items()
    }


def is_in_project(kind: str) -> bool:
    """Whether such a thing belongs to a project."""
    return kind not in OF_ORGANIZATION | OF_PERSON


def value_of(type_: GraphQLInputType, name: str, place: Place, of: Operation) -> Any:
    """A value of the type, about the tenant."""
    if isinstance(type_, GraphQLNonNull):
        return value_of(type_.of_type, name, place, of)
    if isinstance(type_, GraphQLList):
        return [value_of(type_.of_type, name, place, of)]
    if isinstance(type_, GraphQLInputObjectType):
        return {
            each: value_of(given.type, each, place, of)
            for each, given in type_.fields.items()
            if is_required_input_field(given)
        }
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if type_.name == "ID":
        kind = of.kind or of.kinds_of(name)[0]
        return place.global_id(kind)
    if type_.name == "String":
        return TEXTS.get(name) or (f"{uuid4()}@example.com" if name == "email" else f"text {uuid4()}")
    return BEGINNINGS[of.name] if type_.name == "Cursor" else SCALARS[type_.name]


def ids_of(
    given: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField], of: Operation, *, only_required: bool
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Which kind each id is of, and where it stands among the arguments."""
    for name, each in given.items():
        named = get_named_type(each.type)
        if only_required and not isinstance(each.type, GraphQLNonNull):
            continue
        if isinstance(named, GraphQLInputObjectType):
            for kind, path in ids_of(named.fields, of, only_required=only_required):
                yield kind, (name, *path)
        elif named.name == "ID":
            for kind in of.kinds_of(name):
                yield kind, (name,)


def kinds_of(name: str, field: GraphQLField) -> tuple[str, ...]:
    """What an id is of, as its name says: `ruleId` an AlertRule, `id` what is answered; it may be of anything else."""
    every = {*kinds_by_id(), "Session", "ApiKey", "User", "Endpoint", "LegalHold", "Backfill"}
    stem = name.removesuffix("Ids").removesuffix("Id")
    if name == "id":
        answered = get_named_type(field.type).name
        return (answered,) if answered in every else tuple(sorted(kinds_by_id()))
    stem = stem[0].upper() + stem[1:]
    found = sorted((each for each in every if each.endswith(stem)), key=len)
    return (found[0],) if found else tuple(sorted(every))


def selection(field: GraphQLField, depth: int = DEPTH) -> str:
    """Everything that can be selected of a field without arguments, as deep as that."""
    return _selected(get_named_type(field.type), depth, ())


def _selected(type_: Any, depth: int, above: tuple[str, ...]) -> str:
    if is_leaf_type(type_):
        return ""
    if isinstance(type_, GraphQLUnionType):
        failure = core().type_map["Failure"]
        payloads = [each for each in type_.types if failure not in each.interfaces]
        told = " ".join(f"... on {each.name} {_selected(each, depth, above)}" for each in payloads)
        return f"{{ __typename ... on Failure {{ code message path }} {told} }}"
    assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
    parts = ["__typename"]
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        is_open = (type_.name, name) not in guarded() and not any(map(is_required_argument, field.args.values()))
        if is_open and is_leaf_type(named):
            parts.append(name)
        elif is_open and depth > 0 and named.name not in above:
            parts.append(f"{name} {_selected(named, depth - 1, (*above, type_.name))}")
    return "{ " + " ".join(parts) + " }"
