"""The lock files: every dependency by version and hash, from no named registry."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["runtime.txt", "dev.txt"]
PIN = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+))? \\$", re.MULTILINE)


def lock(name: str) -> str:
    return (ROOT / "requirements" / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    return {canonicalize_name(pin["name"]): pin["version"] for pin in PIN.finditer(lock(name))}


def asked(name: str) -> list[Requirement]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    if name == "dev.txt":
        wanted = [line for line in project["dependency-groups"]["dev"] if isinstance(line, str)]
    return [Requirement(line) for line in wanted]


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_locked_at_a_version_it_accepts(name: str) -> None:
    found = pins(name)
    for requirement in asked(name):
        version = found.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in requirements/{name}: run `make lock`"
        assert requirement.specifier.contains(version), f"{requirement} is locked at {version}: run `make lock`"


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_carries_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\S)", lock(name).strip())
    packages = [entry for entry in entries if not entry.startswith("#")]
    assert len(packages) == len(list(PIN.finditer(lock(name))))
    bare = [entry for entry in packages if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)]
    assert bare == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_registry_is_named(name: str) -> None:
    assert not re.search(r"https?://|^\s*--(?!hash=)", lock(name), re.MULTILINE)


def test_both_locks_agree() -> None:
    runtime, dev = pins("runtime.txt"), pins("dev.txt")
    differing = {name for name in runtime.keys() & dev.keys() if runtime[name] != dev[name]}
    assert differing == set()


def test_dependency_lists_are_sorted() -> None:
    for name in LOCKS:
        names = [requirement.name for requirement in asked(name)]
        if name == "runtime.txt":
            names.remove("setuptools")
        assert names == sorted(names)
