"""The demo goes on where it was, whatever others have sent to its model."""

import asyncio
from typing import Any
from uuid import uuid4

from cdt.client import Client
from cdt.demo import operations, stream
from cdt.demo.api import Api as DemoApi
from cdt.demo.rows import DemoRows, load
from tests.api import Api
from tests.graphql.operations import REGISTER, act
from tests.graphql.tenancy_operations import done


class CountingApi:
    """An API that keeps every row once, and holds some that others have sent."""

    def __init__(self, rows: DemoRows, *, sent: int, labelled: int, of_others: int) -> None:
        self.predictions, self.labels = set(ids(rows.predictions(0, sent))), set(ids(rows.labels(0, labelled)))
        self.again = 0
        self._of_others = of_others

    def run(self, document: str, **variables: Any) -> dict[str, Any]:
        if document == operations.ROW:
            row = {"label": "1" if variables["id"] in self.labels else None}
            return {"version": {"rows": {"nodes": [row] if variables["id"] in self.predictions else []}}}
        counts = {"predictions": len(self.predictions) + self._of_others, "labels": len(self.labels) + self._of_others}
        return {"model": {"intake": {kind: str(count) for kind, count in counts.items()}}}

    def send(self, _version_id: str, kind: str, table: Any, *, key: str) -> None:
        del key
        self.again += len((self.predictions if kind == "predictions" else self.labels).intersection(ids(table)))
        (self.predictions if kind == "predictions" else self.labels).update(ids(table))


def ids(table: Any) -> list[str]:
    return table["prediction_id"].to_pylist()


def test_no_row_is_left_out_because_somebody_sent_rows_of_their_own() -> None:
    every = load()
    rows = DemoRows(every.table.slice(0, 3_000), every.predicted_at[:3_000], reference_rows=100)
    api = CountingApi(rows, sent=1_500, labelled=1_200, of_others=2_500)

    stream._stream(api, "model", "version", rows, rows_per_second=1e9, tell=lambda _: None)  # type: ignore[arg-type]

    assert len(api.predictions) == len(api.labels) == 3_000
    assert api.again == 0


async def test_its_model_is_found_again_although_another_project_sorts_before_its_own(api: Api) -> None:
    with Client(api.address, api.owner.token) as client:
        demo = DemoApi(api.address, email="", password="")
        demo._client = client
        first = await asyncio.to_thread(stream._registered, demo)
        made = await done(api, "createOrganization", name=f"AAA {uuid4()}")
        project = await done(
            api, "createProject", organizationId=made["organization"]["id"], name="AAA", timeZone="UTC"
        )
        theirs = {"projectId": project["project"]["id"], "name": stream.MODEL, "description": "somebody else's"}
        assert "code" not in await act(api, REGISTER, by=api.owner, **theirs)

        again = await asyncio.to_thread(stream._registered, demo)

    assert again == first
