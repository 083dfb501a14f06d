"""A random history of commands, sent through the API, beside what a plain-Python model of it answers at each moment."""

import copy
import random
from collections.abc import Mapping
from typing import Any

from tests.api import Api, Someone
from tests.graphql.operations import ADD_VERSION, PROMOTE, REGISTER, ROLL_BACK, SIGNATURE, act

Known = dict[str, Any]
"""model's name -> its versions' tags, oldest first, and who serves where: (tag, reason) by (environment, role)."""

ENVIRONMENTS = ("DEVELOPMENT", "STAGING", "PRODUCTION")
ROLES = ("CHAMPION", "CHALLENGER", "SHADOW")

EVERYTHING = """
query ($asOf: AsOf) {
  models(asOf: $asOf, first: 200) {
    totalCount
    nodes {
      name
      versionCount
      versions(first: 200) { nodes { tag deployments { environment role } } }
      deployments { environment role reason version { tag model { name } } }
      production { reason version { tag } }
    }
  }
}"""


class PlainModel:
    """What is known, kept in dictionaries, without events and without SQL."""

    def __init__(self) -> None:
        self.models: dict[str, dict[str, Any]] = {}

    def register(self, name: str) -> None:
        self.models[name] = {"versions": [], "serving": {}, "champions_before": {}}

    def add_version(self, name: str, tag: str) -> None:
        self.models[name]["versions"].append(tag)

    def promote(self, name: str, tag: str, environment: str, role: str, reason: str) -> None:
        serving = self.models[name]["serving"]
        if role == "CHAMPION" and (environment, role) in serving:
            self.models[name]["champions_before"].setdefault(environment, []).append(serving[environment, role][0])
        serving[environment, role] = (tag, reason)

    def roll_back(self, name: str, environment: str, reason: str) -> None:
        model = self.models[name]
        model["serving"][environment, "CHAMPION"] = (model["champions_before"][environment].pop(), reason)

    def known(self) -> Known:
        return {
            name: {"versions": list(model["versions"]), "serving": dict(model["serving"])}
            for name, model in self.models.items()
        }


class RandomHistory:
    """Sends random commands of one owner, and notes after each what is known from its position on."""

    def __init__(self, api: Api, by: Someone, seed: int) -> None:
        self.api, self.by, self.random = api, by, random.Random(seed)
        self.plain = PlainModel()
        self.ids: dict[Any, str] = {}
        self.known_from: dict[int, Known] = {0: {}}

    def known_at(self, position: int) -> Known:
        """What was known at a position."""
        return self.known_from[max(each for each in self.known_from if each <= position)]

    async def go_on(self, steps: int) -> None:
        """Send so many commands."""
        for number in range(steps):
            command = self.random.choice([self.register, self.add_version, self.promote, self.promote, self.roll_back])
            await command(number)

    async def register(self, number: int) -> None:
        name = f"model {number}"
        answer = await self._act(REGISTER, projectId=self.by.project, name=name)
        self.ids[name] = answer["model"]["id"]
        self.plain.register(name)
        self._note(answer)

    async def add_version(self, number: int) -> None:
        if not self.plain.models:
            return
        name, tag = self._some_model(), f"tag {number}"
        answer = await self._act(ADD_VERSION, modelId=self.ids[name], tag=tag, signature=SIGNATURE)
        self.ids[name, tag] = answer["version"]["id"]
        self.plain.add_version(name, tag)
        self._note(answer)

    async def promote(self, number: int) -> None:
        versions = [(name, tag) for name, model in self.plain.models.items() for tag in model["versions"]]
        if not versions:
            return
        name, tag = self.random.choice(versions)
        environment, role, reason = self.random.choice(ENVIRONMENTS), self.random.choice(ROLES), f"reason {number}"
        serving = self.plain.models[name]["serving"].get((environment, role), (None, None))[0]
        answer = await self._act(
            PROMOTE, versionId=self.ids[name, tag], environment=environment, role=role, reason=reason
        )
        assert (answer["position"] is None) is (serving == tag)
        if answer["position"] is not None:
            self.plain.promote(name, tag, environment, role, reason)
            self._note(answer)

    async def roll_back(self, number: int) -> None:
        if not self.plain.models:
            return
        name, environment, reason = self._some_model(), self.random.choice(ENVIRONMENTS), f"reason {number}"
        answer = await self._act(ROLL_BACK, modelId=self.ids[name], environment=environment, reason=reason)
        can_go_back = bool(self.plain.models[name]["champions_before"].get(environment))
        assert (answer.get("code") == "CONFLICT") is not can_go_back
        if can_go_back:
            self.plain.roll_back(name, environment, reason)
            self._note(answer)

    async def _act(self, document: str, **fields: Any) -> dict[str, Any]:
        return await act(self.api, document, by=self.by, **fields)

    def _some_model(self) -> str:
        return self.random.choice(list(self.plain.models))

    def _note(self, answer: Mapping[str, Any]) -> None:
        assert answer["lagging"] is False
        self.known_from[int(answer["position"])] = copy.deepcopy(self.plain.known())


def known_of(answer: Mapping[str, Any]) -> Known:
    """What an answer to EVERYTHING says is known; checks that its parts agree."""
    models = answer["models"]
    assert models["totalCount"] == len(models["nodes"])
    known: Known = {}
    for model in models["nodes"]:
        tags = [version["tag"] for version in model["versions"]["nodes"]][::-1]
        serving = {
            (each["environment"], each["role"]): (each["version"]["tag"], each["reason"])
            for each in model["deployments"]
        }
        assert model["versionCount"] == len(tags)
        assert all(each["version"]["model"]["name"] == model["name"] for each in model["deployments"])
        assert {
            (version["tag"], each["environment"], each["role"])
            for version in model["versions"]["nodes"]
            for each in version["deployments"]
        } == {(tag, *place) for place, (tag, _) in serving.items()}
        champion = serving.get(("PRODUCTION", "CHAMPION"))
        assert model["production"] == (
            None if champion is None else {"version": {"tag": champion[0]}, "reason": champion[1]}
        )
        known[model["name"]] = {"versions": tags, "serving": serving}
    return known
