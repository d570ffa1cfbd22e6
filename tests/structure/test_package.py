"""What an installation receives: the code of both packages, the data it reads, and nothing else."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = {".py", ".pyc", ".pyi"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names in a wheel built without a network, from a copy, so that the checkout stays as it is."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("directory", "indexer", "pyproject.toml", "README.md", "LICENSE"):
        subprocess.run(["cp", "-R", str(ROOT / name), str(source)], check=True)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(target), str(source)], check=True)
    with ZipFile(next(target.glob("*.whl"))) as archive:
        return set(archive.namelist())


def sources(*, code: bool) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for package in ("directory", "indexer")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and (path.suffix in CODE) is code
    }


def test_every_module_is_installed(wheel: set[str]) -> None:
    modules = sources(code=True)
    assert len(modules) > 10
    assert modules - wheel == set()


def test_every_data_file_is_installed(wheel: set[str]) -> None:
    data = sources(code=False)
    assert "directory/py.typed" in data
    assert data - wheel == set(), "add their suffix to [tool.setuptools.package-data]"


def test_nothing_but_the_two_packages_is_installed(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel if ".dist-info" not in name}
    assert tops == {"directory", "indexer"}


def test_the_licence_comes_along(wheel: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel)
