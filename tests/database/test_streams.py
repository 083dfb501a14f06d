"""What a process left of a thing saves it a look, and is never believed where it could be old."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from cdt.commands.registry import add_version, promote_version, register_model
from cdt.database import streams
from cdt.database.log import Log
from cdt.database.roles import DatabaseRole, conninfo_as
from cdt.domain.errors import NotFound
from cdt.domain.registry.decisions import VersionExists
from cdt.domain.registry.signature import Column, Signature
from tests.builders import A_SIGNATURE, a_command, an_id

MODEL = an_id(1)
OTHER = Signature(columns=(Column("other", "number"),), classes=("0", "1"), positive_class="1")


class CountingLog(Log):
    """A log that counts how often it looks."""

    looks = 0

    def load(self, *about: object) -> object:  # type: ignore[override]
        self.looks += 1
        return super().load(*about)  # type: ignore[arg-type]


@pytest.fixture
def logs(dsn: str) -> Iterator[tuple[CountingLog, CountingLog]]:
    """The logs of two processes."""
    conninfo = conninfo_as(dsn, DatabaseRole.API)
    with CountingLog(conninfo, connections=1) as one, CountingLog(conninfo, connections=1) as other:
        register_model(one, MODEL, name="churn", description="", by=a_command(id=an_id(70)))
        yield one, other


def add(log: Log, number: int, *, command: int, signature: Signature = A_SIGNATURE) -> int | None:
    return add_version(
        log, MODEL, version_id=an_id(number), tag=f"{number}", signature=signature, by=a_command(id=an_id(command))
    )


def versions(log: Log) -> list[UUID]:
    return [each.event.version_id for each in log.history(MODEL)[1:]]  # type: ignore[attr-defined]


def test_who_acts_again_looks_once(logs: tuple[CountingLog, CountingLog]) -> None:
    one, _ = logs
    before = one.looks
    for number in range(10, 20):
        add(one, number, command=100 + number)

    assert one.looks == before
    assert versions(one) == [an_id(number) for number in range(10, 20)]


def test_what_another_process_recorded_meanwhile_is_decided_on(logs: tuple[CountingLog, CountingLog]) -> None:
    one, other = logs
    for number in range(10, 20):  # each has left an old state when it is its turn again
        add((one, other)[number % 2], number, command=100 + number)

    assert versions(one) == [an_id(number) for number in range(10, 20)]


def test_a_refusal_is_never_that_of_an_old_state(logs: tuple[CountingLog, CountingLog]) -> None:
    one, other = logs
    add(one, 10, command=110)
    add(other, 11, command=111)

    promote_version(
        one, MODEL, version_id=an_id(11), environment="production", role="champion", reason="it is better",
        by=a_command(id=an_id(112)),
    )  # fmt: skip

    assert len(one.history(MODEL)) == 4


def test_what_is_refused_now_is_refused_though_an_old_state_would_allow_it(
    logs: tuple[CountingLog, CountingLog],
) -> None:
    one, other = logs
    add(one, 10, command=110)
    add_version(other, MODEL, version_id=an_id(11), tag="same", signature=OTHER, by=a_command(id=an_id(111)))

    with pytest.raises(VersionExists):
        add_version(one, MODEL, version_id=an_id(12), tag="same", signature=A_SIGNATURE, by=a_command(id=an_id(112)))


def test_that_nothing_changes_is_never_that_of_an_old_state(logs: tuple[CountingLog, CountingLog]) -> None:
    one, other = logs
    promote = {"environment": "production", "role": "champion", "reason": "it is better"}
    for log, version, command in ((one, 10, 110), (one, 11, 111)):
        add(log, version, command=command)
    promote_version(one, MODEL, version_id=an_id(10), by=a_command(id=an_id(112)), **promote)  # type: ignore[arg-type]
    promote_version(other, MODEL, version_id=an_id(11), by=a_command(id=an_id(113)), **promote)  # type: ignore[arg-type]

    position = promote_version(one, MODEL, version_id=an_id(10), by=a_command(id=an_id(114)), **promote)  # type: ignore[arg-type]

    assert position == one.history(MODEL)[-1].position
    assert len(one.history(MODEL)) == 6


def test_a_command_that_another_process_recorded_is_answered_with_its_position(
    logs: tuple[CountingLog, CountingLog],
) -> None:
    one, other = logs
    add(one, 10, command=110)
    position = add(other, 11, command=111)

    assert add(one, 11, command=111) == position
    assert versions(one) == [an_id(10), an_id(11)]


def test_a_thing_is_not_taken_for_one_of_another_kind(logs: tuple[CountingLog, CountingLog]) -> None:
    one, _ = logs
    kept = streams.Streams()
    kept.keep(streams.Stream(MODEL, "registry", 1, object(), None, {}))

    assert kept.find(MODEL, "trust") is None
    with pytest.raises(NotFound):
        promote_version(
            one, an_id(99), version_id=an_id(10), environment="production", role="champion", reason="none",
            by=a_command(id=an_id(112)),
        )  # fmt: skip


def test_only_the_newest_streams_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAXIMUM_KEPT", 2)
    kept = streams.Streams()
    for number in (1, 2, 3):
        kept.keep(streams.Stream(an_id(number), "registry", 1, object(), None, {}))

    assert [kept.find(an_id(number), "registry") is None for number in (1, 2, 3)] == [True, False, False]


def test_an_earlier_state_does_not_replace_a_later_one() -> None:
    kept = streams.Streams()
    for version in (2, 1):
        kept.keep(streams.Stream(MODEL, "registry", version, object(), None, {}))

    found = kept.find(MODEL, "registry")
    assert found is not None
    assert found.version == 2
