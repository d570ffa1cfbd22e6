"""The direction of imports, and that no module stands outside the rules."""

import tomllib
from pathlib import Path
from typing import Any

from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]


def contracts() -> dict[str, dict[str, Any]]:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return {contract["id"]: contract for contract in rules["contracts"]}


def test_every_import_rule_holds() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) == 0


def test_the_layers_leave_no_module_out() -> None:
    assert all(contracts()[name]["exhaustive"] for name in ("directory-layers", "indexer-layers"))


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    found = [
        path.relative_to(ROOT)
        for folder in ("directory", "indexer", "tests", "benchmarks", "seed_data")
        for path in (ROOT / folder).rglob("*.py")
        if drawers & {path.stem, path.parent.name}
    ]
    assert found == []
