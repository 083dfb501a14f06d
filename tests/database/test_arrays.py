"""Arrays of whole numbers arrive in Postgres as they were."""

import numpy as np
import psycopg
import pytest

from cdt.database.arrays import Bigints, Integers


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        (Integers(np.array([1, -1, 2**31 - 1, -(2**31)], dtype=np.int32)), [1, -1, 2**31 - 1, -(2**31)]),
        (Bigints(np.array([2**63 - 1, -(2**63), 0], dtype=np.int64)), [2**63 - 1, -(2**63), 0]),
        (Integers(np.empty(0, dtype=np.int32)), []),
        (Bigints(np.arange(10, dtype=np.int64)[::3]), [0, 3, 6, 9]),
    ],
)
def test_an_array_arrives_as_it_was(dsn: str, sent: Integers | Bigints, received: list[int]) -> None:
    kind = "int[]" if isinstance(sent, Integers) else "bigint[]"
    with psycopg.connect(dsn) as connection:
        row = connection.execute(f"SELECT %s, pg_typeof(%s) = '{kind}'::regtype", (sent, sent)).fetchone()  # type: ignore[arg-type]
    assert row == (received, True)
