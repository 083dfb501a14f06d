"""Sending rejected rows again, mended; and throwing them away."""

from typing import Annotated, Any, cast

import strawberry
from strawberry.scalars import JSON

from cdt.access.permissions import needs
from cdt.access.rates.policies import Operation
from cdt.commands import registry as commands
from cdt.domain.errors import Invalid, NotFound
from cdt.domain.registry.decisions import MOST_SETTLED_ROWS
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.commanding import command_of
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.predictions.mutations import IngestReceipt, version_to_send_to
from cdt.graphql.registry.subjects import version_of
from cdt.graphql.scalars import PositionText
from cdt.graphql.texts import CONFIRM, sealed_text
from cdt.predictions.bodies import Sent
from cdt.predictions.decoding import NDJSON
from cdt.predictions.quarantine import kept
from cdt.predictions.quarantine.kept import QuarantinedRow
from cdt.predictions.quarantine.mending import Batch, Cell, Mended, batch_of, with_free_key
from cdt.predictions.receipts import checked_key
from cdt.predictions.versions import Version, find_version

_MOST_DIGITS = 18


@strawberry.input(description="What a cell of a row shall hold.")
class CellInput:
    """The column is named as in a CSV file: predicted_at, age, features.score."""

    column: str
    value: JSON | None = None
    is_removed: bool = strawberry.field(default=False, description="Whether the cell is taken out of the row.")


@strawberry.input(description="A row of the quarantine, with what shall be sent in its place.")
class MendedRowInput:
    """As it was sent, or all of `row`; then with `cells`."""

    number: str
    cells: list[CellInput] | None = None
    row: JSON | None = None


@strawberry.input(description="Rows of a version's quarantine to be sent again, as a batch: predictions, or labels.")
class ResubmitQuarantinedInput:
    """Without a `key` it is known by its content: the same again answers the same receipt if any of it was taken in."""

    version_id: strawberry.ID
    rows: list[MendedRowInput]
    key: str | None = None
    command_id: str | None = None


@strawberry.input(description="Rows of a version's quarantine to be thrown away: what was sent is gone for ever then.")
class DiscardQuarantinedInput:
    """The reason becomes part of the record."""

    version_id: strawberry.ID
    numbers: list[str]
    reason: str
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@needs(Permission.READ)
@strawberry.type(description="How many rows were thrown away, without those that were settled or gone already.")
class DiscardQuarantinedPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    discarded: int
    position: PositionText | None
    lagging: bool


ResubmitQuarantinedResult = Annotated[IngestReceipt | Failures, strawberry.union("ResubmitQuarantinedResult")]
DiscardQuarantinedResult = Annotated[DiscardQuarantinedPayload | Failures, strawberry.union("DiscardQuarantinedResult")]


@strawberry.type
class QuarantineMutations:
    """Fields of Mutation."""

    @mutation(
        Permission.INGEST,
        "Send rows of the quarantine again, mended. They go the way of all rows; one that is rejected again stays.",
        counts=Operation.INGEST,
    )
    async def resubmit_quarantined(
        self,
        info: Info,
        input: ResubmitQuarantinedInput,  # noqa: A002
    ) -> ResubmitQuarantinedResult:
        """Whoever may send rows may. That they did is recorded first: what is stored is never answered by a failure."""
        info.context.admit_rate(Operation.ROWS)
        version = await version_to_send_to(info, input.version_id)
        numbers = _numbers([row.number for row in input.rows], "rows")
        rows = await _found(info, version, numbers)
        mended = [
            Mended(rows[number], _cells(given), _row(given)) for number, given in zip(numbers, input.rows, strict=True)
        ]
        batch = batch_of(mended, version.signature, key=checked_key("key", input.key))
        if input.key is None and all(row.state == "open" for row in rows.values()):
            batch = await _anew(info, version, batch)
        grants = await info.context.grants()
        await info.context.do(
            commands.settle_quarantine,
            version.model_id,
            version_id=version.version_id,
            settlement="resubmitted",
            rows=batch.again,
            reason="",
            by=await command_of(info, input, grants.tenant(version.project_id)),
        )
        sent = Sent(version, batch.kind, NDJSON, None, batch.key, by=grants.actor)
        receipt = await info.context.services.bodies.take_bytes(batch.body, sent, again=batch.again)
        info.context.charge_rate(Operation.ROWS, receipt.row_count - 1)
        return IngestReceipt.of(receipt)  # pyright: ignore[reportReturnType]

    @mutation(Permission.WRITE_REGISTRY, "Throw rows of the quarantine away: what was sent is gone for ever then.")
    async def discard_quarantined(
        self,
        info: Info,
        input: DiscardQuarantinedInput,  # noqa: A002
    ) -> DiscardQuarantinedResult:
        """Recorded first, so that nothing is gone without a word; the same again throws away what is left."""
        version, tenant = await version_of(info, input.version_id, Permission.WRITE_REGISTRY)
        numbers = _numbers(input.numbers, "numbers")
        by = await command_of(info, input, tenant)
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done = await info.context.do(
            commands.settle_quarantine,
            version.model_id,
            version_id=version.id,
            settlement="discarded",
            rows=tuple(numbers),
            reason=reason,
            by=by,
        )
        discarded = 0
        async with info.context.services.writer.transaction([version.project_id]) as connection:
            numbered = await find_version(connection, version.id)
            if numbered is not None:
                who = f"{by.actor.kind} {by.actor.id}"
                discarded = await kept.discard(connection, numbered.number, numbers, by=who)
        return DiscardQuarantinedPayload(discarded=discarded, position=done.position_text, lagging=done.lagging)


async def _anew(info: Info, version: Version, batch: Batch) -> Batch:
    async with info.context.services.writer.transaction([version.project_id]) as connection:
        numbered = await find_version(connection, version.version_id)
        return batch if numbered is None else await with_free_key(connection, numbered.number, batch)


async def _found(info: Info, version: Version, numbers: list[int]) -> dict[int, QuarantinedRow]:
    rows: dict[int, QuarantinedRow] = {}
    async with info.context.services.writer.transaction([version.project_id]) as connection:
        numbered = await find_version(connection, version.version_id)
        if numbered is not None:
            rows = await kept.numbered(connection, numbered.number, numbers)
    if len(rows) < len(numbers):
        raise NotFound(kind="row")
    return rows


def _numbers(given: list[str], field: str) -> list[int]:
    if not 0 < len(given) <= MOST_SETTLED_ROWS:
        raise Invalid(field, f"name 1 to {MOST_SETTLED_ROWS:,} rows")
    if not all(each.isascii() and each.isdigit() and len(each) <= _MOST_DIGITS for each in given):
        raise Invalid(field, "a row is named by its number, as digits")
    numbers = [int(each) for each in given]
    if len(set(numbers)) != len(numbers):
        raise Invalid(field, "name each row once")
    return numbers


def _cells(given: MendedRowInput) -> list[Cell]:
    return [Cell(each.column, each.value, each.is_removed) for each in given.cells or ()]


def _row(given: MendedRowInput) -> dict[str, Any] | None:
    row: Any = given.row
    if row is not None and not isinstance(row, dict):
        raise Invalid("rows", "a row is an object, as on a line of NDJSON")
    return cast("dict[str, Any] | None", row)
