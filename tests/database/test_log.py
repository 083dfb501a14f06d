"""The log: what was decided is recorded once, in one order, and found again."""

from collections.abc import Sequence
from uuid import UUID

import psycopg
import pytest

from cdt.database.deciding import Thing
from cdt.database.log import Log
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.errors import CommandWasOther, ConcurrentChange, NameIsTaken
from cdt.domain.kernel import Actor, Digest, Event, Name
from cdt.domain.registry import decisions
from cdt.domain.registry.state import registry
from cdt.domain.tenancy import decisions as founding
from cdt.domain.tenancy.state import Organization, organizations
from tests.builders import A_SIGNATURE, a_command, an_id


@pytest.fixture
def log(dsn: str):
    with Log(conninfo_as(dsn, DatabaseRole.API), connections=2) as log:
        yield log


def register(log: Log, model: UUID, name: str = "churn", **command: object) -> int | None:
    return log.decide(
        registry, model, lambda state: decisions.register(state, name=name, description=""), by=a_command(**command)
    )


def test_a_recorded_fact_is_found_with_its_position_and_who_did_it(log: Log) -> None:
    position = register(log, an_id(1))

    [envelope] = log.history(an_id(1))

    assert envelope.position == position
    assert envelope.actor == a_command().actor
    assert envelope.recorded_at is not None


def test_a_command_told_twice_is_decided_once(log: Log) -> None:
    first = register(log, an_id(1), id=an_id(7))

    again = register(log, an_id(1), id=an_id(7))

    assert again == first
    assert len(log.history(an_id(1))) == 1


SAME, OTHER = Digest("5" * 64), Digest("0" * 64)


@pytest.mark.parametrize("process", ["the same", "another"])
@pytest.mark.parametrize(
    "repeated",
    [{"digest": OTHER}, {"digest": SAME, "actor": Actor("user", "else")}],
    ids=["other content", "other actor"],
)
def test_a_command_id_used_for_something_else_is_refused(
    dsn: str, log: Log, process: str, repeated: dict[str, object]
) -> None:
    register(log, an_id(1), id=an_id(7), digest=SAME)

    with Log(conninfo_as(dsn, DatabaseRole.API), connections=1) as other:
        asked = log if process == "the same" else other
        with pytest.raises(CommandWasOther):
            register(asked, an_id(1), id=an_id(7), **repeated)


def test_what_was_recorded_without_a_digest_answers_any_command_of_its_actor(log: Log) -> None:
    first = register(log, an_id(1), id=an_id(7))

    assert register(log, an_id(1), id=an_id(7), digest=SAME) == first


def test_the_same_command_twice_at_once_is_one_event(log: Log) -> None:
    register(log, an_id(1), id=an_id(7))
    first: list[int | None] = []

    def with_an_id_of_its_own(version: UUID) -> list:
        return [decisions.VersionAdded(version_id=version, tag="1", signature=A_SIGNATURE)]

    def while_it_is_told_again(state: object) -> list:
        by = a_command(id=an_id(9), digest=SAME)
        first.append(log.decide(registry, an_id(1), lambda _: with_an_id_of_its_own(an_id(3)), by=by))
        return with_an_id_of_its_own(an_id(4))

    again = log.decide(registry, an_id(1), while_it_is_told_again, by=a_command(id=an_id(9), digest=SAME))

    assert [again] == first
    assert len(log.history(an_id(1))) == 2


def test_what_this_process_knows_is_loaded_again_only_when_there_is_more(
    dsn: str, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[UUID] = []
    load = log.load
    monkeypatch.setattr(log, "load", lambda stream, decider: loaded.append(stream) or load(stream, decider))
    register(log, an_id(1))
    loaded.clear()

    assert log.current(an_id(1), registry).version == 1
    assert loaded == []

    with Log(conninfo_as(dsn, DatabaseRole.API), connections=1) as other:
        add(other, "1", 110)
    assert [log.current(an_id(1), registry).version for _ in range(2)] == [2, 2]
    assert loaded == [an_id(1)]
    assert log.current(an_id(2), registry).version == 0


def test_a_decision_that_changes_nothing_records_nothing(log: Log) -> None:
    register(log, an_id(1), id=an_id(7))

    assert register(log, an_id(1), id=an_id(8)) is None


def test_a_name_has_one_holder(log: Log) -> None:
    name = Name("models", "Churn")
    for model in (1, 2):

        def decide(model: int = model) -> int | None:
            return log.decide(
                registry, an_id(model), lambda s: decisions.register(s, name="churn", description=""),
                by=a_command(id=an_id(70 + model)), claims=[name],
            )  # fmt: skip

        if model == 1:
            decide()
        else:
            with pytest.raises(NameIsTaken, match="Churn"):
                decide()
    assert log.history(an_id(2)) == []


def test_a_conflict_is_decided_once_more_on_what_is_there_now(log: Log) -> None:
    register(log, an_id(1), id=an_id(7))
    tries: list[int] = []

    def meanwhile_somebody_else(state: object) -> list:
        tries.append(1)
        if len(tries) == 1:
            add(log, "other", 8)
        return [decisions.VersionAdded(version_id=an_id(3), tag="mine", signature=A_SIGNATURE)]

    position = log.decide(registry, an_id(1), meanwhile_somebody_else, by=a_command(id=an_id(9)))

    assert len(tries) == 2
    assert [each.position for each in log.history(an_id(1))][-1] == position


def test_a_second_conflict_is_told(log: Log) -> None:
    register(log, an_id(1), id=an_id(7))
    tries: list[int] = []

    def always_too_late(state: object) -> list:
        tries.append(1)
        add(log, f"other{len(tries)}", 20 + len(tries))
        return [decisions.VersionAdded(version_id=an_id(3), tag="mine", signature=A_SIGNATURE)]

    with pytest.raises(ConcurrentChange):
        log.decide(registry, an_id(1), always_too_late, by=a_command(id=an_id(9)))


@pytest.mark.parametrize("role", [DatabaseRole.API, DatabaseRole.SYSTEM])
@pytest.mark.parametrize(
    "statement", ["UPDATE log.cdt_events SET topic = 'x'", "DELETE FROM log.cdt_events", "TRUNCATE log.cdt_events"]
)
def test_nobody_who_serves_can_change_the_log(dsn: str, role: DatabaseRole, statement: str) -> None:
    with psycopg.connect(conninfo_as(dsn, role)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_the_environment_cannot_reach_the_event_store(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "POSTGRES_ENABLE_DB_FUNCTIONS": "yes", "CDT_POSTGRES_ENABLE_DB_FUNCTIONS": "yes",
        "POSTGRES_DBNAME": "elsewhere",
        "MAPPER_TOPIC": "nowhere", "CIPHER_KEY": "x", "CREATE_TABLE": "yes", "COMPRESSOR_TOPIC": "zlib",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)

    with Log(conninfo_as(dsn, DatabaseRole.API), connections=1) as log:
        register(log, an_id(1))
        assert len(log.history(an_id(1))) == 1


def add(log: Log, tag: str, command: int) -> None:
    log.decide(
        registry,
        an_id(1),
        lambda s: decisions.add_version(s, version_id=an_id(command), tag=tag, signature=A_SIGNATURE),
        by=a_command(id=an_id(command)),
    )  # fmt: skip


def found_two(states: Sequence[Organization]) -> list[list[Event]]:
    first, second = states
    return [
        founding.create_organization(first, name=f"with {second.name}", owner=an_id(5)),
        founding.create_organization(second, name="second", owner=an_id(5)),
    ]


def found(log: Log, organization: UUID, **command: object) -> None:
    log.decide(
        organizations,
        organization,
        lambda state: founding.create_organization(state, name="second", owner=an_id(5)),
        by=a_command(**command),
    )


def two(**command: object) -> list[Thing]:
    return [Thing(organizations, an_id(number), a_command(**command)) for number in (1, 2)]


def test_several_things_are_decided_on_and_recorded_in_one_save(log: Log) -> None:
    position = log.decide_together(two(id=an_id(7)), found_two)

    assert position is not None
    assert [each.position for each in log.history(an_id(1))] == [position - 1, position]
    assert [each.position for each in log.history(an_id(2))] == [position - 3, position - 2]
    assert log.load(an_id(1), organizations).state.name == "with None"
    assert log.decide_together(two(id=an_id(7)), found_two) == position
    assert len(log.history(an_id(1))) == 2


def test_of_several_things_all_are_recorded_or_none(log: Log) -> None:
    found(log, an_id(3))

    with pytest.raises(NameIsTaken):
        log.decide_together(two(), found_two)
    assert log.history(an_id(1)) == log.history(an_id(2)) == []


def test_several_things_are_decided_on_again_when_one_was_changed_meanwhile(log: Log) -> None:
    seen: list[str | None] = []

    def decide(states: Sequence[Organization]) -> list[list[Event]]:
        seen.append(states[1].name)
        if len(seen) == 1:
            found(log, an_id(2), id=an_id(8))
        return found_two(states)

    log.decide_together(two(id=an_id(9)), decide)

    assert seen == [None, "second"]
    assert log.load(an_id(1), organizations).state.name == "with second"
