"""Every measure once: what it means, its range and source, and the definition that fixes each number made by it.

A definition is plain JSON. Two numbers with the same definition digest and the same rows are the same number.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from cdt.measures import drift_catalog, performance_catalog, profile_errors
from cdt.measures.confusion_catalog import CONFUSION
from cdt.measures.drift_catalog import DRIFT
from cdt.measures.drift_of_all_catalog import OF_ALL
from cdt.measures.estimated_catalog import CONCEPT, DIRECT, ESTIMATED
from cdt.measures.fairness import impact
from cdt.measures.fairness_catalog import FAIRNESS
from cdt.measures.intersection_catalog import INTERSECTIONS
from cdt.measures.measure import FAMILIES, Measure
from cdt.measures.outcome_catalog import OUTCOMES
from cdt.measures.parity_catalog import PARITY
from cdt.measures.performance_catalog import PERFORMANCE
from cdt.measures.quality_catalog import QUALITY
from cdt.measures.score_catalog import SCORES
from cdt.measures.worth_catalog import WORTH

Definition = dict[str, Any]

MEASURES: tuple[Measure, ...] = (
    *DRIFT,
    *OF_ALL,
    *FAIRNESS,
    *PARITY,
    *INTERSECTIONS,
    *PERFORMANCE,
    *CONFUSION,
    *SCORES,
    *WORTH,
    *OUTCOMES,
    *ESTIMATED,
    *DIRECT,
    *CONCEPT,
    *QUALITY,
)
BY_NAME: Mapping[str, Measure] = {measure.name: measure for measure in MEASURES}
FIRST_BY_NAME: Mapping[str, Measure] = {
    **BY_NAME,
    **{measure.name: measure for measure in (*drift_catalog.FIRST, *performance_catalog.FIRST)},
}
"""As the measures were defined before there was an edition to name; see `ReadingRules`."""


def definition(measure: str | Measure, **parameters: object) -> Definition:
    """Everything that fixes a number of that measure, as plain JSON; by its name, as it is defined now.

    Raises ValueError for a measure that isn't in the catalog, for a parameter that it needs and for one that it doesn't
    know.

    >>> definition("accuracy", classes=["no", "yes"], confidence=0.9)["confidence"]
    0.9
    """
    known = measure if isinstance(measure, Measure) else BY_NAME.get(measure)
    if known is None:
        raise ValueError(f"there is no measure {measure!r} in the catalog")
    absent = [name for name in known.needs if name not in parameters]
    unknown = [name for name in parameters if name not in known.needs and name not in known.defaults]
    if absent or unknown:
        raise ValueError(
            f"{known.name}: needs {', '.join(absent) or 'no more'}; does not know {', '.join(unknown) or 'none'}"
        )
    stated: Definition = {
        "measure": known.name,
        "version": known.version,
        "formula": known.formula,
        "interval": known.interval,
        **known.defaults,
        **parameters,
    }
    return msgspec.json.decode(msgspec.json.encode(stated))


def digest_of(stated: Definition) -> str:
    """SHA-256 over a definition's canonical JSON, in hexadecimal: the same whatever order its names were written in.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(msgspec.json.encode(stated, order="sorted")).hexdigest()


def as_markdown() -> str:
    """The catalog as a page: `docs/measures.md`."""
    lines = [
        "# Measures",
        "",
        "Every result that CDT reports is one of these. Each is stored with its whole definition (bins, edges,",
        "epsilon, direction, seed, the digest of the grid) and the SHA-256 of it, with the rows it rests on and with",
        "its confidence interval. What can't be told is missing, with the reason. A measure never judges: limits and",
        "verdicts belong to the policy.",
        "",
        "This page is written by `cdt.measures.catalog.as_markdown()`; a test fails when it differs.",
    ]
    lines += ["", *profile_errors.as_markdown(), "", *impact.as_markdown()]
    for family in FAMILIES:
        lines += ["", f"## {family.capitalize()}"]
        for measure in (each for each in MEASURES if each.family == family):
            lines += ["", *_section(measure)]
    return "\n".join(lines) + "\n"


def _section(measure: Measure) -> list[str]:
    low = "-∞" if measure.low is None else f"{measure.low:g}"
    high = "∞" if measure.high is None else f"{measure.high:g}"
    defaults = ", ".join(f"`{name}` = {_text(value)}" for name, value in measure.defaults.items()) or "none"
    return [
        f"### {measure.title}",
        "",
        measure.meaning,
        "",
        "| | |",
        "|---|---|",
        f"| name | `{measure.name}`, version {measure.version} |",
        f"| of | {measure.subject} |",
        f"| range | {low} to {high}; {measure.better_when} is better |",
        f"| formula | {measure.formula} |",
        f"| interval | {measure.interval} |",
        f"| a definition names | {', '.join(f'`{name}`' for name in measure.needs) or 'nothing more'} |",
        f"| and otherwise holds | {defaults} |",
        f"| source | {measure.source} |",
    ]


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
