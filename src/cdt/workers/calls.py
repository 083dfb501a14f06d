"""Calls of served models that are whole and no predictions yet, because the process that joined them died."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from cdt.database.log import is_lost_connection
from cdt.database.reading import NOBODY, Reader
from cdt.database.writing import Writer
from cdt.predictions.errors import Unavailable
from cdt.predictions.intake import Intake
from cdt.predictions.kserve import calls
from cdt.predictions.versions import Version, known_version
from cdt.readmodels import registry

UNFINISHED_AFTER = timedelta(seconds=30)
CALLS_A_JOB = 100

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Joining:
    """What a worker joins them with; `intake` stores as the API does."""

    writer: Writer
    reader: Reader
    intake: Intake
    now: Callable[[], datetime]


async def join_calls(work: Joining, _: int) -> None:
    """Take in those that wait longest; one that can't be taken in now lets the others go before it is tried again."""
    async with work.writer.transaction() as connection:
        found = await calls.unfinished(connection, before=work.now() - UNFINISHED_AFTER, most=CALLS_A_JOB)
    for number, call_id in found:
        async with work.writer.transaction() as connection:  # one by one: each may have eight mebibytes
            version = await known_version(connection, number)
            call = await calls.whole(connection, number, call_id)
        if version is None or call is None:
            continue
        try:
            present = await _with_policy(work.reader, version)
            await work.intake.calls.finish(present, call, now=work.now())
        except Exception as error:
            if is_lost_connection(error):
                raise
            if isinstance(error, Unavailable):
                log.warning("call_not_taken_in", call=call.call_id, error=str(error))
            else:
                log.exception("call_not_taken_in", call=call.call_id)
            async with work.writer.transaction() as connection:
                await calls.attempted(connection, number, call_id, at=work.now())


async def _with_policy(reader: Reader, version: Version) -> Version:
    """The version with its model's present policy: what is registered of it beside its rows does not know that."""
    async with reader.at(None, NOBODY) as view:
        model = next(iter(await registry.models(view, [version.model_id])), None)
    return version if model is None else replace(version, policy=model.intake_policy)
