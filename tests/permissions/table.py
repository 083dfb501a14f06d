"""What the table of permissions says of an operation that somebody asks about a tenant's things."""

from typing import Any, Literal

from cdt.domain.errors import Forbidden
from cdt.domain.tenancy.errors import ProjectIsArchived
from cdt.domain.tenancy.roles import IN_ARCHIVED_PROJECTS, Permission
from cdt.graphql.errors import OnlyPeople, Unauthenticated
from tests.permissions.operations import Operation, answered_by, is_in_project, needed_by_answer, needed_by_id
from tests.permissions.people import Who
from tests.permissions.places import OF_ORGANIZATION

Verdict = Literal["admitted", "unauthenticated", "forbidden", "not found", "archived"]
BY_TOKEN = {Permission.PUBLIC, Permission.SIGNED_IN, Permission.PERSON}
"""What no role is asked for."""


def held(who: Who, kind: str | None) -> frozenset[Permission]:
    """What somebody may do where a thing belongs to."""
    if kind is None:
        return who.anywhere
    if kind == "Organization" and who.key is not None:  # a project's key knows whose the project is
        return who.in_project
    return who.in_project if is_in_project(kind) else who.in_organization


def expected(who: Who, asked: Operation) -> Verdict:
    """How it is answered."""
    if asked.permission is not Permission.PUBLIC and not who.is_known:
        return "unauthenticated"
    if asked.permission not in who.anywhere:
        return "forbidden"
    if asked.root == "Query":
        if asked.kinds and sees_all(who, asked) and asked.permission not in held(who, asked.kinds[0]):
            return "forbidden"
        is_open = asked.below is None or not sees_all(who, asked) or asked.needed_below in held(who, asked.kind)
        return "admitted" if is_open else "forbidden"
    if asked.permission in BY_TOKEN:
        belonged = who.way == "removed" and set(asked.kinds) == {"Organization"}  # who has left may say so again
        return "admitted" if not asked.kinds or belonged or sees_all(who, asked) else "not found"
    if not asked.kinds:
        return "admitted"
    place = next((kind for kind in asked.kinds if is_in_project(kind)), asked.kinds[0])
    if asked.permission in held(who, place):
        return "admitted"
    return "forbidden" if sees_all(who, asked) else "not found"


def expected_of_archived(who: Who, asked: Operation) -> Verdict:
    """How it is answered about a project that is archived: as ever, but that whoever may write there can't."""
    verdict = expected(who, asked)
    return "archived" if verdict == "admitted" and asked.is_in_project and _is_for_use(asked) else verdict


def sees_all(who: Who, asked: Operation) -> bool:
    """Whether somebody finds everything that is named."""
    return all(needed_by_id(kind) in held(who, kind) for kind in asked.kinds)


def is_shown(who: Who, asked: Operation) -> bool:
    """Whether a question that is answered may show anything of the tenant to somebody."""
    if asked.below is not None and asked.needed_below not in held(who, asked.kind):
        return False
    if asked.kinds:
        return sees_all(who, asked) and asked.permission in held(who, asked.kinds[0])
    places = (who.in_organization,) if answered_by(asked) in OF_ORGANIZATION else (who.in_project, who.in_organization)
    return any({asked.permission, needed_by_answer(asked)} <= each for each in places)


def verdict_of(asked: Operation, answer: dict[str, Any]) -> Verdict:
    """How it was answered, as far as permission goes: what fails by its data is admitted."""
    if asked.root == "Mutation" and answer.get("data"):
        (said,) = answer["data"].values()
        return _said(asked, said.get("code", ""), said.get("message", ""))
    for error in answer.get("errors", ()):
        return _said(asked, error["extensions"].get("code", ""), error["message"])
    return "admitted"


def _said(asked: Operation, code: str, message: str) -> Verdict:
    if code == "UNAUTHENTICATED" and message == str(Unauthenticated()):
        return "unauthenticated"
    needed = asked.permission if asked.below is None else asked.needed_below
    if code == "FORBIDDEN" and message in {str(_refusal(each)) for each in (asked.permission, needed)}:
        return "forbidden"
    if code == "CONFLICT" and message == str(ProjectIsArchived()) and _is_for_use(asked):
        return "archived"
    if code == "NOT_FOUND" and asked.kinds and asked.root != "Query":  # a question just finds nothing
        return "not found"
    return "admitted"


def _is_for_use(asked: Operation) -> bool:
    """Whether it needs what nobody has in an archived project."""
    return asked.permission not in IN_ARCHIVED_PROJECTS


def _refusal(needed: Permission) -> Forbidden:
    return OnlyPeople() if needed is Permission.PERSON else Forbidden(permission=needed.value)
