"""A score in one sentence: how it stands, how it moved, and what moved it."""

from datetime import datetime

from cdt.domain.trust.components import ERROR_MEASURES
from cdt.domain.trust.policy import ComponentKind
from cdt.domain.trust.score import Component, Score

_MEASURE_NAMES = {"accuracy": "accuracy", "roc_auc": "ROC AUC"}
"""Others are called as their names read."""


def sentence(
    score: Score, previous: Score | None = None, *, since: datetime | None = None, is_first: bool = True
) -> str:
    """What to tell a reader at first glance.

    previous: the score recorded before. since: when that was. is_first: without one there is none; else the score is of
    any window, and follows on none.

    What has drifted is told whatever else moved the score more, and up: it is what a reader must know first.

    "Trusted at 0.81, down 0.04 since 2026-03-02, because fairness for race fell. Drifted: age."
    """
    told = _told(score, previous, since, is_first)
    drifted = sorted(part.name for each in score.components if each.kind == "stability" for part in each.parts)
    if not drifted or score.value is None or told.endswith(f"because {_listed(drifted)} drifted."):
        return told
    return f"{told} Drifted: {_listed(drifted)}."


def _told(score: Score, previous: Score | None, since: datetime | None, is_first: bool) -> str:
    if score.value is None:
        return f"Not enough evidence for a score. {score.reason or ''}".strip()
    head = (
        f"Trusted at {score.value:.2f}"
        if score.standing == "trusted"
        else f"Below its threshold of {score.threshold:.2f}, at {score.value:.2f}"
    )
    if previous is None:
        return f"{head}, its first score." if is_first else f"{head}."
    if previous.value is None:
        return f"{head}; there was not enough evidence before."
    moment = "" if since is None else f" since {since:%Y-%m-%d}"
    is_turned = score.standing != previous.standing and score.policy_version != previous.policy_version
    turned = "; the trust policy changed" if is_turned else ""
    if score.trend.direction not in {"up", "down"}:
        return f"{head}, steady{moment}{turned}."
    by = f"{abs(score.value - previous.value):.2f}"
    if float(by) == 0:
        return f"{head}, unchanged{moment}{turned}."
    moved = f"{head}, {score.trend.direction} {by}{moment}"
    cause = _cause(score, previous)
    return f"{moved}, because {cause}." if cause else f"{moved}."


def _cause(score: Score, previous: Score) -> str | None:
    if score.formula != previous.formula:
        return "the formula changed"
    if score.policy_version != previous.policy_version:
        return "the trust policy changed"
    before = {each.kind: each for each in previous.components}
    both: list[tuple[float, Component, Component]] = []
    for now in score.components:
        then = before.get(now.kind)
        if now.weight == 0 or then is None:
            continue
        if (now.value is None) != (then.value is None):
            return f"{now.kind} can be judged now" if then.value is None else f"{now.kind} can no longer be judged"
        if now.value is not None and then.value is not None:
            both.append((now.weight * (now.value - then.value), now, then))
    if score.aggregation == "worst":
        both = [each for each in both if each[1].value == score.value or each[2].value == previous.value]
    if not both:
        return None
    rank = max if score.trend.direction == "up" else min
    _, now, then = rank(both, key=lambda each: each[0])
    return _moved(now, then, is_up=score.trend.direction == "up")


def _moved(now: Component, then: Component, *, is_up: bool) -> str:
    verb = "rose" if is_up else "fell"
    if now.kind == "quality":
        return f"the quality of the data {verb}"
    if now.kind == "stability":
        drifted = {part.name for part in now.parts}
        drifted_before = {part.name for part in then.parts}
        changed = sorted(drifted_before - drifted if is_up else drifted - drifted_before)
        return f"{_listed(changed)} {'no longer drifted' if is_up else 'drifted'}" if changed else f"stability {verb}"
    values_before = {part.name: part.value for part in then.parts}
    changes = [(part.value - values_before[part.name], part.name) for part in now.parts if part.name in values_before]
    moved = [change for change in changes if (change[0] > 0) == is_up and change[0] != 0]
    if not moved:
        return f"{now.kind} {verb}"
    _, name = max(moved) if is_up else min(moved)
    if name in ERROR_MEASURES:
        return f"the {_named(now.kind, name)} {'fell' if is_up else 'rose'}"
    return f"{_named(now.kind, name)} {verb}"


def _named(kind: ComponentKind, name: str) -> str:
    return f"fairness for {name}" if kind == "fairness" else _MEASURE_NAMES.get(name, name.replace("_", " "))


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    if len(names) == 2:
        return f"{names[0]} and {names[1]}"
    return f"{names[0]} and {len(names) - 1} more features"
