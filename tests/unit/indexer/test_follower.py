"""Following waits out what is down, at growing intervals, and stops when told to."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, cast

import pytest

from directory.domain.errors import DirectoryError, EngineUnavailable, FencedOut, LockHeld, RecordsUnavailable
from directory.search.document import Making
from directory.search.index import Applied, Change, Generation, Index
from directory.search.source import Changed, ListingSource
from directory.vocabulary import load
from indexer.reporting import Silent
from indexer.sync import LONGEST_WAIT_S, Follower, RebuildNeeded

MAKING = Making(load(), date(2026, 1, 1))


class Source:
    """Records at a revision, of which nothing is listed."""

    def __init__(self, revision: int = 1) -> None:
        self.revision = revision

    def position(self) -> int:
        return self.revision

    def changed_since(self, position: int, limit: int) -> Changed:
        return Changed(("p1",), position + 1) if position < self.revision else Changed((), position)

    def records_of(self, subjects: Iterable[str]) -> dict[str, Any]:
        return {}


class Moody:
    """An index that fails as it is told to, and then works."""

    def __init__(self, name: str, moods: Iterable[DirectoryError | None] = (), fingerprint: str = "") -> None:
        self.name = name
        self.moods = iter(moods)
        self.position = 0
        self.applied: list[str] = []
        self.fingerprint = fingerprint or MAKING.fingerprint()
        self.locks = 0

    @contextmanager
    def lock(self) -> Iterator[None]:
        self.locks += 1
        mood = next(self.moods, None)
        if mood is not None:
            raise mood
        yield

    def live(self) -> Generation:
        return Generation("g", 1, self.position, self.fingerprint, "2026-01-01T00:00:00+00:00")

    def apply(self, changes: list[Change], position: int) -> Applied:
        self.applied += [change.subject for change in changes]
        self.position = position
        return Applied(upserted=len(changes))


class Clock:
    """Time that passes only while somebody waits; it wishes a stop after so many waits."""

    def __init__(self, waits: int) -> None:
        self.time = 0.0
        self.waits: list[float] = []
        self.most = waits

    def now(self) -> float:
        return self.time

    def is_set(self) -> bool:
        return len(self.waits) >= self.most

    def wait(self, timeout: float) -> bool:
        self.waits.append(timeout)
        self.time += timeout
        return self.is_set()


class Said(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


def follow(clock: Clock, source: Source, *indices: Moody, rebuild: Any = None) -> list[str]:
    said = Said()
    Follower(
        cast("ListingSource", source),
        tuple(cast("Index", index) for index in indices),
        lambda: MAKING,
        said,
        clock,
        interval_s=2.0,
        rebuild=rebuild,
        clock=clock.now,
    ).run()
    return said.lines


def test_changes_are_taken_at_every_interval() -> None:
    index, clock = Moody("embedded"), Clock(3)
    lines = follow(clock, Source(2), index)
    assert (index.applied, index.position) == (["p1", "p1"], 2)
    assert clock.waits == [2.0, 2.0, 2.0]
    assert index.locks == 1, "looking takes no lock"
    assert lines == ["embedded: 2 listings written, 0 removed, 0 already newer; complete up to revision 2"]


@pytest.mark.fault(6)
@pytest.mark.parametrize("error", [EngineUnavailable, RecordsUnavailable, LockHeld, FencedOut])
def test_what_is_down_is_tried_again_at_growing_intervals(error: type[DirectoryError]) -> None:
    index, clock = Moody("embedded", [error("It is down.")] * 7), Clock(9)
    lines = follow(clock, Source(), index)
    assert clock.waits == [4.0, 8.0, 16.0, 32.0, LONGEST_WAIT_S, LONGEST_WAIT_S, LONGEST_WAIT_S, 2.0, 2.0]
    assert lines[0] == "embedded: It is down. Next attempt in 4 s."
    assert index.position == 1


def test_an_index_that_is_down_does_not_delay_the_other() -> None:
    down, well, clock = Moody("elasticsearch", [EngineUnavailable("Down.")] * 50), Moody("embedded"), Clock(5)
    follow(clock, Source(), down, well)
    assert (max(clock.waits), well.position, down.position) == (2.0, 1, 0)


def test_an_index_that_needs_a_rebuild_does_not_keep_the_other_from_its_turn() -> None:
    strange, well, clock = Moody("elasticsearch", fingerprint="other"), Moody("embedded"), Clock(5)
    lines = follow(clock, Source(), strange, well)
    assert (well.position, strange.position) == (1, 0)
    assert "another vocabulary" in lines[0]
    assert "Next attempt in 4 s." in lines[0]


class StopsAtOnce(Clock):
    """A wish to stop that comes while the first change is applied."""

    def __init__(self, index: Moody) -> None:
        super().__init__(1)
        self._index = index

    def is_set(self) -> bool:
        return bool(self._index.applied)


def test_following_ends_after_the_change_in_hand_when_told_to_stop() -> None:
    index = Moody("embedded")
    follow(StopsAtOnce(index), Source(100), index)
    assert (index.applied, index.position) == (["p1"], 1)


def test_a_rebuild_is_made_where_it_is_wanted_and_asked_for_where_not() -> None:
    with pytest.raises(RebuildNeeded):
        follow(Clock(3), Source(), Moody("embedded", fingerprint="other"))
    rebuilt: list[str] = []
    index = Moody("embedded", fingerprint="other")

    def rebuild(wanted: Index) -> None:
        rebuilt.append(wanted.name)
        index.fingerprint = MAKING.fingerprint()

    lines = follow(Clock(3), Source(), index, rebuild=rebuild)
    assert rebuilt == ["embedded"]
    assert "another vocabulary" in lines[0]
    assert index.position == 1
