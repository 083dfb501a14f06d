"""One prediction a request, durable, against a bare endpoint that only decodes it."""

import asyncio
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

from bench.employment import SIGNATURE
from bench.servers import Installation, answers, free_port, installation, process, wait_until
from bench.table import Claim, Figures, Table
from cdt.commands.registry import add_version, register_model
from cdt.commands.tenancy_keys import create_api_key
from cdt.database.log import Log
from cdt.database.roles import DatabaseRole
from cdt.database.writing import Writer
from cdt.domain.kernel import Actor, Command, Tenant
from cdt.domain.registry.signature import Signature
from cdt.first_owner import FirstOwner
from cdt.vault import keys
from cdt.vault.secret import VaultSecret
from cdt.wall_clock import utc_now

ROUNDS = 8
SECONDS = 2.0
CONNECTIONS = 64


class Sent(NamedTuple):
    """What one run of the senders reached: requests a second, and milliseconds."""

    rate: float
    median: float
    slowest: float


def measure() -> Table:
    """Rows a second, all acknowledged."""
    bare = Figures("bare endpoint that decodes", "rows/s")
    durable = Figures("intake, durable", "rows/s")
    latency = {share: Figures(f"intake, acknowledged, {share}", "ms") for share in ("p50", "p99")}
    with installation() as made:
        owner = made.found()
        version_id, key = register(made, owner)
        with made.follower(), made.api() as port, _bare(made) as bare_port:
            path = f"/v1/versions/{version_id}/predictions"
            for number in range(-1, ROUNDS):
                one = send(bare_port, "/rows", key)
                other = send(port, path, key)
                if number >= 0:
                    bare.add(one.rate)
                    durable.add(other.rate)
                    latency["p50"].add(other.median)
                    latency["p99"].add(other.slowest)
        _check_all_is_there(made)
    return Table(
        title="Intake of one prediction a request",
        what=f"{ROUNDS} interleaved rounds of {SECONDS:g} s, {CONNECTIONS} connections from one other process,"
        " each waiting"
        " for its answer; a row has 16 columns; the API as it ships, uvicorn with uvloop and httptools, one process.",
        figures=[bare, durable, latency["p50"], latency["p99"]],
        claims=[Claim(durable, bare, at_least=0.4)],
    )


def register(made: Installation, owner: FirstOwner, *, signature: Signature = SIGNATURE) -> tuple[UUID, str]:
    """A version, and a key that may send rows for it."""
    model_id, version_id, key = uuid7(), uuid7(), keys.KeyTexts(VaultSecret(made.secret)).made_of("bench")
    tenant = Tenant(owner.organization_id, owner.project_id)

    def by() -> Command:
        return Command(id=uuid7(), actor=Actor("system", "bench"), at=utc_now(), tenant=tenant)

    with Log(made.conninfo(DatabaseRole.API), connections=1) as log:
        register_model(log, model_id, name="employment", description="", by=by())
        add_version(log, model_id, version_id=version_id, tag="1", signature=signature, by=by())
        _keep(made, owner, key, key_id := uuid7())
        prefix = keys.shown_prefix(key)
        create_api_key(log, owner.project_id, key_id=key_id, name="bench", prefix=prefix, by=by())
    return version_id, key


def send(port: int, path: str, key: str, *, seconds: float = SECONDS) -> Sent:
    """One round of the senders."""
    arguments = [str(port), path, key, str(CONNECTIONS), str(seconds)]
    run = subprocess.run(
        [sys.executable, "-m", "bench.senders", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    if run.returncode:
        raise RuntimeError(run.stderr[-2000:])
    rate, median, slowest = map(float, run.stdout.split())
    return Sent(rate, median * 1e3, slowest * 1e3)


def _keep(made: Installation, owner: FirstOwner, key: str, key_id: UUID) -> None:
    async def keep() -> None:
        writer = Writer(made.conninfo(DatabaseRole.API), connections=1)
        await writer.open()
        async with writer.transaction([owner.project_id]) as connection:
            await keys.keep(
                connection, key, key_id=key_id, organization_id=owner.organization_id, project_id=owner.project_id
            )
        await writer.close()

    asyncio.run(keep())


@contextmanager
def _bare(made: Installation) -> Generator[int]:
    """The bare endpoint in a process of its own, served as the API is; answers its port."""
    port, log = free_port(), made.folder / "bare.log"
    options = ["--port", str(port), "--no-access-log", "--log-level", "warning", "--no-server-header"]
    command = [sys.executable, "-m", "uvicorn", "bench.bare_intake:app", *options]
    with process(command, made.environment, log=log) as run:
        wait_until(lambda: answers(port, "/healthz"), run, log=log)
        yield port


def _check_all_is_there(made: Installation) -> None:
    with psycopg.connect(made.conninfo(DatabaseRole.SYSTEM)) as connection:
        row = connection.execute(
            "SELECT (SELECT sum(predictions) FROM predictions.versions), (SELECT sum(rows) FROM predictions.segments),"
            " (SELECT count(*) FROM predictions.identities)"
        ).fetchone()
    assert row is not None
    if len(set(row)) != 1:
        raise RuntimeError(row)
