"""A migrated database of its own for each test, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from directory.records.database import open_database
from directory.records.schema import upgrade
from directory.records.source import SqlListingSource
from directory.records.tables import METADATA
from directory.vocabulary import Vocabulary, load
from tests.factories.records import TODAY


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load()


@pytest.fixture(scope="session")
def _migrated_postgresql(postgresql_url: str) -> Iterator[str]:
    """A migrated database of this run, which its tests empty in turn: making one takes longer than most tests."""
    name = f"records_{uuid4().hex[:12]}"
    administer(postgresql_url, f"CREATE DATABASE {name}")
    url = database_named(postgresql_url, name)
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()
    yield url
    administer(postgresql_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgresql_database(_migrated_postgresql: str) -> str:
    tables = [table.name for table in reversed(METADATA.sorted_tables) if table.name != "dataset"]
    statements = (*(f"DELETE FROM {name}" for name in tables), "UPDATE dataset SET kind = NULL, revision = 0")
    administer(_migrated_postgresql, *statements)
    return _migrated_postgresql


@pytest.fixture
def empty_postgresql(postgresql_url: str) -> Iterator[str]:
    """A database without tables."""
    name = f"records_{uuid4().hex[:12]}"
    administer(postgresql_url, f"CREATE DATABASE {name}")
    yield database_named(postgresql_url, name)
    administer(postgresql_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'folder' / 'empty.sqlite'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"empty_{request.param}")
    return url


@pytest.fixture
def sqlite_database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_database")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def source(engine: Engine, vocabulary: Vocabulary) -> SqlListingSource:
    return SqlListingSource(engine, vocabulary, lambda: TODAY)


def database_named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def administer(url: str, *statements: str) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
