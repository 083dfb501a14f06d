"""Every argument that names a thing by its id, made from the schema: also those in inputs and lists, or left out."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
)

from cdt.domain.tenancy.roles import Permission
from tests.api import global_id
from tests.permissions.operations import Operation, core, ids_of, operations, subscriptions
from tests.permissions.places import Place


@dataclass(frozen=True)
class OfNode(Operation):
    """A field of a thing that is found by its id."""

    of: str = ""

    @property
    def field(self) -> GraphQLField:
        type_ = core().type_map[self.of]
        assert isinstance(type_, GraphQLObjectType)
        return type_.fields[self.name]

    @cached_property
    def document(self) -> str:
        declared = "".join(f", ${name}: {argument.type}" for name, argument in self._given())
        given = ", ".join(f"{name}: ${name}" for name, _ in self._given())
        shown = f"{self.name}({given}) {self._selection()}"
        return f"query a($node: ID!{declared}) {{ node(id: $node) {{ ... on {self.of} {{ {shown} }} }} }}"

    def variables(self, place: Place) -> dict[str, Any]:
        return {**super().variables(place), "node": place.global_id(self.of)}


@dataclass(frozen=True)
class Naming:
    """An argument of a field, and what its id is of."""

    asked: Operation
    kind: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        of = self.asked.of if isinstance(self.asked, OfNode) else self.asked.root
        return f"{of}.{self.asked.name}({'.'.join(self.path)} of {self.kind})"

    @property
    def is_of_one_kind(self) -> bool:
        """Whether it can be of nothing else."""
        return self.asked.kind is None and len(self.asked.kinds_of(self.path[-1])) == 1

    def asking(self, place: Place, *texts: str) -> Iterator[tuple[Mapping[str, Any], str]]:
        """Variables about the things of a tenant, which differ in nothing but the text that stands for the id."""
        mine = place.global_id(self.kind)
        made = self.asked.variables(place)
        name, *below = self.path
        type_ = self.asked.field.args[name].type
        for text in texts:
            yield {**made, name: _named(made[name], type_, below, text, mine)}, text


@cache
def namings(root: str) -> tuple[Naming, ...]:
    """Every argument of every field that names a thing, once for each kind that it may be of; below Query too."""
    asked = subscriptions() if root == "Subscription" else operations(root)
    return tuple(
        Naming(replace(each, besides=(*each.besides, path[0])), kind, path)
        for each in (*asked, *(_of_nodes() if root == "Query" else ()))
        if each.below is None
        for kind, path in ids_of(each.field.args, each, only_required=False)
        if each.kind in {None, kind}
    )


def _of_nodes() -> list[OfNode]:
    """The fields of other types that take an id."""
    roots = {"Query", "Mutation", "Subscription"}
    return [
        OfNode("Query", name, Permission.READ, of=type_.name)
        for type_ in core().type_map.values()
        if isinstance(type_, GraphQLObjectType) and type_.name not in roots
        for name, field in type_.fields.items()
        for argument in field.args.values()
        if "ID" in _scalars_in(argument.type)
    ]


def unfit_for(kind: str, place: Place) -> Sequence[str]:
    """What is no id of the kind: of another type, of none, and no id at all."""
    other = "Project" if kind != "Project" else "Organization"
    named = kind.removeprefix("Own")
    nothings = [f"{named}:not-a-uuid", named, ":", f"{named}:\0", f"{named}:{place.things[kind]}x"]
    return [
        place.global_id(other),
        global_id(other, place.things[kind]),
        global_id("Nothing", place.things[kind]),
        *(b64encode(each.encode()).decode() for each in nothings),
        str(place.things[kind]), "", " ", "\ud800", "é", "x" * 5000,
    ]  # fmt: skip


def _named(value: Any, type_: GraphQLInputType, below: Sequence[str], text: str, mine: str) -> Any:
    """The value with the text where the id stands; in a list, after what is one's own."""
    if isinstance(type_, GraphQLNonNull):
        return _named(value, type_.of_type, below, text, mine)
    if isinstance(type_, GraphQLList):
        return [mine, text]
    if isinstance(type_, GraphQLInputObjectType):
        name, *rest = below
        return {**value, name: _named(value.get(name), type_.fields[name].type, rest, text, mine)}
    return text


def _scalars_in(type_: GraphQLInputType) -> set[str]:
    """The names of all leaves of an input."""
    named = get_named_type(type_)
    if isinstance(named, GraphQLInputObjectType):
        return {leaf for each in named.fields.values() for leaf in _scalars_in(each.type)}
    return {named.name}
