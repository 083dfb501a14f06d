"""Global ids: opaque outside, a type and a UUID inside."""

from uuid import UUID

from strawberry import relay

from cdt.domain.errors import NotFound


def id_of(global_id: relay.GlobalID, kind: str) -> UUID:
    """The UUID behind a global id of a type; NotFound for another type's, exactly as for an unknown one."""
    if global_id.type_name != kind:
        raise NotFound(kind=kind.lower())
    return uuid_in(global_id)


def uuid_in(global_id: relay.GlobalID) -> UUID:
    """The UUID in a global id."""
    try:
        return UUID(global_id.node_id)
    except ValueError as error:
        raise NotFound(kind="node") from error
