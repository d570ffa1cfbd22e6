"""Rebuild, sync and reconcile on both engines: what the records say is what is found, whatever goes wrong between."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from directory.domain.errors import EngineUnavailable, LockHeld, PromotionRefused
from directory.search.document import listings
from directory.search.index import Applied, Change, Index, Refused
from directory.search.source import Record
from indexer.rebuild import rebuild
from indexer.reconcile import DifferenceRemains, Reconciled, reconcile
from indexer.reporting import Silent
from indexer.status import status
from indexer.sync import RebuildNeeded, Synced, sync
from tests.factories.registry import deactivation, individual, number, organization
from tests.integration.indexer.conftest import Site, last_week, today


class Wrapped:
    """Passes everything on to another object; subclasses change one thing."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class Interrupted(Wrapped):
    """A source that does something when the first record has been read."""

    def __init__(self, inner: Any, between: Callable[[], object]) -> None:
        super().__init__(inner)
        self._between = between

    def records(self) -> Iterator[Record]:
        for place, record in enumerate(self.inner.records()):
            if place == 1:
                self._between()
            yield record


def test_a_rebuild_makes_everything_found(any_site: Site) -> None:
    any_site.load(individual(1), organization(2))
    done = any_site.rebuild()
    assert (done.generation.listings, done.before, done.refused) == (2, None, ())
    assert [item.id.partition(".")[0] for item in any_site.found(number(1))] == [f"p{number(1)}"]
    assert [item.id.partition(".")[0] for item in any_site.found(number(2))] == [f"cn{number(2)}"]


@pytest.mark.fault(12)
def test_changes_made_during_a_rebuild_are_in_it_afterwards(any_site: Site) -> None:
    any_site.load(*(individual(serial) for serial in range(1, 30)), day=last_week())

    def meanwhile() -> None:
        any_site.load(individual(3, family="RENAMED"), deactivation(5), individual(99))

    source = Interrupted(any_site.composition.source, meanwhile)
    done = rebuild(source, any_site.index, any_site.composition.making(), Silent())
    assert done.replayed == 3
    assert done.generation.position == any_site.composition.source.position()
    assert [item.name for item in any_site.found(number(3))] == ["Alma Renamed"]
    assert not any_site.found(number(5))
    assert any_site.found(number(99))
    assert any_site.sync() == Synced(any_site.index.name, done.generation.position)


@pytest.mark.fault(14)
def test_a_much_smaller_generation_is_promoted_only_by_force(any_site: Site) -> None:
    any_site.load(*(individual(serial) for serial in range(1, 21)), day=last_week())
    before = any_site.rebuild().generation
    any_site.load(deactivation(1), deactivation(2))
    with pytest.raises(PromotionRefused, match=r"18 listings, the live one 20.*--force"):
        any_site.rebuild()
    assert any_site.index.live() == before
    assert any_site.found(number(1))
    assert any_site.rebuild(force=True).generation.listings == 18
    assert not any_site.found(number(1))


def test_a_slightly_smaller_generation_is_promoted(any_site: Site) -> None:
    any_site.load(*(individual(serial) for serial in range(1, 21)), day=last_week())
    any_site.rebuild()
    any_site.load(deactivation(1))
    assert any_site.rebuild().generation.listings == 19


def test_a_rebuild_that_breaks_off_leaves_the_old_one_and_no_trace(any_site: Site) -> None:
    any_site.load(*(individual(serial) for serial in range(1, 6)))
    before = any_site.rebuild().generation

    def fail() -> None:
        raise KeyboardInterrupt

    source = Interrupted(any_site.composition.source, fail)
    with pytest.raises(KeyboardInterrupt):
        rebuild(source, any_site.index, any_site.composition.making(), Silent())
    assert any_site.index.live() == before
    with any_site.index.lock():
        assert any_site.index.reap() == ()


class Dies(Wrapped):
    """An index whose process ends between two steps: nothing is cleaned up."""

    def promote(self, draft: Any) -> Any:
        raise SystemExit

    def discard(self, draft: Any) -> None: ...


class Unreadable(Wrapped):
    """A source from which nothing can be read."""

    def records(self) -> Iterator[Record]:
        raise KeyboardInterrupt


@pytest.mark.fault(8)
def test_what_a_crash_left_is_removed_by_the_next_rebuild(any_site: Site) -> None:
    any_site.load(individual(1))
    before = any_site.rebuild().generation
    with pytest.raises(SystemExit):
        rebuild(any_site.composition.source, Dies(any_site.index), any_site.composition.making(), Silent())
    assert any_site.index.live() == before
    done = any_site.rebuild()
    assert len(done.reaped) >= 1
    with pytest.raises(SystemExit):
        rebuild(any_site.composition.source, Dies(any_site.index), any_site.composition.making(), Silent())
    with pytest.raises(KeyboardInterrupt):
        rebuild(Unreadable(any_site.composition.source), any_site.index, any_site.composition.making(), Silent())
    with any_site.index.lock():
        assert any_site.index.reap() == (), "the remains of the crash go before anything is built"
    assert any_site.found(number(1))


@pytest.mark.fault(12)
def test_a_rebuild_waits_for_nobody(any_site: Site) -> None:
    any_site.load(individual(1))
    with any_site.index.lock():
        other = any_site.composition.index(any_site.index.name)
        with pytest.raises(LockHeld):
            rebuild(any_site.composition.source, other, any_site.composition.making(), Silent())
        with pytest.raises(LockHeld):
            sync(any_site.composition.source, other, any_site.composition.making())
        with pytest.raises(LockHeld):
            reconcile(any_site.composition.source, other, any_site.composition.making(), Silent())
    assert any_site.index.live() is None


class Picky(Wrapped):
    """An index whose drafts refuse listings."""

    def draft(self, fingerprint: str) -> Any:
        draft = self.inner.draft(fingerprint)
        add = draft.add

        def refusing(found: Any) -> Applied:
            every = list(found)
            applied = add(every[2:])
            return replace(applied, refused=tuple(Refused(item.id, "mapping") for item in every[:2]))

        wrapped = Wrapped(draft)
        wrapped.add = refusing  # type: ignore[attr-defined]
        wrapped.name = draft.name  # type: ignore[attr-defined]
        return wrapped

    def promote(self, draft: Any) -> Any:
        return self.inner.promote(draft.inner)

    def discard(self, draft: Any) -> None:
        self.inner.discard(draft.inner)


@pytest.mark.fault(3)
def test_refused_listings_are_named_and_keep_a_generation_back(any_site: Site) -> None:
    any_site.load(*(individual(serial) for serial in range(1, 11)))
    source, making = any_site.composition.source, any_site.composition.making()
    with pytest.raises(PromotionRefused, match=r"refused 2 listings .*mapping"):
        rebuild(source, Picky(any_site.index), making, Silent())
    assert any_site.index.live() is None
    done = rebuild(source, Picky(any_site.index), making, Silent(), force=True)
    assert (done.generation.listings, len(done.refused)) == (8, 2)


def test_sync_brings_changes_in_and_keeps_its_position(any_site: Site) -> None:
    any_site.load(individual(1), individual(2), day=last_week())
    any_site.rebuild()
    any_site.load(individual(1, family="RENAMED"), deactivation(2), individual(3))
    done = any_site.sync()
    assert (done.upserted, done.deleted, done.stale) == (2, 1, 0)
    assert done.position == any_site.composition.source.position()
    assert [item.name for item in any_site.found(number(1))] == ["Alma Renamed"]
    assert any_site.sync().changed == 0


def test_a_moved_practitioner_is_found_at_the_new_place_only(any_site: Site) -> None:
    any_site.load(individual(1), day=last_week())
    any_site.rebuild()
    any_site.load(individual(1, line1="9 ELSEWHERE RD", city="PEORIA", postal="61602"))
    done = any_site.sync()
    assert (done.upserted, done.deleted) == (1, 1)
    assert [item.card.address.city for item in any_site.found(number(1))] == ["Peoria"]


def test_who_is_hidden_leaves_search_and_comes_back_whatever_is_loaded_meanwhile(any_site: Site) -> None:
    register = any_site.composition.register
    hidden = f"p{number(1)}", f"cn{number(2)}"
    any_site.load(individual(1), organization(2), individual(3), day=last_week())
    any_site.rebuild()
    before = [any_site.found(number(serial)) for serial in (1, 2)]
    assert all(register.hide(subject) for subject in hidden)
    assert any_site.sync().deleted == 2
    assert not any_site.found(number(1))
    assert not any_site.found(number(2))
    any_site.load(individual(1), organization(2), individual(3))
    any_site.sync()
    assert any_site.rebuild(force=True).generation.listings == 1
    assert all(register.unhide(subject) for subject in hidden)
    assert any_site.sync().upserted == 2
    after = [any_site.found(number(serial)) for serial in (1, 2)]
    assert [[item.id for item in found] for found in after] == [[item.id for item in found] for found in before]


def test_sync_takes_a_load_of_many_chunks(any_site: Site) -> None:
    any_site.load(individual(1), day=last_week())
    any_site.rebuild()
    any_site.load(*(individual(serial) for serial in range(2, 1_400)))
    assert any_site.sync().upserted == 1_398
    assert any_site.found(number(1_399))


def test_sync_asks_for_a_rebuild_where_changes_do_not_help(any_site: Site) -> None:
    any_site.load(individual(1))
    with pytest.raises(RebuildNeeded, match="no index yet"):
        any_site.sync()
    any_site.rebuild()
    making = any_site.composition.making()
    other = replace(making, vocabulary=replace(making.vocabulary, fingerprint="f" * 64))
    with pytest.raises(RebuildNeeded, match="another vocabulary"):
        sync(any_site.composition.source, any_site.index, other)


def test_an_index_ahead_of_restored_records_asks_for_a_rebuild(any_site: Site) -> None:
    any_site.load(individual(1))
    any_site.rebuild()
    with any_site.index.lock():
        any_site.index.apply([], any_site.composition.source.position() + 5)
    with pytest.raises(RebuildNeeded, match="ahead of the records"):
        any_site.sync()
    with pytest.raises(RebuildNeeded, match="ahead of the records"):
        _reconcile(any_site)


def _reconcile(site: Site) -> Reconciled:
    return reconcile(site.composition.source, site.index, site.composition.making(), Silent())


def _apply(index: Index, *changes: Change) -> None:
    live = index.live()
    assert live is not None
    with index.lock():
        index.apply(changes, live.position)


def test_reconcile_finds_nothing_to_mend_after_a_rebuild(any_site: Site) -> None:
    any_site.load(*(individual(serial) for serial in range(1, 40)), *(organization(serial) for serial in range(40, 60)))
    any_site.rebuild()
    done = _reconcile(any_site)
    assert (done.first.differences, done.first.listings, done.rounds) == (0, 59, 1)


def test_reconcile_mends_what_is_missing_too_many_or_different(any_site: Site) -> None:
    source = any_site.composition.source
    any_site.load(*(individual(serial) for serial in range(1, 30)), organization(30))
    any_site.rebuild()
    version = source.position() + 1
    (kept,) = any_site.found(number(2))
    stranger = replace(kept, id=f"p{number(500)}.aaaaaaaaaaaaaaaa", version=version)
    _apply(
        any_site.index,
        Change(f"p{number(1)}", version),
        Change(f"cn{number(30)}", version),
        Change(f"p{number(2)}", version, (replace(kept, name="Somebody Else", version=version),)),
        Change(f"p{number(500)}", version, (stranger,)),
    )
    done = _reconcile(any_site)
    assert (done.first.missing, done.first.extra, done.first.changed) == (2, 1, 1)
    assert (done.last.differences, done.last.listings) == (0, 30)
    assert any_site.found(number(1))
    assert any_site.found(number(30))
    assert [item.name for item in any_site.found(number(2))] == [kept.name]
    assert not any_site.found(number(500))
    assert _reconcile(any_site).first.differences == 0


def test_reconcile_mends_what_only_the_day_has_changed(any_site: Site) -> None:
    any_site.load(*(individual(serial) for serial in range(1, 6)), day=last_week())
    any_site.rebuild()
    source = any_site.composition.source
    later = replace(any_site.composition.making(), today=today() + timedelta(days=200))
    done = reconcile(source, any_site.index, later, Silent())
    assert (done.first.extra, done.last.listings, done.last.differences) == (5, 0, 0)
    assert all(listings(record, later) == () for record in source.records())


class Deaf(Wrapped):
    """An index that says it applied what it did not."""

    def apply(self, changes: Any, position: int) -> Applied:
        return self.inner.apply([], position)


def test_reconcile_never_claims_what_it_did_not_reach(any_site: Site) -> None:
    any_site.load(individual(1))
    any_site.rebuild()
    _apply(any_site.index, Change(f"p{number(1)}", any_site.composition.source.position() + 1))
    with pytest.raises(DifferenceRemains, match="1 listings still differ"):
        reconcile(any_site.composition.source, Deaf(any_site.index), any_site.composition.making(), Silent())


def test_status_shows_how_far_an_index_is_behind(any_site: Site) -> None:
    composition = any_site.composition

    def look(index: Index) -> Any:
        fingerprint = composition.making().fingerprint()
        return status(composition.source, [index], composition.loading, fingerprint, today())

    any_site.load(individual(1), day=last_week())
    assert "indexer rebuild" in look(any_site.index).indices[0].problem
    any_site.rebuild()
    fresh = look(any_site.index)
    assert (fresh.indices[0].behind, fresh.indices[0].problem, fresh.records) == (0, "", 1)
    any_site.load(individual(2))
    behind = look(any_site.index)
    assert (behind.indices[0].behind, behind.records) == (1, 2)
    assert "indexer sync" in behind.indices[0].problem
    assert [load.counts["loaded"] for load in behind.loads] == [1, 1]


class Down(Wrapped):
    """An index whose engine does not answer."""

    def live(self) -> Any:
        raise EngineUnavailable("The engine does not answer.")


def test_status_answers_while_an_engine_is_down(site: Site) -> None:
    composition = site.composition
    found = status(composition.source, [Down(site.index)], composition.loading, "f", today())
    assert [(item.generation, item.problem) for item in found.indices] == [(None, "The engine does not answer.")]


def test_what_expires_soon_is_counted_by_level(site: Site) -> None:
    site.load(individual(1), organization(2), individual(3), day=today() - timedelta(days=100))
    found = site.composition.source.expiring(today(), today() + timedelta(days=30))
    assert {level.value: count for level, count in found.items()} == {"registry": 3}
    assert site.composition.source.expiring(today(), today() + timedelta(days=10)) == {}
