"""Sets the demo model up and streams its rows; started again, it goes on where it was."""

import hashlib
import json
import time
from bisect import bisect_left
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cdt.demo import operations
from cdt.demo.api import Api
from cdt.demo.dictionary import columns as described
from cdt.demo.dictionary import labels_of
from cdt.demo.rows import CATEGORY_COLUMNS, NUMBER_COLUMNS, REFERENCE_YEAR, DemoRows, load

MODEL = "Employment"
DESCRIPTION = (  # part of the command that is given at each start: another one would be another command, and refused
    "Predicts from census answers of Massachusetts whether a person is employed. Real answers of 2015 to 2018 (American"
    " Community Survey, US Census Bureau) with the predictions of a real classifier."
)
BULK_ROWS = 20_000
TURN_SECONDS = 0.25
AGE_BANDS = (25.0, 45.0, 65.0)
RULES = (
    {"name": "Trust is too low", "subject": "trust", "operator": "BELOW", "threshold": 0.7, "inARow": 2},
    {"name": "Races are treated differently", "subject": "demographic_parity_ratio:race", "operator": "BELOW",
     "threshold": 0.8, "inARow": 2},
)  # fmt: skip


def run(api: Api, *, rows_per_second: float, tell: Callable[[str], None]) -> None:
    """Register the model, send the reference, set the baseline, promote, and stream until every row is sent."""
    rows = load()
    model_id, version_id, is_ready = _registered(api)
    if not is_ready:
        _make_ready(api, model_id, version_id, rows, tell)
    _stream(api, model_id, version_id, rows, rows_per_second=rows_per_second, tell=tell)


def _registered(api: Api) -> tuple[str, str, bool]:
    project_id = _project_of(api)
    registered = api.run(
        operations.REGISTER,
        input={
            "projectId": project_id,
            "name": MODEL,
            "description": DESCRIPTION,
            "commandId": str(uuid5(NAMESPACE_URL, f"cdt demo {project_id}")),
        },
    )
    model_id = registered["registerModel"]["model"]["id"]
    added = api.run(operations.ADD_VERSION, input={"modelId": model_id, "tag": "2015", "signature": signature()})
    version = added["addVersion"]["version"]
    _describe(api, model_id)
    return model_id, version["id"], bool(version["deployments"])


def _describe(api: Api, model_id: str) -> None:
    """Once: what somebody says of the columns afterwards stays, until a release has more to say."""
    meanings = described()
    said = hashlib.sha256(json.dumps(meanings).encode()).hexdigest()
    command = str(uuid5(NAMESPACE_URL, f"cdt demo {model_id} columns {said}"))
    api.run(operations.DESCRIBE, input={"modelId": model_id, "columns": meanings, "commandId": command})


def _project_of(api: Api) -> str:
    """Where the model is from an earlier start, or the first project."""
    found = api.run(operations.PROJECTS, name=MODEL)
    ours = (each for each in found["models"]["nodes"] if (each["name"], each["description"]) == (MODEL, DESCRIPTION))
    model = next(ours, None)
    return str(found["projects"]["nodes"][0]["id"] if model is None else model["project"]["id"])


def _make_ready(api: Api, model_id: str, version_id: str, rows: DemoRows, tell: Callable[[str], None]) -> None:
    for kind, table_of in (("predictions", rows.predictions), ("labels", rows.labels)):
        for start in range(0, rows.reference_rows, BULK_ROWS):
            end = min(start + BULK_ROWS, rows.reference_rows)
            api.send(version_id, kind, table_of(start, end), key=f"demo-{kind}-{start}-{end}")
        tell(f"sent {rows.reference_rows:,} {kind} of {REFERENCE_YEAR}")
    window = {
        "predictedFrom": f"{REFERENCE_YEAR}-01-01T00:00:00Z",
        "predictedTo": f"{REFERENCE_YEAR + 1}-01-01T00:00:00Z",
    }
    api.run(operations.SET_BASELINE, input={"versionId": version_id, **window})
    tell("baseline set")
    for rule in RULES:
        command = str(uuid5(NAMESPACE_URL, f"cdt demo {model_id} {rule['name']}"))
        api.run(operations.ADD_RULE, input={"modelId": model_id, "commandId": command, **rule})
    reason = f"Measured against the {REFERENCE_YEAR} answers, whose truth is known."
    api.run(operations.PROMOTE, input={"versionId": version_id, "environment": "PRODUCTION", "reason": reason})
    tell("promoted to production")


def _stream(
    api: Api,
    model_id: str,
    version_id: str,
    rows: DemoRows,
    *,
    rows_per_second: float,
    tell: Callable[[str], None],
) -> None:
    taken_in = api.run(operations.INTAKE, id=model_id)["model"]["intake"]

    def holds(row: int, kind: str) -> bool:
        found = api.run(operations.ROW, version=version_id, id=rows.id_of(row))["version"]["rows"]["nodes"]
        return bool(found) and (kind == "predictions" or found[0]["label"] is not None)

    # what others have sent to the model is counted with what the demo sent, so its own rows are looked for
    sent, labelled = (
        bisect_left(range(min(int(taken_in[kind]), len(rows))), True, key=lambda row, kind=kind: not holds(row, kind))
        for kind in ("predictions", "labels")
    )
    tell(f"streaming {len(rows) - sent:,} predictions, {rows_per_second:g} a second")
    step = max(1, round(rows_per_second * TURN_SECONDS))
    due = time.monotonic()
    while sent < len(rows) or labelled < len(rows):
        if sent < len(rows):
            end = min(sent + step, len(rows))
            api.send(version_id, "predictions", rows.predictions(sent, end), key=f"demo-predictions-{sent}-{end}")
            sent = end
        known = min(rows.labelled_by(sent), labelled + 10 * step)
        if known > labelled:
            api.send(version_id, "labels", rows.labels(labelled, known), key=f"demo-labels-{labelled}-{known}")
            labelled = known
        due = max(due + step / rows_per_second, time.monotonic() - 1.0)
        time.sleep(max(0.0, due - time.monotonic()))
    tell("every row is sent")


def signature() -> dict[str, Any]:
    """The model's columns, classes and groups, as `addVersion` takes them."""
    columns = [{"name": name, "kind": "NUMBER"} for name in NUMBER_COLUMNS]
    columns += [{"name": name, "kind": "CATEGORY"} for name in CATEGORY_COLUMNS]
    return {
        "columns": columns,
        "classes": ["0", "1"],
        "positiveClass": "1",
        "groups": [
            {"name": "sex", "column": "SEX", "labels": labels_of("SEX")},
            {"name": "race", "column": "RAC1P", "labels": labels_of("RAC1P")},
            {"name": "age group", "column": "AGEP", "bands": list(AGE_BANDS)},
        ],
    }
