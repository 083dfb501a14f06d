"""Delivering one notification: claim the lease, send, record what became of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import structlog

from cdt.commands import notifications as commands
from cdt.database.log import Log
from cdt.database.reading import NOBODY, Reader
from cdt.database.writing import Writer
from cdt.domain.errors import DomainError
from cdt.domain.kernel import Actor, Command, DeliveryId, Envelope, Position, derived_id
from cdt.domain.notifications.events import DeliveryRequested
from cdt.readmodels import alerts, notifications, registry
from cdt.senders import webhook
from cdt.vault import webhooks
from cdt.vault.secret import VaultSecret
from cdt.workers import leases

log = structlog.get_logger()

PAUSES_SECONDS = (5.0, 30.0, 120.0, 600.0, 3600.0, 14_400.0)
"""Before each new attempt; after the last one the delivery is given up: some five hours in all."""


@dataclass(frozen=True, kw_only=True)
class Delivering:
    """What a delivering worker works with; it sees every project and asserts that of its job."""

    log: Log
    reader: Reader
    writer: Writer
    secret: VaultSecret
    worker: str
    now: Callable[[], datetime]
    pauses: tuple[float, ...] = PAUSES_SECONDS


async def deliver(work: Delivering, fact: int, attempt: int) -> None:
    """Make one attempt at the delivery that the fact asked for, unless it is over or somebody else's."""
    lease = await leases.claim(work.writer, fact, attempt, worker=work.worker)
    if lease is None:
        return
    requested = await asyncio.to_thread(_requested, work.log, DeliveryId(lease.subject), Position(fact))
    event = cast(DeliveryRequested, requested.event)
    async with work.reader.at(None, NOBODY) as view:  # one that was removed since then is told nothing more
        endpoint = next(iter(await notifications.endpoints(view, [event.endpoint_id])), None)
    async with work.reader.at(Position(fact), NOBODY) as view:
        message = await _message(view, event, requested)
    async with work.writer.transaction() as connection:
        secret = await webhooks.find(connection, work.secret, event.endpoint_id)
    if endpoint is None or secret is None or endpoint.project_id != lease.project_id:
        await _give_up(work, lease, requested, None, "the endpoint is gone")
        return
    async with leases.renewing(work.writer, lease, worker=work.worker):
        answer = await webhook.send(
            endpoint.url, msgspec.json.encode(message), secret=secret, delivery_id=str(lease.subject), at=work.now()
        )
    if answer.is_taken:
        await _record(work, requested, "delivered", lease, status=answer.status)
        await leases.finish(work.writer, lease, state="done", status=answer.status)
    elif lease.failures < len(work.pauses):
        await leases.put_off(
            work.writer,
            lease,
            seconds=work.pauses[lease.failures],
            error=answer.error or "refused",
            status=answer.status,
        )
    else:
        await _give_up(work, lease, requested, answer.status, answer.error or "refused")


async def _message(view: Any, event: DeliveryRequested, requested: Envelope) -> dict[str, Any]:  # noqa: ANN401
    alert = next(iter(await alerts.alerts(view, [event.alert_id])), None)
    model = next(iter(await registry.models(view, [event.model_id])), None)
    assert alert is not None
    assert alert.project_id == requested.tenant.project_id
    return {
        "type": f"alert.{event.what}",
        "delivery": str(requested.stream_id),
        "position": str(event.fact),
        "occurred_at": requested.timestamp.astimezone(UTC).isoformat(),
        "project": str(alert.project_id),
        "model": {"id": str(event.model_id), "name": None if model is None else model.name},
        "alert": {
            "id": str(event.alert_id),
            "rule": alert.rule_name,
            "subject": alert.subject,
            "state": alert.state,
            "operator": alert.operator,
            "threshold": alert.threshold,
            "value": alert.value,
        },
    }


async def _give_up(work: Delivering, lease: leases.Lease, requested: Envelope, status: int | None, error: str) -> None:
    log.warning("delivery_given_up", delivery=str(lease.subject), error=error)
    await asyncio.to_thread(
        commands.give_up_delivery,
        work.log,
        DeliveryId(lease.subject),
        attempts=lease.failures + 1,
        status=status,
        error=error,
        by=_command(work, requested, "given up"),
    )
    await leases.finish(work.writer, lease, state="given_up", status=status)


async def _record(work: Delivering, requested: Envelope, what: str, lease: leases.Lease, *, status: int | None) -> None:
    assert status is not None
    try:
        await asyncio.to_thread(
            commands.record_delivered,
            work.log,
            DeliveryId(lease.subject),
            attempts=lease.failures + 1,
            status=status,
            by=_command(work, requested, what),
        )
    except DomainError as error:
        log.warning("delivery_was_over", delivery=str(lease.subject), error=str(error))


def _requested(log_: Log, delivery_id: DeliveryId, fact: Position) -> Envelope:
    return next(each for each in log_.history(delivery_id) if each.position == fact)


def _command(work: Delivering, requested: Envelope, what: str) -> Command:
    return Command(
        id=derived_id("delivery", requested.position, what),
        actor=Actor("system", "notifications"),
        at=work.now(),
        tenant=requested.tenant,
        caused_by=requested.position,
    )
