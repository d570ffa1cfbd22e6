"""Rows of a registry table with the physical line each starts on, damaged ones set apart.

The registry never breaks a row over lines, so a row that does is damaged. Where its quotes are unbalanced it has
swallowed rows that follow: those lines are read again on their own, and only the first is lost.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

WRONG_WIDTH = "wrong number of columns"
NOT_UTF8 = "not valid UTF-8"
NUL = "NUL character"
NEWLINE = "line break inside a field"
QUOTES = "damaged quotes"


class Row(NamedTuple):
    """One row: the line it starts on (the header is line 1), its cells, and why it cannot be used, else ""."""

    line: int
    cells: list[str]
    problem: str


class _Lines:
    """Physical lines, held until the row they belong to is complete, so that they can be read again."""

    def __init__(self, text: Iterable[str]) -> None:
        self._source = iter(text)
        self._again: deque[str] = deque()
        self.held: list[str] = []

    def feed(self) -> Iterator[str]:
        hold = self.held.append
        while True:
            line = self._again.popleft() if self._again else next(self._source, None)
            if line is None:
                return
            hold(line)
            yield line

    def release(self, count: int) -> None:
        """Forgets the first `count` held lines and gives the others out again."""
        self._again.extendleft(reversed(self.held[count:]))
        self.held.clear()


def rows(text: Iterable[str], width: int, first_line: int = 2) -> Iterator[Row]:
    """Every row of a table whose header was read already. `text` yields lines decoded with `surrogateescape`.

    Empty lines are no rows. Never raises for a damaged row: its `problem` says what is wrong.
    """
    lines = _Lines(text)
    reader = csv.reader(lines.feed(), strict=True)
    held, line = lines.held, first_line
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            reader = csv.reader(lines.feed(), strict=True)
            cells = []
        taken = len(held)
        if taken == 1 and len(cells) == width and held[0].isascii() and "\0" not in held[0]:
            yield Row(line, cells, "")
        elif cells or taken > 1 or held[0].strip():
            row, taken = _doubtful(line, cells, held, width)
            yield row
        lines.release(taken)
        line += taken


def _doubtful(line: int, cells: list[str], held: list[str], width: int) -> tuple[Row, int]:
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
