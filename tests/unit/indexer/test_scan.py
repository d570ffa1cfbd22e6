"""What is passed over in bulk is exactly what a look at each row would have passed over."""

import io
from collections import deque
from operator import itemgetter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.domain.npi import is_valid_npi, with_check_digit
from indexer.sources import scan as scanning
from indexer.sources.layout import Layout
from indexer.sources.rows import Row, rows
from indexer.sources.scan import Lines, Others, Wanted, scan

OURS, THEIRS = "111N00000X", "207Q00000X"
LAYOUT = Layout(
    width=5,
    upto=5,
    index={"npi": 0, "entity": 1, "deactivated": 2},
    cells=itemgetter(0, 1, 2),
    codes=itemgetter(3, 4),
    switches=itemgetter(3, 4),
    code_columns=(3, 4),
)
WANTED = Wanted(frozenset({OURS}), ("1", "2"))


def quoted(*cells: str) -> str:
    return '"' + '","'.join(cells) + '"'


def number(serial: int) -> str:
    return with_check_digit(f"2{serial:08}")


def scanned(data: bytes) -> list[Row | Others]:
    return list(scan(Lines(io.BytesIO(data)), LAYOUT, WANTED, deque()))


def one_by_one(data: bytes) -> dict[int, Row]:
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", errors="surrogateescape", newline="")
    return {row.line: row for row in rows(text, LAYOUT.width, LAYOUT.upto, 1)}


def may_be_passed(row: Row) -> bool:
    npi, entity, deactivated, *codes = row.cells
    return not row.problem and is_valid_npi(npi) and entity in ("1", "2") and not deactivated and OURS not in codes


def passed_lines(found: list[Row | Others]) -> list[int]:
    return [line for item in found if isinstance(item, Others) for line in item.lines]


def test_rows_about_others_come_together_and_the_rest_one_by_one() -> None:
    lines = [
        quoted(number(1), "1", "", THEIRS, ""),
        quoted(number(2), "1", "", THEIRS, OURS),
        quoted(number(3), "2", "", "", ""),
    ]
    assert scanned("\n".join([*lines, ""]).encode()) == [
        Others((1, 3), (number(1), number(3))),
        Row(2, [number(2), "1", "", THEIRS, OURS], ""),
    ]


@pytest.mark.parametrize(
    "cells",
    [
        (number(1)[:-1] + str((int(number(1)[-1]) + 1) % 10), "1", "", THEIRS, ""),
        (with_check_digit("300000001"), "1", "", THEIRS, ""),
        (f" {number(1)}", "1", "", THEIRS, ""),
        ("123456789O", "1", "", THEIRS, ""),
        (number(1), "3", "", THEIRS, ""),
        (number(1), "", "", "", ""),
        (number(1), "1", "01/02/2025", THEIRS, ""),
        (number(1), "1", "", OURS, ""),
        (number(1), "1", "", "", OURS),
    ],
)
def test_whatever_needs_judgement_gets_it(cells: tuple[str, ...]) -> None:
    found = scanned(f"{quoted(*cells)}\n{quoted(number(9), '1', '', THEIRS, '')}\n".encode())
    assert found == [Others((2,), (number(9),)), Row(1, list(cells), "")]


def test_of_a_number_that_is_there_twice_each_row_is_judged_in_its_order() -> None:
    row = quoted(number(1), "1", "", THEIRS, "")
    found = scanned(f"{row}\n{quoted(number(1), '1', '', OURS, '')}\n".encode())
    assert passed_lines(found) == []
    assert [item.line for item in found if isinstance(item, Row)] == [1, 2]


@pytest.mark.parametrize(
    "line", ['",""a","b","c","d"', '"a","b","c","d"","', '"a",","",","c","d"', '"a",",""x","b","c"']
)
def test_a_frame_that_parts_two_cells_is_no_sound_row(line: str) -> None:
    data = f"{line}\n{quoted(number(1), '1', '', THEIRS, '')}\n".encode()
    assert {item.line: item for item in scanned(data) if isinstance(item, Row)}[1] == one_by_one(data)[1]


CELLS = st.sampled_from(
    [number(1), number(2), number(3), "1", "2", "", THEIRS, OURS, ",", '""', "a\rb", "é", "\0", "\n"]
)
SPICE = st.sampled_from(["", "", OURS, THEIRS, "\0", "\udcff", "é", "a\rb", ",", '""', '"', "\n"])
NEARLY_SOUND = st.builds(
    lambda serial, entity, code, spice: quoted(number(serial), entity, "", code, spice),
    st.integers(0, 10**8 - 1),
    st.sampled_from(["1", "2", ""]),
    st.sampled_from([OURS, THEIRS, ""]),
    SPICE,
)
ANY = st.one_of(
    st.lists(CELLS, min_size=4, max_size=6).map(lambda cells: quoted(*cells)),
    st.lists(CELLS, min_size=4, max_size=6).map(",".join),
    st.text(alphabet='",a\r\n', max_size=12),
)


@settings(deadline=None, max_examples=400)
@given(
    lines=st.lists(st.one_of(NEARLY_SOUND, NEARLY_SOUND, NEARLY_SOUND, ANY), max_size=14),
    ends=st.sampled_from([("\n",), ("\r\n",), ("\n", "\r\n"), ("\r", "\n")]),
    last=st.booleans(),
    block=st.sampled_from([1, 7, 60, 200, 1 << 20]),
)
def test_no_row_is_lost_or_judged_otherwise(lines: list[str], ends: tuple[str, ...], *, last: bool, block: int) -> None:
    ended = [line + ends[place % len(ends)] for place, line in enumerate(lines)]
    data = "".join(ended).encode(errors="surrogateescape")
    data = data if last else data.rstrip(b"\r\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "BLOCK", block)
        found = scanned(data)
    slowly = one_by_one(data)
    kept = {item.line: item for item in found if isinstance(item, Row)}
    passed = passed_lines(found)
    assert sorted([*kept, *passed]) == sorted(slowly)
    assert all(kept[line] == slowly[line] for line in kept)
    assert all(may_be_passed(slowly[line]) for line in passed)
    assert [npi for item in found if isinstance(item, Others) for npi in item.npis] == [
        slowly[line].cells[0] for line in passed
    ]


def test_sound_blocks_are_really_passed_over() -> None:
    data = "".join(f"{quoted(number(serial), '1', '', THEIRS, '')}\r\n" for serial in range(500)).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "BLOCK", 4_096)
        found = scanned(data)
    assert passed_lines(found) == list(range(1, 501))
