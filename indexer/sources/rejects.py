"""The file that rejected rows go to, for a person to look at in a spreadsheet."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indexer.sources.outcome import Rejected

HEADER = ("line", "npi", "reason", "table")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Rejects:
    """Writes rejected rows to `path`, which is made with the first of them; an older file there is removed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: Any = None
        self._writer: Any = None

    def add(self, rejected: Rejected, table: str) -> None:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(HEADER)
        cells = (str(rejected.line), rejected.npi, rejected.reason, table)
        self._writer.writerow([escaped(cell) for cell in cells])
        self.count += 1

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


@contextmanager
def rejects(path: Path) -> Iterator[Rejects]:
    path.unlink(missing_ok=True)
    found = Rejects(path)
    try:
        yield found
    finally:
        found.close()


def escaped(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (ASVS 1.2.10)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
