"""What people and programs see of a step."""

import io
import json
import re

from rich.console import Console

from indexer.reporting import BYTES, Json, Lines, Terminal, reporter


def test_json_reports_results_only() -> None:
    out = io.StringIO()
    report = Json(out)
    report.say("a step")
    with report.task("Loading", 10, "rows") as advance:
        advance(10)
    report.result({"a": 1}, ["for people"])
    report.result({"b": [2]}, [])
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [{"a": 1}, {"b": [2]}]


def test_lines_say_each_step_once_it_is_done() -> None:
    out = io.StringIO()
    report = Lines(out)
    with report.task("Loading week.csv", None, "rows") as advance:
        advance(1_200)
        advance(34)
        assert out.getvalue() == ""
    report.result({"a": 1}, ["for people"])
    step, result = out.getvalue().splitlines()
    assert re.fullmatch(r"Loading week\.csv: 1,234 rows in \d+\.\d s", step)
    assert result == "for people"


def test_lines_say_of_a_long_step_how_fast_it_is_and_how_long_it_still_takes() -> None:
    out, clock = io.StringIO(), iter([0.0, 10.0, 31.0, 40.0, 62.0, 70.0])
    with Lines(out, lambda: next(clock)).task("Loading week.csv", 10_000, "rows") as advance:
        for _ in range(4):
            advance(1_000)
    assert out.getvalue().splitlines() == [
        "Loading week.csv: 2,000 of 10,000 rows, 65/s, about 0:02:04 left",
        "Loading week.csv: 4,000 of 10,000 rows, 65/s, about 0:01:33 left",
        "Loading week.csv: 4,000 rows in 70.0 s",
    ]


def test_a_long_step_of_unknown_length_has_a_rate_only() -> None:
    out, clock = io.StringIO(), iter([0.0, 60.0, 61.0])
    with Lines(out, lambda: next(clock)).task("Reading", None, "rows") as advance:
        advance(600)
    assert out.getvalue().splitlines() == ["Reading: 600 rows, 10/s", "Reading: 600 rows in 61.0 s"]


def test_a_terminal_shows_a_bar_with_rate_and_time_left() -> None:
    out, screen = io.StringIO(), io.StringIO()
    report = Terminal(out, Console(file=screen, force_terminal=True, width=160, color_system=None))
    for unit, shown in (("rows", "5/10"), (BYTES, "5/10 bytes")):
        with report.task("Loading", 10, unit) as advance:
            advance(5)
        assert shown in screen.getvalue()
        assert "50%" in screen.getvalue()
        assert "left" in screen.getvalue()
    assert len(out.getvalue().splitlines()) == 2


def test_a_step_that_fails_is_not_said_to_be_done() -> None:
    out = io.StringIO()
    try:
        with Lines(out).task("Loading", 1, "rows"):
            raise ValueError
    except ValueError:
        assert out.getvalue() == ""


def test_without_a_terminal_there_are_no_bars() -> None:
    assert type(reporter(io.StringIO(), io.StringIO(), as_json=False)) is Lines
    assert type(reporter(io.StringIO(), io.StringIO(), as_json=True)) is Json
