"""Killing parts of a whole at random moments under load, and how long it takes to come back."""

import asyncio
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.flows.ledger import Ledger
from tests.flows.whole import PARTS, Whole, until

MOST_BODIES_BETWEEN = 40


@dataclass
class Kill:
    """One kill -9. `rows_again_seconds` later a body was acknowledged that was sent after it."""

    part: str
    at: float
    bodies: int
    process_again_seconds: float = 0.0
    rows_again_seconds: float = 0.0


def parts_to_kill(count: int, chance: random.Random) -> Iterator[str]:
    """Each part as often as any other, in an order of chance."""
    chosen = [part for _ in range(-(-count // len(PARTS))) for part in PARTS]
    chance.shuffle(chosen)
    return iter(chosen[:count])


async def kill_at_random_moments(whole: Whole, ledger: Ledger, *, count: int, chance: random.Random) -> list[Kill]:
    """Kill after so many bodies as chance wants; sometimes the next part while the last is not back."""
    kills: list[Kill] = []
    async with asyncio.TaskGroup() as watching:
        for part in parts_to_kill(count, chance):
            wanted = ledger.bodies + chance.choice((0, chance.randint(1, MOST_BODIES_BETWEEN)))
            await until(lambda wanted=wanted: ledger.bodies >= wanted, f"{wanted} bodies are acknowledged")
            pid = await whole.kill(part)
            kills.append(Kill(part, time.monotonic(), ledger.bodies))
            watching.create_task(_watch(whole, ledger, kills[-1], pid))
    return kills


async def _watch(whole: Whole, ledger: Ledger, kill: Kill, killed: int) -> None:
    await until(lambda: whole.pid(kill.part) not in {None, killed}, f"{kill.part} runs again")
    kill.process_again_seconds = time.monotonic() - kill.at

    def acknowledged() -> float:
        return next((at for began, at in ledger.acknowledged_at[kill.bodies :] if began > kill.at), 0.0)

    kill.rows_again_seconds = await until(acknowledged, f"rows are taken in after {kill.part} was killed") - kill.at


def table(kills: list[Kill]) -> str:
    """Median and worst, by part."""
    by_part: dict[str, list[Kill]] = defaultdict(list)
    for kill in kills:
        by_part[kill.part].append(kill)
    lines = ["| killed | times | process again, median and worst, s | rows taken in again, median and worst, s |"]
    lines.append("|---|---|---|---|")
    for part, each in sorted(by_part.items()):
        process = [kill.process_again_seconds for kill in each]
        rows = [kill.rows_again_seconds for kill in each]
        lines.append(
            f"| {part} | {len(each)} | {statistics.median(process):.2f} {max(process):.2f}"
            f" | {statistics.median(rows):.2f} {max(rows):.2f} |"
        )
    return "\n".join(lines)
