"""How a load stands, and what its counts say of each table."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from directory.registration.loading import LoadFile, LoadRecord
from indexer.provenance import SILENT, State, load_lines, load_status

BEGAN = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
COUNTS = {
    "rows": 10, "loaded": 4, "skipped": 3, "deactivated": 2, "rejected": 1,
    "added": 4, "changed": 0, "unchanged": 0, "older": 0, "withdrawn": 1,
    "loaded: practitioners": 4, "skipped: no taxonomy of this directory": 3, "rejected: no NPI: none": 1,
    "pl_pfile: rows": 3, "pl_pfile: loaded": 2, "pl_pfile: skipped": 1, "pl_pfile: deactivated": 0,
    "pl_pfile: rejected": 0, "pl_pfile: skipped: stated twice": 1, "pl_pfile: added": 2,
}  # fmt: skip
RECORD = LoadRecord(
    7, LoadFile("nppes", "week.zip", "ab" * 32, date(2026, 3, 8)), BEGAN, BEGAN + timedelta(seconds=200), COUNTS,
    {"taxonomies": "all", "vocabulary": "0123456789abcdef"}, BEGAN + timedelta(seconds=190),
)  # fmt: skip


def lines(record: LoadRecord, now: datetime) -> list[str]:
    return list(load_lines(load_status(record, now)))


def test_a_finished_load_says_its_file_its_options_and_every_table() -> None:
    assert lines(RECORD, BEGAN + timedelta(days=3)) == [
        f"Load 7: week.zip of 2026-03-08 (sha256 {'ab' * 6}…), finished 2026-03-09 08:03 UTC after 3 min 20 s",
        "  with taxonomies all",
        "  npidata_pfile: 10 rows = 4 loaded + 3 skipped + 2 deactivated + 1 rejected (4 added, 1 withdrawn)",
        "  pl_pfile: 3 rows = 2 loaded + 1 skipped + 0 deactivated + 0 rejected (2 added)",
    ]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.44, "0.4 s"), (59.2, "59.2 s"), (60, "1 min 0 s"), (3_599, "59 min 59 s"),
                           (7_260, "2 h 1 min")],
)  # fmt: skip
def test_how_long_it_took_is_said_as_people_say_it(seconds: float, shown: str) -> None:
    record = replace(RECORD, finished_at=BEGAN + timedelta(seconds=seconds))
    assert lines(record, BEGAN)[0].endswith(f"after {shown}")


def test_without_a_sign_of_life_a_load_was_interrupted() -> None:
    record = replace(RECORD, finished_at=None, counts={"rows": 6, "loaded": 6, "added": 6})
    seen = record.seen_at or BEGAN
    running, cut_off = (load_status(record, seen + after) for after in (SILENT, SILENT + timedelta(seconds=1)))
    assert (running.state, cut_off.state) == (State.RUNNING, State.INTERRUPTED)
    assert (cut_off.seconds, cut_off.tables) == (None, {"npidata_pfile": {"rows": 6, "loaded": 6, "added": 6}})
    first, _, table = load_lines(cut_off)
    assert first.endswith(
        "interrupted after 2026-03-09 08:03 UTC: run the same command again, and it goes on where it was"
    )
    assert table == "  npidata_pfile: 6 rows = 6 loaded (6 added)"
    assert "running, so far as of 2026-03-09 08:03 UTC" in next(load_lines(running))


def test_a_load_of_before_this_was_kept_counts_from_its_begin() -> None:
    record = replace(RECORD, finished_at=None, seen_at=None, counts={}, options={})
    assert load_status(record, BEGAN + SILENT).state is State.RUNNING
    assert load_status(record, BEGAN + SILENT * 2).state is State.INTERRUPTED
    assert len(lines(record, BEGAN)) == 1
