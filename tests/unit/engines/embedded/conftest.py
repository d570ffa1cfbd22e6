"""Fixtures of the embedded engine's tests."""

from pathlib import Path

import pytest

from tests.unit.engines.embedded.kits import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "index")
