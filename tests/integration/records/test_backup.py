"""A backup holds everything, shows damage, and comes back the same on either database."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from stat import S_IMODE

import pytest
from sqlalchemy import Engine

from directory.domain.clinic import ReferralLink
from directory.domain.errors import InvalidInput, RecordsUnavailable
from directory.records.backup import back_up, checksum, restore
from directory.records.database import open_database, reading
from directory.records.loading import SqlLoading
from directory.records.register import SqlRegister
from directory.records.source import SqlListingSource
from directory.registration.register import RemovalKind
from directory.vocabulary import Vocabulary
from tests.factories import loads as make
from tests.factories.records import TODAY, npi

HERE = make.place("1 Here St")


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Something in every table."""
    people = [make.at_clinic(make.person(1).practitioner, "k1", HERE), make.person(2), make.person(3)]
    links = [make.confirmed("k1", "k2"), ReferralLink("k2", "k3", TODAY, None, TODAY - timedelta(days=1))]
    load = make.loaded(engine, [make.clinic(key, HERE) for key in ("k1", "k2", "k3")], people, links)
    load.finish({"loaded": 6})
    register = SqlRegister(engine)
    register.request_removal(f"p{npi(2)}", RemovalKind.CORRECT, "Telefón", "ana@example.org")
    register.hide(f"p{npi(3)}", "asked")
    return engine


def digest(engine: Engine) -> tuple[str, int]:
    with reading(engine) as connection:
        return checksum(connection)


def test_everything_comes_back(filled: Engine, empty_url: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    """Also from SQLite into PostgreSQL and back: each parameter meets each."""
    made = back_up(filled, tmp_path / "backup.gz")
    assert digest(filled) == (made.sha256, made.rows)
    new = open_database(empty_url)
    assert restore(new, tmp_path / "backup.gz") == made
    assert digest(new) == digest(filled)
    first, second = (SqlListingSource(engine, vocabulary) for engine in (filled, new))
    assert list(second.records()) == list(first.records())
    assert second.position() == first.position()
    assert SqlRegister(new).open_removals() == SqlRegister(filled).open_removals()
    assert SqlLoading(new).latest() == SqlLoading(filled).latest()


def test_work_goes_on_after_a_restore(filled: Engine, empty_url: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    back_up(filled, tmp_path / "backup.gz")
    new = open_database(empty_url)
    restore(new, tmp_path / "backup.gz")
    before = SqlListingSource(new, vocabulary).position()
    make.begun(new, "next.csv").practitioners([make.person(7)])
    SqlRegister(new).request_removal(f"p{npi(7)}", RemovalKind.HIDE)
    assert SqlListingSource(new, vocabulary).changed_since(before, 10).subjects == (f"p{npi(7)}",)


def test_a_backup_shows_one_moment_and_changes_show(filled: Engine, tmp_path: Path) -> None:
    first = back_up(filled, tmp_path / "1.gz")
    assert back_up(filled, tmp_path / "2.gz") == first
    make.begun(filled).practitioners([make.person(9)])
    assert back_up(filled, tmp_path / "3.gz").sha256 != first.sha256


def test_a_backup_is_private_and_never_overwritten(filled: Engine, tmp_path: Path) -> None:
    path = tmp_path / "backup.gz"
    back_up(filled, path)
    assert S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_bytes()
    with pytest.raises(InvalidInput, match="never overwritten"):
        back_up(filled, path)
    assert path.read_bytes() == content
    assert [item.name for item in tmp_path.iterdir() if "backup" in item.name] == ["backup.gz"]


def test_a_place_that_cannot_be_written(filled: Engine, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be written"):
        back_up(filled, tmp_path / "none" / "backup.gz")


def test_a_database_in_use_is_not_restored_over(filled: Engine, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup.gz")
    before = digest(filled)
    with pytest.raises(InvalidInput, match="restore into an empty one"):
        restore(filled, tmp_path / "backup.gz")
    assert digest(filled) == before


def test_a_database_without_tables_has_no_backup(empty_url: str, tmp_path: Path) -> None:
    with pytest.raises(RecordsUnavailable, match="directory database upgrade"):
        back_up(open_database(empty_url), tmp_path / "backup.gz")
    assert not (tmp_path / "backup.gz").exists()


def _lines(data: bytes, change: Callable[[list[bytes]], object]) -> bytes:
    lines = gzip.decompress(data).splitlines(keepends=True)
    change(lines)
    return gzip.compress(b"".join(lines))


def _other_value(lines: list[bytes]) -> None:
    lines[:] = [line.replace(b"Chicago", b"Chicaga") for line in lines]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda data: data[: len(data) // 2],
    "no gzip": lambda _: b"hello",
    "empty": lambda _: b"",
    "a bit flipped": lambda data: data[:300] + bytes([data[300] ^ 1]) + data[301:],
    "a line missing": lambda data: _lines(data, lambda lines: lines.pop(5)),
    "the end missing": lambda data: _lines(data, lambda lines: lines.pop()),
    "another value": lambda data: _lines(data, _other_value),
    "another format": lambda data: _lines(data, lambda lines: lines.__setitem__(0, b'{"format": "x"}\n')),
    "another version": lambda data: data,
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_backup_restores_nothing(sqlite_database: str, empty_sqlite: str, tmp_path: Path, kind: str) -> None:
    engine = open_database(sqlite_database)
    make.loaded(engine, [make.clinic("k1")], [make.person(1)])
    good, bad = tmp_path / "good.gz", tmp_path / "bad.gz"
    back_up(engine, good)
    data = good.read_bytes()
    if kind == "another version":
        data = _lines(data, lambda lines: lines.__setitem__(0, lines[0].replace(b'"schema":"r', b'"schema":"x')))
    bad.write_bytes(DAMAGE[kind](data))
    new = open_database(empty_sqlite)
    with pytest.raises(InvalidInput):
        restore(new, bad)
    restore(new, good)
    assert digest(new) == digest(engine)
