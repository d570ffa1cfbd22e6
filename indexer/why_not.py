"""Why an NPI is not found, step by step from the number to the index."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from directory.domain.errors import EngineUnavailable, InvalidInput
from directory.domain.evidence import Evidence
from directory.domain.npi import npi as checked_npi
from directory.domain.place import Address
from directory.domain.practitioner import Location, Role
from directory.search.classify import classify
from directory.search.document import Making, listings
from directory.search.engine import Engine
from directory.search.index import Index
from directory.search.listing import Field
from directory.search.places import Positions
from directory.search.source import ClinicRecord, ListingSource, PractitionerRecord, Record
from indexer.sources.archive import opened, survey
from indexer.sources.nppes import Reading, outcomes
from indexer.sources.outcome import Deactivated, Loaded, Outcome, Rejected


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found out. `code` is for programs; `blocks` is True where it keeps a listing out of search."""

    code: str
    text: str
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """One engine with its index."""

    name: str
    index: Index
    engine: Engine


@dataclass(frozen=True, slots=True)
class Explanation:
    """`findable` holds, per engine, the ids of the listings that a search finds today."""

    npi: str
    findings: tuple[Finding, ...]
    findable: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explainer:
    """Looks an NPI up in the records and in every engine."""

    source: ListingSource
    making: Making
    positions: Positions
    targets: Sequence[Target]

    def explain(self, text: str) -> Explanation:
        """Raises RecordsUnavailable; an engine that is down is part of the answer."""
        try:
            npi = checked_npi(text)
        except InvalidInput as error:
            return Explanation(text, (Finding("not_an_npi", str(error)),))
        records = self.source.with_npi(npi)
        if not records:
            return Explanation(npi, (Finding("not_in_records", _NOT_IN_RECORDS),))
        findings = [finding for record in records for finding in self._about(record)]
        found: dict[str, tuple[str, ...]] = {}
        for target in self.targets:
            more, found[target.name] = self._in_index(target, records)
            findings += more
        return Explanation(npi, tuple(findings), found)

    def _about(self, record: Record) -> Iterator[Finding]:
        subject = record.practitioner if isinstance(record, PractitionerRecord) else record.clinic
        if subject.deactivated_on is not None:
            yield Finding("deactivated", f"The registry deactivated this number on {subject.deactivated_on}.")
        if subject.hidden:
            yield Finding("hidden", "It was hidden on request: see `directory unhide`.")
        if isinstance(record, PractitionerRecord):
            yield from self._about_practitioner(record)
        else:
            yield from self._about_sites(record)

    def _is_outside(self, record: Record) -> bool:
        return any(item.values(Field.SCOPE) for item in listings(record, self.making))

    def _about_practitioner(self, record: PractitionerRecord) -> Iterator[Finding]:
        person, vocabulary = record.practitioner, self.making.vocabulary
        confirmed = any(role.confirmed_on is not None for role in record.roles)
        classes = classify(person.taxonomies, person.credential, vocabulary, confirmed_role=confirmed)
        codes = ", ".join(person.taxonomies) or "none"
        if self._is_outside(record):
            yield Finding("found_by_name_only", _BY_NAME_ONLY.format(codes), blocks=False)
        elif classes.withheld and not classes.specialties:
            names = ", ".join(vocabulary.specialties[code].name for code in classes.withheld)
            text = f"Its taxonomies ({codes}) would make it {names}, but nothing shows a spine or pain practice."
            yield Finding("withheld", text)
        elif not classes.specialties:
            yield Finding("no_taxonomy_of_ours", f"None of its taxonomies is one of this directory: {codes}.")
        if not record.roles:
            yield Finding("no_role", "It has no location: the registry does not list it here any more.")
        for role in record.roles:
            yield from self._about_role(role)

    def _about_role(self, role: Role) -> Iterator[Finding]:
        if role.clinic_id is not None and role.confirmed_on is None:
            text = f"The role at {role.clinic_name or role.clinic_id} is not confirmed by the practitioner."
            yield Finding("role_not_confirmed", text)
        yield from self._about_place(role.location, role.evidence)

    def _about_sites(self, record: ClinicRecord) -> Iterator[Finding]:
        if not record.sites:
            yield Finding("no_site", "The clinic has no location: the registry does not list it here any more.")
        elif self._is_outside(record):
            codes = ", ".join(record.clinic.taxonomies) or "none"
            yield Finding("found_by_name_only", _BY_NAME_ONLY.format(codes), blocks=False)
        for site in record.sites:
            yield from self._about_place(site.location, site.evidence)

    def _about_place(self, location: Location, evidence: Iterable[Evidence]) -> Iterator[Finding]:
        where = _short(location.address)
        yield from _about_evidence(where, tuple(evidence), self.making.today)
        if location.position.point is None:
            reason = self.positions.place(location.address).reason
            text = f"{where} has no position{f' ({reason})' if reason else ''}: it is found by state and name only."
            yield Finding("no_position", text, blocks=False)

    def _in_index(self, target: Target, records: Sequence[Record]) -> tuple[list[Finding], tuple[str, ...]]:
        try:
            live = target.index.live()
            if live is None:
                text = f"{target.name}: there is no index yet: run `indexer rebuild`."
                return [Finding("no_index", text)], ()
            held = [item for record in records for item in target.engine.of_subject(record.subject, self.making.today)]
        except EngineUnavailable as error:
            return [Finding("engine_down", f"{target.name}: {error}")], ()
        ids = tuple(sorted(item.id for item in held))
        expected = {item.id for record in records for item in listings(record, self.making)}
        newest = max(record.version for record in records)
        return list(_about_index(target.name, live.position < newest, expected, set(ids))), ids


_NOT_IN_RECORDS = (
    "It is not in the records: no file that was loaded lists it with a taxonomy and an address of this directory. "
    "Add --file with a registry file to see what became of its row."
)


_BY_NAME_ONLY = (
    "None of its taxonomies ({}) shows a specialty of this directory: it comes from a registry that was loaded with "
    "--taxonomies all, and is found by its name or number only."
)


def _about_evidence(where: str, evidence: tuple[Evidence, ...], today: date) -> Iterator[Finding]:
    if not evidence:
        yield Finding("no_evidence", f"Nothing was checked about {where}.")
    elif all(item.expires_on <= today for item in evidence):
        last = max(evidence, key=lambda item: item.expires_on)
        text = f"What was checked about {where} has expired: {last.what} ({last.source}), on {last.expires_on}."
        yield Finding("evidence_expired", text)


def _about_index(engine: str, behind: bool, expected: set[str], found: set[str]) -> Iterator[Finding]:
    if expected == found:
        return
    if behind:
        yield Finding("sync_pending", f"{engine}: the record changed since the index took it: run `indexer sync`.")
    else:
        missing, extra = len(expected - found), len(found - expected)
        text = f"{engine}: {missing} listings are missing and {extra} too many: run `indexer reconcile`."
        yield Finding("index_differs", text)


def _short(address: Address) -> str:
    return f"{address.line}, {address.city}, {address.state} {address.zip}"


def in_file(npi: str, path: Path, reading: Reading) -> Finding:
    """What a load makes of the row of an NPI in a registry file. Raises InvalidInput for a file that cannot be read."""
    found = survey(path)
    for part in found.parts:
        with opened(part) as stream:
            for outcome in outcomes(stream, part.label, reading):
                if outcome.npi == npi:
                    return _about_row(outcome, part.label)
    if not found.parts:
        return Finding("no_main_table", f"{path.name} holds no main table (npidata_pfile) to look in.", blocks=False)
    return Finding("not_in_file", f"{path.name} has no row of this number.", blocks=False)


def _about_row(outcome: Outcome, label: str) -> Finding:
    where = f"{label}, line {outcome.line}"
    if isinstance(outcome, Loaded):
        return Finding("row_loaded", f"{where}: a load takes this row.", blocks=False)
    if isinstance(outcome, Deactivated):
        return Finding("row_deactivated", f"{where}: the registry deactivated this number on {outcome.on}.")
    if isinstance(outcome, Rejected):
        return Finding("row_rejected", f"{where}: rejected: {outcome.reason}.")
    return Finding("row_skipped", f"{where}: skipped: {outcome.reason}.")


def as_lines(found: Explanation) -> list[str]:
    """The explanation for people."""
    lines = [f"NPI {found.npi}"]
    lines += [f"{'✗' if finding.blocks else '·'} {finding.text}" for finding in found.findings]
    for engine, ids in found.findable.items():
        lines.append(f"{engine}: found as {', '.join(ids)}" if ids else f"{engine}: not found")
    return lines
