"""What happens often is counted, what is different has its room, and nothing is lost that can be kept later."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cdt.domain.security import Occurrence, SecurityKind
from cdt.security.bursts import Burst, Bursts
from tests.builders import an_id

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def a_failure(person: int = 1, address: str = "192.0.2.1", **changes: Any) -> Occurrence:
    given: dict[str, Any] = {"kind": SecurityKind.SIGN_IN_FAILED, "reason": "wrong_password", **changes}
    return Occurrence(person=an_id(person), address=address, **given)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_thousand_of_the_same_are_one_row_with_their_count() -> None:
    bursts = Bursts()
    for number in range(1_000):
        bursts.add(a_failure(), at(number / 1_000))

    ((what, burst),) = bursts.take_due(0.0)

    assert what == a_failure()
    assert (burst.times, burst.first_at, burst.last_at) == (1_000, at(0), at(0.999))


def test_more_of_the_same_is_held_back_longer_and_longer_and_told_in_full() -> None:
    bursts = Bursts()
    bursts.add(a_failure(), at(0))
    assert [burst.times for _, burst in bursts.take_due(0.0)] == [1]
    bursts.add(a_failure(), at(1))
    bursts.add(a_failure(), at(2))

    assert bursts.take_due(59.9) == []
    assert bursts.next_due() == 60.0
    ((_, burst),) = bursts.take_due(60.0)
    assert (burst.times, burst.first_at, burst.last_at) == (2, at(1), at(2))
    assert bursts.next_due() == 60.0 + 120.0


def test_what_has_ended_is_forgotten_and_begins_anew() -> None:
    bursts = Bursts()
    bursts.add(a_failure(), at(0))
    bursts.take_due(0.0)

    assert bursts.take_due(60.0) == []
    assert bursts.next_due() is None
    bursts.add(a_failure(), at(70))
    assert [burst.times for _, burst in bursts.take_due(70.0)] == [1]


def test_what_could_not_be_kept_is_due_again_together_with_what_came_since() -> None:
    bursts = Bursts()
    bursts.add(a_failure(), at(0))
    taken = bursts.take_due(0.0)
    bursts.add(a_failure(), at(5))

    bursts.give_back(taken)

    assert bursts.take_due(0.0) == [(a_failure(), Burst(2, at(0), at(5)))]


def test_a_process_that_ends_takes_what_it_holds_back() -> None:
    bursts = Bursts()
    bursts.add(a_failure(), at(0))
    bursts.take_due(0.0)
    bursts.add(a_failure(), at(1))

    assert [burst.times for _, burst in bursts.take_due(1.0, everything=True)] == [1]
    assert bursts.take_due(1.0, everything=True) == []


def test_whoever_is_attacked_from_everywhere_leaves_room_for_the_others() -> None:
    bursts = Bursts(most_of_one=2)
    for number in range(10):
        bursts.add(a_failure(address=f"192.0.2.{number}"), at(number))
    bursts.add(a_failure(person=2), at(10))

    kept = {(str(what.person)[-1], what.address): burst.times for what, burst in bursts.take_due(0.0)}

    assert kept == {("1", "192.0.2.0"): 1, ("1", "192.0.2.1"): 1, ("1", ""): 8, ("2", "192.0.2.1"): 1}


def test_without_any_room_it_is_told_how_many_were_not_counted() -> None:
    bursts = Bursts(most=1, most_of_one=1)
    for person in range(1, 6):
        bursts.add(a_failure(person), at(person))

    kept = {(str(what.person)[-1], what.address) for what, _ in bursts.take_due(0.0)}

    assert kept == {("1", "192.0.2.1"), ("2", "")}
    assert bursts.dropped == 3
