"""A real Elasticsearch that is killed (SIGKILL) while an index is written, and started again."""

import os
import signal
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from directory.domain.errors import EngineUnavailable
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.engine import ElasticsearchEngine
from directory.engines.elasticsearch.index import ElasticsearchIndex
from directory.engines.elasticsearch.lease import LEASE
from directory.search.listing import Listing
from directory.search.query import Query
from tests.factories.listings import TODAY
from tests.integration.elasticsearch.conftest import samples

ALIAS = "killed"


@dataclass(slots=True)
class Node:
    """A server of this test alone. The command takes `start`, `stop` or `wipe` and a name; `start` prints the URL."""

    command: str
    name: str
    url: str = ""

    def run(self, verb: str) -> str:
        # Its output goes to a file of its own: whoever waits for a pipe to close waits for the server itself.
        done = subprocess.run(
            [self.command, verb, self.name], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True
        )
        return done.stdout.decode().strip()

    def start(self) -> None:
        """Returns once what the server held is there again: until then it says that it cannot answer."""
        self.url = self.run("start")
        connect(self.url).cluster.health(wait_for_status="yellow", timeout="60s")

    def kill(self) -> None:
        (process,) = [path for path in Path("/proc").glob("[0-9]*") if self._is_mine(path)]
        os.kill(int(process.name), signal.SIGKILL)

    def _is_mine(self, process: Path) -> bool:
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return words[0].endswith(b"java") and any(word.endswith(f"/{self.name}".encode()) for word in words)

    def index(self, ahead: timedelta = timedelta()) -> ElasticsearchIndex:
        return ElasticsearchIndex(connect(self.url), ALIAS, clock=lambda: datetime.now(UTC) + ahead)

    def found(self) -> list[str]:
        engine = ElasticsearchEngine(connect(self.url), ALIAS, 60.0)
        return sorted(hit.listing.id for hit in engine.search(Query(today=TODAY, limit=100)).hits)


@pytest.fixture
def node(killable_node: str) -> Iterator[Node]:
    made = Node(killable_node, f"killed-{uuid.uuid4().hex[:8]}")
    made.start()
    yield made
    made.run("wipe")


def ids(listings: list[Listing]) -> list[str]:
    return sorted(item.id for item in listings)


def killing(node: Node, listings: list[Listing], after: int) -> Iterator[Listing]:
    """The listings; the server dies once so many were taken."""
    for number, listing in enumerate(listings):
        if number == after:
            node.kill()
        yield listing


@pytest.mark.fault(1)
def test_a_server_killed_mid_bulk_comes_back_with_the_old_index_and_a_second_run_completes(node: Node) -> None:
    old, new = samples(3), samples(4_000, version=2)
    index = node.index()
    with index.lock():
        draft = index.draft("f")
        draft.add(old)
        draft.finish(1)
        index.promote(draft)
    with pytest.raises(EngineUnavailable), index.lock():
        index.draft("f").add(killing(node, new, after=2_500))
    node.start()
    assert node.found() == ids(old)
    again = node.index(ahead=LEASE + timedelta(seconds=1))
    with again.lock():
        assert len(again.reap()) == 1
        draft = again.draft("f")
        draft.add(new)
        assert draft.finish(2).listings == len(new)
        again.promote(draft)
    assert [entry.id for entry in again.entries()] == ids(new)
