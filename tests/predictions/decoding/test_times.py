"""Times as they are written."""

import pytest

from cdt.predictions.decoding import CSV, NDJSON, PREDICTION_DECODERS
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import columns_of
from tests.predictions.builders import NOW, SIGNATURE, a_row, as_ndjson


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T12:00:00Z", "2026-03-01 12:00:00+00:00", "2026-03-01T12:00:00.5Z", "2026-03-01T12:00:00.123456Z",
        "2026-03-01T13:30:00+01:30", "2026-02-28T23:59:59.999999-05:00", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
        "2026-02-30T12:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z", "2026-03-01T12:00:60Z", "2026-03-01",
        "2026-03-01T12:00:00", "2026-03-01T12:00Z", "2026-03-01T12:00:00.1234567Z", "2026-03-01t12:00:00z", "", "soon",
        "2026-03-01T12:00:00+24:00", "2026-03-01T12:00:00-00:00", "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z",
        "2026-03-01T12:00:00+01:99",
    ],
)  # fmt: skip
def test_a_time_is_read_alike_in_every_format(written: str) -> None:
    row = a_row("a", predicted_at=written)
    header = "prediction_id,predicted_at,decision,score,age,income,sex"
    csv_body = f'{header}\na,"{written}",yes,0.75,40,,f\n'.encode()
    read: list[tuple[list[int], int]] = []
    for body, kind in ((as_ndjson(row), NDJSON), (csv_body, CSV)):
        rejections = Rejections()
        batch = PREDICTION_DECODERS[kind](body, SIGNATURE, now=NOW, rejections=rejections)
        columns = columns_of(batch, SIGNATURE) if isinstance(batch, list) else batch
        read.append((columns.predicted_at.tolist(), rejections.count))
    assert read[0] == read[1]
