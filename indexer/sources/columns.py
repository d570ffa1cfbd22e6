"""Rows of one of the registry's further tables: columns by name, damaged rows set apart, sound ones to its reader."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import IO, Generic, NamedTuple, TypeVar

from directory.domain.errors import InvalidInput
from directory.domain.npi import is_valid_npi
from indexer.sources.nppes import npi_problem
from indexer.sources.outcome import Rejected, Skipped
from indexer.sources.rows import rows
from indexer.sources.scan import Lines

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Stated(Generic[Value]):
    """What one sound row states of a number; `notes` are caveats to count."""

    line: int
    npi: str
    value: Value
    notes: tuple[str, ...] = ()


class Numbered(NamedTuple):
    """One row: its line, the NPI as it stands there, the needed cells, and why it cannot be used, else ""."""

    line: int
    npi: str
    cells: tuple[str, ...]
    problem: str


Finding = Stated[Value] | Rejected | Skipped
Read = Callable[[int, str, Mapping[str, str]], Finding[Value]]
"""From line, NPI and cells by key to what the row states."""


@dataclass(frozen=True, slots=True)
class Reader(Generic[Value]):
    """How one table is read: `columns` are keys and the headers they stand under, the NPI's excepted."""

    columns: Mapping[str, str]
    read: Read[Value]

    def check(self, stream: IO[bytes], label: str) -> None:
        """Raises InvalidInput naming every needed column that is missing or there twice."""
        self._places(Lines(stream), label)

    def numbered(self, stream: IO[bytes], label: str) -> Iterator[Numbered]:
        """Every row with its number, in order, not yet read: most are about numbers that nobody asks for.

        Raises as `check` does.
        """
        lines = Lines(stream)
        width, places = self._places(lines, label)
        pick, at = itemgetter(*places.values()), places["npi"]
        for line, cells, problem in rows(lines, width):
            npi = cells[at].strip() if at < len(cells) else ""
            yield Numbered(line, npi, () if problem else pick(cells), problem)

    def finding(self, row: Numbered) -> Finding[Value]:
        """What a row without a problem states."""
        return self.read(row.line, row.npi, dict(zip(("npi", *self.columns), row.cells, strict=True)))

    def _places(self, lines: Lines, label: str) -> tuple[int, dict[str, int]]:
        """The number of columns, and where the needed ones stand."""
        header = [_normal(name) for name in next(csv.reader(lines), [])]
        wanted = {"npi": "NPI", **self.columns}
        count = Counter(header)
        missing = [name for name in wanted.values() if not count[_normal(name)]]
        doubled = [name for name in wanted.values() if count[_normal(name)] > 1]
        if missing or doubled:
            found = f"Missing: {'; '.join(missing)}." if missing else f"There twice: {'; '.join(doubled)}."
            raise InvalidInput(f"{label} is not the table that its name says, or is damaged. {found}", field="file")
        return len(header), {key: header.index(_normal(name)) for key, name in wanted.items()}


def _normal(name: str) -> str:
    return " ".join(name.lower().split())


def problem_of(npi: str, first_digits: tuple[str, ...]) -> str:
    """What is wrong with an NPI, or empty."""
    return "" if is_valid_npi(npi, first_digits) else npi_problem(npi, first_digits)
