"""Identities that rows want: in one order for every writer, the first of two that are the same."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from cdt.predictions.identities import Claims, hash_of, hashes_of
from cdt.predictions.intake import Intake
from cdt.predictions.receipts import Receipt
from cdt.predictions.versions import Version
from tests.predictions.builders import HASH_KEY, a_row, send

IDS = [f"p{number}" for number in range(300)]


@pytest.mark.parametrize("days", [1, 2, 7])
@pytest.mark.parametrize("repeated", [0, 40])
def test_fresh_rows_stand_by_day_and_hash_and_a_repeated_one_stands_once(days: int, repeated: int) -> None:
    ids = [*IDS, *IDS[:repeated]]
    day = np.array([int(each[1:]) % days for each in ids], dtype=np.int32)

    order = Claims(ids, day, HASH_KEY).in_order().tolist()

    expected = sorted(range(len(IDS)), key=lambda row: (day[row], hash_of(ids[row], HASH_KEY)))
    assert order == expected


def test_a_row_that_is_not_fresh_any_more_has_no_place() -> None:
    claims = Claims(IDS, np.zeros(len(IDS), dtype=np.int32), HASH_KEY)
    claims.settle(7, other_id=IDS[7])

    assert sorted(claims.in_order().tolist()) == [row for row in range(len(IDS)) if row != 7]


def test_no_rows_want_nothing() -> None:
    assert Claims([], np.empty(0, dtype=np.int32), HASH_KEY).in_order().tolist() == []


def test_many_hashes_are_those_of_each() -> None:
    ids = ["a", "ä", "x" * 200, ""]

    assert hashes_of(ids, HASH_KEY).tolist() == [hash_of(each, HASH_KEY) for each in ids]


@pytest.mark.parametrize("days", [1, 3])
async def test_many_rows_of_one_day_or_several_are_taken_once(intake: Intake, version: Version, days: int) -> None:
    start = datetime(2026, 2, 1, tzinfo=UTC)
    rows = [
        a_row(f"p{number}", predicted_at=(start + timedelta(days=number % days)).isoformat()) for number in range(1_200)
    ]

    assert await send(intake, version, *rows) == Receipt(accepted=1_200, duplicates=0, sequence=1)
    again = await send(intake, version, *rows[600:], *[a_row(f"q{number}") for number in range(600)])
    assert again == Receipt(accepted=600, duplicates=600, sequence=2)
    late = rows[5] | {"predicted_at": (start + timedelta(days=9)).isoformat()}
    assert (await send(intake, version, late)).accepted == 1
