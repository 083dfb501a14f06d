"""Imports go downwards only: the contracts of pyproject.toml, kept."""

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]


def test_every_contract_of_the_layers_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)

    assert lint_imports(no_cache=True, config_filename=str(ROOT / "pyproject.toml")) == 0, capsys.readouterr().out
