"""Rows of a registry table with the physical line each starts on, damaged ones set apart.

The registry quotes every cell. A line in which all quotes are those around its cells is taken apart at `","`, which
is several times faster than a CSV reader; whatever else there is goes through that reader.

The registry never breaks a row over lines, so a row that does is damaged. Where its quotes are unbalanced it has
swallowed rows that follow: those lines are read again on their own, and only the first is lost.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

WRONG_WIDTH = "wrong number of columns"
NOT_UTF8 = "not valid UTF-8"
NUL = "NUL character"
NEWLINE = "line break inside a field"
QUOTES = "damaged quotes"
BETWEEN = '","'


class Row(NamedTuple):
    """One row: the line it starts on (the header is line 1), its cells, and why it cannot be used, else ""."""

    line: int
    cells: list[str]
    problem: str


def rows(
    text: Iterable[str], width: int, upto: int = -1, first_line: int = 2, ahead: deque[str] | None = None
) -> Iterator[Row]:
    """Every row of a table whose header was read already. `text` yields lines decoded with `surrogateescape`.

    Cells beyond the first `upto` may be left in one piece (-1: none are). Empty lines are no rows. Never raises for a
    damaged row: its `problem` says what is wrong. Between rows `ahead` holds lines that were read too far.
    """
    source, again, line = iter(text), deque[str]() if ahead is None else ahead, first_line
    quotes, separators = 2 * width, width - 1
    while (current := again.popleft() if again else next(source, None)) is not None:
        # Counted so, no quote is left over for the inside of a cell, unless a frame's own parts two cells.
        if (
            current.count(BETWEEN) == separators
            and current.count('"') == quotes
            and current[0] == '"'
            and current.isascii()
            and "\0" not in current
            and (body := current.rstrip("\r\n"))[-1] == '"'
            and not body.startswith(BETWEEN)
            and not body.endswith(BETWEEN)
        ):
            yield Row(line, body[1:-1].split(BETWEEN, upto), "")
            line += 1
            continue
        held, cells = _read(current, again, source)
        whole = bool(cells) or len(held) > 1 or bool(current.strip())
        row, taken = _judged(line, cells, held, width) if whole else (None, len(held))
        again.extendleft(reversed(held[taken:]))
        line += taken
        if row is not None:
            yield row


def _read(first: str, again: deque[str], source: Iterator[str]) -> tuple[list[str], list[str]]:
    """The lines that a CSV reader takes for one row beginning with `first`, and its cells; none for damaged quotes."""
    held: list[str] = []

    def feed() -> Iterator[str]:
        held.append(first)
        yield first
        for line in chain(_drained(again), source):
            held.append(line)
            yield line

    try:
        return held, next(csv.reader(feed(), strict=True), [])
    except csv.Error:
        return held, []


def _drained(lines: deque[str]) -> Iterator[str]:
    while lines:
        yield lines.popleft()


def _judged(line: int, cells: list[str], held: list[str], width: int) -> tuple[Row, int]:
    """The row, and how many of the lines held are used up by it."""
    if not cells:
        return Row(line, next(csv.reader([held[0]]), []), QUOTES), 1
    if len(held) > 1:
        whole = len(cells) == width
        return Row(line, cells, NEWLINE if whole else QUOTES), len(held) if whole else 1
    return Row(line, cells, _problem(cells, held[0], width)), 1


def _problem(cells: list[str], text: str, width: int) -> str:
    if "\0" in text:
        return NUL
    if len(cells) != width:
        return f"{WRONG_WIDTH} ({len(cells)} instead of {width})"
    try:
        text.encode()
    except UnicodeEncodeError:
        return NOT_UTF8
    return ""
