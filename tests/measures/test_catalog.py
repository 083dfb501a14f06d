import json
import re
from pathlib import Path

import pytest

from cdt.measures import MEASURES, as_markdown, definition, digest_of

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"


def test_every_measure_is_listed_once() -> None:
    names = [measure.name for measure in MEASURES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z][a-z0-9_]+", name) for name in names)


def test_the_page_of_the_measures_is_current() -> None:
    # what follows is how far other implementations agree, which tests of their own keep
    assert PAGE.read_text(encoding="utf-8").startswith(f"{as_markdown()}\n## How far ")


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_a_definition_states_all_that_fixes_the_number(measure: object) -> None:
    needs: tuple[str, ...] = measure.needs  # type: ignore[attr-defined]
    stated = definition(measure.name, **{name: f"some {name}" for name in needs})  # type: ignore[attr-defined]
    assert {"measure", "version", "formula", "interval", *needs} <= stated.keys()
    assert json.loads(json.dumps(stated)) == stated


def test_a_definition_needs_its_parameters_and_knows_no_others() -> None:
    with pytest.raises(ValueError, match="needs classes; does not know klasses"):
        definition("accuracy", klasses=["a"])
    with pytest.raises(ValueError, match="no measure 'acuracy'"):
        definition("acuracy")


def test_the_digest_is_that_of_the_content() -> None:
    stated = definition("accuracy", classes=["a", "b"])
    assert digest_of(stated) == digest_of(dict(reversed(stated.items())))
    assert digest_of(stated) != digest_of(definition("accuracy", classes=["b", "a"]))
    assert digest_of(stated) != digest_of(definition("accuracy", classes=["a", "b"], confidence=0.9))
