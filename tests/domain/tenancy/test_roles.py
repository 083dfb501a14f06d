"""Which role may do what."""

from cdt.domain.tenancy.roles import (
    PERMISSIONS,
    KeyPermission,
    Permission,
    Role,
    permissions_in_project,
    permissions_of_key,
    roles_to_give,
)


def test_every_role_has_permissions_and_sees_what_is_public() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert all({Permission.PUBLIC, Permission.SIGNED_IN, Permission.READ} <= each for each in PERMISSIONS.values())


def test_who_only_looks_changes_nothing() -> None:
    changing = {each for each in Permission if each.name.startswith(("WRITE", "MANAGE", "INGEST", "REQUEST"))}

    assert not PERMISSIONS[Role.VIEWER] & changing
    assert not PERMISSIONS[Role.AUDITOR] & changing


def test_the_audit_trail_is_for_auditors_and_not_for_viewers() -> None:
    assert Permission.READ_AUDIT in PERMISSIONS[Role.AUDITOR]
    assert Permission.READ_AUDIT not in PERMISSIONS[Role.VIEWER]


def test_only_owners_and_admins_manage_keys() -> None:
    assert {role for role in Role if Permission.MANAGE_KEYS in PERMISSIONS[role]} == {Role.OWNER, Role.ADMIN}


def test_a_programs_key_that_sends_data_reads_none() -> None:
    known = {Permission.PUBLIC, Permission.SIGNED_IN}

    assert permissions_of_key([KeyPermission.INGEST]) == known | {Permission.INGEST}
    assert permissions_of_key([]) == known


def test_no_key_manages_anything_or_learns_who_belongs() -> None:
    every = permissions_of_key(KeyPermission)

    assert every < PERMISSIONS[Role.MEMBER]
    assert not any(each.name.startswith(("MANAGE_", "OWN_", "READ_MEMBERS", "READ_INVITATIONS")) for each in every)


def test_owners_give_every_role_admins_all_but_owner_and_nobody_else_any() -> None:
    but_owner = (Role.ADMIN, Role.MEMBER, Role.VIEWER, Role.AUDITOR)

    assert {role: roles_to_give(PERMISSIONS[role]) for role in Role} == {
        Role.OWNER: tuple(Role), Role.ADMIN: but_owner, Role.MEMBER: (), Role.VIEWER: (), Role.AUDITOR: (),
    }  # fmt: skip
    assert roles_to_give(permissions_in_project(Role.OWNER, None)) == but_owner, "a project has no owner of its own"
