"""Asks operations as everybody, and tells which were answered otherwise than expected."""

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from cdt.domain.tenancy.roles import Role
from tests.api import global_id
from tests.permissions.operations import Operation, is_log, operations
from tests.permissions.people import Who
from tests.permissions.places import OF_PERSON, Place
from tests.permissions.table import Verdict, expected, is_shown, verdict_of
from tests.permissions.world import World

AT_ONCE = 8
Case = tuple[Who, Operation, Place]
Count = Callable[[str, object], None]


class Wrong(NamedTuple):
    """Who was answered otherwise."""

    who: str
    asked: str
    why: str
    answer: str


async def compared(
    running: World,
    asked: Iterable[Case],
    verdict: Callable[[Who, Operation], Verdict] = expected,
    *,
    by_code: bool = True,
) -> list[Wrong]:
    """The cases that were not answered as expected.

    by_code: whether refusals have the words of the code. Where the policies refuse alone, nothing is found.
    """
    begun, wrong = asyncio.Semaphore(AT_ONCE), list[Wrong]()

    async def compare(who: Who, each: Operation, place: Place) -> None:
        async with begun:
            answer = await running.ask(each.document, each.variables(place), running.tokens[who, place.organization_id])
        found, wanted = verdict_of(each, answer), verdict(who, each)
        if (found != wanted) if by_code else (wanted != "admitted" and each.root == "Mutation" and not fails(answer)):
            wrong.append(Wrong(str(who), str(each), f"{found}, not {wanted}", str(answer)[:300]))
        elif each.root == "Query" and not await fits(who, each, place, answer):
            wrong.append(Wrong(str(who), str(each), f"is shown: {shows(answer, place)}", str(answer)[:300]))

    async def fits(who: Who, each: Operation, place: Place, answer: dict[str, Any]) -> bool:
        if not is_shown(who, each):
            return not shows(answer, place)
        return is_log(each) or shows(answer, place) or each not in await telling(running, place)

    async with asyncio.TaskGroup() as group:
        for who, each, place in asked:
            group.create_task(compare(who, each, place))
    return wrong


def told(wrong: list[Wrong]) -> str:
    """One a line."""
    return "\n".join(": ".join(each) for each in wrong)


def is_refused(who: Who, asked: Operation) -> bool:
    """Whether the table refuses it."""
    return expected(who, asked) != "admitted"


def fails(answer: dict[str, Any]) -> bool:
    """Whether a mutation answers a failure."""
    return not answer.get("data") or all("code" in said for said in answer["data"].values())


def shows(answer: dict[str, Any], place: Place) -> bool:
    """Whether an answer holds anything of the tenant."""
    text = json.dumps(answer)
    ids = [(str(each), global_id(kind, each)) for kind, each in place.things.items() if kind not in OF_PERSON]
    return any(each in text for each in (place.mark, *(text_of for pair in ids for text_of in pair)))


async def telling(running: World, place: Place) -> set[Operation]:
    """The questions whose answer tells an owner something of the tenant; others, such as `measures`, tell it nobody."""
    found = running.telling.setdefault(place.organization_id, set())
    if not found:
        owner = Who("member", Role.OWNER)
        for _ in range(2):  # what was asked the first time can be asked about the second time
            for each in operations("Query"):
                answer = await running.ask(
                    each.document, each.variables(place), running.tokens[owner, place.organization_id]
                )
                if shows(answer, place):
                    found.add(each)
            await running.services.journal.keep(everything=True)
    return found
