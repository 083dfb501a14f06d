"""Unique names: a thing takes them, gives them up, and whoever comes next may have them."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec
import pytest

from cdt.database.log import Log
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.errors import NameIsTaken
from cdt.domain.kernel import Change, Decider, Event, Name, NameClaimed, NameReleased, Position
from cdt.domain.tenancy.events import OrganizationRenamed
from tests.builders import a_command, an_id


class Named(msgspec.Struct, frozen=True):
    """A thing that has a name, or none."""

    name: str = ""


def names_of(thing: Named) -> Sequence[Name]:
    return [Name("things", thing.name)] if thing.name else []


def evolve(thing: Named, event: Event) -> Named:
    assert isinstance(event, OrganizationRenamed)
    return Named(event.name.new)


things = Decider(kind="thing", initial=Named(), evolve=evolve, names=names_of)


@pytest.fixture
def log(dsn: str) -> Iterator[Log]:
    with Log(conninfo_as(dsn, DatabaseRole.API), connections=2) as log:
        yield log


def rename(log: Log, thing: UUID, name: str, *, command: int) -> Position | None:
    return log.decide(
        things,
        thing,
        lambda state: [OrganizationRenamed(name=Change(state.name, name))],
        by=a_command(id=an_id(command)),
    )


def facts_of(log: Log, name: str) -> list[Event]:
    return [each.event for each in log.history(Name("things", name).stream_id)]


A, B = an_id(1), an_id(2)


def test_who_is_renamed_takes_the_new_name_and_gives_up_the_old(log: Log) -> None:
    rename(log, A, "old", command=11)
    rename(log, A, "new", command=12)

    assert facts_of(log, "old") == [NameClaimed(scope="things", holder=A), NameReleased(scope="things", holder=A)]
    assert facts_of(log, "new") == [NameClaimed(scope="things", holder=A)]


def test_a_name_that_is_had_is_refused_to_others_and_the_refusal_changes_nothing(log: Log) -> None:
    rename(log, A, "Census", command=11)
    rename(log, B, "other", command=12)

    with pytest.raises(NameIsTaken, match="census"):
        rename(log, B, " census ", command=13)

    assert facts_of(log, "other") == [NameClaimed(scope="things", holder=B)]
    assert len(log.history(B)) == 1


def test_a_name_that_was_given_up_can_be_taken_by_another_and_later_by_the_first_again(log: Log) -> None:
    rename(log, A, "Census", command=11)
    rename(log, A, "other", command=12)
    rename(log, B, "Census", command=13)
    with pytest.raises(NameIsTaken):
        rename(log, A, "Census", command=14)
    rename(log, B, "", command=15)
    rename(log, A, "Census", command=16)

    assert facts_of(log, "Census") == [
        NameClaimed(scope="things", holder=A), NameReleased(scope="things", holder=A),
        NameClaimed(scope="things", holder=B), NameReleased(scope="things", holder=B),
        NameClaimed(scope="things", holder=A),
    ]  # fmt: skip


def test_a_name_that_differs_in_case_and_spaces_alone_is_the_same_name(log: Log) -> None:
    rename(log, A, "Census  Bureau", command=11)
    rename(log, A, "census bureau", command=12)

    assert facts_of(log, "CENSUS BUREAU") == [NameClaimed(scope="things", holder=A)]
    assert len(log.history(A)) == 2


def test_of_two_who_want_a_name_at_once_one_gets_it(log: Log) -> None:
    tries: list[int] = []

    def while_another_takes_it(state: Named) -> list[Event]:
        tries.append(1)
        if len(tries) == 1:
            rename(log, B, "Census", command=12)
        return [OrganizationRenamed(name=Change(state.name, "Census"))]

    with pytest.raises(NameIsTaken):
        log.decide(things, A, while_another_takes_it, by=a_command(id=an_id(11)))

    assert facts_of(log, "Census") == [NameClaimed(scope="things", holder=B)]
    assert log.history(A) == []


def test_what_another_process_did_to_a_name_counts(log: Log, dsn: str) -> None:
    rename(log, A, "first", command=11)
    with Log(conninfo_as(dsn, DatabaseRole.API), connections=1) as other:
        rename(other, A, "second", command=12)
        rename(other, B, "first", command=13)

    rename(log, A, "third", command=14)

    assert facts_of(log, "first")[-1] == NameClaimed(scope="things", holder=B)
    assert facts_of(log, "second")[-1] == NameReleased(scope="things", holder=A)
    assert [each.originator_version for each in log.history(A)] == [1, 2, 3]
