"""The national registry's main table (NPPES npidata_pfile), row by row, as records of this directory.

Source: CMS, NPPES Data Dissemination. Only the practice location is read, never the mailing address.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain, islice
from typing import IO

from directory.domain.address import location_id
from directory.domain.clinic import Clinic, Site
from directory.domain.errors import InvalidInput
from directory.domain.evidence import Evidence, Level
from directory.domain.facts import Contact, Gender
from directory.domain.npi import is_valid_npi
from directory.domain.place import Address
from directory.domain.practitioner import Location, Practitioner, Role
from directory.search.classify import classify, shown_taxonomies
from directory.search.listing import OTHER_SPECIALTY
from directory.search.places import Placement, Positions
from directory.vocabulary.vocabulary import Vocabulary
from indexer.sources import names
from indexer.sources.address import Elsewhere, Unusable, address, e164
from indexer.sources.credentials import Degrees
from indexer.sources.damaged import SAMPLE, Damage, diagnose, mended
from indexer.sources.dating import Dating
from indexer.sources.layout import Cells, Layout, layout
from indexer.sources.outcome import (
    Deactivated,
    Loaded,
    Outcome,
    RegistryClinic,
    RegistryPractitioner,
    Rejected,
    Skipped,
)
from indexer.sources.rows import Row, rows
from indexer.sources.scan import Lines, Others, Wanted, scan

SOURCE = "NPPES"
NOT_OURS = "no taxonomy of this directory"
OTHER = "of another specialty: found by name only"
WITHHELD = "{}, without evidence of spine or pain practice"
_INDIVIDUAL, _ORGANIZATION = "1", "2"
_GENDERS = {"M": Gender.MALE, "F": Gender.FEMALE}
"""X stands for unspecified or another identity and U for undisclosed: neither says which, so both are unknown."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What rows are judged by. An NPI begins with one of `first_digits`; `mend` repairs what a spreadsheet damaged.

    `everybody` also takes rows without a specialty of this directory: they are found by name only.
    """

    vocabulary: Vocabulary
    positions: Positions
    dating: Dating
    first_digits: tuple[str, ...] = ("1", "2")
    mend: bool = False
    everybody: bool = False


def check(stream: IO[bytes], label: str, *, mend: bool = False) -> None:
    """Raises InvalidInput as `outcomes` does, after a look at the first rows; `label` names the file in messages."""
    _Table(stream, label, mend=mend)


def outcomes(stream: IO[bytes], label: str, reading: Reading) -> Iterator[Outcome]:
    """One outcome for each row of a table, in order.

    Raises InvalidInput before the first outcome for a table of another layout, and for one that a spreadsheet has
    damaged unless `reading.mend` is set.
    """
    for found in judged(stream, label, reading):
        if isinstance(found, Others):
            yield from (Skipped(line, npi, NOT_OURS) for line, npi in zip(found.lines, found.npis, strict=True))
        else:
            yield found


def judged(stream: IO[bytes], label: str, reading: Reading) -> Iterator[Outcome | Others]:
    """The same, but rows without a taxonomy of ours come together where they are plainly sound, before the other rows
    that lie near them. Raises as `outcomes` does."""
    table = _Table(stream, label, mend=reading.mend)
    judge = _Judge(table.columns, reading)
    wanted = Wanted(frozenset(reading.vocabulary.taxonomies), reading.first_digits)
    for found in table.rows(None if reading.everybody else wanted):
        yield found if isinstance(found, Others) else judge.outcome(found)


class _Table:
    """A table whose first rows were looked at."""

    def __init__(self, stream: IO[bytes], label: str, *, mend: bool) -> None:
        self._lines = Lines(stream)
        self.columns = _header(self._lines, label)
        self._ahead = deque[str]()
        self._slowly = rows(self._lines, self.columns.width, self.columns.upto, self._lines.taken + 1, self._ahead)
        self._first = list(islice(self._slowly, SAMPLE))
        self._damage = diagnose((row.cells for row in self._first if not row.problem), self.columns)
        if self._damage and not mend:
            raise InvalidInput(_refusal(label, self._damage), field="file")

    def rows(self, wanted: Wanted | None) -> Iterator[Row | Others]:
        """Every row, mended where a spreadsheet damaged the table; all of them one by one where all are wanted."""
        if self._damage:
            return map(self._mended, chain(self._first, self._slowly))
        if wanted is None:
            return chain(self._first, self._slowly)
        return chain(self._first, scan(self._lines, self.columns, wanted, self._ahead))

    def _mended(self, row: Row) -> Row:
        return row if row.problem else row._replace(cells=mended(row.cells, self.columns))


def _header(lines: Iterable[str], label: str) -> Layout:
    header = next(csv.reader(lines), None)
    if header is None:
        raise InvalidInput(f"{label} is empty.", field="file")
    return layout(header, label)


def _refusal(label: str, damage: Damage) -> str:
    return (
        f"{label} went through a spreadsheet, which changed it: {damage}. Nothing was loaded. Load the file as the "
        "registry publishes it, or use --mend: digits are put back where that is certain, other rows are rejected."
    )


class _Judge:
    """Decides about rows of one table."""

    def __init__(self, columns: Layout, reading: Reading) -> None:
        self.columns = columns
        self.reading = reading
        self._ours = frozenset(reading.vocabulary.taxonomies)
        self._degrees = Degrees(reading.vocabulary.credentials.values())
        self._reason_to_skip = lru_cache(maxsize=1 << 14)(self._why_skipped)
        self._checks = lru_cache(maxsize=1 << 16)(self._checked)
        self._check = lru_cache(maxsize=1 << 16)(self._one_check)

    def outcome(self, row: Row) -> Outcome:
        line, cells, problem = row
        if problem:
            return Rejected(line, self._npi_of(cells), problem)
        index = self.columns.index
        npi = cells[index["npi"]].strip()
        if not is_valid_npi(npi, self.reading.first_digits):
            return Rejected(line, npi, npi_problem(npi, self.reading.first_digits))
        entity = cells[index["entity"]].strip()
        if entity not in (_INDIVIDUAL, _ORGANIZATION) or cells[index["deactivated"]]:
            status = self._status(line, npi, entity, self.columns.read(cells))
            if status is not None:
                return status
        if not self.reading.everybody and self._ours.isdisjoint(self.columns.codes(cells)):
            return Skipped(line, npi, NOT_OURS)
        return self._listed(line, npi, entity, cells)

    def _npi_of(self, cells: Sequence[str]) -> str:
        place = self.columns.index["npi"]
        return cells[place][:20] if place < len(cells) else ""

    def _status(self, line: int, npi: str, entity: str, cells: Cells) -> Outcome | None:
        """Deactivated, or rejected; None for a number that is in use."""
        try:
            left, back = _day(cells.deactivated), _day(cells.reactivated)
        except ValueError:
            return Rejected(line, npi, "deactivation or reactivation date cannot be read")
        if left is not None and (back is None or back < left):
            return Deactivated(line, npi, left)
        if entity in (_INDIVIDUAL, _ORGANIZATION):
            return None
        problem = "entity type is neither 1 nor 2" if entity else "no entity type, and not deactivated"
        return Rejected(line, npi, problem)

    def _listed(self, line: int, npi: str, entity: str, row: Sequence[str]) -> Outcome:
        cells, taxonomies = self.columns.read(row), self.columns.taxonomies(row)
        degree = self._degrees.read(cells.credential) if entity == _INDIVIDUAL else ""
        reason = self._reason_to_skip(entity, taxonomies, degree)
        if reason and not self.reading.everybody:
            return Skipped(line, npi, reason)
        try:
            where = address(cells)
        except Elsewhere as elsewhere:
            return Skipped(line, npi, str(elsewhere))
        except Unusable as unusable:
            return Rejected(line, npi, str(unusable))
        return self._loaded(line, npi, cells, taxonomies, degree, where, outside=bool(reason))

    def _why_skipped(self, entity: str, taxonomies: tuple[str, ...], degree: str) -> str:
        vocabulary = self.reading.vocabulary
        if entity == _ORGANIZATION:
            listed = bool(shown_taxonomies(taxonomies, vocabulary))
        else:
            listed = bool(classify(taxonomies, degree, vocabulary).specialties)
        if listed:
            return ""
        known = [vocabulary.taxonomies[code] for code in taxonomies if code in vocabulary.taxonomies]
        withheld = next((item for item in known if item.needs_spine_evidence), None)
        return WITHHELD.format(withheld.label) if withheld else NOT_OURS

    def _loaded(
        self, line: int, npi: str, cells: Cells, taxonomies: tuple[str, ...], degree: str, where: Address,
        *, outside: bool,
    ) -> Outcome:  # fmt: skip
        placement = self.reading.positions.place(where)
        location = Location(location_id(where), where, placement.position)
        phone = e164(cells.phone.strip())
        contact, notes = Contact(phone=phone), _notes(placement, cells.phone.strip(), phone)
        notes += (OTHER,) if outside else ()
        evidence = self._evidence(taxonomies, where, placement, outside=outside)
        quarantined = {location.id: placement.reason} if placement.quarantined else {}
        if cells.entity.strip() == _ORGANIZATION:
            name = names.organization(cells.organization)
            if not name:
                return Rejected(line, npi, "organization without a name")
            other = names.organization(cells.other_organization)
            clinic = Clinic(f"n{npi}", name, npi, taxonomies, (other,) if other not in ("", name) else ())
            return Loaded(line, npi, RegistryClinic(clinic, Site(location, evidence, contact)), notes, quarantined)
        name_of = names.person_name(cells.family, cells.given, cells.middle, cells.prefix, cells.suffix)
        if not name_of.family:
            return Rejected(line, npi, "individual without a family name")
        practitioner = Practitioner(
            npi=npi,
            name=name_of,
            taxonomies=taxonomies,
            credential=degree,
            gender=_GENDERS.get(cells.gender.strip().upper(), Gender.UNKNOWN),
            other_names=_other_names(cells, name_of.display()),
        )
        role = Role(f"n{npi}", npi, location, evidence, contact=contact)
        return Loaded(line, npi, RegistryPractitioner(practitioner, role), notes, quarantined)

    def _evidence(
        self, taxonomies: Sequence[str], where: Address, placement: Placement, *, outside: bool
    ) -> tuple[Evidence, ...]:
        taxonomy = self._of_another_field(taxonomies) if outside else self._of_ours(taxonomies)
        placed = f"{SOURCE}, {placement.position.source}" if placement.position.point is not None else ""
        return self._checks(taxonomy, where.state, placed, outside)

    def _checked(self, taxonomy: str, state: str, placed: str, outside: bool) -> tuple[Evidence, ...]:
        """`placed` is the source of the position, empty where there is none."""
        day = self.reading.dating
        note = OTHER_SPECIALTY if outside else day.note
        checks = [("NPI well-formed and active", SOURCE, day.note), (taxonomy, SOURCE, note)]
        if placed:
            checks.append((f"Address placed in {state}", placed, day.note))
        return tuple(self._check(*check) for check in checks)

    def _one_check(self, what: str, source: str, note: str) -> Evidence:
        day = self.reading.dating
        return Evidence(Level.REGISTRY, what, source, day.checked_on, day.expires_on, note)

    def _of_ours(self, taxonomies: Iterable[str]) -> str:
        known = self.reading.vocabulary.taxonomies
        ours = next(known[code] for code in taxonomies if code in known)
        return f"Taxonomy {ours.code}: {ours.name}"

    def _of_another_field(self, taxonomies: Sequence[str]) -> str:
        if not taxonomies:
            return "No taxonomy stated"
        return f"Taxonomy {taxonomies[0]}: does not show back or neck care"


def npi_problem(npi: str, first_digits: tuple[str, ...]) -> str:
    if len(npi) != 10 or not (npi.isascii() and npi.isdecimal()):
        return "NPI is not ten digits"
    if npi[0] not in first_digits:
        return f"NPI does not begin with {' or '.join(first_digits)}"
    return "NPI has a wrong check digit"


def _day(text: str) -> date | None:
    """A date written MM/DD/YYYY, or None where there is none. Raises ValueError."""
    text = text.strip()
    if not text:
        return None
    month, day, year = text.split("/")
    return date(int(year), int(month), int(day))


def _other_names(cells: Cells, shown: str) -> tuple[str, ...]:
    if not cells.other_family.strip():
        return ()
    other = names.person_name(cells.other_family, cells.other_given or cells.given, cells.other_middle).display()
    return (other,) if other != shown else ()


def _notes(placement: Placement, stated_phone: str, phone: str) -> tuple[str, ...]:
    return (*place_notes(placement), *phone_notes(stated_phone, phone))


def place_notes(placement: Placement) -> tuple[str, ...]:
    """Caveats to count about a position."""
    if placement.quarantined:
        return ("position refused: outside the stated state",)
    return ("no position known",) if placement.position.point is None else ()


def phone_notes(stated: str, phone: str) -> tuple[str, ...]:
    """Caveats to count about a phone number."""
    return ("phone left out: it cannot be dialled",) if stated and not phone else ()
