"""The arithmetic of a row, and the file that a benchmark writes."""

import re
from datetime import datetime
from pathlib import Path

import orjson
import pytest

from benchmarks import report
from benchmarks.merge import read
from benchmarks.report import HIGHER, Curve


def test_the_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    found = report.paired("Q", 10, "peer", [[1.0, 2.0, 3.0], [10.0], [4.0]], [[4.0], [10.0], [2.0]])
    assert (found.ratio_p50_least, found.ratio_p50, found.ratio_p50_most) == (0.5, 1.0, 2.0)
    assert (found.ours_ms_p50, found.peer_ms_p50) == (3.0, 4.0)


def test_a_disturbance_of_both_sides_leaves_the_ratio() -> None:
    calm = report.paired("Q", 10, "peer", [[1.0], [1.0], [1.0]], [[2.0], [2.0], [2.0]])
    disturbed = report.paired("Q", 10, "peer", [[1.0], [9.0], [1.0]], [[2.0], [18.0], [2.0]])
    assert disturbed.ratio_p50 == calm.ratio_p50 == disturbed.ratio_p50_most == 0.5


def test_a_p99_needs_a_hundred_measurements_of_each_side() -> None:
    assert report.ratio_p99([1.0] * 99, [1.0] * 200) is None
    assert report.ratio_p99([1.0] * 98 + [50.0] * 2, [2.0] * 100) == pytest.approx(25.0)


def test_sides_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        report.paired("Q", 10, "peer", [[1.0], [1.0]], [[1.0]])
    with pytest.raises(ValueError, match="No round"):
        report.paired("Q", 10, "peer", [], [])


def test_a_budget_says_that_it_is_one_and_is_the_target() -> None:
    found = report.budget("wait", 20, [[500.0, 700.0, 900.0]], 2_000.0)
    assert found.peer == "budget of 2000 ms"
    assert (found.ratio_p50, found.target_p50) == (0.35, 1.0)


def test_what_is_written_is_what_the_suite_reads(tmp_path: Path) -> None:
    rate = report.paired(
        "rate per s", 10, "bare", [[30.0]], [[100.0]], targets=(0.3, None), unit="per s", better=HIGHER
    )
    curve = Curve("load", "seconds", "MB", [(0.0, 1.0), (1.0, 2.0)])
    report.write("made", [rate], ["A note."], tmp_path, report.about("python -m benchmarks.made"), [curve])
    (source,), problems = read(tmp_path)
    assert problems == []
    (row,) = source.written.rows
    assert (row.ratio_p50, row.unit, row.better, row.missed()) == (0.3, "per s", HIGHER, [])
    assert source.written.curves[0].points == [(0.0, 1.0), (1.0, 2.0)]
    assert [path.name for path in tmp_path.iterdir()] == ["made.json"]


def test_details_of_a_row_stand_beside_its_fields(tmp_path: Path) -> None:
    row = report.paired("Q", 10, "peer", [[1.0]], [[3.0]], details={"peak_mb": 12})
    path = report.write("made", [row], [], tmp_path, {})
    (found,) = orjson.loads(path.read_bytes())["rows"]
    assert found["peak_mb"] == 12
    assert found["ratio_p50"] == 0.3333
    assert "details" not in found


def test_about_says_when_where_and_how_busy() -> None:
    found = report.about("python -m benchmarks.made", server="none")
    assert datetime.fromisoformat(str(found["measured_at"])).utcoffset() is not None
    assert re.match(r"\d+ CPUs", str(found["machine"]))
    assert found["server"] == "none"
    assert found["command"] == "python -m benchmarks.made"


def test_the_command_can_be_repeated_elsewhere() -> None:
    parser = report.options("made", "What it measures.")
    parser.add_argument("--size", type=int, default=5)
    parser.add_argument("--url", default="")
    parser.add_argument("--cold", action="store_true")
    chosen = parser.parse_args(["--url", "http://127.0.0.1:9200", "--cold", "--output", "somewhere"])
    assert report.command("made", chosen) == "python -m benchmarks.made --rounds 5 --seed 1 --size 5 --cold"


@pytest.mark.parametrize(("value", "text"), [(0.12345, "0.123"), (12.34, "12.3"), (1234.5, "1,234"), (0.0, "0")])
def test_numbers_show_the_digits_that_count(value: float, text: str) -> None:
    assert report.amount(value) == text
