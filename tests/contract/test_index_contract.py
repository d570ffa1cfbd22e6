"""How every index is written: generations, changes, deletions that last, one writer at a time."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from directory.domain.errors import EngineUnavailable, LockHeld
from directory.search.index import Applied, Change, Entry
from directory.search.listing import FACETS, Listing
from directory.search.query import MAX_LIMIT, Query
from tests.contract.comparing import assert_same
from tests.contract.conftest import Kit
from tests.contract.oracle import Shelf, answer
from tests.factories.listings import TODAY, Sampler

FAR = TODAY + timedelta(days=60)


def sample(subject: int, location: int = 0, version: int = 1, seed: int = 0) -> Listing:
    """A listing that does not expire soon; another seed gives it other content."""
    drawn = Sampler(Random(f"{seed}-{subject}-{location}-{version}")).listing(4 * subject + 1, location, version)
    return replace(drawn, expires_on=FAR)


def ids(kit: Kit) -> list[str]:
    return sorted(hit.listing.id for hit in kit.engine.search(Query(today=TODAY, limit=MAX_LIMIT)).hits)


def change(version: int, *listings: Listing, subject: str = "") -> Change:
    return Change(subject or listings[0].subject, version, listings)


def apply(kit: Kit, position: int, *changes: Change) -> Applied:
    with kit.index.lock():
        return kit.index.apply(changes, position)


def test_an_empty_store_says_what_to_do(kit: Kit) -> None:
    assert kit.index.live() is None
    readiness = kit.engine.readiness()
    assert not readiness.ready
    assert "indexer rebuild" in readiness.detail
    with pytest.raises(EngineUnavailable, match="indexer rebuild"):
        kit.engine.search(Query(today=TODAY))
    with pytest.raises(EngineUnavailable, match="indexer rebuild"):
        kit.engine.of_subject("p1", TODAY)
    with pytest.raises(EngineUnavailable, match="indexer rebuild"):
        kit.engine.get(["p1.0"], TODAY)
    with pytest.raises(EngineUnavailable, match="indexer rebuild"):
        apply(kit, 1, change(1, sample(1)))


def test_a_draft_is_seen_only_once_promoted(kit: Kit) -> None:
    first, second = sample(1), sample(2)
    kit.build([first])
    with kit.index.lock():
        draft = kit.index.draft("print")
        assert draft.add([second]) == Applied(upserted=1)
        assert ids(kit) == [first.id]
        finished = draft.finish(7)
        assert ids(kit) == [first.id]
        live = kit.index.promote(draft)
    assert ids(kit) == [second.id]
    assert (finished.listings, finished.position, finished.fingerprint) == (1, 7, "print")
    assert live == finished == kit.index.live() == kit.writer().live()
    assert finished.created_at.endswith(("Z", "+00:00"))


def test_an_empty_generation_can_be_live(kit: Kit) -> None:
    generation = kit.build([])
    assert generation.listings == 0
    assert kit.engine.search(Query(today=TODAY, facets=FACETS)).generation == generation.name
    assert kit.engine.readiness().ready
    assert list(kit.index.entries()) == []


def test_the_higher_version_wins_while_a_draft_is_filled(kit: Kit) -> None:
    old, new, equal = sample(1, version=3), sample(1, version=4), sample(1, version=4, seed=9)
    with kit.index.lock():
        draft = kit.index.draft("f")
        assert draft.add([old, sample(2)]) == Applied(upserted=2)
        assert draft.add([new]) == Applied(upserted=1)
        assert draft.add([old, equal]) == Applied(stale=2)
        draft.finish(1)
        kit.index.promote(draft)
    assert kit.engine.get([new.id], TODAY) == (new,)
    assert len(ids(kit)) == 2


def test_a_draft_replays_changes_made_meanwhile(kit: Kit) -> None:
    kept, dropped, late = sample(1, version=2), sample(2, version=2), sample(3, version=5)
    with kit.index.lock():
        draft = kit.index.draft("f")
        draft.add([kept, dropped])
        applied = draft.apply([change(6, subject=dropped.subject), change(5, late)])
        assert applied == Applied(upserted=1, deleted=1)
        assert draft.add([dropped]) == Applied(stale=1)
        assert draft.finish(6).listings == 2
        kit.index.promote(draft)
    assert ids(kit) == sorted([kept.id, late.id])


def test_counts_include_the_expired_and_leave_out_the_deleted(kit: Kit) -> None:
    expired = replace(sample(1), expires_on=TODAY - timedelta(days=5))
    kit.build([expired, sample(2), sample(3)])
    apply(kit, 2, change(2, subject=sample(3).subject))
    live = kit.index.live()
    assert live is not None
    assert (live.listings, live.position) == (2, 2)
    assert kit.engine.readiness().listings == 2
    assert [entry.id for entry in kit.index.entries()] == sorted([expired.id, sample(2).id])
    assert ids(kit) == [sample(2).id]


def test_a_discarded_draft_leaves_nothing(kit: Kit) -> None:
    live = kit.build([sample(1)])
    with kit.index.lock():
        draft = kit.index.draft("f")
        draft.add([sample(2)])
        kit.index.discard(draft)
        assert kit.index.reap() == ()
    assert kit.index.live() == live
    assert ids(kit) == [sample(1).id]


def test_what_is_live_is_never_discarded(kit: Kit) -> None:
    with kit.index.lock():
        draft = kit.index.draft("f")
        draft.add([sample(1)])
        draft.finish(1)
        kit.index.promote(draft)
        kit.index.discard(draft)
    assert ids(kit) == [sample(1).id]


def test_what_a_crash_left_behind_is_reaped(kit: Kit) -> None:
    live = kit.build([sample(1)])
    with kit.index.lock():
        unfinished = kit.index.draft("f")
        unfinished.add([sample(2)])
        finished = kit.index.draft("f")
        finished.finish(3)
    writer = kit.writer()
    with writer.lock():
        assert sorted(writer.reap()) == sorted([unfinished.name, finished.name])
        assert writer.reap() == ()
    assert kit.index.live() == live
    assert ids(kit) == [sample(1).id]


def test_changes_are_searchable_on_return_and_carry_the_position(kit: Kit) -> None:
    first, second = sample(1, 0, 1), sample(1, 1, 1)
    kit.build([first, second, sample(2)])
    newer, added = sample(1, 0, 2), sample(1, 2, 2)
    assert apply(kit, 12, change(2, newer, added)) == Applied(upserted=2, deleted=1)
    assert kit.engine.of_subject(first.subject, TODAY) == (newer, added)
    live = kit.index.live()
    assert live is not None
    assert (live.position, live.listings) == (12, 3)


@pytest.mark.fault(5)
def test_a_change_applied_twice_changes_nothing(kit: Kit) -> None:
    kit.build([sample(1), sample(2)])
    twice = change(2, sample(1, 0, 2), sample(1, 1, 2))
    assert apply(kit, 2, twice) == Applied(upserted=2)
    before = list(kit.index.entries())
    assert apply(kit, 2, twice) == Applied(stale=2)
    assert list(kit.index.entries()) == before


def test_an_empty_change_of_position_is_kept(kit: Kit) -> None:
    kit.build([sample(1)], position=4)
    assert apply(kit, 9) == Applied()
    live = kit.index.live()
    assert live is not None
    assert live.position == 9


@pytest.mark.fault(13)
def test_stale_changes_lose(kit: Kit) -> None:
    newest = sample(1, 0, 7)
    kit.build([newest, sample(1, 1, 7)])
    applied = apply(kit, 2, change(5, sample(1, 0, 5), sample(1, 2, 5)))
    assert (applied.upserted, applied.deleted) == (0, 0)
    assert applied.stale >= 2
    assert kit.engine.of_subject(newest.subject, TODAY) == (newest, sample(1, 1, 7))


@pytest.mark.fault(13)
def test_a_deletion_outlives_any_replay(kit: Kit) -> None:
    gone = sample(1, 0, 3)
    kit.build([gone, sample(2)])
    assert apply(kit, 4, change(4, subject=gone.subject)) == Applied(deleted=1)
    for version in (3, 4):
        late = change(version, sample(1, 0, version))
        assert apply(kit, 5, late).upserted == 0
    assert ids(kit) == [sample(2).id]
    back = sample(1, 0, 5)
    assert apply(kit, 6, change(5, back)) == Applied(upserted=1)
    assert kit.engine.of_subject(back.subject, TODAY) == (back,)


@pytest.mark.fault(13)
def test_a_deletion_of_what_was_never_held_outlives_an_older_change(kit: Kit) -> None:
    kit.build([sample(2)])
    apply(kit, 5, change(5, subject=sample(1).subject))
    assert apply(kit, 6, change(3, sample(1, 0, 3))).upserted == 0
    assert ids(kit) == [sample(2).id]
    live = kit.index.live()
    assert live is not None
    assert live.listings == 1


def test_several_changes_of_one_subject_at_once_end_as_the_newest(kit: Kit) -> None:
    kit.build([sample(2)])
    older, newer = change(2, sample(1, 0, 2), sample(1, 1, 2)), change(3, sample(1, 0, 3))
    for changes in ((older, newer), (newer, older)):
        apply(kit, 3, *changes)
        assert kit.engine.of_subject(newer.subject, TODAY) == newer.listings


def test_entries_name_every_listing_with_its_version_and_digest(kit: Kit) -> None:
    corpus = Sampler(Random(3)).listings(250)
    kit.build(corpus)
    expected = [
        Entry(item.id, item.version, hashlib.blake2b(item.encoded(), digest_size=16).hexdigest())
        for item in sorted(corpus, key=lambda listing: listing.id)
    ]
    assert list(kit.index.entries()) == expected


@pytest.mark.fault(10)
def test_one_writer_at_a_time(kit: Kit) -> None:
    other = kit.writer()
    with kit.index.lock(), pytest.raises(LockHeld), other.lock():
        pytest.fail("two writers at once")
    with pytest.raises(ZeroDivisionError), kit.index.lock():
        raise ZeroDivisionError
    with other.lock(), pytest.raises(LockHeld), kit.index.lock():
        pytest.fail("two writers at once")


def test_a_cursor_outlives_its_generation(kit: Kit) -> None:
    corpus = [replace(item, expires_on=FAR) for item in Sampler(Random(4)).listings(60)]
    kit.build(corpus)
    query = Query(today=TODAY, limit=25)
    first = kit.engine.search(query)
    rebuilt = kit.build(corpus)
    second = replace(query, after=first.next)
    assert_same(kit.engine.search(second), answer(corpus, second, rebuilt.name), second)


def random_change(sampler: Sampler, version: int) -> Change:
    """All listings of a random subject, among few subjects, so that most exist already."""
    subject = 4 * sampler.random.randrange(30) + 1
    where = sampler.random.sample(range(3), sampler.random.choice((0, 1, 1, 2, 3)))
    listings = tuple(sampler.listing(subject, at, version) for at in where)
    return Change(sampler.listing(subject).subject, version, listings)


def distinct(changes: Sequence[Change]) -> list[Change]:
    return list({item.subject: item for item in changes}.values())


@pytest.mark.parametrize("seed", range(3))
def test_random_histories_with_replays_of_old_changes(kit: Kit, seed: int) -> None:
    sampler, shelf, past = Sampler(Random(seed)), Shelf(), list[Change]()
    start = [sampler.listing(4 * number + 1, 0, 1) for number in range(25)]
    shelf.add(start)
    generation = kit.build(start).name
    for version in range(2, 26):
        fresh = [random_change(sampler, version) for _ in range(sampler.random.randrange(1, 8))]
        batch = distinct(fresh + sampler.random.sample(past, min(len(past), 3)))
        past += fresh
        expected, applied = shelf.apply(batch), apply(kit, version, *batch)
        assert (applied.upserted, applied.deleted) == (expected.upserted, expected.deleted)
        assert bool(applied.stale) == bool(expected.stale)
        assert list(kit.index.entries()) == shelf.entries()
        for _ in range(12):
            query = sampler.query(start)
            assert_same(kit.engine.search(query), answer(shelf.held.values(), query, generation), query)
