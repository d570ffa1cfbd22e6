"""The benchmark of the embedded engine: what it builds answers; what it compares differs in one thing only."""

import sys
from itertools import islice
from pathlib import Path
from random import Random

import orjson
import pytest

from benchmarks import embedded
from benchmarks.generate import TODAY, World
from directory.engines.embedded import EmbeddedEngine
from directory.search.query import Query

EVERYTHING = Query(TODAY, limit=100)


def test_a_build_says_what_it_took_and_leaves_an_index(tmp_path: Path) -> None:
    found = embedded.built(tmp_path / "index", 1, 80)
    assert found.listings == 80
    assert 0 < found.making_s < found.build_s
    assert min(found.own_us, found.bare_us, found.peak_mb) > 0
    assert EmbeddedEngine(tmp_path / "index").search(EVERYTHING).total == 80


def test_microseconds_a_listing_leave_out_the_making_of_listings() -> None:
    assert embedded.Build(listings=1_000, build_s=3.0, making_s=2.0, peak_mb=1.0, bare_us=1.0).own_us == 1_000.0


def test_searches_come_from_every_mix_in_turn_and_repeat_for_a_seed() -> None:
    some, again = (list(islice(embedded.mixed(World(1), Random(5)), 14)) for _ in range(2))
    assert some == again
    assert len(set(some)) == 14


def test_a_run_measures_everything_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_SECONDS", 0.05)
    options = ("--size", "300", "--builds", "100", "300", "--rounds", "2", "--queries", "14", "--into", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["embedded", *options, "--output", str(tmp_path)])
    embedded.main()
    written = orjson.loads((tmp_path / "embedded.json").read_bytes())
    rows = {(row["name"], row["size"]): row for row in written["rows"]}
    assert {size for name, size in rows if name == "build, peak memory"} == {100, 300}
    assert rows["open", 300]["target_p50"] == 1.0
    assert rows["search while an index is rebuilt", 300]["failed"] == 0
    assert rows["search after changes", 300]["changes"] == 150
    assert rows["searches per second, 2 processes", 300]["better"] == "higher"
    assert rows["memory of a further process", 300]["private_mb"] > 0
    assert [point[0] for point in written["curves"][0]["points"]] == [100, 300]
    assert [path.name for path in tmp_path.iterdir()] == ["embedded.json"]


def test_changes_reach_the_copy_and_never_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.built(tmp_path / "index", 1, 200)
    before = EmbeddedEngine(tmp_path / "index").search(EVERYTHING)
    copy = embedded._linked(tmp_path / "index", tmp_path / "copy")
    monkeypatch.setattr(sys, "argv", ["embedded", "--size", "200"])
    embedded._change(World(1), copy, embedded._options())
    assert EmbeddedEngine(copy).search(EVERYTHING).total < 200
    assert EmbeddedEngine(tmp_path / "index").search(EVERYTHING) == before
