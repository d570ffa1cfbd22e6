"""Rows gathered by number in a file that goes afterwards."""

import sqlite3
import tempfile
from pathlib import Path

import pytest

from indexer.sources.grouping import NoRoom, grouping


def test_values_come_together_by_number_in_the_order_of_their_names() -> None:
    with grouping() as groups:
        assert groups.add([("2", "a", b"x"), ("1", "b", b"y"), ("1", "a", b"z"), ("3", "", None)]) == 0
        assert groups.add([("1", "a", b"again")]) == 1
        assert list(groups) == [("1", [b"z", b"y"]), ("2", [b"x"]), ("3", [])]


def test_a_folder_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(NoRoom, match=r"missing.*TMPDIR"), grouping():
        pass


def test_a_folder_that_fills_up_is_named_and_left_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(NoRoom, match="full"), grouping():
        raise sqlite3.OperationalError("database or disk is full")
    assert list(tmp_path.iterdir()) == []
