"""One writer at a time, across processes; readers in other processes follow without being told."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from directory.domain.errors import EngineUnavailable, FencedOut, LockHeld
from directory.engines.embedded import index as writer
from directory.engines.embedded import manifest
from directory.engines.embedded.edits import SMALL_BASE, first_to_merge
from directory.engines.embedded.searching import search
from directory.search.index import Change
from directory.search.listing import Field
from directory.search.query import Query, Sort
from indexer.publishing import removed_on_failure
from tests.contract.comparing import assert_same
from tests.contract.oracle import answer
from tests.factories.listings import TODAY
from tests.unit.engines.embedded.kits import Store, change, corpus, listing

HOLDER = """
import sys
from datetime import datetime
from pathlib import Path
from directory.engines.embedded import EmbeddedIndex
with EmbeddedIndex(Path(sys.argv[1]), datetime.now).lock():
    print("held", flush=True)
    sys.stdin.readline()
"""
READER = """
import sys
from datetime import date
from pathlib import Path
from directory.engines.embedded import EmbeddedEngine
from directory.search.query import Query
engine = EmbeddedEngine(Path(sys.argv[1]))
for line in sys.stdin:
    result = engine.search(Query(today=date.fromisoformat(line.strip())))
    print(result.generation, *sorted(hit.listing.id for hit in result.hits), flush=True)
"""
BUSY = """
import select, sys
from datetime import date
from pathlib import Path
from directory.engines.embedded import EmbeddedEngine
from directory.search.query import Query
engine, asked, today = EmbeddedEngine(Path(sys.argv[1])), 0, date.fromisoformat(sys.argv[2])
generations = set()
while not select.select([sys.stdin], [], [], 0)[0] or asked < 100:
    result = engine.search(Query(today=today, limit=3))
    assert (result.total, len(result.hits), engine.readiness().detail) == (20, 3, ""), result
    generations.add(result.generation)
    asked += 1
    if asked == 1:
        print("asking", flush=True)
print(len(generations), flush=True)
"""


def started(script: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, str(folder), TODAY.isoformat()]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str], line: str = "") -> str:
    if line:
        pipe(process.stdin).write(line + "\n")
        pipe(process.stdin).flush()
    return pipe(process.stdout).readline().strip()


def pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


@pytest.fixture
def reader(store: Store) -> Iterator[subprocess.Popen[str]]:
    store.build([listing(1)])
    with started(READER, store.folder) as process:
        yield process
        pipe(process.stdin).close()


@pytest.mark.fault(10)
def test_another_process_that_writes_excludes_this_one_until_it_dies(store: Store) -> None:
    store.build([listing(1)])
    with started(HOLDER, store.folder) as process:
        assert said(process) == "held"
        for work in (lambda: store.build([listing(2)]), lambda: store.apply(change(2, listing(1, 0, 2)))):
            with pytest.raises(LockHeld, match="Another indexer"):
                work()
        process.kill()
    assert store.apply(change(2, listing(1, 0, 2))).upserted == 1


@pytest.mark.fault(11)
def test_a_writer_that_lost_its_lock_publishes_nothing(store: Store) -> None:
    store.build([listing(1)])
    paused = store.index()
    with paused.lock():
        draft = paused.draft("f")
        draft.add([listing(3)])
        draft.finish(3)
        (store.folder / "writer.lock").unlink()
        promoted = store.build([listing(2)])
        with pytest.raises(FencedOut):
            paused.apply([change(2, listing(2, 0, 2))], 4)
        with pytest.raises(FencedOut):
            paused.promote(draft)
    live = store.index().live()
    assert live == promoted
    assert [entry.version for entry in store.index().entries()] == [1]


def test_a_reader_in_another_process_follows_every_switch(store: Store, reader: subprocess.Popen[str]) -> None:
    today = TODAY.isoformat()
    assert said(reader, today).split()[1:] == [listing(1).id]
    store.apply(change(2, listing(1, 1, 2)))
    assert said(reader, today).split()[1:] == [listing(1, 1).id]
    rebuilt = store.build([listing(2), listing(3)])
    assert said(reader, today).split() == [rebuilt.name, *sorted([listing(2).id, listing(3).id])]


def test_no_query_fails_while_generations_and_deltas_come_and_go(store: Store) -> None:
    listings = [listing(number) for number in range(20)]
    store.build(listings)
    with started(BUSY, store.folder) as process:
        assert said(process) == "asking"
        for version in range(2, 40):
            store.apply(change(version, listing(version % 20, 0, version)))
            if version % 8 == 0:
                store.build(listings)
        assert int(said(process, "enough")) > 1
        assert process.wait() == 0


def test_a_query_in_flight_ends_on_what_it_began_with(store: Store) -> None:
    listings = corpus(200)
    generation = store.build(listings).name
    engine = store.engine()
    query = Query(today=TODAY, sort=Sort.NAME, facets=(Field.STATE,), limit=50)
    expected = answer(listings, query, generation)
    state = engine._current()
    for _ in range(3):
        store.build([listing(1)])
    assert not (store.folder / "generations" / generation).exists()
    assert_same(search(state.views, query, generation), expected, query)
    assert engine.search(query).total == 1


def test_deltas_stay_few_however_many_changes_come(store: Store) -> None:
    generation = store.build([listing(number) for number in range(20)]).name
    engine = store.engine()
    for version in range(2, 60):
        applied = store.apply(change(version, listing(version % 20, 0, version)))
        assert applied.upserted == 1
        assert len(engine._current().views) <= 3
        assert engine.search(Query(today=TODAY, limit=0)).total == 20
    assert len(store.segments(generation)) <= 6
    assert {entry.version for entry in store.index().entries()} == set(range(40, 60))


@pytest.mark.parametrize(("batch", "batches", "times"), [(1, 1_000, 40), (5_000, 10, 5)])
def test_merging_writes_a_change_only_a_few_times(batch: int, batches: int, times: int) -> None:
    sizes, written = [10**6], 0
    for _ in range(batches):
        sizes.append(batch)
        first = first_to_merge(sizes)
        if first is not None:
            assert 1 <= first < len(sizes) - 1
            written += sum(sizes[first:])
            sizes[first:] = [sum(sizes[first:])]
        assert len(sizes) <= 3
    assert written < batch * batches * times


@pytest.mark.parametrize(
    ("sizes", "first"),
    [
        ([100, 24], None),
        ([100, 25], 0),
        ([100, 20, 5], 0),
        ([SMALL_BASE, SMALL_BASE // 4], 0),
        ([SMALL_BASE + 1, SMALL_BASE], None),
        ([10**6, 90, 10], None),
        ([10**6, 80, 10], 1),
        ([10**6, 90_000, 900, 1], 2),
    ],
)
def test_what_is_merged(sizes: list[int], first: int | None) -> None:
    assert first_to_merge(sizes) == first


def test_a_small_base_is_written_anew_with_its_deltas(store: Store) -> None:
    """What was deleted is still known afterwards, so that an older word on it stays stale."""
    generation = store.build([listing(number) for number in range(8)]).name
    engine = store.engine()
    store.apply(Change(listing(7).subject, 5))
    for version in range(2, 4):
        store.apply(change(version, listing(version, 0, version)))
    (view,) = engine._current().views
    assert view.listings == view.segment.length == 7
    assert view.segment.name.startswith("base-")
    assert store.apply(change(4, listing(7, 0, 4))).stale == 1
    assert store.apply(change(6, listing(7, 0, 6))).upserted == 1
    assert engine.search(Query(today=TODAY, limit=0)).total == 8
    assert {path.name for path in store.segments(generation)} >= {view.segment.name}


def test_what_fails_once_the_pointer_is_replaced_does_not_cost_what_is_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replaced_and_failed(directory: Path, state: manifest.Manifest) -> None:
        manifest.publish(directory, state)
        raise OSError("the folder could not be synced")

    store = Store(tmp_path)
    store.build(corpus(3))
    monkeypatch.setattr(writer, "publish", replaced_and_failed)
    index = store.index()
    with index.lock():
        draft = index.draft("f")
        draft.add(corpus(5))
        draft.finish(2)
        with pytest.raises(EngineUnavailable), removed_on_failure(index, draft):
            index.promote(draft)
    found = store.engine().search(Query(today=TODAY))
    assert (found.generation, found.fallback) == (draft.name, False)
