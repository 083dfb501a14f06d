"""What decisions were worth is recorded of a window and of its slices, and comes to the same once more."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from cdt.domain.evaluations.events import Completed, Requested
from cdt.domain.evaluations.results import BUSINESS_VALUE, MeasureResult
from cdt.domain.evaluations.worth import BusinessValue
from tests.reactions.world import World
from tests.workers.test_recompute import ask, outcomes
from tests.workers.test_slice_contrasts import POLICY, a_day_later, found_of, recorded

WORTH = BusinessValue(unit="EUR", classes=("yes", "no"), values=((20.0, -5.0), (-80.0, 0.0)), least=-100.0)


async def test_it_is_recorded_of_the_window_and_of_its_slices_and_comes_to_the_same_once_more(world: World) -> None:
    version = await a_day_later(world, replace(POLICY, business_value=WORTH))

    reading = await recorded(world, version)

    (whole,) = [each for each in reading.results if each.measure == BUSINESS_VALUE]
    assert reading.unit_of_value == "EUR"
    assert reading.confusions is not UNSET
    assert reading.confusions.classes == ("no", "yes")
    (no, yes) = reading.confusions.current
    assert whole.rows == sum(no[:2]) + sum(yes[:2]) > 0
    assert whole.value == pytest.approx((20 * yes[1] - 5 * yes[0] - 80 * no[1]) / whole.rows, abs=1e-12)
    assert (whole.verdict, whole.limit) == ("pass", -100.0)
    assert reading.definitions[whole.definition]["values"]["unit"] == "EUR"
    women: MeasureResult = found_of(reading.read_slices[0], BUSINESS_VALUE)
    assert 0 < women.rows < whole.rows

    ((asked,), (done,)) = await world.facts(Requested), await world.facts(Completed)
    assert isinstance(done.event, Completed)
    await ask(world, asked, done.event)
    (again,) = await outcomes(world)
    assert (again.outcome, again.differences) == ("identical", 0)
