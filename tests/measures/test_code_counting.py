import numpy as np
import pytest
from numpy.typing import NDArray

from cdt.measures.code_counting import rows_by_code

from .builders import chance


@pytest.mark.parametrize("values", [0, 1, 12, 63, 64, 300])
@pytest.mark.parametrize("rows", [0, 1, 2, 32_768, 70_001])
def test_codes_are_counted_as_one_by_one(values: int, rows: int) -> None:
    codes = chance().integers(-1, values, rows).astype(np.int32)
    expected: list[int] = [int(np.count_nonzero(codes == code)) for code in (*range(values), -1)]
    counted: NDArray[np.int64] = rows_by_code(codes, values)
    assert counted.tolist() == expected
