"""What no committed file may hold: paths of somebody's machine, registries, text that nobody finished."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = {".png", ".ico", ".woff2", ".gz", ".zip", ".npy"}
FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w.$}-])/(?:home|Users|root|work)/\w",
    "a package registry": r"(?:pypi|npmjs|pythonhosted|crates)\.(?:org|io|com)/",
    "a registry option": r"--(?:extra-)?index[-]url",
    "a merge that was not finished": r"^(?:<{7}|>{7}) ",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
}


def committed() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    names = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in names.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix not in BINARY]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_committed_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.MULTILINE)
    here = Path(__file__)
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in committed()
        if path != here and (match := pattern.search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []


def test_no_committed_file_is_one_that_the_project_makes() -> None:
    made = {"var", "build", "dist", "__pycache__", ".venv"}
    found = [path for path in committed() if made & set(path.relative_to(ROOT).parts)]
    assert found == []
