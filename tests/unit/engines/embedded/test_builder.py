"""A segment is the same file whether it was built in memory or spilled to disk, and keeps only the newest versions."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from directory.domain.place import Point
from directory.engines.embedded import fields, groups
from directory.engines.embedded.builder import SegmentBuilder, build
from directory.engines.embedded.segment import Segment
from directory.search.index import Refused
from tests.factories.listings import TODAY
from tests.unit.engines.embedded.kits import Store, as_if_large, corpus, listing

BEFORE = {
    "fields._REMEMBERED_ROWS": fields._REMEMBERED_ROWS,
    "groups.MOST": groups.MOST,
    "groups.SUMMED_FROM": groups.SUMMED_FROM,
}
"""What is no matter of memory."""


def test_spilling_changes_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listings = corpus(300)
    assert build(tmp_path / "memory", tmp_path / "scratch", listings) == 300
    as_if_large(monkeypatch)
    for name in ("fields._REMEMBERED_ROWS", "groups.MOST", "groups.SUMMED_FROM"):
        monkeypatch.setattr(f"directory.engines.embedded.{name}", BEFORE[name])
    assert build(tmp_path / "spilled", tmp_path / "scratch", listings) == 300
    assert (tmp_path / "memory").read_bytes() == (tmp_path / "spilled").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["memory", "spilled"]


def test_columns_do_go_to_disk_while_a_large_segment_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_if_large(monkeypatch)
    builder = SegmentBuilder(tmp_path / "segment", tmp_path / "scratch")
    builder.extend(corpus(100))
    spilled = {path.name for path in (tmp_path / "scratch").iterdir()}
    assert {"version", "id", "checksum", "name.words", "text.words", "field.specialty.rows"} <= spilled
    builder.abandon()
    assert list(tmp_path.iterdir()) == []


def test_the_order_of_arrival_does_not_matter_and_the_highest_version_stays(tmp_path: Path) -> None:
    newest = [replace(item, version=9) for item in corpus(150)]
    everything = newest + [replace(item, version=version) for item in newest for version in (3, 5)]
    Random(7).shuffle(everything)
    assert build(tmp_path / "segment", tmp_path / "scratch", everything) == 150
    segment = Segment(tmp_path / "segment")
    assert set(segment.versions.tolist()) == {9}
    for item in newest:
        doc = segment.doc_of(item.id)
        assert doc is not None
        assert segment.listing(doc) == item


def test_documents_stand_in_order_of_cells_with_the_unplaced_last(tmp_path: Path) -> None:
    spots = (Point(0.05, 0.05), Point(-0.05, -0.05), Point(-0.05, 0.05), None, Point(-0.05, -0.15))
    listings = [replace(listing(number), point=spot) for number, spot in enumerate(spots)]
    build(tmp_path / "segment", tmp_path / "scratch", listings)
    segment = Segment(tmp_path / "segment")
    assert [segment.id_of(doc) for doc in range(5)] == [listings[number].id for number in (4, 1, 2, 0, 3)]
    assert segment.placed == 4


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"id": "pé.1"}, "ASCII"),
        ({"id": "p1"}, "<subject>.<location>"),
        ({"version": 1 << 63}, "63 bits"),
        ({"sort_name": "a\0b"}, "NUL"),
        ({"name": "\ud800"}, "encoded"),
    ],
)
def test_what_cannot_be_held_is_refused_with_its_reason(store: Store, fault: dict[str, object], reason: str) -> None:
    bad = replace(listing(1), **fault)  # type: ignore[arg-type]
    index = store.index()
    with index.lock():
        draft = index.draft("f")
        added = draft.add([listing(2), bad, listing(3)])
        assert added.upserted == 2
        assert [type(item) for item in added.refused] == [Refused]
        assert added.refused[0].id == bad.id
        assert reason in added.refused[0].reason
        assert draft.finish(1).listings == 2
        index.promote(draft)
    assert len(store.engine().get([listing(2).id, listing(3).id], TODAY)) == 2
