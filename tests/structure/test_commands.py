"""The commands a newcomer meets: each exists, is explained, and runs from the files that say so."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def phony_targets() -> set[str]:
    found = re.search(r"^\.PHONY: (.+)$", read("Makefile"), re.MULTILINE)
    assert found
    return set(found[1].split())


def test_every_make_target_is_explained_by_make_help() -> None:
    answer = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    explained = {line.split()[1] for line in answer.stdout.splitlines() if line.startswith("  make ")}
    assert explained == phony_targets()
    assert {"demo", "test", "lint", "lock", "bench", "help"} <= explained


def test_make_alone_only_helps() -> None:
    answer = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "make demo" in answer.stdout


def test_every_make_command_in_the_documents_exists() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    assert documents
    for document in documents:
        named = set(re.findall(r"(?:^|`|\$ )make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE))
        assert named <= phony_targets(), f"{document.name} names {named - phony_targets()}"


def test_the_readme_names_the_two_commands() -> None:
    assert {"make demo", "make test"} <= set(re.findall(r"make [a-z]+", read("README.md")))


def test_ci_can_be_executed() -> None:
    for name in ("run", "with-elasticsearch"):
        assert os.access(ROOT / ".ci" / name, os.X_OK), f"git update-index --chmod=+x .ci/{name}"


def test_ci_runs_the_readmes_own_test_command() -> None:
    assert re.search(r"^begin \"tests\"; make .*test$", read(".ci/run"), re.MULTILINE)


def test_the_runbook_names_every_variable_that_is_read() -> None:
    read_somewhere = {
        *re.findall(r'"((?:DIRECTORY|ELASTICSEARCH|REGISTRY)_[A-Z_]+)"', read("directory/settings.py")),
        *re.findall(r"environ\.get\(['\"]([A-Z_]+)['\"]", read("gunicorn.conf.py")),
        "PROMETHEUS_MULTIPROC_DIR",
    }
    table = "".join(line for line in read("docs/runbook.md").splitlines() if line.startswith("| `"))
    explained = set(re.findall(r"`([A-Z_]{4,})`", table))
    assert explained == read_somewhere
    assert len(explained) > 10


def test_the_containers_set_only_variables_that_are_read() -> None:
    named = set(re.findall(r"^ {4}((?:DIRECTORY|ELASTICSEARCH|REGISTRY)_[A-Z_]+):", read("docker-compose.yml"), re.M))
    known = set(re.findall(r'"([A-Z_]+)"', read("directory/settings.py")))
    assert named
    assert named <= known


def test_the_indexer_imports_neither_pages_nor_what_it_may_never_need() -> None:
    # Each of its commands would wait for them.
    looked = "import sys, indexer.cli; print(*{'flask', 'elasticsearch', 'alembic', 'marshmallow'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", looked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == []
