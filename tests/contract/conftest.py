"""One kit per engine: everything in this folder runs on all of them."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch, NotFoundError

from directory.engines.elasticsearch.archive import ElasticsearchArchive
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.engine import ElasticsearchEngine
from directory.engines.elasticsearch.index import ElasticsearchIndex
from directory.engines.embedded.archive import EmbeddedArchive
from directory.engines.embedded.engine import EmbeddedEngine
from directory.engines.embedded.index import EmbeddedIndex
from directory.search.engine import Engine
from directory.search.index import Archive, Generation, Index
from directory.search.listing import Listing

ENGINES = (pytest.param("embedded"), pytest.param("elasticsearch", marks=pytest.mark.elasticsearch))

PATIENCE_S = 60.0
"""What is asked here is whether answers are right; a machine that is busy with other tests may be slow with them."""


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Kit:
    """A reader and a writer of one empty store. `writer` is another writer of it, as a second process has one.

    `archive` is made when asked for: not every server may keep snapshots.
    """

    engine: Engine
    index: Index
    writer: Callable[[], Index]
    archive: Callable[[], Archive]

    def build(self, listings: Iterable[Listing], position: int = 1, fingerprint: str = "f") -> Generation:
        """Lists these, and only these, in a new generation."""
        with self.index.lock():
            draft = self.index.draft(fingerprint)
            added = draft.add(listings)
            assert not added.refused
            draft.finish(position)
            return self.index.promote(draft)


def embedded(folder: Path) -> Kit:
    index = EmbeddedIndex(folder, now)
    archive = EmbeddedArchive(index, folder.with_name("snapshots"), now)
    return Kit(EmbeddedEngine(folder), index, lambda: EmbeddedIndex(folder, now), lambda: archive)


def elasticsearch(url: str) -> Iterator[Kit]:
    client = connect(url)
    alias = f"contract-{uuid.uuid4().hex[:12]}"
    try:
        index = ElasticsearchIndex(client, alias)
        archive = ElasticsearchArchive(index, client, alias, alias, location=alias)
        yield Kit(
            ElasticsearchEngine(client, alias, PATIENCE_S),
            index,
            lambda: ElasticsearchIndex(client, alias),
            lambda: archive,
        )
    finally:
        remove_repository(client, alias)
        tidying = client.options(max_retries=5, retry_on_status=(429, 503), retry_backoff_base=0.5, retry_backoff_cap=5)
        for name in tidying.indices.get(index=f"{alias}-*"):
            tidying.indices.delete(index=name)
        client.close()


def remove_repository(client: Elasticsearch, name: str) -> None:
    """A repository and all it holds."""
    with suppress(NotFoundError):
        for item in client.snapshot.get(repository=name, snapshot="*")["snapshots"]:
            client.snapshot.delete(repository=name, snapshot=item["snapshot"])
        client.snapshot.delete_repository(name=name)


def _kit(request: pytest.FixtureRequest, folder: Path) -> Iterator[Kit]:
    if request.param == "embedded":
        yield embedded(folder)
    else:
        yield from elasticsearch(request.getfixturevalue("elasticsearch_url"))


@pytest.fixture(params=ENGINES)
def kit(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kit]:
    """An empty store."""
    yield from _kit(request, tmp_path / "index")


@pytest.fixture(scope="module", params=ENGINES)
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    """A store that the tests of one module share."""
    yield from _kit(request, tmp_path_factory.mktemp("library") / "index")
