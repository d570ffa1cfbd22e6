"""The benchmark itself: same seed, same listings; every answer compared; rows as the page of results wants them."""

import sys
from pathlib import Path
from random import Random

import orjson
import pytest

from benchmarks import engines
from benchmarks.generate import KINDS, World, query
from benchmarks.scan import Scan
from directory.search.fold import index_words
from tests.contract.oracle import answer


def test_a_seed_names_its_listings_and_queries() -> None:
    first, again, other = (list(World(seed).listings(50)) for seed in (1, 1, 2))
    assert first == again != other
    assert [query(World(1), kind, Random(3)) for kind in KINDS] == [query(World(1), kind, Random(3)) for kind in KINDS]


def test_a_share_of_the_listings_is_the_same_as_in_the_whole() -> None:
    whole = list(World(1).listings(2_500))
    assert [*World(1).listings(2_000), *World(1).listings(500, 2_000)] == whole
    assert len({listing.id for listing in whole}) == 2_500


def test_listings_hold_the_words_that_the_product_would_give_them() -> None:
    for listing in World(1).listings(200):
        assert listing.name_words == index_words((listing.name,))
        assert set(listing.name_words) <= set(listing.text_words) == set(index_words(listing.text_words))


def test_the_scan_answers_as_brute_force_does() -> None:
    world, random = World(3), Random(3)
    listings = list(world.listings(400))
    scan = Scan(listings)
    for kind in KINDS * 5:
        asked = query(world, kind, random)
        total, ids, facets = scan.search(asked)
        expected = answer(listings, asked, "")
        assert (total, ids) == (expected.total, [hit.listing.id for hit in expected.hits])
        assert facets == expected.facets


def test_a_run_writes_a_row_for_every_query_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["engines", "--size", "200", "--rounds", "2", "--queries", "3", "--url", "", "--output", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", command)
    engines.main()
    written = orjson.loads((tmp_path / "engines.json").read_bytes())
    assert [(row["name"], row["peer"], row["size"]) for row in written["rows"]] == [
        (kind, "scan", 200) for kind in KINDS
    ]
    assert all(row["ours_ms_p50"] > 0 and row["ratio_p50"] > 0 for row in written["rows"])


def run(monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
    monkeypatch.setattr(
        sys, "argv", ["engines", "--size", "60", "--rounds", "1", "--queries", "1", "--url", "", *options]
    )
    engines.main()


def test_what_was_loaded_can_be_kept_used_again_and_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, output = tmp_path / "kept", ("--output", str(tmp_path))
    run(monkeypatch, "--keep", str(kept), *output)
    loaded = orjson.loads((tmp_path / "engines.json").read_bytes())["about"]["load_seconds_with_making_listings"]
    with monkeypatch.context() as patch:
        patch.setattr(engines, "_loaded", None)
        run(monkeypatch, "--reuse", str(kept), "--mixes", "Q2", "Q5", *output)
    again = orjson.loads((tmp_path / "engines.json").read_bytes())
    assert again["about"]["load_seconds_with_making_listings"] == loaded
    assert {row["name"] for row in again["rows"]} == {"Q2", "Q5"}
    with pytest.raises(SystemExit, match="60 listings of seed 1"):
        run(monkeypatch, "--reuse", str(kept), "--seed", "2", *output)
    run(monkeypatch, "--reuse", str(kept), "--drop", "--mixes", "Q1", *output)
    assert not kept.exists()
    with pytest.raises(SystemExit, match="--keep first"):
        run(monkeypatch, "--reuse", str(tmp_path), *output)


def test_without_the_scan_nothing_is_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "Scan", None)
    run(monkeypatch, "--without-scan", "--mixes", "Q1", "--output", str(tmp_path))
    assert orjson.loads((tmp_path / "engines.json").read_bytes())["rows"] == []


def test_a_wrong_answer_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scan, "search", lambda *_: (-1, [], {}))
    monkeypatch.setattr(
        sys, "argv", ["engines", "--size", "50", "--queries", "1", "--url", "", "--output", str(tmp_path)]
    )
    with pytest.raises(SystemExit, match="answer differently"):
        engines.main()
    assert list(tmp_path.iterdir()) == []
