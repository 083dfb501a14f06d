"""From a request to a model and its answer to rows of the version's signature."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import msgspec

from cdt.domain.registry.signature import Signature
from cdt.predictions.decoding.reasons import problem_of
from cdt.predictions.kserve.bodies import NotUnderstood, answers_of, instances_of
from cdt.predictions.kserve.mapping import Mapping
from cdt.predictions.kserve.verdicts import Reader, Verdict
from cdt.predictions.rejections import Rejections
from cdt.predictions.rows import PredictionRow, Problem, RowFormat, format_of


def rows_of_call(
    call_id: str,
    request: bytes,
    answer: bytes,
    signature: Signature,
    mapping: Mapping,
    *,
    predicted_at: datetime,
    processing_ms: float | None = None,
    now: datetime,
    rejections: Rejections,
) -> list[PredictionRow]:
    """The good rows, one for each instance, named `<call id>-<n>` from 0 on; ModelFailed if there is no answer.

    A call that can't be understood is one bad row.
    """
    names = [column.name for column in signature.columns]
    try:
        verdicts = Reader(signature, mapping).verdicts(answers_of(answer))
        instances = instances_of(request, names)
    except NotUnderstood as error:
        rejections.add(0, None, str(error))
        return []
    if len(instances) != len(verdicts) or not instances:
        rejections.add(0, None, f"the request has {len(instances)} instances, and the answer {len(verdicts)}")
        return []
    form, places = format_of(signature), names if mapping.columns is None else mapping.columns
    about = {"predicted_at": predicted_at, "processing_ms": processing_ms}
    rows: list[PredictionRow] = []
    for number, (instance, verdict) in enumerate(zip(instances, verdicts, strict=True)):
        row = _row(f"{call_id}-{number}", instance, verdict, places, form, about, now)
        if isinstance(row, Problem):
            rejections.add(number, *row)
        else:
            rows.append(row)
    return rows


def _row(
    prediction_id: str,
    instance: Any,
    verdict: Verdict | Problem,
    places: Sequence[str],
    form: RowFormat,
    about: dict[str, Any],
    now: datetime,
) -> PredictionRow | Problem:
    if isinstance(verdict, Problem):
        return verdict
    features = instance
    if not isinstance(instance, dict):
        values = cast("list[Any]", instance) if isinstance(instance, list) else [instance]
        if len(values) != len(places):
            return Problem(None, f"has {len(values)} values, and {len(places)} columns stand in their places")
        features = {name: value for name, value in zip(places, values, strict=True) if name}
    try:
        sent = msgspec.convert(
            {
                "prediction_id": prediction_id,
                **about,
                "decision": verdict.decision,
                "score": verdict.score,
                "features": features,
            },
            form.sent,
        )
    except (ValueError, RecursionError) as error:
        return problem_of(error)
    return form.prediction(sent, now)
