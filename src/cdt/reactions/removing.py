"""Rows that are to go by now: whoever works is asked to see to it."""

from cdt.predictions import erasures, purging, retention
from cdt.reactions.responding import Reacting


async def ask_for_removals(reacting: Reacting) -> None:
    """What is held up, by a legal hold or by whoever packs the version, is asked for again by the next look."""
    async with reacting.writer.transaction() as connection:
        numbers = [*await retention.due(connection, now=reacting.now()), *await purging.due(connection)]
        positions = await erasures.due(connection)
    for number in numbers:
        await reacting.queue.add_removal(number)
    for position in positions:
        await reacting.queue.add_erasure(position)
