"""Limits of one process: exactly as much as a minute holds, back unit by unit, for each who asks and each address."""

import pytest

from cdt.access.rates import limiter as module
from cdt.access.rates.buckets import Standing
from cdt.access.rates.limiter import Limiter, network_of
from cdt.access.rates.policies import Limits, Operation, RateLimited
from tests.access.clock import Clock

ADA, BOB, HERE, THERE = "user ada", "user bob", "192.0.2.1", "198.51.100.7"
QUERY, ROWS, SIGN_IN = Operation.QUERY, Operation.ROWS, Operation.SIGN_IN


def a_limiter(clock: Clock | None = None, **limits: float) -> Limiter:
    return Limiter(Limits(**limits), hash_address=lambda address: f"#{address}", clock=clock or Clock())


def admitted(limiter: Limiter, operation: Operation, who: str | None, address: str, *, tries: int) -> int:
    """How many of so many are admitted."""
    count = 0
    for _ in range(tries):
        try:
            limiter.admit(operation, who, address)
        except RateLimited:
            continue
        count += 1
    return count


def wait_of(limiter: Limiter, operation: Operation, who: str | None = ADA, *, cost: float = 1.0) -> float:
    with pytest.raises(RateLimited) as refused:
        limiter.admit(operation, who, HERE, cost=cost)
    return refused.value.seconds


def test_a_minute_holds_as_much_as_its_limit_and_one_comes_back_after_another() -> None:
    clock = Clock()
    limiter = a_limiter(clock, query_cost=6)

    assert admitted(limiter, QUERY, ADA, HERE, tries=100) == 6
    assert wait_of(limiter, QUERY) == 10.0
    clock.seconds += 9.0
    assert wait_of(limiter, QUERY) == 1.0
    clock.seconds += 1.0
    assert admitted(limiter, QUERY, ADA, HERE, tries=100) == 1
    clock.seconds += 35.0
    assert admitted(limiter, QUERY, ADA, HERE, tries=100) == 3
    clock.seconds += 3_600.0
    assert admitted(limiter, QUERY, ADA, HERE, tries=100) == 6


def test_what_is_refused_is_not_counted() -> None:
    clock = Clock()
    limiter = a_limiter(clock, query_cost=6)
    admitted(limiter, QUERY, ADA, HERE, tries=1_000)

    clock.seconds += 10.0

    assert admitted(limiter, QUERY, ADA, HERE, tries=1_000) == 1


def test_each_who_asks_and_each_operation_has_a_count_of_its_own() -> None:
    limiter = a_limiter(query_cost=2, mutations=3)

    assert admitted(limiter, QUERY, ADA, HERE, tries=9) == 2
    assert admitted(limiter, QUERY, BOB, HERE, tries=9) == 2
    assert admitted(limiter, QUERY, ADA, THERE, tries=9) == 0
    assert admitted(limiter, Operation.MUTATION, ADA, HERE, tries=9) == 3


def test_an_address_may_do_some_times_as_much_as_one_and_whoever_is_unknown_there_as_much_as_one() -> None:
    limiter = a_limiter(query_cost=2, address_times=3)

    assert admitted(limiter, QUERY, None, HERE, tries=9) == 2
    assert [admitted(limiter, QUERY, f"user {n}", HERE, tries=9) for n in range(3)] == [2, 2, 0]
    assert admitted(limiter, QUERY, "user 2", THERE, tries=9) == 2


def test_signing_in_is_counted_by_the_address_alone() -> None:
    limiter = a_limiter(sign_ins=2, address_times=10)

    assert admitted(limiter, SIGN_IN, None, HERE, tries=9) == 2
    assert admitted(limiter, SIGN_IN, None, THERE, tries=9) == 2


def test_what_something_took_is_owed_and_the_next_waits_for_it() -> None:
    clock = Clock()
    limiter = a_limiter(clock, ingest_rows=60)

    assert limiter.admit(ROWS, ADA, HERE) == Standing(ROWS, 60, 59, 1)
    assert limiter.charge(ROWS, ADA, HERE, 99) == Standing(ROWS, 60, 0, 100)
    assert wait_of(limiter, ROWS) == 41.0
    clock.seconds += 41.0
    assert limiter.admit(ROWS, ADA, HERE) == Standing(ROWS, 60, 0, 60)


def test_who_asks_for_more_than_a_minute_holds_waits_for_a_whole_one_and_owes_the_rest() -> None:
    clock = Clock()
    limiter = a_limiter(clock, ingest_rows=60)
    limiter.admit(ROWS, ADA, HERE)

    assert wait_of(limiter, ROWS, cost=180.0) == 1.0
    clock.seconds += 1.0
    limiter.admit(ROWS, ADA, HERE, cost=180.0)
    assert wait_of(limiter, ROWS) == 121.0


@pytest.mark.parametrize("limit", [1, 7, 60, 12_000, 600_000, 12_000_000])
def test_what_is_left_is_told_to_the_unit(limit: int) -> None:
    limiter = a_limiter(query_cost=limit)
    some = min(limit, 1_000)

    told = [limiter.admit(QUERY, ADA, HERE) for _ in range(some)]

    assert [each and each.remaining for each in told] == [limit - n - 1 for n in range(some)]


def test_without_a_limit_nothing_is_counted() -> None:
    limiter = a_limiter(query_cost=0)

    assert limiter.admit(QUERY, ADA, HERE, cost=1e12) is None
    assert limiter.charge(QUERY, ADA, HERE, 1e12) is None
    assert limiter.take_untold() == []


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_what_counts_as_one_address(address: str, counted_as: str) -> None:
    assert network_of(address) == counted_as


def test_no_count_names_an_address() -> None:
    limiter = a_limiter(query_cost=1, address_times=1)
    limiter.admit(QUERY, None, HERE)

    assert [each.bucket.key for each in limiter.take_untold()] == [
        f"cdt:{{limits}}:query:nobody #{HERE}", f"cdt:{{limits}}:query:address #{HERE}",
    ]  # fmt: skip


def test_what_is_kept_is_bounded_and_who_waits_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAXIMUM_KEPT", 10)
    clock = Clock()
    limiter = a_limiter(clock, query_cost=1)
    limiter.admit(QUERY, ADA, HERE)
    clock.seconds += 1.0

    for n in range(8):
        limiter.charge(QUERY, f"user {n}", HERE, 0)
    for n in range(1_000):
        limiter.charge(QUERY, f"user {n}", HERE, 0)

    assert wait_of(limiter, QUERY) == 59.0
    for n in range(1_000):
        limiter.admit(QUERY, f"user {n}", HERE)
    assert len(limiter._buckets) <= 10


def test_several_operations_are_counted_at_once_or_none_is() -> None:
    clock = Clock()
    limiter = a_limiter(clock, ingest_requests=3, ingest_rows=60, address_times=1)
    both = (Operation.INGEST, ROWS)

    counts = limiter.admit_each(both, ADA, HERE)
    assert [each.standing(clock.seconds) for each in counts] == [
        Standing(Operation.INGEST, 3, 2, 20),
        Standing(ROWS, 60, 59, 1),
    ]
    limiter.charge(ROWS, ADA, HERE, 60)
    with pytest.raises(RateLimited) as refused:
        limiter.admit_each(both, ADA, HERE)

    assert (refused.value.operation, refused.value.seconds) == (ROWS, 2.0)
    assert counts[0].standing(clock.seconds).remaining == 2
    assert admitted(limiter, Operation.INGEST, BOB, HERE, tries=9) == 2


def test_of_several_operations_those_without_a_limit_are_not_counted() -> None:
    limiter = a_limiter(ingest_rows=60)

    counts = limiter.admit_each((Operation.INGEST, ROWS), ADA, HERE)

    assert [each.operation for each in counts] == [ROWS]


def test_whether_there_is_room_for_several_is_told_without_counting_them() -> None:
    limiter, both = a_limiter(ingest_requests=3, ingest_rows=2, address_times=1), (Operation.INGEST, ROWS)

    assert [limiter.has_room_for_each(both, ADA, HERE) for _ in range(9)] == [True] * 9
    for _ in range(2):
        assert limiter.has_room_for_each(both, ADA, HERE)
        limiter.admit_each(both, ADA, HERE)
    assert not limiter.has_room_for_each(both, ADA, HERE)
    assert not limiter.has_room_for_each(both, BOB, HERE)  # the address has no more either
