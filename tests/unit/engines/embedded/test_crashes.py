"""A crash at any step of publishing leaves the old state or the new one, whole, and the next writer goes on."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from directory.domain.errors import EngineUnavailable
from directory.search.index import Change
from directory.search.listing import Listing
from tests.factories.listings import TODAY
from tests.unit.engines.embedded.kits import Store, change, listing

SUBJECTS = range(8)


class Crash(BaseException):
    """The process is gone: nothing after this runs, and no handler of errors sees it."""


class Steps:
    """Counts the steps that touch the disk for good, and dies at one of them, before or after it was done."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.dies_at: int | None = None
        patch.setattr(os, "fsync", self._wrapped(os.fsync))
        patch.setattr(Path, "replace", self._wrapped(Path.replace))

    def _wrapped(self, real: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object) -> object:
            self._pass()
            result = real(*arguments)
            self._pass()
            return result

        return step

    def _pass(self) -> None:
        self.count += 1
        if self.count == self.dies_at:
            raise Crash

    def steps_of(self, work: Callable[[], object]) -> int:
        """How many places there are to die at."""
        self.count, self.dies_at = 0, None
        work()
        return self.count

    def dying(self, work: Callable[[], object], step: int) -> None:
        self.count, self.dies_at = 0, step
        with pytest.raises(Crash):
            work()
        self.dies_at = None


def holds(store: Store) -> dict[str, int]:
    """Ids and versions that a fresh reader and a fresh writer agree on."""
    entries = {entry.id: entry.version for entry in store.index().entries()}
    engine = store.engine()
    assert engine.readiness().detail == ""
    assert engine.readiness().listings == len(entries)
    assert {item.id: item.version for item in engine.get(list(entries), TODAY)} == entries
    assert store.index().verify() == ()
    return entries


def versions(listings: list[Listing]) -> dict[str, int]:
    return {item.id: item.version for item in listings}


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch)


@pytest.mark.fault(8, 9, 15)
def test_a_rebuild_that_dies_anywhere_leaves_one_whole_generation(tmp_path: Path, steps: Steps) -> None:
    old, new = [listing(number) for number in SUBJECTS], [listing(number, 1, 2) for number in SUBJECTS]
    trial = Store(tmp_path / "trial")
    trial.build(old)
    outcomes = set()
    for step in range(1, steps.steps_of(lambda: trial.build(new)) + 1):
        store = Store(tmp_path / str(step))
        store.build(old)
        steps.dying(lambda store=store: store.build(new), step)  # type: ignore[misc]
        found = holds(store)
        assert found in (versions(old), versions(new))
        outcomes.add(found == versions(new))
        store.build(new)
        assert holds(store) == versions(new)
    assert outcomes == {True, False}


@pytest.mark.fault(15)
def test_a_change_that_dies_anywhere_is_there_or_not(tmp_path: Path, steps: Steps) -> None:
    old = [listing(number) for number in SUBJECTS]
    changes = [change(2, listing(0, 0, 2)), change(2, listing(1, 1, 2)), Change(listing(2).subject, 2)]
    new = versions(old) | {listing(0).id: 2, listing(1, 1).id: 2}
    del new[listing(1).id], new[listing(2).id]
    trial = Store(tmp_path / "trial")
    trial.build(old)
    outcomes = set()
    for step in range(1, steps.steps_of(lambda: trial.apply(*changes, position=9)) + 1):
        store = Store(tmp_path / str(step))
        store.build(old)
        steps.dying(lambda store=store: store.apply(*changes, position=9), step)  # type: ignore[misc]
        found, live = holds(store), store.index().live()
        assert live is not None
        assert (found, live.position) in ((versions(old), 1), (new, 9))
        outcomes.add(live.position)
        store.apply(*changes, position=9)
        assert holds(store) == new
    assert outcomes == {1, 9}


@pytest.mark.fault(15)
def test_what_was_acknowledged_survives_a_death_while_deltas_are_merged(tmp_path: Path, steps: Steps) -> None:
    def with_deltas(name: str) -> Store:
        store = Store(tmp_path / name)
        store.build([listing(number) for number in SUBJECTS])
        for version in range(2, 6):
            store.apply(change(version, listing(version, 0, version)))
        return store

    last = change(9, listing(7, 0, 9))
    before = holds(with_deltas("before"))
    after = before | {listing(7).id: 9}
    trial = with_deltas("trial")
    amount = steps.steps_of(lambda: trial.apply(last))
    live = trial.index().live()
    assert live is not None
    assert holds(trial) == after
    assert any("merged" in path.name for path in trial.segments(live.name))
    for step in range(1, amount + 1):
        store = with_deltas(str(step))
        steps.dying(lambda store=store: store.apply(last), step)  # type: ignore[misc]
        assert holds(store) in (before, after)
        store.apply(last)
        assert holds(store) == after


@pytest.mark.fault(7)
def test_a_full_disk_is_named_and_the_old_state_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    store.build([listing(1)])
    index = store.index()
    with index.lock():
        draft = index.draft("f")
        draft.add([listing(2)])
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(EngineUnavailable, match="No space left on device"):
                index.apply([change(2, listing(1, 0, 2))], 2)
            with pytest.raises(EngineUnavailable, match="No space left on device"):
                draft.finish(2)
            store.folder.joinpath("writer.lock").unlink()
            with pytest.raises(EngineUnavailable, match="No space left on device"):
                store.apply(change(2, listing(1, 0, 2)))
    assert holds(store) == {listing(1).id: 1}
    writer = store.index()
    with writer.lock():
        assert writer.reap() == (draft.name,)
    store.apply(change(2, listing(1, 0, 2)))
    assert holds(store) == {listing(1).id: 2}
