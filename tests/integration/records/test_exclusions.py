"""The OIG's list: read from its file, enforced on the records; on SQLite and on PostgreSQL."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from directory.domain.application import NotAllowed
from directory.domain.errors import InvalidInput
from directory.records.exclusions import SqlExclusionDesk
from directory.records.register import SqlRegister
from directory.records.registry import SqlExclusions
from directory.records.source import SqlListingSource
from directory.registration.loading import OutOfOrder
from indexer.exclusions import as_data, as_lines, load
from tests.factories import loads as make
from tests.factories.records import TODAY, npi

HEADER = [
    *("LASTNAME", "FIRSTNAME", "MIDNAME", "BUSNAME", "GENERAL", "SPECIALTY", "UPIN", "NPI", "DOB", "ADDRESS", "CITY"),
    *("STATE", "ZIP", "EXCLTYPE", "EXCLDATE", "REINDATE", "WAIVERDATE", "WVRSTATE"),
]


def row(number: str = "0000000000", **cells: str) -> dict[str, str]:
    usual = {"LASTNAME": "NÚÑEZ", "FIRSTNAME": "ANA", "STATE": "IL", "EXCLTYPE": "1128a1", "EXCLDATE": "20200102"}
    none = {"REINDATE": "00000000", "WAIVERDATE": "00000000"}
    return {**dict.fromkeys(HEADER, ""), **usual, **none, "NPI": number, **cells}


def listed(folder: Path, *rows: dict[str, str], header: list[str] = HEADER) -> Path:
    path = folder / "UPDATED.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def desk(engine: Engine) -> SqlExclusionDesk:
    make.loaded(engine, [make.clinic("k1", npi=npi(50))], [make.person(1), make.person(2)])
    return SqlExclusionDesk(engine)


def found(source: SqlListingSource) -> list[str]:
    return [record.subject for record in source.records()]


@pytest.mark.fault(22)
def test_who_is_on_the_list_leaves_and_comes_back(
    desk: SqlExclusionDesk, source: SqlListingSource, tmp_path: Path
) -> None:
    """Fault 22, for exclusions."""
    before = source.position()
    done = load(listed(tmp_path, row(npi(1)), row(npi(50), BUSNAME="JUNIPER"), row()), desk, TODAY, tmp_path)
    assert found(source) == [f"p{npi(2)}"]
    assert {f"p{npi(1)}", "ck1"} <= set(source.changed_since(before, 10).subjects)
    assert (done.enforced.entries, done.enforced.hidden, done.enforced.shown) == (3, 2, 0)
    later = load(listed(tmp_path, row(npi(50))), desk, TODAY + timedelta(days=30), tmp_path)
    assert found(source) == [f"p{npi(1)}", f"p{npi(2)}"]
    assert (later.enforced.hidden, later.enforced.shown) == (0, 1)


def test_the_same_list_twice_changes_nothing(desk: SqlExclusionDesk, source: SqlListingSource, tmp_path: Path) -> None:
    path = listed(tmp_path, row(npi(1)))
    load(path, desk, TODAY, tmp_path)
    before = source.position()
    again = load(path, desk, TODAY, tmp_path)
    assert (again.enforced.hidden, again.enforced.shown, source.position()) == (0, 0, before)


@pytest.mark.fault(23)
def test_an_older_list_is_refused(desk: SqlExclusionDesk, source: SqlListingSource, tmp_path: Path) -> None:
    """Fault 23."""
    load(listed(tmp_path, row(npi(1))), desk, TODAY, tmp_path)
    with pytest.raises(OutOfOrder):
        load(listed(tmp_path, row(npi(2))), desk, TODAY - timedelta(days=1), tmp_path)
    assert f"p{npi(1)}" not in found(source)


def test_no_later_file_brings_back_who_is_excluded(
    desk: SqlExclusionDesk, engine: Engine, source: SqlListingSource, tmp_path: Path
) -> None:
    load(listed(tmp_path, row(npi(1)), row(npi(3))), desk, TODAY, tmp_path)
    make.begun(engine).practitioners([make.person(1, credential="DC"), make.person(3)])
    assert found(source) == ["ck1", f"p{npi(2)}"]


def test_an_operator_cannot_show_who_is_excluded(
    desk: SqlExclusionDesk, engine: Engine, source: SqlListingSource, tmp_path: Path
) -> None:
    """And who asked to be hidden stays hidden when the list lets them go."""
    register = SqlRegister(engine)
    load(listed(tmp_path, row(npi(1)), row(npi(2))), desk, TODAY, tmp_path)
    assert register.hide(f"p{npi(1)}", "asked by mail")
    for number in (1, 2):
        with pytest.raises(NotAllowed):
            register.unhide(f"p{npi(number)}")
    load(listed(tmp_path, row()), desk, TODAY, tmp_path)
    assert found(source) == ["ck1", f"p{npi(2)}"]
    assert register.unhide(f"p{npi(1)}")


def test_every_row_is_accounted_for(desk: SqlExclusionDesk, engine: Engine, tmp_path: Path) -> None:
    bad = str(int(npi(1)) + 1)
    path = listed(
        tmp_path,
        row(npi(1)),
        row(npi(2), REINDATE="20240101"),
        row(bad),
        row(EXCLDATE="20209999"),
        row(LASTNAME="", FIRSTNAME=""),
        row(LASTNAME="A\tB"),
    )
    with path.open("a", encoding="utf-8") as file:
        file.write("too,few,cells\n")
    done = load(path, desk, TODAY, tmp_path)
    assert done.rows == done.enforced.entries + done.reinstated + done.rejected.total() == 7
    assert done.rejected == {
        "NPI with a wrong check digit": 1,
        "no date of exclusion": 1,
        "no name": 1,
        "characters that cannot be shown": 1,
        "wrong number of columns": 1,
    }
    assert done.rejects is not None
    lines = done.rejects.read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["line", "4", "5", "6", "7", "8"]
    assert "1 excluded + 1 reinstated + 5 rejected" in as_lines(done)[0]
    assert as_data(done)["rejected"] == 5
    assert set(SqlExclusions(engine).of_npis([npi(1), npi(2)])) == {npi(1)}
    assert SqlExclusions(engine).of_npis([npi(1)])[npi(1)].excluded_on == date(2020, 1, 2)


@pytest.mark.fault(21)
@pytest.mark.parametrize("header", [["NPI", "NAME"], [name for name in HEADER if name != "REINDATE"]])
def test_a_file_of_another_layout_is_refused(desk: SqlExclusionDesk, tmp_path: Path, header: list[str]) -> None:
    """Fault 21."""
    with pytest.raises(InvalidInput, match="not the OIG's list"):
        load(listed(tmp_path, row(npi(1)), header=header), desk, TODAY, tmp_path)


def test_columns_are_found_by_name(desk: SqlExclusionDesk, source: SqlListingSource, tmp_path: Path) -> None:
    load(listed(tmp_path, row(npi(1)), header=HEADER[::-1]), desk, TODAY, tmp_path)
    assert f"p{npi(1)}" not in found(source)


@pytest.mark.fault(19)
def test_an_empty_or_missing_list_lets_nobody_go(
    desk: SqlExclusionDesk, source: SqlListingSource, tmp_path: Path
) -> None:
    """Fault 19: a file that was cut off after its header would otherwise bring everybody back."""
    load(listed(tmp_path, row(npi(1))), desk, TODAY, tmp_path)
    with pytest.raises(InvalidInput, match="excludes nobody"):
        load(listed(tmp_path), desk, TODAY, tmp_path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        load(tmp_path / "none.csv", desk, TODAY, tmp_path)
    assert f"p{npi(1)}" not in found(source)


def test_a_namesake_is_found_without_the_middle_name(desk: SqlExclusionDesk, engine: Engine, tmp_path: Path) -> None:
    load(listed(tmp_path, row(), row(npi(9), LASTNAME="OAK", FIRSTNAME="JO")), desk, TODAY, tmp_path)
    exclusions = SqlExclusions(engine)
    assert set(exclusions.named(["Ana M. Núñez", "Jo Oak", "Ana Nunn"])) == {"Ana M. Núñez"}
    assert exclusions.as_of() == TODAY
