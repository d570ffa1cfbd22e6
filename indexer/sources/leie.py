"""The OIG's list of excluded individuals and entities (LEIE, the monthly UPDATED.csv), row by row.

Layout: https://oig.hhs.gov/exclusions/files/leie_record_layout.pdf. An NPI of zeros means that none is known, and a
date of zeros that there is none.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from directory.domain.errors import InvalidInput
from directory.domain.npi import is_valid_npi
from directory.registration.applications import Exclusion
from indexer.sources.outcome import Rejected

_NEEDED = frozenset({"LASTNAME", "FIRSTNAME", "BUSNAME", "NPI", "STATE", "EXCLTYPE", "EXCLDATE", "REINDATE"})
_DAY = re.compile(r"[0-9]{8}", re.ASCII)
_NONE = {"", "00000000", "0000000000"}


@dataclass(frozen=True, slots=True)
class Reinstated:
    """A row whose exclusion has ended."""

    line: int


Entry = Exclusion | Reinstated | Rejected


def entries(path: Path) -> Iterator[Entry]:
    """What each row says. Columns are found by their names.

    Raises InvalidInput for a file that cannot be read, or that lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            _check_header(path, reader.fieldnames or ())
            for row in reader:
                yield _entry(reader.line_num, row)
    except (OSError, csv.Error) as error:
        raise InvalidInput(f"{path} cannot be read to its end ({error}): nothing was loaded.", "file") from error


def _check_header(path: Path, names: object) -> None:
    missing = _NEEDED - set(names if isinstance(names, list) else ())
    if missing:
        message = f"{path} is not the OIG's list: it lacks {', '.join(sorted(missing))}. Take UPDATED.csv."
        raise InvalidInput(message, "file")


def _entry(line: int, row: Mapping[str | None, str | list[str] | None]) -> Entry:
    if None in row or None in row.values():
        return Rejected(line, str(row.get("NPI") or ""), "wrong number of columns")
    cells = {str(name): str(value).strip() for name, value in row.items()}
    number = "" if cells["NPI"] in _NONE else cells["NPI"]
    name = cells["BUSNAME"] or " ".join(part for part in (cells["FIRSTNAME"], cells["LASTNAME"]) if part)
    excluded_on = _day(cells["EXCLDATE"])
    if problem := _problem(cells, number, name, excluded_on):
        return Rejected(line, number, problem)
    if cells["REINDATE"] not in _NONE:
        return Reinstated(line)
    return Exclusion(number, name, cells["STATE"], cells["EXCLTYPE"], excluded_on or date.min)


def _problem(cells: Mapping[str, str], number: str, name: str, excluded_on: date | None) -> str:
    if any("\0" in cell or not cell.isprintable() for cell in cells.values()):
        return "characters that cannot be shown"
    if number and not is_valid_npi(number):
        return "NPI with a wrong check digit"
    if not name:
        return "no name"
    if len(cells["STATE"]) > 2 or len(cells["EXCLTYPE"]) > 16:
        return "a code that is too long"
    return "" if excluded_on else "no date of exclusion"


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
