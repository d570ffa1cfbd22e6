"""The benchmark itself: same seed, same listings; every answer compared; rows as the page of results wants them."""

import sys
from pathlib import Path
from random import Random

import orjson
import pytest

from benchmarks import engines
from benchmarks.generate import KINDS, World, query
from benchmarks.scan import Scan
from tests.contract.oracle import answer


def test_a_seed_names_its_listings_and_queries() -> None:
    first, again, other = (list(World(seed).listings(50)) for seed in (1, 1, 2))
    assert first == again != other
    assert [query(World(1), kind, Random(3)) for kind in KINDS] == [query(World(1), kind, Random(3)) for kind in KINDS]


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


def test_a_wrong_answer_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scan, "search", lambda *_: (-1, [], {}))
    monkeypatch.setattr(
        sys, "argv", ["engines", "--size", "50", "--queries", "1", "--url", "", "--output", str(tmp_path)]
    )
    with pytest.raises(SystemExit, match="answer differently"):
        engines.main()
    assert list(tmp_path.iterdir()) == []
