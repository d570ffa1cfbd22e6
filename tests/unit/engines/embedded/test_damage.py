"""Damaged files are noticed and the generation before is served, said aloud, until a rebuild."""

from pathlib import Path
from typing import NoReturn

import msgspec
import pytest

from directory.domain.errors import EngineUnavailable
from directory.engines.embedded.builder import FORMAT
from directory.search.query import Query
from tests.factories.listings import TODAY
from tests.unit.engines.embedded.kits import Store, change, listing

EVERYTHING = Query(today=TODAY)


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x55
    path.write_bytes(data)


def found(store: Store) -> list[str]:
    return sorted(hit.listing.id for hit in store.engine().search(EVERYTHING).hits)


@pytest.fixture
def two(store: Store) -> tuple[Store, Path]:
    """A store with two generations, and the base of the live one."""
    store.build([listing(1)])
    return store, store.segments(store.build([listing(2)]).name)[0]


@pytest.mark.fault(26)
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_flipped_byte_anywhere_brings_the_generation_before(two: tuple[Store, Path], share: float) -> None:
    store, base = two
    flip(base, int(base.stat().st_size * share))
    assert found(store) == [listing(1).id]
    readiness = store.engine().readiness()
    assert readiness.ready
    assert "indexer rebuild" in readiness.detail
    assert store.index().verify() != ()


@pytest.mark.fault(26)
def test_a_missing_or_short_file_brings_the_generation_before(two: tuple[Store, Path]) -> None:
    store, base = two
    base.write_bytes(base.read_bytes()[:-100])
    assert found(store) == [listing(1).id]
    base.unlink()
    assert found(store) == [listing(1).id]


@pytest.mark.fault(26)
def test_a_damaged_pointer_brings_the_last_state_of_the_newest_generation(two: tuple[Store, Path]) -> None:
    store, _ = two
    store.apply(change(2, listing(2, 0, 2)), position=5)
    (store.folder / "live.json").write_bytes(b"{")
    assert found(store) == [listing(2).id]
    assert "damaged" in store.engine().readiness().detail
    live = store.index().live()
    assert live is not None
    assert live.position == 5


def test_a_pointer_that_was_tampered_with_is_not_believed(two: tuple[Store, Path]) -> None:
    store, _ = two
    pointer = store.folder / "live.json"
    pointer.write_bytes(pointer.read_bytes().replace(b'"listings":1', b'"listings":2'))
    readiness = store.engine().readiness()
    assert readiness.listings == 1
    assert "checksum" in readiness.detail


def test_with_nothing_to_fall_back_on_the_engine_says_so(store: Store) -> None:
    base = store.segments(store.build([listing(1)]).name)[0]
    flip(base, 200)
    engine = store.engine()
    with pytest.raises(EngineUnavailable, match=r"damaged.*indexer rebuild"):
        engine.search(EVERYTHING)
    assert not engine.readiness().ready
    with pytest.raises(EngineUnavailable, match=r"damaged.*indexer rebuild"):
        store.apply(change(2, listing(1, 0, 2)))


@pytest.mark.fault(26)
def test_damage_while_serving_is_noticed_where_it_would_show(two: tuple[Store, Path]) -> None:
    store, base = two
    engine = store.engine()
    assert [hit.listing.id for hit in engine.search(EVERYTHING).hits] == [listing(2).id]
    with base.open("r+b") as file:
        file.seek(64)
        file.write(b"#")
    assert [hit.listing.id for hit in engine.search(EVERYTHING).hits] == [listing(1).id]
    assert "indexer rebuild" in engine.readiness().detail


@pytest.mark.fault(26)
def test_a_rebuild_mends_and_keeps_what_was_whole(two: tuple[Store, Path]) -> None:
    store, base = two
    engine = store.engine()
    flip(base, 300)
    assert [hit.listing.id for hit in engine.search(EVERYTHING).hits] == [listing(1).id]
    rebuilt = store.build([listing(3)])
    assert [hit.listing.id for hit in engine.search(EVERYTHING).hits] == [listing(3).id]
    assert engine.readiness().detail == ""
    flip(store.segments(rebuilt.name)[0], 300)
    assert found(store) == [listing(1).id]


def test_a_layout_of_another_version_asks_for_a_rebuild(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.build([listing(1)])
    monkeypatch.setattr("directory.engines.embedded.segment.FORMAT", 999)
    with pytest.raises(EngineUnavailable, match=rf"layout {FORMAT},.*999.*indexer rebuild"):
        store.engine().search(EVERYTHING)


class OfAnotherRelease:
    """A decoder that knows other fields."""

    def decode(self, _: memoryview) -> NoReturn:
        raise msgspec.ValidationError("an unknown field")


def test_documents_of_another_release_ask_for_a_rebuild(
    two: tuple[Store, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("directory.engines.embedded.documents._DECODER", OfAnotherRelease())
    engine = two[0].engine()
    with pytest.raises(EngineUnavailable, match=r"another release.*indexer rebuild"):
        engine.search(EVERYTHING)
    with pytest.raises(EngineUnavailable, match=r"indexer rebuild"):
        engine.get([listing(1).id], TODAY)


def raising(_: object, query: Query, generation: str) -> NoReturn:
    raise IndexError(f"index 9 is out of bounds in {generation} on {query.today}")


def test_a_failing_query_is_a_fault_of_the_code_where_the_files_are_whole(
    two: tuple[Store, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = two[0].engine()
    monkeypatch.setattr("directory.engines.embedded.searching.search", raising)
    with pytest.raises(IndexError, match="out of bounds"):
        engine.search(EVERYTHING)
    assert engine.readiness().detail == ""


def test_a_failing_query_brings_the_generation_before_where_the_files_are_damaged(
    two: tuple[Store, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, base = two
    engine = store.engine()
    assert engine.readiness().detail == ""
    with base.open("r+b") as file:
        file.seek(base.stat().st_size // 2)
        file.write(b"\xff\xff\xff")
    with monkeypatch.context() as patch:
        patch.setattr("directory.engines.embedded.searching.search", raising)
        with pytest.raises(IndexError):
            engine.search(EVERYTHING)
    assert [hit.listing.id for hit in engine.search(EVERYTHING).hits] == [listing(1).id]
    assert "indexer rebuild" in engine.readiness().detail


@pytest.mark.fault(26)
def test_comparing_with_the_records_names_a_damaged_document(store: Store) -> None:
    base = store.segments(store.build([listing(number) for number in range(50)]).name)[0]
    index = store.index()
    entries = index.entries()
    flip(base, base.read_bytes().index(listing(30).name.encode()))
    with pytest.raises(EngineUnavailable, match=r"damaged.*indexer rebuild"):
        list(entries)
