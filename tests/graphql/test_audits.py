"""GraphQL over HTTP to the letter: the audits of npm's graphql-http, all of them."""

import asyncio
import json
import shutil
from pathlib import Path

from tests.api import Api

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / ".node" / "bin" / "node"
AUDITS = Path(__file__).with_name("audits.mjs")


async def test_every_audit_of_graphql_over_http_passes(installed: None, api: Api) -> None:
    node = str(NODE) if NODE.exists() else shutil.which("node") or "node"
    process = await asyncio.create_subprocess_exec(
        node, str(AUDITS), str(ROOT / "web"), f"{api.address}/graphql", api.owner.headers["authorization"],
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, complaint = await asyncio.wait_for(process.communicate(), 120)

    assert process.returncode == 0, complaint.decode()
    audits = json.loads(said)
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61
