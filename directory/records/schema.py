"""Making the tables and bringing them up to date (Alembic, from the migrations inside this package)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from directory.domain.errors import RecordsUnavailable
from directory.records.database import make_room, reading, translated

_MIGRATIONS = Path(__file__).with_name("migrations")
_UPGRADE_LOCK = 3_120_577
"""Key of the PostgreSQL advisory lock under which one process at a time migrates."""


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """`current` is the migration the database stands at, empty for a new one; `head` the one this code needs."""

    current: str
    head: str

    @property
    def up_to_date(self) -> bool:
        return self.current == self.head


def schema_status(engine: Engine) -> SchemaStatus:
    """Raises RecordsUnavailable when the database does not answer."""
    make_room(engine)
    with reading(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    return SchemaStatus(current or "", head or "")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings the tables to a revision: all of it, or nothing. Safe to run twice, and from several processes."""
    _migrate(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str) -> None:
    """Takes the tables back to a revision; `base` removes them with everything in them."""
    _migrate(engine, lambda config: command.downgrade(config, revision))


def _migrate(engine: Engine, run: Callable[[Config], None]) -> None:
    make_room(engine)
    with _exclusively(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        run(config)
        _check_references(connection)


@contextmanager
def _exclusively(engine: Engine) -> Iterator[Connection]:
    with (
        translated(),
        engine.connect().execution_options(writes=True) as connection,
        _unenforced(connection),
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
        yield connection


@contextmanager
def _unenforced(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew; enforced, dropping the old one would delete all that refers to it."""
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RecordsUnavailable("The migration would leave rows that refer to nothing: nothing was changed.", 600)
