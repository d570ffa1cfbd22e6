"""A store of its own on the real node, and writers and readers of it through whatever lies between."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.engine import ElasticsearchEngine
from directory.engines.elasticsearch.index import ElasticsearchIndex
from directory.search.index import Generation
from directory.search.listing import Listing
from directory.search.query import MAX_LIMIT, Query
from tests.factories.listings import TODAY, Sampler


@dataclass(slots=True)
class Clock:
    """Goes only when told to."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


@dataclass(slots=True)
class Store:
    """One alias on the node. `pauses` collects how long writers would have waited."""

    url: str
    alias: str
    clock: Clock
    pauses: list[float]

    def index(self, url: str = "", clock: Callable[[], datetime] | None = None) -> ElasticsearchIndex:
        client = connect(url or self.url)
        return ElasticsearchIndex(client, self.alias, clock=clock or self.clock, pause=self.pauses.append)

    def engine(self, url: str = "", patience_s: float = 60.0) -> ElasticsearchEngine:
        """Patient unless told otherwise: other tests may keep the machine busy."""
        return ElasticsearchEngine(connect(url or self.url), self.alias, patience_s)

    def names(self) -> list[str]:
        """Every index of the store but the lock's."""
        client = connect(self.url)
        try:
            return sorted(name for name in client.indices.get(index=f"{self.alias}-*") if not name.endswith("-lock"))
        finally:
            client.close()

    def build(self, listings: list[Listing], url: str = "") -> Generation:
        index = self.index(url)
        with index.lock():
            draft = index.draft("f")
            draft.add(listings)
            draft.finish(1)
            return index.promote(draft)

    def found(self) -> list[str]:
        hits = self.engine().search(Query(today=TODAY, limit=MAX_LIMIT)).hits
        return sorted(hit.listing.id for hit in hits)


@pytest.fixture
def store(elasticsearch_url: str) -> Iterator[Store]:
    made = Store(elasticsearch_url, f"faults-{uuid.uuid4().hex[:12]}", Clock(), [])
    yield made
    client = connect(elasticsearch_url)
    tidying = client.options(max_retries=5, retry_on_status=(429, 503), retry_backoff_base=0.5, retry_backoff_cap=5)
    for name in tidying.indices.get(index=f"{made.alias}-*"):
        tidying.indices.delete(index=name)
    client.close()


def sample(subject: int, version: int = 1) -> Listing:
    """A listing that does not expire soon."""
    drawn = Sampler(Random(f"{subject}-{version}")).listing(4 * subject + 1, 0, version)
    return replace(drawn, expires_on=TODAY + timedelta(days=60))


def samples(count: int, version: int = 1) -> list[Listing]:
    return [sample(subject, version) for subject in range(count)]
