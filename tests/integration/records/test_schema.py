"""The tables are what the migrations make, from nothing and back."""

import threading

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect, select
from sqlalchemy.exc import IntegrityError

from directory.records.changes import changing
from directory.records.database import open_database, reading, writing
from directory.records.schema import SchemaStatus, downgrade, schema_status, upgrade
from directory.records.tables import METADATA, dataset, evidence, location, referral_link
from tests.factories import loads as make


def test_from_nothing_to_the_tables_and_back(empty_url: str) -> None:
    engine = open_database(empty_url)
    assert schema_status(engine).current == ""
    upgrade(engine)
    upgrade(engine)
    assert schema_status(engine).up_to_date
    assert set(inspect(engine).get_table_names()) == {*METADATA.tables, "alembic_version"}
    with reading(engine) as connection:
        assert tuple(connection.execute(select(dataset)).one()) == (1, None, 0)
    downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert schema_status(engine) == SchemaStatus("", schema_status(engine).head)
    upgrade(engine)


def test_tables_and_migrations_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_checks_of_the_tables_are_in_the_migrations(engine: Engine) -> None:
    """Autogeneration does not compare check constraints."""
    found = inspect(engine)
    for table in METADATA.tables.values():
        wanted = {rule.name for rule in table.constraints if isinstance(rule, CheckConstraint)}
        assert {check["name"] for check in found.get_check_constraints(table.name)} == wanted
    assert {rule.name for rule in METADATA.tables["dataset"].constraints} >= {"ck_dataset_single"}


def test_identifiers_are_compared_by_their_bytes(engine: Engine) -> None:
    make.begun(engine).clinics(make.clinic(key) for key in ("b", "B", "a-b", "ab", "a1"))
    table = METADATA.tables["clinic"]
    with reading(engine) as connection:
        assert connection.scalars(select(table.c.id).order_by(table.c.id)).all() == ["B", "a-b", "a1", "ab", "b"]


def test_a_migration_that_fails_changes_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_database(empty_url)

    def fail(config: Config, revision: str) -> None:
        original(config, revision)
        raise ZeroDivisionError

    original = command.upgrade
    monkeypatch.setattr("directory.records.schema.command.upgrade", fail)
    with pytest.raises(ZeroDivisionError):
        upgrade(engine)
    monkeypatch.undo()
    assert inspect(engine).get_table_names() == []
    upgrade(engine)
    assert schema_status(engine).up_to_date


def test_two_processes_may_upgrade_at_once(empty_url: str) -> None:
    failed = list[BaseException]()

    def run() -> None:
        try:
            upgrade(open_database(empty_url))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert schema_status(open_database(empty_url)).up_to_date


def test_references_are_enforced_after_a_migration(empty_url: str) -> None:
    engine = open_database(empty_url)
    upgrade(engine)
    with pytest.raises(IntegrityError), changing(engine, "test") as change:
        change.connection.execute(referral_link.insert().values(clinic_id="a", partner_id="b"))


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (dataset, {"id": 2, "revision": 0}),
        (referral_link, {"clinic_id": "k2", "partner_id": "k1"}),
        (evidence, {"level": "registry"}),
        (location, {"id": "x", "lat": 1.0}),
    ],
)
def test_nonsense_is_refused_by_the_database_itself(engine: Engine, table: object, values: dict[str, object]) -> None:
    make.begun(engine).clinics([make.clinic("k1"), make.clinic("k2")])
    filler = {
        column.name: column.type.python_type()
        for column in table.c  # type: ignore[attr-defined]
        if not column.nullable and column.name != "id" and column.type.python_type in (str, int)
    }
    days = {name: make.TODAY for name in ("checked_on", "expires_on") if name in table.c}  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(table.insert().values({**filler, **days, **values}))  # type: ignore[attr-defined]
