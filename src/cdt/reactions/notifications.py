"""What happens to an alert is told to every endpoint of the project, once."""

from cdt.commands import notifications as commands
from cdt.database.reading import NOBODY
from cdt.domain.alerts.events import Acknowledged, Raised, Reopened, Resolved
from cdt.domain.kernel import AlertId, EndpointId, Envelope
from cdt.domain.notifications.events import DeliveryRequested, Occasion
from cdt.reactions.responding import Reacting, responds
from cdt.readmodels import alerts, notifications
from cdt.workers import leases

NAME = "notifications"


@responds(NAME, Raised)
async def raised(reacting: Reacting, _event: Raised, of: Envelope) -> None:
    """It rings."""
    await _tell(reacting, of, "raised")


@responds(NAME, Reopened)
async def reopened(reacting: Reacting, _event: Reopened, of: Envelope) -> None:
    """It rings again."""
    await _tell(reacting, of, "reopened")


@responds(NAME, Acknowledged)
async def acknowledged(reacting: Reacting, _event: Acknowledged, of: Envelope) -> None:
    """Somebody looks after it."""
    await _tell(reacting, of, "acknowledged")


@responds(NAME, Resolved)
async def resolved(reacting: Reacting, _event: Resolved, of: Envelope) -> None:
    """It is over."""
    await _tell(reacting, of, "resolved")


@responds(NAME, DeliveryRequested)
async def delivery_requested(reacting: Reacting, _event: DeliveryRequested, of: Envelope) -> None:
    """A lease says in Postgres that it is due; the job is a hint."""
    assert of.position is not None
    assert of.tenant.project_id is not None
    async with reacting.writer.transaction() as connection:
        await leases.open_lease(
            connection,
            fact=of.position,
            kind="delivery",
            subject=of.stream_id,
            project_id=of.tenant.project_id,
        )
    await reacting.queue.add_leased("delivery", of.position, 1)


async def _tell(reacting: Reacting, of: Envelope, what: Occasion) -> None:
    assert of.position is not None
    assert of.tenant.project_id is not None
    async with reacting.reader.at(of.position, NOBODY) as view:
        alert = next(iter(await alerts.alerts(view, [of.stream_id])), None)
        endpoints = await notifications.endpoints_of_project(view, of.tenant.project_id)
    assert alert is not None
    for endpoint in endpoints:
        await reacting.act(
            commands.request_delivery,
            EndpointId(endpoint.id),
            alert_id=AlertId(alert.id),
            model_id=alert.model_id,
            what=what,
            fact=of.position,
            by=reacting.command(NAME, of, endpoint.id),
        )
