"""The demo goes on where it was, whatever others have sent to its model."""

from typing import Any

from cdt.demo import stream
from cdt.demo.rows import DemoRows, load


class CountingApi:
    """An API that keeps every row once, and holds some that others have sent."""

    def __init__(self, rows: DemoRows, *, sent: int, of_others: int) -> None:
        self.predictions, self.labels = set(ids(rows.predictions(0, sent))), set(ids(rows.labels(0, sent)))
        self._of_others = of_others

    def run(self, *_: object, **__: object) -> dict[str, Any]:
        counts = {"predictions": len(self.predictions) + self._of_others, "labels": len(self.labels) + self._of_others}
        return {"model": {"intake": {kind: str(count) for kind, count in counts.items()}}}

    def send(self, _version_id: str, kind: str, table: Any, *, key: str) -> None:
        del key
        (self.predictions if kind == "predictions" else self.labels).update(ids(table))


def ids(table: Any) -> list[str]:
    return table["prediction_id"].to_pylist()


def test_no_row_is_left_out_because_somebody_sent_rows_of_their_own() -> None:
    every = load()
    rows = DemoRows(every.table.slice(0, 3_000), every.predicted_at[:3_000], reference_rows=100)
    api = CountingApi(rows, sent=1_500, of_others=7)

    stream._stream(api, "model", "version", rows, rows_per_second=1e9, tell=lambda _: None)  # type: ignore[arg-type]

    assert len(api.predictions) == len(api.labels) == 3_000
