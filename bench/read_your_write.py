"""A mutation over HTTP that answers what it wrote, against the library's bare append of one event."""

import time
from typing import Any

from strawberry.relay import GlobalID

from bench.append import an_envelope
from bench.caller import Caller
from bench.servers import installation
from bench.stock import StockApplication
from bench.table import Claim, Figures, Table, quantile

ROUNDS = 40
CALLS = 25

REGISTER = """
mutation ($project: ID!, $name: String!) {
  registerModel(input: {projectId: $project, name: $name}) { ... on RegisterModelPayload { model { id } } }
}"""
ADD = """
mutation ($model: ID!, $tag: String!) {
  addVersion(input: {modelId: $model, tag: $tag, signature: {
    columns: [{name: "age", kind: NUMBER}], classes: ["0", "1"], positiveClass: "1"
  }}) { ... on AddVersionPayload { version { id } } }
}"""
PROMOTE = """
mutation ($version: ID!) {
  promoteVersion(input: {versionId: $version, reason: "Better on last month's labels."}) {
    __typename
    ... on PromoteVersionPayload { position lagging model { production { since reason version { id tag } } } }
  }
}"""


class DidNotReadItsWrite(AssertionError):
    """The mutation answered something else than the version that it promoted."""


def measure() -> Table:
    """Milliseconds, one caller that waits for each answer."""
    mutation = {share: Figures(f"mutation over HTTP, p{share}", "ms") for share in (50, 99)}
    stock = {share: Figures(f"the library's Application.save, p{share}", "ms") for share in (50, 99)}
    with installation() as made:
        owner = made.found()
        with made.follower(), made.api() as port, StockApplication(made.dsn) as application:
            caller = Caller(port, token=made.token_of(owner))
            project = str(GlobalID("Project", str(owner.project_id)))
            for number in range(-4, ROUNDS):
                requests = _promotions(caller, project, name=f"round {number}")
                called = [_call(caller, *requests[each % 2]) for each in range(CALLS)]
                saved = [_save(application) for _ in range(CALLS)]
                if number >= 0:
                    for share in (50, 99):
                        mutation[share].add(quantile(called, share / 100))
                        stock[share].add(quantile(saved, share / 100))
            caller.close()
    return Table(
        title="A mutation over HTTP that reads its own write",
        what=f"{ROUNDS} rounds, in each {CALLS} promotions of a new model over HTTP and {CALLS} bare appends"
        " in turn. The API and the"
        " follower are processes of their own; promoteVersion alternates between two versions and selects the new"
        " deployment with its version; each answer is checked. The append is Application.save of one event as the"
        " library comes, in the benchmark's own process.",
        figures=[stock[50], mutation[50], stock[99], mutation[99]],
        claims=[Claim(mutation[50], stock[50], at_most=3)],
    )


def _promotions(caller: Caller, project: str, *, name: str) -> list[tuple[bytes, str]]:
    """Two requests about a new model, each with the tag that its answer must have."""
    registered = caller.call(caller.request_of(REGISTER, {"project": project, "name": name}))
    model = registered["data"]["registerModel"]["model"]["id"]
    requests: list[tuple[bytes, str]] = []
    for tag in ("1.0", "2.0"):
        added = caller.call(caller.request_of(ADD, {"model": model, "tag": tag}))
        version = added["data"]["addVersion"]["version"]["id"]
        requests.append((caller.request_of(PROMOTE, {"version": version}), tag))
    return requests


def _call(caller: Caller, request: bytes, tag: str) -> float:
    began = time.perf_counter()
    answer: Any = caller.call(request)
    took = (time.perf_counter() - began) * 1000
    try:
        if answer["data"]["promoteVersion"]["model"]["production"]["version"]["tag"] != tag:
            raise DidNotReadItsWrite(answer)
    except (KeyError, TypeError):
        raise DidNotReadItsWrite(answer) from None
    return took


def _save(application: StockApplication) -> float:
    envelope = an_envelope()
    began = time.perf_counter()
    application.save(envelope)
    return (time.perf_counter() - began) * 1000
