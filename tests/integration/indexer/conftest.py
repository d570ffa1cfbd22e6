"""A directory of its own for each test: records on SQLite, one engine, and a week of registry rows."""

import gzip
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from directory.bootstrap import Composition, now
from directory.domain.npi import is_valid_npi
from directory.engines.elasticsearch.client import connect
from directory.records.schema import upgrade
from directory.search.index import Index
from directory.search.listing import Listing
from directory.settings import Settings
from indexer.load import Loading, Options, RegistryLoader
from indexer.publishing import Published
from indexer.rebuild import rebuild
from indexer.reporting import Silent
from indexer.sync import Synced, sync
from tests.contract.conftest import remove_repository
from tests.factories.registry import table
from tests.fakes.positions import FixedPositions

ENGINES = (pytest.param("embedded"), pytest.param("elasticsearch", marks=pytest.mark.elasticsearch))


def today() -> date:
    return now().date()


@dataclass
class Site:
    """A composition with an empty database, and shorthands for what the indexer does to it."""

    composition: Composition
    folder: Path
    positions: FixedPositions = field(default_factory=FixedPositions)

    def __post_init__(self) -> None:
        self.index: Index = self.composition.index(self.composition.settings.engine)

    def file(self, *rows: Mapping[str, str], day: date | None = None, name: str = "") -> Path:
        """A registry file of a day, today unless said otherwise."""
        path = self.folder / (name or f"npidata_pfile_{day or today():%Y%m%d}.csv")
        path.write_bytes(table(rows))
        return path

    def load(self, *rows: Mapping[str, str], day: date | None = None, **options: bool) -> Loading:
        return self.load_file(self.file(*rows, day=day), **options)

    def load_file(self, path: Path, **options: bool) -> Loading:
        loader = RegistryLoader(
            self.composition.loading, self.composition.vocabulary, self.positions, today(), Silent()
        )
        return loader.load(path, Options(self.folder / "rejects", 120, **options))

    def rebuild(self, *, force: bool = False) -> Published:
        making = self.composition.making()
        return rebuild(self.composition.source, self.index, making, Silent(), force=force)

    def sync(self) -> Synced:
        return sync(self.composition.source, self.index, self.composition.making())

    def found(self, npi: str) -> tuple[Listing, ...]:
        """What a search shows of an NPI."""
        assert is_valid_npi(npi)
        engine = self.composition.engine
        return (*engine.of_subject(f"p{npi}", today()), *engine.of_subject(f"cn{npi}", today()))


def last_week() -> date:
    return today() - timedelta(days=7)


def _site(folder: Path, engine: str, **settings: str) -> Site:
    composition = Composition(
        Settings(
            data_dir=folder,
            database_url=f"sqlite:///{folder / 'directory.sqlite'}",
            engine=engine,
            index_dir=folder / "index",
            snapshot_dir=folder / "snapshots",
            **settings,  # type: ignore[arg-type]
        )
    )
    upgrade(composition.database)
    return Site(composition, folder)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with the embedded engine."""
    made = _site(tmp_path, "embedded")
    yield made
    made.composition.database.dispose()


@pytest.fixture(params=ENGINES)
def any_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site with each engine in turn."""
    if request.param == "embedded":
        made = _site(tmp_path, "embedded")
        yield made
    else:
        alias = f"indexer-{uuid.uuid4().hex[:12]}"
        url = request.getfixturevalue("elasticsearch_url")
        made = _site(tmp_path, "elasticsearch", **_store(url, alias))
        yield made
        _remove(url, alias)
    made.composition.database.dispose()


@pytest.fixture(params=["embedded", "elasticsearch"])
def double_site(request: pytest.FixtureRequest, elasticsearch_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site that has both engines; each in turn is the one that people are answered by."""
    alias = f"indexer-{uuid.uuid4().hex[:12]}"
    made = _site(tmp_path, request.param, **_store(elasticsearch_url, alias))
    yield made
    _remove(elasticsearch_url, alias)
    made.composition.database.dispose()


def _store(url: str, alias: str) -> dict[str, str]:
    return {"elasticsearch_url": url, "elasticsearch_alias": alias, "elasticsearch_snapshot_location": alias}


def _remove(url: str, alias: str) -> None:
    client = connect(url)
    remove_repository(client, alias)
    for name in client.indices.get(index=f"{alias}-*", expand_wildcards="all"):
        client.indices.delete(index=name)
    client.close()


Pack = Callable[[bytes], bytes]


@pytest.fixture
def pack() -> Pack:
    """Gzip without a time stamp."""
    return lambda data: gzip.compress(data, mtime=0)
