"""Damaged rows are set apart with the line they start on, and never take a sound row with them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.rows import NEWLINE, NOT_UTF8, NUL, QUOTES, WRONG_WIDTH, Row, rows


def read(data: bytes, width: int = 3) -> list[Row]:
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="surrogateescape", newline="")
    return list(rows(text, width))


def problems(data: bytes) -> list[tuple[int, str]]:
    return [(row.line, row.problem) for row in read(data)]


def test_sound_rows_keep_their_cells_and_lines() -> None:
    assert read(b'"1","a","b"\n2,"c, d",\n') == [Row(2, ["1", "a", "b"], ""), Row(3, ["2", "c, d", ""], "")]


def test_letters_outside_ascii_are_no_damage() -> None:
    assert read("1,Núñez,🙂\n".encode()) == [Row(2, ["1", "Núñez", "🙂"], "")]


@pytest.mark.fault(20)
@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"1,2\n", f"{WRONG_WIDTH} (2 instead of 3)"),
        (b"1,2,3,4\n", f"{WRONG_WIDTH} (4 instead of 3)"),
        (b"1,\xff,3\n", NOT_UTF8),
        (b"1,N\xfa\xf1ez,3\n", NOT_UTF8),
        (b"1,\x00,3\n", NUL),
        (b'1,"a\nb",3\n', NEWLINE),
        (b'1,"a"b,3\n', QUOTES),
        (b'"1","2"\n', f"{WRONG_WIDTH} (2 instead of 3)"),
        (b'"1","\xff","3"\n', NOT_UTF8),
        (b'"1","\x00","3"\n', NUL),
        (b'"1","a\nb","3"\n', NEWLINE),
        (b'"1","a"b","3"\n', QUOTES),
    ],
)
def test_a_damaged_row_is_set_apart_and_the_next_one_is_read(line: bytes, problem: str) -> None:
    found = read(b"1,2,3\n" + line + b"7,8,9\n")
    assert [row.problem for row in found] == ["", problem, ""]
    assert found[1].line == 3
    assert found[2] == Row(3 + line.count(b"\n"), ["7", "8", "9"], "")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
@pytest.mark.parametrize(
    "cells", [["", "", ""], [",", '","', ","], ['a"b', "", "c"], ["1", "Núñez", '""'], ["\t", " ", "-"]]
)
def test_quoted_rows_read_as_a_csv_reader_reads_them(cells: list[str], end: bytes) -> None:
    line = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells).encode() + end
    assert read(line) == [Row(2, cells, "")]


def test_cells_that_nobody_needs_may_stay_together() -> None:
    text = io.StringIO('"1","2","3","4"\n', newline="")
    assert next(rows(text, 4, upto=2)).cells[:2] == ["1", "2"]


def test_an_open_quote_costs_its_own_row_only() -> None:
    found = problems(b'"1","2","3"\n"4","5,"6"\n"7","8","9\n"10","11","12"\n"13","14","15"\n')
    assert [(line, bool(problem)) for line, problem in found] == [
        (2, False), (3, True), (4, True), (5, False), (6, False),
    ]  # fmt: skip


def test_an_open_quote_in_a_file_without_quotes_does_not_swallow_the_file() -> None:
    sound = b"".join(b"%d,x,y\n" % number for number in range(30_000))
    found = read(b'1,"open,3\n' + sound)
    assert [row.line for row in found if row.problem] == [2]
    assert len(found) == 30_001
    assert found[-1] == Row(30_002, ["29999", "x", "y"], "")


def test_an_open_quote_at_the_end_is_damage() -> None:
    assert problems(b'1,2,3\n4,5,"6') == [(2, ""), (3, QUOTES)]


def test_empty_lines_are_no_rows_but_are_counted_as_lines() -> None:
    assert problems(b"\n1,2,3\n\n\n4,5,6\n\n") == [(3, ""), (6, "")]


def test_windows_line_ends() -> None:
    assert read(b"1,2,3\r\n4,5,6\r\n") == [Row(2, ["1", "2", "3"], ""), Row(3, ["4", "5", "6"], "")]


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=8)


@pytest.mark.fault(20)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=20), st.integers(0, 19), st.sampled_from('"\0,\n'))
def test_whatever_is_inserted_no_other_row_is_lost(table: list[list[str]], at: int, junk: str) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    lines = out.getvalue().splitlines(keepends=True)
    at = min(at, len(lines))
    damaged = "".join([*lines[:at], f'"x{junk}y","2"\n', *lines[at:]])
    found = [row for row in read(damaged.encode()) if not row.problem]
    kept = [row.cells for row in found]
    # The line after an open quote may look like its end, and then is rejected on its own; all others are intact.
    assert [cells for cells in table if cells in kept] == [cells for cells in kept if cells in table]
    assert len(kept) >= len(table) - 1
    assert all(lines.count(line) for line in (damaged.splitlines(keepends=True)[row.line - 2] for row in found))
