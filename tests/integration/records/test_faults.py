"""What goes wrong with databases, made to go wrong: whoever asked hears it soon, and nothing is half-written."""

import os
import shutil
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select, text

from directory.domain.errors import InvalidInput, RecordsUnavailable
from directory.records.changes import changing
from directory.records.database import WAIT_S, make_room, open_database, reading, writing
from directory.records.register import SqlRegister
from directory.records.source import SqlListingSource
from directory.records.tables import clinic, dataset, outbox, practitioner, removal_request
from directory.registration.register import RemovalKind
from directory.vocabulary import Vocabulary
from tests.factories import loads as make
from tests.factories.records import npi

ANA = f"p{npi(1)}"


@pytest.fixture
def hurried(database_url: str) -> Iterator[Engine]:
    """The same database, for somebody who does not wait long."""
    engine = open_database(database_url, wait_s=0.1)
    yield engine
    engine.dispose()


@pytest.mark.fault(16)
def test_locked_database_answers_in_bounded_time(engine: Engine, hurried: Engine, vocabulary: Vocabulary) -> None:
    """Fault 16."""
    make.begun(engine).practitioners([make.person(1)])
    with changing(engine, "long"), pytest.raises(RecordsUnavailable, match="busy") as refused:
        SqlRegister(hurried).hide(ANA)
    assert refused.value.retry_after == WAIT_S
    assert SqlRegister(hurried).hide(ANA)


def test_reading_goes_on_while_somebody_writes(engine: Engine, hurried: Engine, vocabulary: Vocabulary) -> None:
    make.begun(engine).practitioners([make.person(1)])
    with changing(engine, "long") as change:
        change.connection.execute(practitioner.update().values(credential="XX"))
        record = SqlListingSource(hurried, vocabulary).record(ANA)
    assert record is not None
    assert record.practitioner.credential == ""  # type: ignore[union-attr]


@pytest.mark.fault(16)
def test_waiting_is_bounded_by_default(sqlite_database: str) -> None:
    with open_database(sqlite_database).connect() as connection:
        assert connection.scalar(text("PRAGMA busy_timeout")) == WAIT_S * 1000


def test_a_new_file_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    def open_together(file: Path) -> list[str]:
        together = threading.Barrier(4)

        def connect(_: int) -> str:
            together.wait()
            with open_database(f"sqlite:///{file}").connect() as connection:
                return str(connection.scalar(text("PRAGMA journal_mode")))

        with ThreadPoolExecutor(4) as threads:
            return list(threads.map(connect, range(4)))

    # Without waiting, about one such file in ten was refused as locked.
    assert [open_together(tmp_path / f"{number}.sqlite") for number in range(60)] == [["wal"] * 4] * 60


def test_a_commit_is_on_disk_when_it_returns(sqlite_database: str) -> None:
    with open_database(sqlite_database).connect() as connection:
        settings = [
            connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert settings == ["wal", 2, 1]


def test_all_connections_taken(database_url: str) -> None:
    engine = open_database(database_url, wait_s=0.1)
    held = [engine.connect() for _ in range(15)]
    with pytest.raises(RecordsUnavailable, match="no free connection"), reading(engine):
        pass
    for connection in held:
        connection.close()
    with reading(engine) as connection:
        assert connection.scalar(select(dataset.c.revision)) == 0


@contextmanager
def full(engine: Engine) -> Iterator[None]:
    """SQLite may not take one page more, as on a full disk."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    engine.dispose()
    event.listen(engine, "connect", limit)
    yield
    event.remove(engine, "connect", limit)
    engine.dispose()


@pytest.mark.fault(7)
def test_disk_full_rolls_back(sqlite_database: str, vocabulary: Vocabulary) -> None:
    """Fault 7."""
    engine = open_database(sqlite_database)
    source = SqlListingSource(engine, vocabulary)
    load = make.begun(engine)
    load.practitioners([make.person(1)])
    with full(engine):
        with pytest.raises(RecordsUnavailable, match="disk of the database is full") as refused:
            load.practitioners(make.person(number) for number in range(2, 500))
        assert source.position() == 1
        assert [record.subject for record in source.records()] == [ANA]
    assert refused.value.retry_after == 60
    assert load.practitioners(make.person(number) for number in range(2, 500)).added == 498


def test_no_database_yet(empty_url: str) -> None:
    engine = open_database(empty_url)
    make_room(engine)
    with pytest.raises(RecordsUnavailable, match="directory database upgrade"):
        SqlRegister(engine).open_removals()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordsUnavailable, match="DIRECTORY_DATABASE_URL"):
        make_room(open_database(f"sqlite:///{tmp_path / 'file' / 'x.sqlite'}"))


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(RecordsUnavailable, match="does not answer"):
        SqlRegister(open_database(f"sqlite:///{tmp_path / 'gone' / 'x.sqlite'}")).open_removals()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    path.write_bytes(b"not a database, whatever its name says" * 100)
    with pytest.raises(RecordsUnavailable, match="restore it from a backup"):
        SqlRegister(open_database(f"sqlite:///{path}")).open_removals()


def test_a_server_that_is_down() -> None:
    with pytest.raises(RecordsUnavailable, match="does not answer") as refused:
        SqlRegister(open_database("postgresql://somebody:secret@127.0.0.1:1/none")).open_removals()
    assert "secret" not in str(refused.value)


def test_a_server_that_hangs_up(postgresql_database: str) -> None:
    engine = open_database(postgresql_database)
    with pytest.raises(RecordsUnavailable), writing(engine) as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert SqlRegister(engine).open_removals() == ()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_urls_of_no_database_of_ours(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_database(url)
    assert refused.value.field == "database_url"


def test_both_spellings_of_postgresql_mean_our_driver() -> None:
    for url in ("postgres://x/y", "postgresql://x/y", "postgresql+psycopg://x/y"):
        assert open_database(url).driver == "psycopg"


def test_errors_hide_what_people_wrote(engine: Engine) -> None:
    with pytest.raises(Exception, match="removal_request") as raised, writing(engine) as connection:
        connection.execute(removal_request.insert().values(subject="secret words"))
    assert "secret" not in str(raised.value)


Act = Callable[[Engine], object]


def load_chunk(engine: Engine) -> object:
    load = make.begun(engine)
    where = make.place("7 New St")
    people = [make.at_clinic(make.person(number).practitioner, "k1", where) for number in range(1, 6)]
    return load.practitioners(people)


def load_links(engine: Engine) -> object:
    return make.begun(engine).links([make.confirmed("k1", "k2")])


def hide_person(engine: Engine) -> object:
    return SqlRegister(engine).hide(ANA, "asked")


def ask_removal(engine: Engine) -> object:
    return SqlRegister(engine).request_removal(ANA, RemovalKind.HIDE, "please", "ana@example.org")


@pytest.mark.fault(15, 17)
@pytest.mark.parametrize("act", [load_chunk, load_links, hide_person, ask_removal])
def test_killed_at_every_statement(database_url: str, engine: Engine, vocabulary: Vocabulary, act: Act) -> None:
    """Faults 15 and 17: what was acknowledged is there with its outbox row; what was not is wholly there or not at all.

    A process is killed before its first statement, before its second, and so on until it lives to the end.
    """
    make.loaded(engine, [make.clinic("k1"), make.clinic("k2")], [make.person(1)])
    source = SqlListingSource(engine, vocabulary)
    before = contents(engine, source)
    engine.dispose()
    for statements in count(1):
        acknowledged = run_killed(database_url, act, statements)
        after = contents(engine, source)
        check_outbox(engine)
        engine.dispose()
        if acknowledged:
            assert after != before
            break
        assert after == before
    assert statements > 3


def run_killed(url: str, act: Act, statements: int) -> bool:
    """Does it in a process that is killed before the given statement (COMMIT counts); True if it lived to the end."""
    child = os.fork()
    if child == 0:
        try:
            engine = open_database(url)
            left = iter(range(statements - 1, -1, -1))

            def die_in_time(*_: object) -> None:
                if next(left) == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(engine, "before_cursor_execute", die_in_time)
            event.listen(engine, "commit", die_in_time)
            act(engine)
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return not os.WIFSIGNALED(status)


def contents(engine: Engine, source: SqlListingSource) -> object:
    requests = SqlRegister(engine).open_removals()
    return source.position(), list(source.records()), requests


def check_outbox(engine: Engine) -> None:
    """Revisions have no gap, and no subject carries one that the outbox does not know."""
    with engine.connect() as connection:
        latest = connection.scalar(select(dataset.c.revision))
        known = connection.scalars(select(outbox.c.revision).order_by(outbox.c.revision)).all()
        carried = {
            revision for table in (practitioner, clinic) for revision in connection.scalars(select(table.c.revision))
        }
    assert known == list(range(1, (latest or 0) + 1))
    assert carried <= set(known)


@pytest.mark.fault(15)
def test_a_load_killed_again_and_again_ends_the_same(
    database_url: str, engine: Engine, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 15 for whole loads: each attempt is killed later than the one before; the last finds what they left."""
    monkeypatch.setattr("directory.records.entries.CHUNK", 2)
    people = [make.person(number, make.place(f"{number} Elm St")) for number in range(1, 12)]
    engine.dispose()
    attempts = 0
    for statements in count(1, 9):
        attempts += 1
        if run_killed(database_url, lambda its: make.begun(its).practitioners(people), statements):
            break
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(practitioner)) == 11
    check_outbox(engine)
    source = SqlListingSource(engine, vocabulary)
    assert set(source.changed_since(0, 100).subjects) == {f"p{entry.key}" for entry in people}
    assert attempts > 3


@pytest.mark.fault(15)
def test_sqlite_is_killed_with_its_log_unwritten(sqlite_database: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    """Fault 15: a copy of the files as they lie after a commit, log and all, holds what was acknowledged."""
    engine = open_database(sqlite_database)
    make.begun(engine).practitioners([make.person(1)])
    file, copy = Path(str(engine.url.database)), tmp_path / "copy" / "records.sqlite"
    copy.parent.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(f"{file}{suffix}", f"{copy}{suffix}")
    assert SqlListingSource(open_database(f"sqlite:///{copy}"), vocabulary).record(ANA) is not None
