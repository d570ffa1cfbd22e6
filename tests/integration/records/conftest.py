"""A migrated database of its own for each test, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from directory.records.database import open_database
from directory.records.schema import upgrade
from directory.records.source import SqlListingSource
from directory.vocabulary import Vocabulary, load


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load()


@pytest.fixture(scope="session")
def _migrated_postgresql(postgresql_url: str) -> Iterator[str]:
    """Name of a migrated database that others are copied from."""
    name = f"records_template_{uuid4().hex[:12]}"
    _administer(postgresql_url, f"CREATE DATABASE {name}")
    engine = open_database(_of(postgresql_url, name))
    upgrade(engine)
    engine.dispose()
    yield name
    _administer(postgresql_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgresql_database(postgresql_url: str, _migrated_postgresql: str) -> Iterator[str]:
    name = f"records_{uuid4().hex[:12]}"
    _administer(postgresql_url, f"CREATE DATABASE {name} TEMPLATE {_migrated_postgresql}")
    yield _of(postgresql_url, name)
    _administer(postgresql_url, f"DROP DATABASE {name} WITH (FORCE)")


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
    return SqlListingSource(engine, vocabulary)


def _of(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _administer(url: str, statement: str) -> None:
    drivername = "postgresql+psycopg"
    engine = create_engine(make_url(url).set(drivername=drivername), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
