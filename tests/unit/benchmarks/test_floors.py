"""Floors: what is within the tolerance, what is worse, what was not measured."""

from pathlib import Path

import pytest

from benchmarks import floors
from benchmarks.floors import FLOORS, TOLERANCE, Floor, Standing, compare, load, taken, worse
from benchmarks.merge import Entry, newest, read
from benchmarks.report import HIGHER, LOWER
from tests.factories.results import row, written


def floor(ratio: float = 0.5, better: str = LOWER, tolerance: float = 0.2) -> Floor:
    return Floor("engines", "Q1", 1_000, "scan", ratio, better, tolerance)


def entries(folder: Path, *rows: dict[str, object], at: str = "2026-11-25T10:00:00+00:00") -> list[Entry]:
    written(folder, "engines", *rows, at=at)
    return newest(read(folder)[0], ())


@pytest.mark.parametrize(
    ("better", "measured", "standing"),
    [
        (LOWER, 0.5, Standing.OK),
        (LOWER, 0.59, Standing.OK),
        (LOWER, 0.61, Standing.WORSE),
        (LOWER, 0.4, Standing.BETTER),
        (HIGHER, 0.5, Standing.OK),
        (HIGHER, 0.41, Standing.OK),
        (HIGHER, 0.39, Standing.WORSE),
        (HIGHER, 0.61, Standing.BETTER),
    ],
)
def test_a_ratio_stands_by_its_floor_and_tolerance(better: str, measured: float, standing: Standing) -> None:
    assert floor(better=better).standing(measured) is standing


def test_a_regression_says_what_was_measured_and_what_is_allowed(tmp_path: Path) -> None:
    (found,) = worse(compare([floor()], entries(tmp_path, row(ratio_p50=0.9))))
    assert found.line() == ("engines: Q1 at 1,000 against scan: 0.9 (floor 0.5, allowed ≤ 0.6) WORSE THAN ITS FLOOR")


def test_a_row_that_is_not_there_or_older_than_the_run_was_not_measured(tmp_path: Path) -> None:
    (absent,) = compare([floor()], [])
    (old,) = compare([floor()], entries(tmp_path, row()), since="2026-11-25T10:00:01+00:00")
    assert absent.standing is old.standing is Standing.ABSENT
    assert "not measured" in absent.line()
    assert worse([absent, old]) == []


def test_taken_floors_are_what_was_measured(tmp_path: Path) -> None:
    rate = row('a "name" \\ with signs', ratio_p50=0.5, better="higher", peer="bare é", ratio_p50_least=0.45)
    found = entries(tmp_path, row(ratio_p50=0.12345, ratio_p50_most=0.13), rate)
    path = tmp_path / "floors.toml"
    path.write_text(taken(found), encoding="utf-8")
    first, second = load(path)
    assert first == Floor("engines", "Q1", 1_000, "scan", 0.123, LOWER, TOLERANCE)
    assert second == Floor("engines", 'a "name" \\ with signs', 1_000, "bare é", 0.5, HIGHER, TOLERANCE)
    assert {item.standing for item in compare([first, second], found)} == {Standing.OK}


def test_a_row_whose_rounds_differ_gets_the_tolerance_that_covers_them(tmp_path: Path) -> None:
    slow = row(ratio_p50=0.5, ratio_p50_most=0.81)
    rate = row("rate", ratio_p50=0.5, ratio_p50_least=0.26, better="higher")
    path = tmp_path / "floors.toml"
    path.write_text(taken(entries(tmp_path, slow, rate)), encoding="utf-8")
    assert [found.tolerance for found in load(path)] == [0.65, 0.5]


def test_an_entry_that_lacks_something_is_named(tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    path.write_text('tolerance = 0.3\n[[floor]]\nbenchmark = "engines"\nname = "Q1"\nsize = 5\npeer = "scan"\n')
    with pytest.raises(ValueError, match=r"'name': 'Q1'.*ratio"):
        load(path)


def test_the_committed_floors_are_readable_and_each_is_there_once() -> None:
    keys = [found.key for found in load(FLOORS)]
    assert len(keys) == len(set(keys))


def test_the_committed_floors_are_what_taking_them_would_write() -> None:
    assert FLOORS.read_text(encoding="utf-8").startswith(floors.taken([])[:200])
