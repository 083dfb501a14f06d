"""Placing and lifting legal holds, and asking for erasures."""

from functools import partial
from typing import Annotated
from uuid import UUID

import strawberry

from cdt.access.permissions import needs
from cdt.commands import compliance as commands
from cdt.domain.errors import Invalid, NotFound
from cdt.domain.kernel import derived_id
from cdt.domain.tenancy.roles import Permission
from cdt.graphql.acting import acted_on
from cdt.graphql.commanding import command_of, keyed_command_of
from cdt.graphql.compliance.types import Erasure, LegalHold
from cdt.graphql.context import Info
from cdt.graphql.errors import Failures
from cdt.graphql.fields import mutation
from cdt.graphql.ids import id_of
from cdt.graphql.registry.subjects import model_of
from cdt.graphql.scalars import PositionText
from cdt.graphql.tenancy.subjects import tenant_of
from cdt.graphql.texts import CONFIRM, sealed_text
from cdt.predictions.subjects import SubjectHashes, hashes_of, value_in
from cdt.readmodels import compliance, registry
from cdt.vault.secret import IDENTITIES


@strawberry.input(description="What is to be kept, and why.")
class PlaceLegalHoldInput:
    """The reason becomes part of the record."""

    project_id: strawberry.ID
    model_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this model of the project alone; left out, of all."
    )
    reason: str
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@strawberry.input(description="A hold that is over, and why.")
class LiftLegalHoldInput:
    """The reason becomes part of the record."""

    legal_hold_id: strawberry.ID
    reason: str
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@strawberry.input(description="Whose rows shall go: by the ids of predictions, or by what stands in a column.")
class RequestErasureInput:
    """Ids and values are kept as keyed hashes alone."""

    model_id: strawberry.ID
    version_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of this version of the model alone; left out, of all that have the column."
    )
    prediction_ids: list[str] | None = strawberry.field(default=None, description="At most 500, in place of a column.")
    column: str | None = strawberry.field(default=None, description="A column of the signature.")
    values: list[str] | None = strawberry.field(default=None, description="What stands there; at most 500.")
    reason: str
    confirm_personal: bool | None = strawberry.field(default=None, description=CONFIRM)
    command_id: str | None = None


@needs(Permission.READ_AUDIT)
@strawberry.type(description="The hold; null when it can't be read yet.")
class PlaceLegalHoldPayload:
    """`lagging` says that the change is recorded but not readable yet."""

    legal_hold: LegalHold | None
    position: PositionText | None
    lagging: bool


@needs(Permission.READ_AUDIT)
@strawberry.type(description="The hold is over.")
class LiftLegalHoldPayload:
    """What was due to be thrown away goes within minutes."""

    position: PositionText | None
    lagging: bool


@needs(Permission.READ_AUDIT)
@strawberry.type(description="The erasure; null when it can't be read yet.")
class RequestErasurePayload:
    """It is done by a worker: ask for `erasures` to see how far it is."""

    erasure: Erasure | None
    position: PositionText | None
    lagging: bool


PlaceLegalHoldResult = Annotated[PlaceLegalHoldPayload | Failures, strawberry.union("PlaceLegalHoldResult")]
LiftLegalHoldResult = Annotated[LiftLegalHoldPayload | Failures, strawberry.union("LiftLegalHoldResult")]
RequestErasureResult = Annotated[RequestErasurePayload | Failures, strawberry.union("RequestErasureResult")]


@strawberry.type
class ComplianceMutations:
    """Fields of Mutation."""

    @mutation(Permission.KEEP_ROWS, "Let nothing be thrown away of a project, or of one of its models.")
    async def place_legal_hold(self, info: Info, input: PlaceLegalHoldInput) -> PlaceLegalHoldResult:  # noqa: A002
        """Counts from the moment of the answer on, for retention, erasure and the deletion of the project."""
        tenant = await tenant_of(info, input.project_id, Permission.KEEP_ROWS)
        assert tenant.project_id is not None
        model_id = None
        if input.model_id is not None:
            model, _ = await model_of(info, input.model_id, Permission.KEEP_ROWS)
            if model.project_id != tenant.project_id:
                raise NotFound(kind="model")
            model_id = model.id
        by = await command_of(info, input, tenant)
        hold_id = derived_id("hold", tenant.project_id, by.actor.kind, by.actor.id, by.id)
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done = await info.context.do(
            commands.place_hold, tenant.project_id, hold_id=hold_id, model_id=model_id, reason=reason, by=by
        )
        hold = None
        if not done.lagging:
            async with info.context.view(done.at, Permission.READ_AUDIT) as view:
                hold = next(iter(await compliance.holds(view, [hold_id])), None)
        shown = None if hold is None else LegalHold.of(hold, done.at)
        return PlaceLegalHoldPayload(legal_hold=shown, position=done.position_text, lagging=done.lagging)

    @mutation(Permission.KEEP_ROWS, "End a legal hold.")
    async def lift_legal_hold(self, info: Info, input: LiftLegalHoldInput) -> LiftLegalHoldResult:  # noqa: A002
        """Again changes nothing."""
        row = await acted_on(
            info.context,
            Permission.KEEP_ROWS,
            partial(compliance.holds_and_former, ids=[id_of(input.legal_hold_id, "LegalHold")]),
            "project",
            lambda hold: hold.project_id,
            kind="legal hold",
        )
        by = await command_of(info, input, (await info.context.grants()).tenant(row.project_id))
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done = await info.context.do(commands.lift_hold, row.project_id, hold_id=row.id, reason=reason, by=by)
        return LiftLegalHoldPayload(position=done.position_text, lagging=done.lagging)

    @mutation(Permission.KEEP_ROWS, "Let the rows of some subjects go, wherever they lie.")
    async def request_erasure(self, info: Info, input: RequestErasureInput) -> RequestErasureResult:  # noqa: A002
        """Refused while a legal hold keeps them. The same commandId again answers the same erasure."""
        model, tenant = await model_of(info, input.model_id, Permission.KEEP_ROWS)
        async with info.context.view(await info.context.at()) as view:
            versions = await registry.versions_of_models(view, [model.id])
        if input.version_id is not None:
            wanted = id_of(input.version_id, "Version")
            versions = [each for each in versions if each.id == wanted]
            if not versions:
                raise NotFound(kind="version")
        versions, subjects = _subjects(info, input, model.project_id, versions)
        by = await keyed_command_of(info, input, tenant)
        erasure_id = derived_id("erasure", model.project_id, by.actor.kind, by.actor.id, by.id)
        reason = await sealed_text(info, "reason", input.reason, by=by, confirmed=input.confirm_personal)
        done = await info.context.do(
            commands.request_erasure,
            model.project_id,
            erasure_id=erasure_id,
            model_id=model.id,
            version_ids=[each.id for each in versions],
            column=input.column,
            subjects=subjects,
            reason=reason,
            by=by,
        )
        row = None
        if not done.lagging:
            async with info.context.view(done.at, Permission.READ_AUDIT) as view:
                row = next(iter(await compliance.erasures(view, [erasure_id])), None)
        erasure = None if row is None else Erasure.of(row, done.at, is_held=False)
        return RequestErasurePayload(erasure=erasure, position=done.position_text, lagging=done.lagging)


def _subjects(
    info: Info,
    asked: RequestErasureInput,
    project_id: UUID,
    versions: list[registry.Version],
) -> tuple[list[registry.Version], list[str]]:
    """The versions that can have such rows, and the hashes of whose they are."""
    key = info.context.services.secret.key_for(IDENTITIES)
    if asked.column is None:
        if not asked.prediction_ids or asked.values:
            raise Invalid("predictionIds", "give ids of predictions, or a column and values")
        return versions, hashes_of(SubjectHashes(key, project_id, None), asked.prediction_ids)
    if not asked.values or asked.prediction_ids:
        raise Invalid("values", "give what stands in the column, and no ids of predictions")
    having = [each for each in versions if any(column.name == asked.column for column in each.typed_signature.columns)]
    if not having:
        raise Invalid("column", "name a column of a version's signature")
    values = [value_in(each.typed_signature, asked.column, text) for each in having for text in asked.values]
    return having, hashes_of(SubjectHashes(key, project_id, asked.column), values)
