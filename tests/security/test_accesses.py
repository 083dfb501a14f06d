"""Reading is counted by reader, model, way and interval, in memory."""

from datetime import UTC, datetime, timedelta

from cdt.domain.kernel import Actor
from cdt.domain.security import Access
from cdt.security.accesses import Accesses, Counted, Reading
from tests.builders import an_id

ADA = Actor("user", str(an_id(7)))
MODEL, PROJECT = an_id(1), an_id(2)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)


class Now:
    """A clock that stands where a test puts it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


def test_reads_of_an_hour_are_one_with_their_count_and_lists_of_a_day() -> None:
    now = Now(MIDNIGHT + timedelta(hours=12, minutes=59))
    accesses = Accesses(now)
    for how in (Access.OPENED, Access.OPENED, Access.LISTED):
        accesses.note(ADA, MODEL, PROJECT, how)
    before, now.moment = now.moment, now.moment + timedelta(minutes=2)
    for how in (Access.OPENED, Access.LISTED):
        accesses.note(ADA, MODEL, PROJECT, how)

    def hour(number: int) -> datetime:
        return MIDNIGHT + timedelta(hours=number)

    assert accesses.take() == {
        Reading(ADA.id, MODEL, Access.OPENED, hour(12)): Counted("user", PROJECT, hour(13), 2, before, before),
        Reading(ADA.id, MODEL, Access.LISTED, hour(0)): Counted("user", PROJECT, hour(24), 2, before, now.moment),
        Reading(ADA.id, MODEL, Access.OPENED, hour(13)): Counted("user", PROJECT, hour(14), 1, now.moment, now.moment),
    }
    assert accesses.take() == {}


def test_what_could_not_be_kept_is_kept_with_the_next() -> None:
    now = Now(MIDNIGHT)
    accesses = Accesses(now)
    accesses.note(ADA, MODEL, PROJECT, Access.OPENED)
    taken = accesses.take()
    now.moment += timedelta(seconds=5)
    accesses.note(ADA, MODEL, PROJECT, Access.OPENED)

    accesses.give_back(taken)

    (counted,) = accesses.take().values()
    assert (counted.times, counted.first_at, counted.last_at) == (2, MIDNIGHT, now.moment)


def test_there_is_room_for_so_many_and_the_rest_is_said() -> None:
    accesses = Accesses(Now(MIDNIGHT), most=2)
    for number in range(1, 5):
        accesses.note(ADA, an_id(number), PROJECT, Access.OPENED)

    assert [reading.model_id for reading in accesses.take()] == [an_id(1), an_id(2)]
    assert accesses.dropped == 2
