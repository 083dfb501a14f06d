"""Who may ask what, for people: `docs/permissions.md`, written from the schema and the table of roles."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import strawberry
from strawberry import relay
from strawberry.types.base import StrawberryObjectDefinition

from cdt.access.permissions import PERMISSION_BY_ID, PERMISSION_OF
from cdt.domain.tenancy.roles import (
    IN_ARCHIVED_PROJECTS,
    PERMISSIONS,
    KeyPermission,
    Permission,
    Role,
    permissions_of_key,
)
from cdt.graphql.fields import PERMISSION
from cdt.graphql.schema import build_schema

_INTRODUCTION = """# Permissions

Who may do what. This page is written by `cdt/graphql/describing.py` from the schema and from
`cdt/domain/tenancy/roles.py`, and tested to be current; other tests ask every field as every role, and expect what
stands here.

A role is had in an organization. A project may have another one for a member, which counts there in its place,
narrower or wider; an owner is one everywhere. What is asked of a project, or of anything in it, goes by the role
there, and everything else by the role in the organization.

- Whoever does not see a thing is answered as if it did not exist. Whoever sees it and lacks the permission is refused
  with `FORBIDDEN`; without a token that holds everything but the public is refused with `UNAUTHENTICATED`.
- A list holds what the permission opens, in all organizations and projects together.
- In an archived project everybody may do what stands under *archived*, if their role allows it.
- *Nobody* is whoever sends no token that holds. A *key* is an API key with that permission alone: a project's
  in its project, a person's as far as the person may.
- Beneath, Postgres shows the API only the rows of the organizations and projects in which the one who asks has the
  permission.
"""

_BY_ID = """## By id

What `node` and every argument that is an id find, and what the fields of such a thing need then.

"""
_BELOW = """## Below

Fields that need more than the type they are of.

"""


class _Needed(NamedTuple):
    """A part of the schema, and what it needs."""

    name: str
    permission: Permission


def as_markdown() -> str:
    """The page."""
    schema = build_schema()
    lines = [_INTRODUCTION, "## Roles", "", *_table("permission", _of_roles(), _ROLES_AND_MORE), ""]
    for root in (schema.query, schema.mutation, schema.subscription):
        assert root is not None
        definition: StrawberryObjectDefinition = getattr(root, "__strawberry_definition__")  # noqa: B009  made by the library
        lines += [f"## {definition.name}", "", *_table("field", _declared(schema, definition)), ""]
    lines += [_BY_ID + "\n".join(_table("type", _nodes(schema))), ""]
    lines += [_BELOW + "\n".join(_table("field", _below(schema))), ""]
    return "\n".join(lines)


def node_types(schema: strawberry.Schema) -> Iterator[StrawberryObjectDefinition]:
    """The types that have global ids which `node` finds."""
    for each in object_types(schema):
        if issubclass(each.origin, relay.Node):
            yield each


def object_types(schema: strawberry.Schema) -> Iterator[StrawberryObjectDefinition]:
    """The types of the schema that aren't roots, inputs or interfaces."""
    for kind in schema.schema_converter.type_map.values():
        definition = kind.definition
        if (
            isinstance(definition, StrawberryObjectDefinition)
            and not definition.is_input
            and not definition.is_interface
            and definition.name not in {"Query", "Mutation", "Subscription"}
        ):
            yield definition


def declared_of(schema: strawberry.Schema, definition: StrawberryObjectDefinition) -> dict[str, Permission]:
    """The permissions of a type's own fields, by their names in the schema."""
    name_of = schema.config.name_converter.from_field
    return {
        name_of(field): field.metadata[PERMISSION]
        for field in definition.fields
        if isinstance(field.metadata.get(PERMISSION), Permission)
    }


def _declared(schema: strawberry.Schema, definition: StrawberryObjectDefinition) -> Iterator[_Needed]:
    for name, permission in sorted(declared_of(schema, definition).items()):
        yield _Needed(f"`{name}`", permission)


def _nodes(schema: strawberry.Schema) -> Iterator[_Needed]:
    for each in sorted(node_types(schema), key=lambda each: each.name):
        yield _Needed(each.name, PERMISSION_BY_ID[each.origin])


def _below(schema: strawberry.Schema) -> Iterator[_Needed]:
    for each in sorted(object_types(schema), key=lambda each: each.name):
        for name, permission in sorted(declared_of(schema, each).items()):
            if permission is not PERMISSION_OF[(each.concrete_of or each).origin]:
                yield _Needed(f"`{each.name}.{name}`", permission)


_ROLES: dict[str, frozenset[Permission]] = {
    "nobody": frozenset({Permission.PUBLIC}),
    **{role.value: PERMISSIONS[role] for role in Role},
    **{f"{each.value} key": permissions_of_key([each]) for each in KeyPermission},
}
_ROLES_AND_MORE = {**_ROLES, "archived": IN_ARCHIVED_PROJECTS}


def _of_roles() -> Iterator[_Needed]:
    for each in Permission:
        yield _Needed(f"`{each.value}`", each)


def _table(what: str, needed: Iterable[_Needed], columns: dict[str, frozenset[Permission]] = _ROLES) -> Iterator[str]:
    is_about_permissions = columns is _ROLES_AND_MORE
    head = [what, *([] if is_about_permissions else ["needs"]), *columns]
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for name, permission in needed:
        marks: list[Any] = ["yes" if permission in granted else "" for granted in columns.values()]
        told = [] if is_about_permissions else [f"`{permission.value}`"]
        yield f"| {' | '.join([name, *told, *marks])} |"
