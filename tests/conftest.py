"""What tests may ask for beyond Python: a running Elasticsearch or PostgreSQL, a browser, the registry rows.

Using one of the fixtures marks the test. Where the thing is missing the test skips, in one line of the
summary for all of them; in CI (CI=true) a missing service fails instead, so that a green run ran them all.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Need:
    """Something outside Python: its fixture, how to find it, and how to mend its absence."""

    fixture: str
    find: Callable[[], str | None]
    remedy: str
    required_in_ci: bool = True


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@cache
def _mounter() -> str | None:
    """Tried once: root of a container may not mount either."""
    mount = shutil.which("mount") if os.geteuid() == 0 else None
    if mount is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run([mount, "-t", "tmpfs", "tmpfs", folder], capture_output=True, check=False).returncode:
            return None
        subprocess.run(["umount", folder], check=True)
    return mount


def _shared_data() -> str | None:
    return str(SHARED_DATA) if SHARED_DATA.is_dir() else None


NEEDS = {
    "elasticsearch": Need(
        "elasticsearch_url",
        lambda: os.environ.get("ELASTICSEARCH_URL"),
        "no Elasticsearch: set ELASTICSEARCH_URL, or start Docker",
    ),
    "postgresql": Need(
        "postgresql_url",
        lambda: os.environ.get("DIRECTORY_TEST_POSTGRESQL_URL"),
        "no PostgreSQL: set DIRECTORY_TEST_POSTGRESQL_URL",
    ),
    "browser": Need("chromium_path", _chromium, "no Chromium: install it, or set CHROMIUM to its path"),
    "killable": Need(
        "killable_node",
        lambda: os.environ.get("DIRECTORY_TEST_ELASTICSEARCH_NODE"),
        "no Elasticsearch to kill: set DIRECTORY_TEST_ELASTICSEARCH_NODE to a command that starts and wipes one",
    ),
    # Where root does not allow it, fault 7 is injected by writes that fail.
    "small_disk": Need("may_mount", _mounter, "nobody who may mount a small disk", required_in_ci=False),
    "shared": Need("shared_data", _shared_data, "no registry rows beside the checkout", required_in_ci=False),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the fixtures it uses, so that `-m elasticsearch` finds all of its tests."""
    for item in items:
        used = getattr(item, "fixturenames", ())
        for marker, need in NEEDS.items():
            if need.fixture in used:
                item.add_marker(marker)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or in CI fail, a test whose need is not met, before any of its fixtures is made."""
    for marker, need in NEEDS.items():
        if item.get_closest_marker(marker) and not need.find():
            _miss(need)


def _miss(need: Need) -> None:
    if need.required_in_ci and os.environ.get("CI") == "true":
        pytest.fail(f"{need.remedy} (CI runs every test)", pytrace=False)
    pytest.skip(need.remedy)


def _found(marker: str) -> str:
    found = NEEDS[marker].find()
    assert found, NEEDS[marker].remedy
    return found


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    """Address of a running Elasticsearch; tests use index names of their own and delete them."""
    return _found("elasticsearch")


@pytest.fixture(scope="session")
def killable_node() -> str:
    """A command by which a test starts, kills and wipes an Elasticsearch of its own."""
    return _found("killable")


@pytest.fixture(scope="session")
def may_mount() -> str:
    """Path of `mount`, for whoever may use it."""
    return _found("small_disk")


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """SQLAlchemy address of a PostgreSQL database whose user may create databases and schemas."""
    return _found("postgresql")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of a Chromium to start headless."""
    return _found("browser")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real registry rows beside the checkout, which the project never contains."""
    return Path(_found("shared"))
