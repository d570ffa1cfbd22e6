"""Documents give back the very listing, though most of its tokens stand elsewhere; versions are counted rightly."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.engines.embedded.builder import build
from directory.engines.embedded.documents import Reader
from directory.engines.embedded.seen import SeenVersions
from directory.engines.embedded.segment import Segment
from directory.search.listing import FACETS
from tests.unit.engines.embedded.kits import corpus


def test_every_listing_comes_back_whole_and_under_its_digest(tmp_path: Path) -> None:
    listings = {item.id: item for item in corpus(200)}
    build(tmp_path / "segment", tmp_path / "scratch", listings.values())
    segment = Segment(tmp_path / "segment")
    for doc in range(segment.length):
        found = segment.listing(doc)
        assert found == listings[found.id]
        assert found.encoded() == listings[found.id].encoded()
    assert len({segment.digest_of(doc) for doc in range(segment.length)}) == 200


def test_listings_share_the_tokens_that_they_have_in_common(tmp_path: Path) -> None:
    build(tmp_path / "segment", tmp_path / "scratch", corpus(100))
    segment = Segment(tmp_path / "segment")
    held: dict[tuple[object, object], set[int]] = {}
    listings = [segment.listing(doc) for doc in range(segment.length)]
    for listing in listings:
        for of in FACETS:
            if values := listing.values(of):
                held.setdefault((of, values), set()).add(id(values))
    assert all(len(objects) == 1 for objects in held.values())


@pytest.mark.parametrize("data", [b"", b"\0" * 8, b"\0" * 4 * len(FACETS), b"\0" * 4 * len(FACETS) + b"{}"])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a"):
        Reader(FACETS, {}).restored(data)


@given(st.lists(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4)), max_size=12), max_size=8))
def test_versions_are_news_when_higher_than_all_before(batches: list[list[tuple[int, int]]]) -> None:
    seen, highest = SeenVersions(), dict.fromkeys(range(7), -1)
    for batch in batches:
        expected = 0
        for number, version in batch:
            expected += version > highest[number]
            highest[number] = max(highest[number], version)
        assert seen.news([f"p{number}.1" for number, _ in batch], [version for _, version in batch]) == expected


def test_versions_are_still_known_after_many_batches() -> None:
    seen, random = SeenVersions(), Random(1)
    ids = [f"p{number}.1" for number in range(500)]
    random.shuffle(ids)
    assert sum(seen.news(ids[at : at + 7], [3] * len(ids[at : at + 7])) for at in range(0, 500, 7)) == 500
    assert seen.news(ids, [3] * 500) == 0
    assert seen.news(ids[:20], [4] * 20) == 20
