"""Snapshots, restoring, and copies from one engine to the other: what the records say is what is found after each."""

import errno
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from directory.bootstrap import Composition, now
from directory.domain.errors import EngineUnavailable, InvalidInput, PromotionRefused
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.index import ElasticsearchIndex
from directory.engines.elasticsearch.lease import LEASE
from directory.search.index import Archive, Contents, Generation, Index
from directory.search.listing import Listing
from directory.settings import Settings
from indexer.copy import Copied, copy
from indexer.reconcile import Reconciled, reconcile
from indexer.reporting import Silent
from indexer.snapshot import Restored, drop, restore, take
from indexer.sync import RebuildNeeded, Synced, sync
from tests.factories.registry import deactivation, individual, number
from tests.integration.indexer.conftest import Site, last_week
from tests.integration.indexer.test_indices import Wrapped

OTHER = {"embedded": "elasticsearch", "elasticsearch": "embedded"}


def archive(site: Site) -> Archive:
    return site.composition.archived(site.index.name)[1]


def keep(site: Site, name: str = "kept") -> Generation:
    index, kept = site.composition.archived(site.index.name)
    return take(index, kept, name, Silent()).snapshot.generation


def bring_back(site: Site, name: str = "kept", source: Any = None, *, force: bool = False) -> Restored:
    index, kept = site.composition.archived(site.index.name)
    making = site.composition.making()
    return restore(source or site.composition.source, index, kept, name, making, Silent(), force=force)


def compared(site: Site, index: Index | None = None) -> Reconciled:
    return reconcile(site.composition.source, index or site.index, site.composition.making(), Silent())


def fill(site: Site) -> None:
    site.load(*(individual(serial) for serial in range(1, 31)), day=last_week())
    site.rebuild()


def change(site: Site) -> None:
    site.load(individual(3, family="RENAMED"), deactivation(5), individual(99))


def assert_changed(site: Site) -> None:
    assert [item.name for item in site.found(number(3))] == ["Alma Renamed"]
    assert not site.found(number(5))
    assert site.found(number(99))


def generations(site: Site) -> int:
    """How many there are, live and left over."""
    with site.index.lock():
        return len(site.index.reap()) + 1


def test_what_changed_after_a_snapshot_is_there_after_restoring_it(any_site: Site) -> None:
    fill(any_site)
    kept = keep(any_site)
    change(any_site)
    any_site.sync()
    any_site.load(individual(7, family="LATE"))
    done = bring_back(any_site)
    assert done.snapshot.generation == kept
    assert done.published.replayed == 4
    assert done.published.generation.position == any_site.composition.source.position()
    assert_changed(any_site)
    assert [item.name for item in any_site.found(number(7))] == ["Alma Late"]
    assert any_site.sync() == Synced(any_site.index.name, done.published.generation.position)
    assert compared(any_site).first.differences == 0


def test_sync_goes_on_from_the_position_of_the_snapshot(any_site: Site) -> None:
    """What `indexer restore` does for itself, done by sync: a draft as it was kept, promoted, then caught up."""
    fill(any_site)
    kept = keep(any_site)
    change(any_site)
    any_site.sync()
    index, archived = any_site.composition.archived(any_site.index.name)
    with index.lock():
        draft = archived.restore("kept", lambda _count: None)
        assert draft.finish(kept.position).position == kept.position
        index.promote(draft)
    assert any_site.found(number(5)), "as it was kept"
    done = sync(any_site.composition.source, index, any_site.composition.making())
    assert done.changed == 3
    assert_changed(any_site)
    assert compared(any_site).first.differences == 0


def lose(site: Site) -> None:
    """All of the index, as with a lost disk."""
    if site.index.name == "embedded":
        shutil.rmtree(site.composition.settings.index_dir)
        return
    settings = site.composition.settings
    client = connect(settings.elasticsearch_url)
    for name in client.indices.get(index=f"{settings.elasticsearch_alias}-*"):
        client.indices.delete(index=name)
    client.close()


def test_a_lost_index_is_restored(any_site: Site) -> None:
    fill(any_site)
    change(any_site)
    any_site.sync()
    keep(any_site)
    any_site.load(individual(8, family="LATER"))
    any_site.sync()
    lose(any_site)
    assert any_site.composition.index(any_site.index.name).live() is None
    done = bring_back(any_site)
    assert (done.published.before, done.published.replayed) == (None, 1)
    assert_changed(any_site)
    assert compared(any_site).first.differences == 0
    for serial in range(40, 46):
        any_site.load(individual(serial))
        any_site.sync()
    assert compared(any_site).first.differences == 0


def build_with(site: Site, fingerprint: str, position: int) -> Generation:
    with site.index.lock():
        draft = site.index.draft(fingerprint)
        draft.finish(position)
        return site.index.promote(draft)


def test_a_snapshot_of_another_vocabulary_is_refused(any_site: Site) -> None:
    fill(any_site)
    build_with(any_site, "another", 1)
    keep(any_site)
    live = any_site.rebuild().generation
    with pytest.raises(RebuildNeeded, match="snapshot kept was made with another vocabulary"):
        bring_back(any_site)
    assert any_site.index.live() == live
    assert generations(any_site) == 1


def test_a_snapshot_that_is_ahead_of_the_records_is_refused(any_site: Site) -> None:
    fill(any_site)
    build_with(any_site, any_site.composition.making().fingerprint(), 10_000)
    keep(any_site)
    any_site.rebuild()
    with pytest.raises(RebuildNeeded, match="snapshot kept is ahead of the records"):
        bring_back(any_site)


def test_a_much_smaller_snapshot_is_promoted_only_by_force(any_site: Site) -> None:
    fill(any_site)
    build_with(any_site, any_site.composition.making().fingerprint(), any_site.composition.source.position())
    keep(any_site, "empty")
    live = any_site.rebuild(force=True).generation
    with pytest.raises(PromotionRefused, match="--force"):
        bring_back(any_site, "empty")
    assert any_site.index.live() == live
    assert bring_back(any_site, "empty", force=True).published.generation.listings == 0


class Unknowing(Wrapped):
    """Records that go down when changes are asked for."""

    def changed_since(self, *_: Any) -> Any:
        raise KeyboardInterrupt


def test_a_restore_that_breaks_off_leaves_the_old_one_and_no_trace(any_site: Site) -> None:
    fill(any_site)
    keep(any_site)
    change(any_site)
    any_site.sync()
    live = any_site.index.live()
    with pytest.raises(KeyboardInterrupt):
        bring_back(any_site, source=Unknowing(any_site.composition.source))
    assert any_site.index.live() == live
    assert_changed(any_site)
    assert generations(any_site) == 1


def test_a_snapshot_is_dropped(any_site: Site) -> None:
    fill(any_site)
    keep(any_site)
    drop(any_site.index, archive(any_site), "kept")
    with pytest.raises(InvalidInput, match="no snapshot called kept"):
        bring_back(any_site)


def test_a_damaged_snapshot_is_not_restored(site: Site) -> None:
    fill(site)
    keep(site)
    live = site.index.live()
    segment = site.composition.settings.snapshot_dir / "kept" / "base.seg"
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    with pytest.raises(EngineUnavailable, match="Snapshot kept is damaged"):
        bring_back(site)
    assert site.index.live() == live
    assert generations(site) == 1
    (site.composition.settings.snapshot_dir / "kept" / "manifest.json").write_bytes(b"{}")
    with pytest.raises(EngineUnavailable, match="Snapshot kept is damaged"):
        bring_back(site)
    assert archive(site).snapshots() == ()


def test_a_snapshot_that_fills_the_disk_leaves_nothing(site: Site) -> None:
    fill(site)

    def full(_count: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    index, kept = site.composition.archived(site.index.name)
    with index.lock(), pytest.raises(EngineUnavailable, match="No space left"):
        kept.take("kept", full)
    assert list(site.composition.settings.snapshot_dir.iterdir()) == []
    assert site.found(number(1))


def test_what_a_crash_left_of_a_snapshot_is_no_snapshot(site: Site) -> None:
    fill(site)
    left = site.composition.settings.snapshot_dir / ".unfinished-kept"
    left.mkdir(parents=True)
    (left / "base.seg").write_bytes(b"half")
    assert archive(site).snapshots() == ()
    keep(site)
    assert not left.exists()
    assert [item.name for item in archive(site).snapshots()] == ["kept"]


def elsewhere(site: Site, **settings: str) -> Archive:
    """The archive of the same store with other settings."""
    return Composition(replace(site.composition.settings, **settings)).archived("elasticsearch")[1]


def test_where_elasticsearch_may_not_write_says_what_to_set(elasticsearch_url: str, tmp_path: Path) -> None:
    settings = Settings(elasticsearch_url=elasticsearch_url, elasticsearch_alias="indexer-nowhere", data_dir=tmp_path)
    with pytest.raises(InvalidInput, match="ELASTICSEARCH_SNAPSHOT_LOCATION"):
        Composition(settings).archived("elasticsearch")[1].snapshots()
    forbidden = replace(settings, elasticsearch_snapshot_location=str(tmp_path / "forbidden"))
    with pytest.raises(InvalidInput, match=r"path\.repo in elasticsearch\.yml"):
        Composition(forbidden).archived("elasticsearch")[1].snapshots()


def test_another_location_than_the_registered_one_is_refused(double_site: Site) -> None:
    there = double_site.composition.archived("elasticsearch")[1]
    assert there.snapshots() == ()
    with pytest.raises(InvalidInput, match="is registered at"):
        elsewhere(double_site, elasticsearch_snapshot_location="elsewhere").snapshots()
    assert elsewhere(double_site, elasticsearch_snapshot_location="").snapshots() == ()


def copied(site: Site, origin: Any, target: Any) -> Copied:
    return copy(site.composition.source, origin, target, site.composition.making(), Silent())


def both(site: Site) -> tuple[Index, Index]:
    """The index that people are answered from, and the other."""
    return site.index, site.composition.index(OTHER[site.index.name])


def test_a_copy_there_and_back_is_equal(double_site: Site) -> None:
    here, there = both(double_site)
    fill(double_site)
    change(double_site)
    double_site.sync()
    done = copied(double_site, here, there)
    assert done.published.generation.position == double_site.composition.source.position()
    assert list(there.entries()) == list(here.entries())
    assert compared(double_site, there).first.differences == 0

    double_site.load(individual(11, family="MOVED"))
    sync(double_site.composition.source, there, double_site.composition.making())
    before = here.live()
    back = copied(double_site, there, here)
    assert back.published.before == before
    assert [item.name for item in double_site.found(number(11))] == ["Alma Moved"]
    assert compared(double_site).first.differences == 0
    assert generations(double_site) <= 2, "the embedded engine keeps one to fall back on"


class Meanwhile(Wrapped):
    """An index of which something is done when so many listings have been read."""

    def __init__(self, inner: Any, then: Callable[[], object], after: int = 5) -> None:
        super().__init__(inner)
        self._then = then
        self._after = after

    @contextmanager
    def contents(self) -> Iterator[Contents]:
        with self.inner.contents() as found:
            yield Contents(found.generation, self._interrupted(found.listings))

    def _interrupted(self, listings: Iterator[Listing]) -> Iterator[Listing]:
        for place, listing in enumerate(listings):
            if place == self._after:
                self._then()
            yield listing


def test_changes_made_during_a_copy_are_in_it_afterwards(double_site: Site) -> None:
    here, there = both(double_site)
    fill(double_site)

    def meanwhile() -> None:
        change(double_site)
        double_site.sync()

    done = copied(double_site, Meanwhile(here, meanwhile), there)
    assert done.published.replayed == 3
    assert compared(double_site, there).first.differences == 0
    assert_changed(double_site)


def test_an_index_that_does_not_fit_the_records_is_not_copied(double_site: Site) -> None:
    here, there = both(double_site)
    fill(double_site)
    build_with(double_site, "another", 1)
    with pytest.raises(RebuildNeeded, match=f"The {here.name} index was made with another vocabulary"):
        copied(double_site, here, there)
    assert there.live() is None


def test_nothing_is_copied_of_nothing_or_onto_itself(double_site: Site) -> None:
    here, there = both(double_site)
    with pytest.raises(EngineUnavailable, match="indexer rebuild"):
        copied(double_site, here, there)
    with pytest.raises(InvalidInput, match="to itself"):
        copied(double_site, here, here)


class Shorter(Wrapped):
    """An index that gives fewer listings than it has."""

    @contextmanager
    def contents(self) -> Iterator[Contents]:
        with self.inner.contents() as found:
            next(found.listings)
            yield found


def test_a_copy_that_misses_a_listing_is_not_promoted(double_site: Site) -> None:
    here, there = both(double_site)
    fill(double_site)
    with pytest.raises(EngineUnavailable, match="29 of 30 listings"):
        copied(double_site, Shorter(here), there)
    assert there.live() is None


def _copy_and_wait(settings: Settings, origin: str, target: str, told: Connection) -> None:
    """In a process of its own: says when the copy is in the middle, and stays there."""

    def wait() -> None:
        told.send("in the middle")
        signal.pause()

    composition = Composition(settings)
    reading = Meanwhile(composition.index(origin), wait, after=20)
    copy(composition.source, reading, composition.index(target), composition.making(), Silent())  # type: ignore[arg-type]


def later(site: Site) -> Index:
    """The index of the site once the lease of whoever was killed has run out."""
    if site.index.name == "embedded":
        return site.index
    settings = site.composition.settings

    def clock() -> datetime:
        return now() + LEASE + timedelta(seconds=1)

    return ElasticsearchIndex(connect(settings.elasticsearch_url), settings.elasticsearch_alias, clock=clock)


@pytest.mark.fault(8)
def test_a_copy_that_is_killed_leaves_the_live_generation_served(double_site: Site) -> None:
    target, origin = both(double_site)
    fill(double_site)
    copied(double_site, target, origin)
    live = target.live()
    ours, theirs = get_context("spawn").Pipe()
    arguments = (double_site.composition.settings, origin.name, target.name, theirs)
    child = get_context("spawn").Process(target=_copy_and_wait, args=arguments)
    child.start()
    assert ours.poll(120)
    assert ours.recv() == "in the middle"
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    assert target.live() == live
    assert double_site.found(number(1))
    done = copied(double_site, origin, later(double_site))
    assert len(done.published.reaped) >= 1
    assert compared(double_site, later(double_site)).first.differences == 0
