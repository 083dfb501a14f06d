"""Pages of 50 rows with permission checks and row-level security, against the same queries without either."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from strawberry.relay import GlobalID
from uuid_utils.compat import uuid7

from bench.caller import Caller
from bench.servers import Installation, installation
from bench.table import Claim, Figures, Table, quantile
from cdt.commands import registry, tenancy
from cdt.database.log import Log
from cdt.database.roles import DatabaseRole
from cdt.domain.kernel import Actor, Command, Tenant
from cdt.first_owner import FirstOwner
from cdt.wall_clock import utc_now

ROUNDS = 40
CALLS = 20
PAGE = 50
OURS, OTHERS = 200, 5
"""Models of the project that is asked about; other organizations, each with a hundred models."""
MODELS_OF_ANOTHER = 100
UNCHECKED = "unchecked"

QUERIES = {
    "models": """query ($project: ID!) {
      models(first: 50, filter: {projectId: $project}) {
        nodes { id name description project { id name } production { since } }
      }
    }""",
    "audit log": """query ($project: ID!) {
      auditLog(first: 50, filter: {projectId: $project}) {
        nodes { position action subjectName actor { name } changes { field } }
      }
    }""",
}


class AnsweredAnotherPage(AssertionError):
    """The API and the one without checks did not answer the same fifty rows."""


def measure() -> Table:
    """Milliseconds, one caller that waits for each answer."""
    checked = {name: Figures(f"{name}, checked", "ms") for name in QUERIES}
    bare = {name: Figures(f"{name}, without checks and policies", "ms") for name in QUERIES}
    with installation() as made:
        owner = made.found()
        _fill(made, owner)
        with made.follower():
            pass
        token, asked = made.token_of(owner), {"project": str(GlobalID("Project", str(owner.project_id)))}
        with _without_policies(made) as other, made.api() as port, other.api(module="bench.unchecked") as unchecked:
            callers = [Caller(each, token=token) for each in (port, unchecked)]
            for name, query in QUERIES.items():
                requests = [each.request_of(query, asked) for each in callers]
                _require_same(name, [each.call(request) for each, request in zip(callers, requests, strict=True)])
                for number in range(-4, ROUNDS):
                    took: list[list[float]] = [[], []]
                    for call in range(CALLS):
                        for which in (0, 1) if call % 2 else (1, 0):
                            took[which].append(_time(callers[which], requests[which]))
                    if number >= 0:
                        checked[name].add(quantile(took[0], 0.5))
                        bare[name].add(quantile(took[1], 0.5))
            for each in callers:
                each.close()
    return Table(
        title="A page of 50 rows, with permissions and row-level security",
        what=f"{ROUNDS} rounds, in each {CALLS} pages by turns from two APIs in processes of their own: one as it"
        " ships, on its database; one whose checks all answer yes, which tells Postgres nothing of whose rows may be"
        f" seen, on a copy of the database without policies. {OURS} models are in the project that both show, and"
        f" {MODELS_OF_ANOTHER} in each of {OTHERS} others. The same rows are answered.",
        figures=[each[name] for name in QUERIES for each in (bare, checked)],
        claims=[Claim(checked[name], bare[name], at_most=1.1) for name in QUERIES],
    )


def _fill(made: Installation, owner: FirstOwner) -> None:
    with Log(made.conninfo(DatabaseRole.API), connections=1) as log:
        actor = Actor("user", str(owner.user_id))
        _register(log, actor, Tenant(owner.organization_id, owner.project_id), OURS)
        for number in range(OTHERS):
            tenant, stranger = Tenant(uuid7(), uuid7()), uuid7()
            by = _by(Actor("user", str(stranger)), Tenant(tenant.organization_id))
            tenancy.create_organization(log, tenant.organization_id, name=f"Other {number}", owner=stranger, by=by)
            assert tenant.project_id is not None
            tenancy.create_project(
                log, tenant.project_id, organization_id=tenant.organization_id, name="Theirs", time_zone="UTC",
                by=_by(by.actor, tenant),
            )  # fmt: skip
            _register(log, by.actor, tenant, MODELS_OF_ANOTHER)


def _register(log: Log, actor: Actor, tenant: Tenant, count: int) -> None:
    for number in range(count):
        registry.register_model(log, uuid7(), name=f"model {number:03}", description="", by=_by(actor, tenant))


def _by(actor: Actor, tenant: Tenant) -> Command:
    return Command(id=uuid7(), actor=actor, at=utc_now(), tenant=tenant)


@contextmanager
def _without_policies(made: Installation) -> Generator[Installation]:
    with psycopg.connect(make_conninfo(made.dsn, dbname="postgres"), autocommit=True) as connection:
        name = conninfo_to_dict(made.dsn)["dbname"]
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %(name)s", {"name": name}
        )
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(UNCHECKED), sql.Identifier(str(name)))
        )
    copy = replace(made, dsn=make_conninfo(made.dsn, dbname=UNCHECKED))
    with psycopg.connect(copy.conninfo(DatabaseRole.OWNER), autocommit=True) as connection:
        for table in connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
            " WHERE c.relrowsecurity"
        ).fetchall():
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(sql.Identifier(*table)))
    yield copy


def _require_same(name: str, answers: list[Any]) -> None:
    root = {"models": "models", "audit log": "auditLog"}[name]
    pages = [each["data"][root]["nodes"] for each in answers]
    if len(pages[0]) != PAGE or pages[0] != pages[1]:
        raise AnsweredAnotherPage(name, [len(each) for each in pages])


def _time(caller: Caller, request: bytes) -> float:
    began = time.perf_counter()
    caller.call(request)
    return (time.perf_counter() - began) * 1000
