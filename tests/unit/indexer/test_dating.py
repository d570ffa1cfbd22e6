"""Of which day a registry file is, and how long what it says may be shown."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from directory.domain.errors import InvalidInput
from indexer.sources.dating import OLD_FILE_NOTE, Dating, date_in_name, dating, file_date

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("npidata_pfile_20251103-20251109.csv.gz", date(2025, 11, 9)),
        ("npidata_pfile_20050523-20260111.csv", date(2026, 1, 11)),
        ("npidata_pfile_week_20240122.csv.gz", date(2024, 1, 22)),
        ("NPPES_Data_Dissemination_110325_110925_Weekly.zip", date(2025, 11, 9)),
        ("NPPES_Data_Dissemination_November_2025_V2.zip", date(2025, 11, 1)),
        ("npidata_pfile_20251399.csv", None),
        ("file_of_1255334207.csv", None),
        ("registry.csv", None),
    ],
)
def test_the_day_in_a_file_name(name: str, day: date | None) -> None:
    assert date_in_name(name) == day


def test_what_is_stated_goes_before_the_members_and_those_before_the_archive() -> None:
    archive, members = Path("NPPES_Data_Dissemination_November_2025.zip"), ("npidata_pfile_20050523-20251109.csv",)
    assert file_date(archive, members, None, TODAY) == date(2025, 11, 9)
    assert file_date(archive, members, date(2025, 11, 12), TODAY) == date(2025, 11, 12)
    assert file_date(archive, ("",), None, TODAY) == date(2025, 11, 1)


def test_a_file_without_a_date_asks_for_one() -> None:
    with pytest.raises(InvalidInput, match="--file-date"):
        file_date(Path("registry.csv"), ("",), None, TODAY)


def test_a_file_of_tomorrow_is_refused() -> None:
    with pytest.raises(InvalidInput, match="after today"):
        file_date(Path("x.csv"), ("",), TODAY + timedelta(days=1), TODAY)
    assert file_date(Path("x.csv"), ("",), TODAY, TODAY) == TODAY


def test_evidence_expires_by_the_age_of_its_file() -> None:
    fresh = TODAY - timedelta(days=119)
    assert dating(fresh, TODAY, 120, accept_old=False) == Dating(fresh, TODAY + timedelta(days=1))


def test_an_old_file_needs_to_be_accepted_and_then_says_so() -> None:
    old = TODAY - timedelta(days=120)
    with pytest.raises(InvalidInput, match="--accept-old"):
        dating(old, TODAY, 120, accept_old=False)
    assert dating(old, TODAY, 120, accept_old=True) == Dating(old, TODAY + timedelta(days=120), OLD_FILE_NOTE)


def test_accepting_old_files_changes_nothing_about_fresh_ones() -> None:
    assert dating(TODAY, TODAY, 120, accept_old=True).note == ""
