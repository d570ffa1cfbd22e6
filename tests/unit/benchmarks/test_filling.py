"""What a benchmark loaded and kept is used again only for the same listings."""

from pathlib import Path

import pytest

from benchmarks.filling import Kept


def test_what_was_kept_is_found_again(tmp_path: Path) -> None:
    kept = Kept(1_000, 7, "bench-one", {"embedded": 1.5})
    kept.write(tmp_path)
    assert Kept.read(tmp_path, 1_000, 7) == kept


@pytest.mark.parametrize(("size", "seed"), [(2_000, 7), (1_000, 8)])
def test_other_listings_are_refused(tmp_path: Path, size: int, seed: int) -> None:
    Kept(1_000, 7, "bench-one", {}).write(tmp_path)
    with pytest.raises(SystemExit, match="1000 listings of seed 7"):
        Kept.read(tmp_path, size, seed)


def test_a_folder_with_nothing_says_how_to_fill_it(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="--keep first"):
        Kept.read(tmp_path, 1_000, 7)
