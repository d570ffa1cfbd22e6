"""How the contents of every index are read, kept and brought back."""

from dataclasses import replace
from random import Random

import pytest

from directory.domain.errors import EngineUnavailable, InvalidInput
from directory.engines.elasticsearch import mapping
from directory.engines.embedded import manifest
from directory.engines.embedded.builder import FORMAT
from directory.search.index import Applied, Change, Draft, Generation, Snapshot
from directory.search.listing import Listing
from directory.search.query import MAX_LIMIT, Query
from tests.contract.conftest import Kit
from tests.contract.oracle import Shelf
from tests.contract.test_index_contract import FAR, apply, change, ids, random_change, sample
from tests.factories.listings import TODAY, Sampler


def nothing(_count: int) -> None: ...


def take(kit: Kit, name: str) -> Snapshot:
    with kit.index.lock():
        return kit.archive().take(name, nothing)


def restore(kit: Kit, name: str) -> Generation:
    """Brings it back as it was kept."""
    with kit.index.lock():
        draft = kit.archive().restore(name, nothing)
        return finish(kit, draft, name)


def finish(kit: Kit, draft: Draft, name: str) -> Generation:
    position = next(item for item in kit.archive().snapshots() if item.name == name).generation.position
    draft.finish(position)
    return kit.index.promote(draft)


def contents(kit: Kit) -> tuple[Generation, list[Listing]]:
    with kit.index.contents() as found:
        return found.generation, sorted(found.listings, key=lambda item: item.id)


def test_contents_are_every_listing_whole_and_the_position(kit: Kit) -> None:
    corpus = sorted(Sampler(Random(7)).listings(2_300), key=lambda item: item.id)
    kit.build(corpus, position=3)
    gone, changed = corpus[0], replace(corpus[1], version=corpus[1].version + 1, name="Changed")
    apply(kit, 9, change(99, subject=gone.subject), Change(changed.subject, changed.version, (changed,)))
    generation, listings = contents(kit)
    expected = [item for item in corpus if item.subject not in (gone.subject, changed.subject)] + [changed]
    assert listings == sorted(expected, key=lambda item: item.id)
    assert (generation.position, generation.listings) == (9, len(listings))
    assert generation == kit.index.live()


def test_contents_stay_as_they_were_while_everything_changes(kit: Kit) -> None:
    kit.build([sample(number) for number in range(1, 6)], position=1)
    with kit.index.contents() as found:
        apply(kit, 2, change(2, subject=sample(1).subject))
        apply(kit, 3, change(3, sample(2, 0, 3)))
        read = sorted(found.listings, key=lambda item: item.id)
    assert read == sorted((sample(number) for number in range(1, 6)), key=lambda item: item.id)
    assert (found.generation.position, found.generation.listings) == (1, 5)


def test_contents_of_an_empty_store_say_what_to_do(kit: Kit) -> None:
    with pytest.raises(EngineUnavailable, match="indexer rebuild"), kit.index.contents():
        pytest.fail("there is nothing to read")


def test_a_snapshot_brings_back_what_was_then(kit: Kit) -> None:
    kit.build([sample(1), sample(2), sample(3)], position=4, fingerprint="print")
    apply(kit, 5, change(5, subject=sample(3).subject))
    before, entries = kit.index.live(), list(kit.index.entries())
    taken = take(kit, "monday")
    assert taken.generation == before
    apply(kit, 6, change(6, sample(1, 0, 6)), change(6, subject=sample(2).subject))
    live = kit.index.live()
    restored = restore(kit, "monday")
    assert live is not None
    assert restored.name not in (live.name, taken.generation.name)
    assert replace(restored, name="") == replace(taken.generation, name="")
    assert list(kit.index.entries()) == entries
    assert ids(kit) == sorted([sample(1).id, sample(2).id])


def test_a_deletion_outlives_snapshot_and_restore(kit: Kit) -> None:
    kit.build([sample(1), sample(2)])
    apply(kit, 4, change(4, subject=sample(1).subject))
    take(kit, "after")
    restore(kit, "after")
    assert apply(kit, 5, change(3, sample(1, 0, 3))).upserted == 0
    assert ids(kit) == [sample(2).id]


def test_the_live_generation_serves_until_a_restored_one_is_promoted(kit: Kit) -> None:
    kit.build([sample(1)])
    take(kit, "kept")
    live = kit.build([sample(2)])
    with kit.index.lock():
        draft = kit.archive().restore("kept", nothing)
        assert ids(kit) == [sample(2).id]
        kit.index.discard(draft)
        assert kit.index.reap() == ()
    assert kit.index.live() == live
    with kit.index.lock():
        left = kit.archive().restore("kept", nothing)
    with kit.writer().lock():
        pass
    writer = kit.writer()
    with writer.lock():
        assert writer.reap() == (left.name,)
    assert kit.index.live() == live


@pytest.mark.parametrize("seed", range(2))
def test_histories_go_on_from_what_was_restored(kit: Kit, seed: int) -> None:
    """Several deltas, a snapshot, more of them, the snapshot back, and the later changes again."""
    sampler, shelf = Sampler(Random(seed)), Shelf()
    start = [replace(sampler.listing(4 * number + 1, 0, 1), expires_on=FAR) for number in range(25)]
    shelf.add(start)
    kit.build(start)
    for version in range(2, 9):
        fresh = random_change(sampler, version)
        shelf.apply([fresh])
        apply(kit, version, fresh)
    take(kit, "middle")
    later = [random_change(sampler, version) for version in range(9, 16)]
    for number, fresh in enumerate(later, 9):
        apply(kit, number, fresh)
    with kit.index.lock():
        draft = kit.archive().restore("middle", nothing)
        for fresh in later[:4]:
            draft.apply([fresh])
            shelf.apply([fresh])
        draft.finish(12)
        kit.index.promote(draft)
    for number, fresh in enumerate(later[4:], 13):
        apply(kit, number, fresh)
        shelf.apply([fresh])
        assert list(kit.index.entries()) == shelf.entries()
    assert kit.engine.search(Query(today=TODAY, limit=MAX_LIMIT)).total == len(shelf.alive(TODAY))


def test_snapshots_are_listed_newest_first_and_dropped(kit: Kit) -> None:
    archive = kit.archive()
    assert archive.snapshots() == ()
    kit.build([sample(1)], position=1)
    first = take(kit, "first")
    apply(kit, 2, change(2, sample(2, 0, 2)))
    second = take(kit, "second")
    assert archive.snapshots() == (second, first)
    assert (first.generation.position, second.generation.position) == (1, 2)
    with kit.index.lock():
        archive.drop("first")
    assert archive.snapshots() == (second,)
    restore(kit, "second")
    assert len(ids(kit)) == 2


def test_a_snapshot_outlives_its_generation(kit: Kit) -> None:
    kit.build([sample(1)])
    take(kit, "kept")
    for number in (2, 3, 4):
        kit.build([sample(number)])
    with kit.index.lock():
        kit.index.reap()
    restore(kit, "kept")
    assert ids(kit) == [sample(1).id]


def test_names_are_checked_and_used_once(kit: Kit) -> None:
    kit.build([sample(1)])
    take(kit, "once")
    with pytest.raises(InvalidInput, match="once already"):
        take(kit, "once")
    for name in ("", "../up", "Monday", "a b", "-a", "a" * 101, "*"):
        with pytest.raises(InvalidInput, match="a-z"):
            take(kit, name)
        with pytest.raises(InvalidInput, match="a-z"), kit.index.lock():
            kit.archive().restore(name, nothing)
    with pytest.raises(InvalidInput, match="there are: once"), kit.index.lock():
        kit.archive().restore("twice", nothing)
    with pytest.raises(InvalidInput, match="there are: once"), kit.index.lock():
        kit.archive().drop("twice")


def test_nothing_can_be_kept_of_nothing(kit: Kit) -> None:
    with pytest.raises(EngineUnavailable, match="indexer rebuild"):
        take(kit, "early")
    assert kit.archive().snapshots() == ()


def test_a_change_replayed_into_a_restored_draft_is_stale_where_it_was_in_it(kit: Kit) -> None:
    kit.build([sample(1)])
    known = change(2, sample(1, 0, 2))
    apply(kit, 2, known)
    take(kit, "kept")
    with kit.index.lock():
        draft = kit.archive().restore("kept", nothing)
        assert draft.apply([known]) == Applied(stale=1)
        finish(kit, draft, "kept")
    assert kit.engine.of_subject(sample(1).subject, TODAY) == known.listings


def test_another_layout_makes_what_was_kept_another_fingerprint(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    kit.build([sample(1)], fingerprint="f")
    take(kit, "before")
    assert kit.archive().find("before").generation.fingerprint == "f"
    monkeypatch.setattr(mapping, "VERSION", mapping.VERSION + 1)
    monkeypatch.setattr(manifest, "FORMAT", FORMAT + 1, raising=False)
    live = kit.index.live()
    assert live is not None
    assert live.fingerprint.startswith("f-")
    assert kit.archive().find("before").generation.fingerprint == live.fingerprint
