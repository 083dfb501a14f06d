"""The examples of docstrings are right."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import cdt

ROOT = Path(cdt.__file__).parent
WITH_EXAMPLES = sorted(path for path in ROOT.rglob("*.py") if ">>> " in path.read_text())


def test_examples_are_found() -> None:
    assert ROOT / "domain/kernel.py" in WITH_EXAMPLES


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_example_answers_what_it_shows(path: Path) -> None:
    module = import_module(".".join(path.relative_to(ROOT.parent).with_suffix("").parts))

    failed, tried = doctest.testmod(module)

    assert (failed, tried > 0) == (0, True)
