"""What may happen to the keys of projects and of people: made, given another secret, revoked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cdt.domain.errors import Conflict, Invalid, NotFound
from cdt.domain.kernel import Change, Event, Sealed
from cdt.domain.tenancy import keys
from cdt.domain.tenancy.errors import KeyHasExpired, KeyIsRevoked, ProjectIsArchived, TooManyKeys
from cdt.domain.tenancy.events import (
    KeyCreated,
    KeyRevoked,
    KeyRotated,
    PersonalKeyCreated,
    PersonalKeyRevoked,
    PersonalKeyRotated,
    ProjectArchived,
    ProjectCreated,
    ProjectDeleted,
)
from cdt.domain.tenancy.key_state import KeyRing, key_rings
from cdt.domain.tenancy.roles import KeyPermission
from cdt.domain.tenancy.state import Project, projects
from tests.builders import an_id
from tests.domain.builders import state_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
A_KEY, A_SECRET, A_PERSON, A_MODEL = an_id(1), an_id(2), an_id(3), an_id(4)
READ, WRITE, INGEST = KeyPermission
SEALED = Sealed(A_PERSON, "bmFtZQ==")
A_DAY = timedelta(days=1)
OPENED = ProjectCreated(organization_id=an_id(9), name="Employment", time_zone="UTC")
CREATED = KeyCreated(key_id=A_KEY, name="streamer", prefix="cdt_ab12", expires_at=NOON + 2 * A_DAY)
REVOKED = KeyRevoked(key_id=A_KEY, reason="lost")
PERSONAL = PersonalKeyCreated(
    key_id=A_KEY, user_id=A_PERSON, name=SEALED, prefix="cdt_ab12", permissions=(READ,), expires_at=NOON + 2 * A_DAY
)


def a_project(*events: Event) -> Project:
    return state_of(projects, OPENED, *events)


def create(project: Project, **given: Any) -> list[Event]:
    return keys.create_key(project, **{"key_id": A_KEY, "name": "streamer", "prefix": "cdt_ab12", "at": NOON, **given})


def rotate(project: Project, **given: Any) -> list[Event]:
    asked = {"overlap": A_DAY, "expires_at": None, "at": NOON, "secret_id": A_SECRET, "prefix": "cdt_cd34", **given}
    return keys.rotate_key(project, key_id=A_KEY, **asked)


def test_a_key_belongs_to_a_project_and_takes_in_rows_unless_more_is_said() -> None:
    assert create(a_project()) == [KeyCreated(key_id=A_KEY, name="streamer", prefix="cdt_ab12")]
    with pytest.raises(NotFound):
        create(Project())
    with pytest.raises(NotFound):
        create(a_project(ProjectDeleted()))


def test_the_same_key_again_changes_nothing_also_once_the_project_is_archived() -> None:
    assert create(a_project(CREATED)) == []
    assert create(a_project(CREATED, ProjectArchived())) == []


def test_an_archived_project_gets_no_key_and_no_other_secret_but_its_keys_can_be_revoked() -> None:
    archived = a_project(CREATED, ProjectArchived())

    with pytest.raises(ProjectIsArchived):
        create(archived, key_id=an_id(7))
    with pytest.raises(ProjectIsArchived):
        rotate(archived)
    assert keys.revoke_key(archived, key_id=A_KEY, reason=" lost ") == [REVOKED]


def test_each_permission_and_model_counts_once() -> None:
    (made,) = create(a_project(), permissions=[INGEST, INGEST], model_ids=[an_id(6), A_MODEL, an_id(6)])

    assert isinstance(made, KeyCreated)
    assert (made.permissions, made.model_ids) == ((INGEST,), (A_MODEL, an_id(6)))
    (made,) = create(a_project(), permissions=[WRITE, READ, WRITE])
    assert isinstance(made, KeyCreated)
    assert made.permissions == (READ, WRITE)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": "  "}),
        ("permissions", {"permissions": []}),
        ("modelIds", {"permissions": [INGEST, READ], "model_ids": [A_MODEL]}),
        ("modelIds", {"model_ids": map(an_id, range(101))}),
        ("expiresAt", {"expires_at": NOON}),
        ("expiresAt", {"expires_at": NOON + timedelta(days=3_661)}),
        ("expiresAt", {"expires_at": datetime(2027, 1, 1)}),  # noqa: DTZ001  what this is about
    ],
)
def test_what_no_key_can_be_held_to_is_refused(field: str, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        create(a_project(), **given)

    assert refused.value.field == field


def test_a_hundred_keys_are_in_use_at_once_and_those_that_ended_count_no_more() -> None:
    hundred = [KeyCreated(key_id=an_id(100 + each), name="x", prefix="cdt_ab12") for each in range(99)]
    full = a_project(CREATED, *hundred)

    with pytest.raises(TooManyKeys):
        create(full, key_id=an_id(7))
    assert create(a_project(CREATED, *hundred, REVOKED), key_id=an_id(7)) != []
    assert create(full, key_id=an_id(7), at=NOON + 2 * A_DAY) != [], "one of them has expired"


def test_another_secret_takes_the_place_of_the_present_one_which_admits_for_a_while() -> None:
    rotated = KeyRotated(
        key_id=A_KEY, secret_id=A_SECRET, prefix=Change("cdt_ab12", "cdt_cd34"),
        expires_at=Change(NOON + 2 * A_DAY, NOON + 2 * A_DAY), former_ends_at=NOON + A_DAY,
    )  # fmt: skip

    assert rotate(a_project(CREATED)) == [rotated]
    assert rotate(a_project(CREATED, rotated)) == []


def test_a_former_secret_admits_no_longer_than_it_would_have_by_itself() -> None:
    (rotated,) = rotate(a_project(CREATED), overlap=7 * A_DAY, expires_at=NOON + 90 * A_DAY)

    assert isinstance(rotated, KeyRotated)
    assert rotated.former_ends_at == NOON + 2 * A_DAY
    assert rotated.expires_at == Change(NOON + 2 * A_DAY, NOON + 90 * A_DAY)


@pytest.mark.parametrize("overlap", [-timedelta(seconds=1), timedelta(days=7, seconds=1)])
def test_an_overlap_is_a_week_at_most(overlap: timedelta) -> None:
    with pytest.raises(Invalid):
        rotate(a_project(CREATED), overlap=overlap)


def test_what_has_ended_gets_no_other_secret_and_an_unknown_key_is_not_found() -> None:
    with pytest.raises(KeyIsRevoked):
        rotate(a_project(CREATED, REVOKED))
    with pytest.raises(KeyHasExpired):
        rotate(a_project(CREATED), at=NOON + 2 * A_DAY)
    with pytest.raises(NotFound):
        rotate(a_project())
    with pytest.raises(NotFound):
        keys.revoke_key(a_project(), key_id=A_KEY, reason="lost")


def test_a_key_is_revoked_once_and_for_a_reason() -> None:
    assert keys.revoke_key(a_project(CREATED), key_id=A_KEY, reason="lost") == [REVOKED]
    assert keys.revoke_key(a_project(CREATED, REVOKED), key_id=A_KEY, reason="lost") == []
    with pytest.raises(Invalid):
        keys.revoke_key(a_project(CREATED), key_id=A_KEY, reason=" ")


def test_a_persons_keys_live_as_a_projects_do() -> None:
    asked = {"key_id": A_KEY, "user_id": A_PERSON, "name": SEALED, "prefix": "cdt_ab12", "permissions": [READ]}
    assert keys.create_own_key(KeyRing(), **asked, expires_at=NOON + 2 * A_DAY, at=NOON) == [PERSONAL]
    ring = state_of(key_rings, PERSONAL)
    assert keys.create_own_key(ring, **asked, at=NOON) == []

    another = {"secret_id": A_SECRET, "prefix": "cdt_cd34", "overlap": A_DAY, "expires_at": None, "at": NOON}
    (rotated,) = keys.rotate_own_key(ring, key_id=A_KEY, **another)
    assert isinstance(rotated, PersonalKeyRotated)
    assert rotated.former_ends_at == NOON + A_DAY
    assert keys.rotate_own_key(state_of(key_rings, PERSONAL, rotated), key_id=A_KEY, **another) == []

    revoked = PersonalKeyRevoked(key_id=A_KEY, reason=SEALED)
    assert keys.revoke_own_key(ring, key_id=A_KEY, reason=SEALED) == [revoked]
    ended = state_of(key_rings, PERSONAL, rotated, revoked)
    assert keys.revoke_own_key(ended, key_id=A_KEY, reason=SEALED) == []
    with pytest.raises(Conflict):
        keys.rotate_own_key(ended, key_id=A_KEY, **{**another, "secret_id": an_id(8)})
