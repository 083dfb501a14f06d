"""After a body was decoded, what becomes of the rows that are not good: rejected, marked, or all rejected with them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from cdt.domain.registry.events import IntakePolicy
from cdt.domain.registry.signature import Signature
from cdt.predictions.columns import Predictions, join_predictions
from cdt.predictions.decoding.naming import AS_THEY_ARE, Naming
from cdt.predictions.quarantine.examining import Examined, examine
from cdt.predictions.quarantine.held import NOTHING, OF_BATCH, Held, Leavings, Reason, Refused, Sent, held
from cdt.predictions.quarantine.hours import hour_of, rows_by_hour
from cdt.predictions.quarantine.sent_rows import sent_rows
from cdt.predictions.rejections import Rejection, Rejections
from cdt.predictions.row_forms import format_of
from cdt.predictions.rows import Kind, PredictionRow, columns_of


class Decoded(NamedTuple):
    """A body's rows that go on, of which the marked ones are last; the rejected ones; what goes to the quarantine."""

    batch: Any
    rejections: Rejections
    leavings: Leavings = NOTHING


class Body(NamedTuple):
    """What was decoded, and how."""

    content: bytes
    content_type: str
    kind: Kind
    signature: Signature
    now: datetime
    naming: Naming = AS_THEY_ARE

    def rows(self, wanted: list[int]) -> Any:
        """Some rows as they were sent."""
        return sent_rows(self.content, self.content_type, self.kind, self.signature, wanted, naming=self.naming)


class Decoding(Protocol):
    """What was decoded: a body, or what stands for one."""

    @property
    def kind(self) -> Kind:
        """What its rows are."""
        ...

    @property
    def signature(self) -> Signature:
        """What they should be like."""
        ...

    @property
    def now(self) -> datetime:
        """When they were decoded."""
        ...

    def rows(self, wanted: list[int]) -> Iterable[tuple[int, Sent]]:
        """Some rows as they were sent."""
        ...


def gather(body: Decoding, batch: Any, rejections: Rejections, policy: IntakePolicy) -> Decoded:
    """What becomes of the rows. Takes some 65 us for each that is not good, of 25 columns, and nothing for others."""
    if not rejections.count:
        return Decoded(batch, rejections)
    refused = Refused()
    told, marked, marks = Rejections(), list[PredictionRow](), list[Held]()
    reported = {each.row: each for each in rejections.reported}
    form = format_of(body.signature)
    for number, sent in body.rows(rejections.numbers):
        found = _examined(sent, body, form, reported.get(number))
        hour = hour_of(found.predicted_at or body.now)
        if found.marked is not None and policy == "keep_marked":
            told.pass_over(number)
            marked.append(found.marked)
            marks.append(_held(number, sent, found).as_marked())
            continue
        first = reported.get(number) or Rejection(number, found.reasons[0].column, found.reasons[0].reason)
        told.add(number, first.column, first.reason)
        refused.count(hour, found.reasons[0].kind)
        if not refused.is_full:
            refused.keep(_held(number, sent, found))
    if policy == "reject_batch":
        return Decoded([], *_rejected_whole(body, told, refused, batch))
    return Decoded(_with(batch, marked, body.signature), told, Leavings(refused, tuple(marks)))


def keep_good(body: Decoding, rejections: Rejections, good: int, spare: Refused) -> None:
    """Keep the good rows of a body as they were sent, as long as there is room: it may be rejected for another row."""
    left = range(good + len(rejections.numbers))
    bad = set(rejections.numbers)
    for number, sent in body.rows([number for number in left if number not in bad]):
        if spare.is_full:
            return
        found = examine(sent, body.kind, format_of(body.signature), now=body.now)
        spare.keep(held(number, sent, [OF_BATCH], prediction_id=found.prediction_id, predicted_at=found.predicted_at))


def _rejected_whole(body: Decoding, told: Rejections, refused: Refused, batch: Any) -> tuple[Rejections, Leavings]:
    """All rows are rejected: the bad ones are named, the good ones, which are the batch, counted."""
    spare, good = Refused(), len(batch)
    keep_good(body, told, good, spare)
    bad = set(told.numbers)
    told.add_all([], [number for number in range(good + len(bad)) if number not in bad])
    if body.kind == "predictions":
        for hour, rows in rows_by_hour(batch):
            refused.count(hour, "batch", rows)
    for row in spare.rows:
        refused.keep(row)
    return told, Leavings(refused)


def _examined(sent: Sent, body: Decoding, form: Any, reported: Rejection | None) -> Examined:
    found = examine(sent, body.kind, form, now=body.now)
    if found.reasons and not (isinstance(sent, str) and reported is not None):
        return found
    column, reason = (None, "can't be understood") if reported is None else (reported.column, reported.reason)
    return found._replace(reasons=[Reason.of(column, "form" if column is None else "type", reason)], marked=None)


def _held(number: int, sent: Sent, found: Examined) -> Held:
    return held(number, sent, found.reasons, prediction_id=found.prediction_id, predicted_at=found.predicted_at)


def _with(batch: Any, marked: list[PredictionRow], signature: Signature) -> Any:
    if not marked:
        return batch
    if isinstance(batch, Predictions):
        return join_predictions([batch, columns_of(marked, signature)], signature)
    return [*batch, *marked]
