"""The direction of imports, and that no module stands outside the rules."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ADAPTERS = {"adapters", "engines", "geocoding", "records", "web"}


def contracts() -> dict[str, dict[str, Any]]:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return {contract["id"]: contract for contract in rules["contracts"]}


def existing(names: set[str]) -> set[str]:
    folder = ROOT / "directory"
    return {f"directory.{name}" for name in names if any(folder.glob(f"{name}.py")) or has_code(folder / name)}


def has_code(package: Path) -> bool:
    return any(package.glob("*.py"))


def test_every_import_rule_holds() -> None:
    # In a process of its own: it configures logging, and silences every logger that later tests listen to.
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_layers_leave_no_module_out() -> None:
    assert all(contracts()[name]["exhaustive"] for name in ("directory-layers", "indexer-layers"))


def layers(name: str) -> list[set[str]]:
    """The modules of each layer of a contract, the highest first."""
    return [set(re.findall(r"[\w.]+", layer)) for layer in contracts()[name]["layers"]]


def test_every_layer_below_the_adapters_is_kept_free_of_libraries() -> None:
    libraries, kept_free = layers("libraries-stay-above")
    assert {"elasticsearch", "flask", "geopy", "marshmallow", "numpy", "sqlalchemy"} <= libraries
    order = layers("directory-layers")
    adapters = next(place for place, layer in enumerate(order) if layer >= ADAPTERS)
    assert kept_free == {f"directory.{name}" for layer in order[adapters + 1 :] for name in layer}


def test_only_the_composition_root_names_adapters_and_settings() -> None:
    contract = contracts()["one-composition-root"]
    assert set(contract["protected_modules"]) == existing({*ADAPTERS, "settings"})
    assert contract["allowed_importers"] == ["directory.bootstrap"]


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    found = [
        path.relative_to(ROOT)
        for folder in ("directory", "indexer", "tests", "benchmarks", "seed_data")
        for path in (ROOT / folder).rglob("*.py")
        if drawers & {path.stem, path.parent.name}
    ]
    assert found == []
