"""From a request to a model and its answer to rows of the version's signature."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

import msgspec

from cdt.domain.registry.signature import Signature
from cdt.predictions.decoding.reasons import problem_of
from cdt.predictions.kserve.bodies import NotUnderstood, answers_of, instances_of
from cdt.predictions.kserve.mapping import Mapping
from cdt.predictions.kserve.verdicts import Reader, Verdict
from cdt.predictions.own_columns import DECISION, PREDICTION, SCORE
from cdt.predictions.quarantine.held import Sent
from cdt.predictions.quarantine.sent_rows import strict
from cdt.predictions.rejections import Rejections
from cdt.predictions.row_forms import RowFormat, format_of
from cdt.predictions.rows import Kind, PredictionRow, Problem


class ReadCall(NamedTuple):
    """A call as if its rows had been sent, one for each instance; or as one text that can't be understood.

    problems: by the number of a row what is wrong with it that can't be seen in it. now: when it was read.
    """

    sent: list[Sent]
    problems: dict[int, Problem]
    signature: Signature
    now: datetime
    kind: Kind = "predictions"

    def rows(self, wanted: list[int]) -> Iterator[tuple[int, Sent]]:
        """Those of these numbers."""
        sent = ((number, self.sent[number]) for number in wanted)
        return ((number, strict(each) if isinstance(each, dict) else each) for number, each in sent)

    def good(self, rejections: Rejections) -> list[PredictionRow]:
        """The good rows; the others are told."""
        form = format_of(self.signature)
        rows: list[PredictionRow] = []
        for number, sent in enumerate(self.sent):
            row = self.problems.get(number) or _row(sent, form, self.now)
            if isinstance(row, Problem):
                rejections.add(number, *row)
            else:
                rows.append(row)
        return rows


def read_call(
    call_id: str,
    request: bytes,
    answer: bytes,
    signature: Signature,
    mapping: Mapping,
    *,
    predicted_at: datetime,
    processing_ms: float | None = None,
    now: datetime,
) -> ReadCall:
    """Its rows, named `<call id>-<n>` from 0 on; ModelFailed if there is no answer.

    A call that can't be understood is one bad row.
    """
    try:
        instances, verdicts = _both(request, answer, signature, mapping)
    except NotUnderstood as error:
        text = (request + b"\n" + answer).decode(errors="replace")
        return ReadCall([text], {0: Problem(None, str(error))}, signature, now)
    about: dict[str, Any] = {"predicted_at": predicted_at.isoformat()}
    if processing_ms is not None:
        about["processing_ms"] = processing_ms
    places = places_of(signature, mapping)
    sent: list[Sent] = []
    problems: dict[int, Problem] = {}
    for number, (instance, verdict) in enumerate(zip(instances, verdicts, strict=True)):
        row = {"prediction_id": f"{call_id}-{number}", **about, "features": features_of(instance, places)}
        if isinstance(row["features"], list):
            count = len(cast("list[Any]", row["features"]))
            problems[number] = Problem(None, f"has {count} values, and {len(places)} columns stand in their places")
        if isinstance(verdict, Verdict):
            row |= outputs_of(verdict, signature)
        else:
            problems[number] = verdict
        sent.append(row)
    return ReadCall(sent, problems, signature, now)


def _both(
    request: bytes, answer: bytes, signature: Signature, mapping: Mapping
) -> tuple[list[Any], list[Verdict | Problem]]:
    verdicts = Reader(signature, mapping).verdicts(answers_of(answer))
    instances = instances_of(request, [column.name for column in signature.columns])
    if len(instances) != len(verdicts) or not instances:
        raise NotUnderstood(f"the request has {len(instances)} instances, and the answer {len(verdicts)}")
    return instances, verdicts


def outputs_of(verdict: Verdict, signature: Signature) -> dict[str, Any]:
    """What the model said, as a row has it."""
    if signature.is_of_numbers:
        return {PREDICTION: verdict.score}
    return {DECISION: verdict.decision, SCORE: verdict.score}


def places_of(signature: Signature, mapping: Mapping) -> Sequence[str]:
    """The columns that values come in, by position."""
    return [column.name for column in signature.columns] if mapping.columns is None else mapping.columns


def features_of(instance: Any, places: Sequence[str]) -> dict[Any, Any] | list[Any]:
    """What was asked about an instance, by column; the values as they are where they are more or less than places."""
    if isinstance(instance, dict):
        return cast("dict[Any, Any]", instance)
    values = cast("list[Any]", instance) if isinstance(instance, list) else [instance]
    if len(values) != len(places):
        return values
    return {name: value for name, value in zip(places, values, strict=True) if name}


def _row(sent: Sent, form: RowFormat, now: datetime) -> PredictionRow | Problem:
    try:
        return form.prediction(msgspec.convert(sent, form.sent), now)
    except (ValueError, RecursionError) as error:
        return problem_of(error)
